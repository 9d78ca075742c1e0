import type { Delivery } from '../domain/delivery.ts';
import type { Environment } from '../domain/flow.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { Question, RecordTicket } from '../domain/question.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import type { VPath } from '../domain/vpath.ts';
import type { AlarmQuery, UnknownPersons } from './alarm-commands.ts';
import type { ChainedLine, EntryRow, LockRow, LotOf, PartialRow, StepUpRow, TargetRow, Usage } from './commands.ts';
import type { ContentQuery, KeptContent } from './content-commands.ts';
import type { DeliveryQuery } from './delivery-commands.ts';
import type { Queue } from './ledger.ts';
import type { OriginalQuery } from './original-commands.ts';
import type { PortalAnswers, PortalQuery } from './portal-queries.ts';
import type { QuestionQuery } from './question-commands.ts';
import type { OverdueRequest, SubmissionPage, SubmissionQuery } from './submission-queries.ts';
import type { TrafficQuery, TrafficRow } from './traffic-commands.ts';

/** Whether it was taken, and the highest number below it that was. */
export type Lot = { readonly taken: boolean; readonly before: number | undefined };

/** What can be asked of the ledger; each is answered from one snapshot. */
export type Query =
  | { readonly kind: 'entry'; readonly path: VPath }
  /** Children by name in code-unit order; pass the last name of a page as `after`. */
  | { readonly kind: 'children'; readonly folder: VPath; readonly after: string; readonly limit: number }
  /** Entries whose `expiresAt` has passed. */
  | { readonly kind: 'expired'; readonly now: number; readonly limit: number }
  /** Frozen entries at a path or below it. */
  | { readonly kind: 'frozenWithin'; readonly path: VPath }
  | { readonly kind: 'submission'; readonly ticket: Ticket }
  /** Latest first. */
  | { readonly kind: 'submissions'; readonly partner?: PartnerId; readonly limit: number }
  /** Submissions of this name by this partner received since, latest first, at most 100. */
  | {
      readonly kind: 'submissionsByName';
      readonly partner: PartnerId;
      readonly flow: string;
      readonly environment: Environment;
      readonly fileName: string;
      readonly since: number;
    }
  /** The latest submission of the same bytes by this partner in this flow and environment. */
  | {
      readonly kind: 'latestByDigest';
      readonly partner: PartnerId;
      readonly flow: string;
      readonly environment: Environment;
      readonly sha256: string;
      readonly since: number;
    }
  | ({ readonly kind: 'lot' } & LotOf)
  | { readonly kind: 'deliveries'; readonly ticket: Ticket }
  | {
      readonly kind: 'nextSequence';
      readonly flow: string;
      readonly environment: Environment;
      readonly receiver: PartnerId;
    }
  | OriginalQuery
  | ContentQuery
  | QuestionQuery
  | DeliveryQuery
  | AlarmQuery
  | TrafficQuery
  | SubmissionQuery
  | PortalQuery
  /** When the next job of the queue becomes due (its due time or the end of its lease). */
  | { readonly kind: 'nextDue'; readonly queue: Queue }
  | { readonly kind: 'queueLength'; readonly queue: Queue }
  /** Which of these contents something needs: entries; partial uploads; submissions (answers and record log; files until answered). */
  | { readonly kind: 'namedContents'; readonly contentIds: readonly string[] }
  /** All that counts when a file is to be written to a path. */
  | {
      readonly kind: 'target';
      readonly path: VPath;
      readonly areas: readonly VPath[];
      readonly now: number;
      readonly principal: string;
    }
  /** Locks that cover a path: its own, and those of depth infinity above it. */
  | { readonly kind: 'locksOn'; readonly path: VPath; readonly now: number }
  /** Locks of the direct children of a folder. */
  | { readonly kind: 'locksIn'; readonly folder: VPath; readonly now: number }
  | { readonly kind: 'usage'; readonly areas: readonly VPath[] }
  | { readonly kind: 'partial'; readonly principal: string; readonly path: VPath }
  /** Partial uploads that nobody went on with since. */
  | { readonly kind: 'stalePartials'; readonly before: number; readonly limit: number }
  /** Grants of level 2 that end after `now`. */
  | { readonly kind: 'stepUps'; readonly now: number }
  /** Audit lines from a sequence number on, in order. */
  | { readonly kind: 'auditLines'; readonly from: number; readonly limit: number };

/** What each query is answered with. */
type Answers = PortalAnswers & {
  readonly entry: EntryRow | undefined;
  readonly children: readonly EntryRow[];
  readonly expired: readonly EntryRow[];
  readonly frozenWithin: readonly EntryRow[];
  readonly submission: Submission | undefined;
  readonly submissions: readonly Submission[];
  readonly submissionsByName: readonly Submission[];
  readonly latestByDigest: Submission | undefined;
  readonly lot: Lot;
  readonly deliveries: readonly Delivery[];
  readonly nextSequence: number;
  readonly originals: ReadonlyMap<string, readonly string[]>;
  readonly leftStages: readonly number[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly keptContents: readonly KeptContent[];
  readonly delivery: Delivery | undefined;
  readonly awaitedBy: boolean;
  readonly namesOf: readonly EntryRow[];
  readonly unansweredBefore: Ticket | undefined;
  readonly questions: readonly Question[];
  readonly openQuestions: readonly Question[];
  readonly openQuestionCount: number;
  readonly overdueQuestions: number;
  readonly endedQuestions: readonly RecordTicket[];
  readonly unknownPersons: readonly UnknownPersons[];
  readonly traffic: readonly TrafficRow[];
  readonly submissionPage: SubmissionPage;
  readonly unanswered: readonly Submission[];
  readonly submissionsIn: readonly Submission[];
  readonly linesAbout: readonly ChainedLine[];
  readonly readingsOf: readonly ChainedLine[];
  readonly contentsAt: ReadonlyMap<VPath, string>;
  readonly overdueOf: readonly OverdueRequest[];
  readonly raised: ReadonlyMap<string, number>;
  readonly nextDue: number | undefined;
  readonly queueLength: number;
  readonly namedContents: ReadonlySet<string>;
  readonly target: TargetRow;
  readonly locksOn: readonly LockRow[];
  readonly locksIn: readonly LockRow[];
  readonly usage: Usage;
  readonly partial: PartialRow | undefined;
  readonly stalePartials: readonly PartialRow[];
  readonly stepUps: readonly StepUpRow[];
  readonly auditLines: readonly ChainedLine[];
};

export type Answer<Q extends Query> = Answers[Q['kind']];
