import { GatewayError } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';
import type { Generation } from '../domain/generation.ts';
import type { Language } from '../domain/partner.ts';
import type { Authorizer } from '../domain/principal.ts';
import type { Submission } from '../domain/submission.ts';
import { childOf } from '../domain/vpath.ts';
import { type SentValues, sentValues } from '../pipeline/sent-values.ts';
import type { ContentStore } from '../storage/content-store.ts';
import { dataOf } from './summary.ts';
import { refusedFrom, type ToldFault, type ToldPlace, type ToldRecord } from './told-records.ts';
import { answerFolder, ownPath, type Viewer } from './viewer.ts';
import type { Words } from './words.ts';

/** A refused record for who sent it. `value`: null where the hub does not have the file any more, or it may not be read. */
export type RefusedRecord = {
  readonly record: number;
  readonly ticket: string;
  readonly faults: readonly RefusedFault[];
};

export type RefusedFault = {
  readonly field: string;
  readonly fieldName: string;
  readonly value: string | null;
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly text: string;
  readonly remedy: string;
};

export type RefusedFilter = {
  readonly code?: string | undefined;
  readonly field?: string | undefined;
  /** Part of anything that stands in a row, in any case. */
  readonly q?: string | undefined;
};

export type RefusedPage = { readonly items: readonly RefusedRecord[]; readonly next: string | null };

/** What a field is called, as its flow describes it. */
export type NameOfField = (flow: string, field: string) => string;

type Parts = {
  readonly store: Pick<ContentStore, 'read'>;
  readonly authorizer: Authorizer;
  readonly generation: Generation;
  readonly words: Words;
  readonly language: Language;
  readonly nameOf: NameOfField;
};

/** So many records are looked through for one page; a page may be short and still go on. */
const MOST_SCANNED = 20_000;
/** Records whose values are looked at for one page that is searched. */
const MOST_SEARCHED = 2_000;
/** Values behind so many bytes of a file are not looked for: what the sender has, he need not be told. */
const MOST_VALUE_BYTES = 16 * 1024 * 1024;
const MOST_VALUE_CHARACTERS = 256;
/** What the fault of a whole file has in place of a field. */
const WHOLE_FILE = 'file';

type Found = { readonly told: ToldRecord; readonly next: ToldPlace };

/** Refused records of one submission, page by page, out of its notification. */
export class RefusedRecords {
  readonly #parts: Parts;
  readonly #viewer: Viewer;
  readonly #submission: Submission;

  constructor(parts: Parts, viewer: Viewer, submission: Submission) {
    this.#parts = parts;
    this.#viewer = viewer;
    this.#submission = submission;
  }

