import type { Readable } from 'node:stream';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Language } from '../domain/partner.ts';
import type { Authorizer, Session } from '../domain/principal.ts';
import type { AnswerFile, Submission, SubmissionState, Ticket } from '../domain/submission.ts';
import { childOf } from '../domain/vpath.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { SubmissionFilter, SubmissionPlace } from '../storage/submission-queries.ts';
import { actionLine } from '../vfs/audit-lines.ts';
import { cursorOf, parseCursor } from './cursor.ts';
import { type NameOfField, type RefusedFilter, type RefusedPage, RefusedRecords } from './refused.ts';
import { refusedCsv } from './refused-csv.ts';
import { type SubmissionSummary, summaries } from './summary.ts';
import { missingOf, type TimelineEvent, timelineOf } from './timeline.ts';
import { type HeldFile, type Verified, verifyAnswers } from './verify.ts';
import { answerFolder, filterOf, maySee, ownPath, type Viewer, viewersOf } from './viewer.ts';
import type { Words } from './words.ts';

export type SubmissionDetail = SubmissionSummary & {
  readonly timeline: readonly TimelineEvent[];
  /** Members of a set that did not come. */
  readonly missing: readonly string[];
  /** What can be done next. */
  readonly next: string;
};

/** Who asks, and in which language he reads. */
export type Asker = { readonly session: Session; readonly language: Language };

