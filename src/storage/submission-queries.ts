import type { Environment } from '../domain/flow.ts';
import type { PartnerId, Principal } from '../domain/principal.ts';
import type { Submission, SubmissionState, Ticket } from '../domain/submission.ts';
import type { VPath } from '../domain/vpath.ts';
import type { AuditLine } from './commands.ts';

/** Where a page of submissions ends: the next one begins with what is older. */
export type SubmissionPlace = { readonly receivedAt: number; readonly ticket: Ticket };

/** What a page of submissions is looked through for. `flows`: those of others are passed over; `unknown` is one of them. */
export type SubmissionFilter = {
  readonly flows: readonly string[];
  /** Of an unknown flow, those this principal handed in are found too. */
  readonly sender?: Pick<Principal, 'kind' | 'id'> | undefined;
  readonly state?: SubmissionState | undefined;
  readonly flow?: string | undefined;
  readonly environment?: Environment | undefined;
  /** Part of the name of a file in any case, or a ticket. */
  readonly text?: string | undefined;
};

/** `before`: where to go on; undefined where there is nothing older. A page may be empty and still go on. */
export type SubmissionPage = { readonly items: readonly Submission[]; readonly before: SubmissionPlace | undefined };

/** Questions of one request that were told to be overdue, as one partner sees them. */
export type OverdueRequest = {
  readonly batch: Ticket;
  readonly flow: string;
  readonly environment: Environment;
  readonly as: 'asker' | 'source';
  readonly count: number;
  readonly since: number;
};

/** What pages ask about submissions. */
export type SubmissionQuery =
  /** Latest first, dry runs left out. `scan`: so many are looked through at most. */
  | ({
      readonly kind: 'submissionPage';
      readonly partner: PartnerId;
      readonly before?: SubmissionPlace | undefined;
      readonly limit: number;
      readonly scan: number;
    } & SubmissionFilter)
  /** What is received, being checked or put aside, the oldest first. */
  | { readonly kind: 'unanswered'; readonly partner: PartnerId; readonly limit: number }
  /** Submissions of a partner in one flow and environment, received in a half-open stretch of time; the oldest first. */
  | {
      readonly kind: 'submissionsIn';
      readonly partner: PartnerId;
      readonly flow: string;
      readonly environment: Environment;
      readonly from: number;
      readonly to: number;
      readonly limit: number;
    }
  /** Audit lines that name a ticket, in order. */
  | { readonly kind: 'linesAbout'; readonly ticket: Ticket; readonly limit: number }
  /** Audit lines of readings that were done of one of these paths, in order. */
  | { readonly kind: 'readingsOf'; readonly paths: readonly VPath[]; readonly limit: number }
  /** What lies at ledger paths: the ids of contents; nothing for what is not there. */
  | { readonly kind: 'contentsAt'; readonly paths: readonly VPath[] }
  | { readonly kind: 'overdueOf'; readonly partner: PartnerId; readonly limit: number }
  /** When something that is raised once was raised. */
  | { readonly kind: 'raised'; readonly keys: readonly string[] };

export type SubmissionCommand =
  /** Remembers a key for ever; only the commit that is the first to do so appends the line. `counters` tell it by the key, as 1. */
  { readonly kind: 'raiseOnce'; readonly key: string; readonly at: number; readonly line?: AuditLine | undefined };