  /** @throws GatewayError `bad-request` for a cursor that is none of ours */
  async page(filter: RefusedFilter, limit: number, cursor?: string): Promise<RefusedPage> {
    const place = cursor === undefined ? undefined : parsePlace(cursor);
    const { notification, errors } = this.#submission;
    if (notification.length === 0) {
      const whole = errors.length > 0 && place === undefined ? [this.#wholeFile()] : [];
      return { items: whole.filter((one) => matches(one, filter)), next: null };
    }
    const { found, end } = await this.#collect(filter, limit, place);
    const values = await this.#values(found.map(({ told }) => told));
    const items: RefusedRecord[] = [];
    for (const { told, next } of found) {
      const record = this.#shown(told, values);
      if (matches(record, filter)) items.push(record);
      if (items.length === limit) return { items, next: next === found.at(-1)?.next ? textOf(end) : textOf(next) };
    }
    return { items, next: textOf(end) };
  }

  /** Candidates by code and field, and where to go on behind them. */
  async #collect({ code, field, q }: RefusedFilter, limit: number, place: ToldPlace | undefined) {
    const wanted = q === undefined || q === '' ? limit : Math.max(limit, MOST_SEARCHED);
    const found: Found[] = [];
    let scanned = 0;
    for await (const one of refusedFrom(this.#parts.store, this.#submission.notification, place)) {
      const { faults } = one.told;
      const isMeant = (fault: ToldFault) =>
        (code === undefined || fault.code === code) && (field === undefined || fault.field === field);
      if (faults.some(isMeant)) found.push(one);
      scanned += 1;
      if (found.length === wanted || scanned === MOST_SCANNED) return { found, end: one.next };
    }
    return { found, end: undefined };
  }

  /** Values that a notification tells are as much a part of a file as those of the file itself. */
  #mayReadAnswers(): boolean {
    const { session, partner } = this.#viewer;
    const [file] = this.#submission.notification;
    const path = file && ownPath(partner, childOf(answerFolder(partner, this.#submission), file.name));
    return path !== undefined && this.#parts.authorizer.decide(session, 'read', path).allowed;
  }

  /** Looked up in what was sent, for those that the notification does not tell. */
  async #values(told: readonly ToldRecord[]): Promise<SentValues> {
    const { generation, store, authorizer } = this.#parts;
    const { partner, session } = this.#viewer;
    const [first, ...rest] = dataOf(this.#submission);
    const flow = generation.flows.find(({ code }) => code === this.#submission.flow);
    const path = first && ownPath(partner, first.path);
    if (flow === undefined || first === undefined || path === undefined) return new Map();
    if (!authorizer.decide(session, 'read', path).allowed) return new Map();
    const records = told.filter(({ record, faults }) => record > 0 && faults.some(({ value }) => value === undefined));
    try {
      const sender = partner.institution;
      const file = { flow, sender, submission: this.#submission, contents: [first, ...rest] };
      const wanted = new Set(records.map(({ record }) => record));
      return await sentValues({ ...file, maxBytes: MOST_VALUE_BYTES }, wanted, store);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'content-missing') return new Map();
      throw error;
    }
  }

  #shown({ record, ticket, faults }: ToldRecord, values: SentValues): RefusedRecord {
    const { words, language, nameOf } = this.#parts;
    const { flow } = this.#submission;
    const mayRead = this.#mayReadAnswers();
    return {
      ...{ record, ticket },
      faults: faults.map(({ field, code, severity, text, value }) => {
        const sent = (mayRead ? value : undefined) ?? values.get(record)?.get(field) ?? null;
        return {
          ...{ field, fieldName: nameOf(flow, field), code, severity },
          value: sent === null ? null : [...sent].slice(0, MOST_VALUE_CHARACTERS).join(''),
          text: words.factOf(code, language, words.detailIn(code, text)),
          remedy: words.remedyOf(code, language),
        };
      }),
    };
  }

  /** What the receipt refused, as the one row there is. */
  #wholeFile(): RefusedRecord {
    const { ticket, errors } = this.#submission;
    const faults = errors.map(({ code, text }) => ({ field: WHOLE_FILE, code, severity: 'fatal', text }) as const);
    return this.#shown({ record: 0, ticket, faults }, new Map());
  }
}

function matches({ record, ticket, faults }: RefusedRecord, { code, field, q }: RefusedFilter): boolean {
  const words = q?.toLowerCase() ?? '';
  const holds = (fault: RefusedFault) =>
    words === '' ||
    [`${record}`, ticket, fault.field, fault.fieldName, fault.value ?? '', fault.code, fault.text].some((text) =>
      text.toLowerCase().includes(words),
    );
  return faults.some(
    (fault) =>
      (code === undefined || fault.code === code) && (field === undefined || fault.field === field) && holds(fault),
  );
}

function textOf(place: ToldPlace | undefined): string | null {
  return place === undefined ? null : `${place.file}-${place.offset}`;
}

/** @throws GatewayError `bad-request` */
function parsePlace(cursor: string): ToldPlace {
  const [, file, offset] = /^(\d{1,6})-(\d{1,15})$/.exec(cursor) ?? [];
  if (file === undefined || offset === undefined)
    throw new GatewayError('bad-request', 'this cursor is none of a list');
  return { file: Number(file), offset: Number(offset) };
}