export type ListQuery = Omit<SubmissionFilter, 'flows' | 'sender'> & {
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type SubmissionList = { readonly items: readonly SubmissionSummary[]; readonly next: string | null };

export type DeskParts = {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly store: Pick<ContentStore, 'read'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly authorizer: Authorizer;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  readonly words: Words;
  /** Whose certificates may sign for the hub. */
  readonly signers: () => Promise<readonly Certificate[]>;
  /** What fields are called, in a language. */
  readonly names: (language: Language) => Promise<NameOfField>;
};

/** So many submissions are looked through at once; a page may be short, or empty after some looks, and still go on. */
const MOST_SCANNED = 5_000;
const MOST_LOOKS = 5;

const NEXT: Readonly<Record<SubmissionState, string>> = {
  receiving: 'next-waiting',
  received: 'next-waiting',
  checking: 'next-waiting',
  accepted: 'next-accepted',
  'partially-accepted': 'next-partially-accepted',
  rejected: 'next-rejected',
  quarantined: 'next-quarantined',
  cancelled: 'next-cancelled',
};

/** What a partner's people and programs ask about what they handed in. Who may not see something is told it is not there. */
export class SubmissionDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** @throws GatewayError `bad-request` for a cursor that is none of ours */
  async list(asker: Asker, query: ListQuery): Promise<SubmissionList> {
    let page = await this.#page(asker, query);
    for (let looks = 1; looks < MOST_LOOKS && page.items.length === 0 && page.next !== null; looks += 1) {
      page = await this.#page(asker, { ...query, cursor: page.next });
    }
    return page;
  }

  async #page(asker: Asker, { limit, cursor, ...filter }: ListQuery): Promise<SubmissionList> {
    const before = cursor === undefined ? undefined : parseCursor(cursor);
    const pages = await Promise.all(
      this.#viewers(asker).map(async (viewer) => {
        const page = await this.#parts.ledger.read({
          ...{ kind: 'submissionPage', partner: viewer.partner.id, before, limit, scan: MOST_SCANNED },
          ...filter,
          ...filterOf(viewer),
        });
        const told = await summaries(this.#telling(asker), viewer, page.items);
        return { ...page, items: page.items.map((one, index) => ({ place: one, told: told[index] })) };
      }),
    );
    return joined(pages, limit);
  }

  /** What one submission is now, for who may see it; undefined for who may not. */
  async summaryOf(asker: Asker, submission: Submission): Promise<SubmissionSummary | undefined> {
    const viewer = this.#viewers(asker).find((one) => maySee(one, submission));
    if (viewer === undefined) return undefined;
    return (await summaries(this.#telling(asker), viewer, [submission]))[0];
  }

  /** @throws GatewayError `not-found` also for what the caller may not see, as everything below does */
  async detail(asker: Asker, ticket: Ticket): Promise<SubmissionDetail> {
    const { viewer, submission } = await this.#seen(asker, ticket);
    const telling = this.#telling(asker);
    const [summary] = await summaries(telling, viewer, [submission]);
    if (summary === undefined) throw notThere();
    return {
      ...summary,
      timeline: await timelineOf(telling, viewer, submission),
      missing: missingOf(submission),
      next: this.#parts.words.textOf(NEXT[submission.state], asker.language),
    };
  }

  /** Refused records, page by page; `limit` of them at most. */
  async refused(
    asker: Asker,
    ticket: Ticket,
    { limit, cursor, ...filter }: RefusedFilter & { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<RefusedPage> {
    return (await this.#refusedOf(asker, ticket)).page(filter, limit, cursor);
  }

  /** All of them as a table for spreadsheets. */
  async refusedCsv(asker: Asker, ticket: Ticket, filter: RefusedFilter): Promise<AsyncIterable<string>> {
    return refusedCsv(await this.#refusedOf(asker, ticket), filter);
  }

  /** @param held an answer as the caller has it; without it, all as the hub has them */
  async verify(asker: Asker, ticket: Ticket, held?: HeldFile): Promise<readonly Verified[]> {
    const { submission } = await this.#seen(asker, ticket);
    return verifyAnswers({ ...this.#parts, language: asker.language }, submission, held);
  }

  /** An answer once more, also where it was taken out of the mailbox. Its line is in the log before its first byte leaves. */
  async answer(
    asker: Asker,
    ticket: Ticket,
    name: string,
  ): Promise<{ readonly file: AnswerFile; readonly body: Readable }> {
    const { authorizer, audit, store } = this.#parts;
    const { viewer, submission } = await this.#seen(asker, ticket);
    const file = [...submission.receipt, ...submission.notification].find((one) => one.name === name);
    const path = file && ownPath(viewer.partner, childOf(answerFolder(viewer.partner, submission), file.name));
    if (file === undefined || path === undefined) throw notThere();
    const decision = authorizer.decide(viewer.session, 'read', path);
    if (!decision.allowed) {
      if ('code' in decision) throw new GatewayError('level-too-low', 'this needs a second factor');
      throw notThere();
    }
    const details = { sha256: file.sha256, ticket, from: 0, to: file.size };
    await audit.record(actionLine(viewer.session, 'read', path, 'done', decision.rule, details));
    return { file, body: store.read(file) };
  }

  #viewers({ session }: Asker): readonly Viewer[] {
    return viewersOf(this.#parts.generation.value, this.#parts.authorizer, session);
  }

  async #seen(asker: Asker, ticket: Ticket): Promise<{ readonly viewer: Viewer; readonly submission: Submission }> {
    const submission = await this.#parts.ledger.read({ kind: 'submission', ticket });
    const viewer = submission && this.#viewers(asker).find((one) => maySee(one, submission));
    if (submission === undefined || viewer === undefined) throw notThere();
    return { viewer, submission };
  }

  async #refusedOf(asker: Asker, ticket: Ticket): Promise<RefusedRecords> {
    const { viewer, submission } = await this.#seen(asker, ticket);
    const nameOf = await this.#parts.names(asker.language);
    return new RefusedRecords({ ...this.#parts, ...this.#telling(asker), nameOf }, viewer, submission);
  }

  #telling({ language }: Asker) {
    const { ledger, words, generation } = this.#parts;
    return { ledger, words, language, generation: generation.value };
  }
}

type Page = {
  readonly items: readonly { readonly place: SubmissionPlace; readonly told: SubmissionSummary | undefined }[];
  readonly before: SubmissionPlace | undefined;
};

/** Pages of several partners as one. Behind the latest place where one of them ended nothing is known for sure. */
function joined(pages: readonly Page[], limit: number) {
  const [end] = pages.flatMap(({ before }) => before ?? []).toSorted(latestFirst);
  const known = pages
    .flatMap(({ items }) => items)
    .filter(({ place }) => end === undefined || latestFirst(place, end) <= 0)
    .toSorted((one, other) => latestFirst(one.place, other.place));
  const items = known.slice(0, limit);
  const last = known.length > limit ? items.at(-1)?.place : end;
  return { items: items.flatMap(({ told }) => told ?? []), next: last === undefined ? null : cursorOf(last) };
}

function latestFirst(one: SubmissionPlace, other: SubmissionPlace): number {
  if (one.receivedAt !== other.receivedAt) return other.receivedAt - one.receivedAt;
  return one.ticket < other.ticket ? 1 : one.ticket > other.ticket ? -1 : 0;
}

function notThere(): GatewayError {
  return new GatewayError('not-found', 'there is no such submission');
}
