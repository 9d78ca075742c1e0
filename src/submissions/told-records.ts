import type { Finding } from '../domain/finding.ts';
import type { AnswerFile } from '../domain/submission.ts';
import { recordNumber } from '../evidence/answer-names.ts';
import type { ContentStore } from '../storage/content-store.ts';

/** One record as a notification tells of it; record 0 is the file. */
export type ToldRecord = {
  readonly record: number;
  readonly ticket: string;
  readonly faults: readonly ToldFault[];
};

export type ToldFault = {
  readonly field: string;
  readonly code: string;
  readonly severity: Finding['severity'];
  /** In the language the partner had when it was answered. */
  readonly text: string;
  /** As it was sent, where the notification says so. */
  readonly value?: string | undefined;
};

/** Where reading goes on: the file of the notification, counted from 0, and the byte in it. */
export type ToldPlace = { readonly file: number; readonly offset: number };

const BEGIN: ToldPlace = { file: 0, offset: 0 };

/** The files of a notification that say something: not signatures, not the GO. */
export function tellingFiles(files: readonly AnswerFile[]): readonly AnswerFile[] {
  return files.filter(({ name }) => name.endsWith('.json') || name.startsWith('FO.'));
}

/**
 * The refused records that a notification tells of, from a place on, each with the place behind it. A notification has a line
 * for each record (`json`) or a form of several lines (`rsz-xml`), the refused ones first, so that none is read as a whole.
 */
export async function* refusedFrom(
  store: Pick<ContentStore, 'read'>,
  notification: readonly AnswerFile[],
  place: ToldPlace = BEGIN,
): AsyncGenerator<{ readonly told: ToldRecord; readonly next: ToldPlace }> {
  const files = tellingFiles(notification);
  for (const [index, file] of files.entries()) {
    if (index < place.file) continue;
    const start = index === place.file ? place.offset : 0;
    if (start >= file.size) continue;
    const read = file.name.endsWith('.json') ? refusedInJson : refusedInXml;
    const lines = linesOf(store.read(file, { start, end: file.size }), start);
    for await (const { told, end } of read(lines)) yield { told, next: { file: index, offset: end } };
  }
}

type Line = { readonly text: string; readonly end: number };
type Told = { readonly told: ToldRecord; readonly end: number };

const LINE_FEED = 0x0a;

async function* linesOf(chunks: AsyncIterable<Uint8Array>, start: number): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let at = start;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    let from = 0;
    for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED, from)) {
      at += feed + 1 - from;
      yield { text: bytes.toString('utf8', from, feed), end: at };
      from = feed + 1;
    }
    rest = bytes.subarray(from);
  }
}

async function* refusedInJson(lines: AsyncIterable<Line>): AsyncGenerator<Told> {
  for await (const { text, end } of lines) {
    if (text.startsWith('  "information"') || text.startsWith('  "generation"')) return;
    if (text.startsWith('    {')) yield { told: parseLine(text.replace(/,$/, '')), end };
  }
}

/** A line that `notification-json.ts` wrote. */
function parseLine(json: string): ToldRecord {
  return JSON.parse(json) as ToldRecord;
}

async function* refusedInXml(lines: AsyncIterable<Line>): AsyncGenerator<Told> {
  let form: string[] | undefined;
  for await (const { text, end } of lines) {
    if (text === '  <Form>') form = [];
    else if (text === '  </Form>' && form !== undefined) {
      const told = toldIn(form.join('\n'));
      if (told === undefined) return;
      yield { told, end };
      form = undefined;
    } else form?.push(text);
  }
}

const SEVERITY: Readonly<Record<string, Finding['severity']>> = { B: 'fatal', W: 'warning' };

/** A form that `notification-xml.ts` wrote; undefined where it refuses nothing or is about no fault. */
function toldIn(form: string): ToldRecord | undefined {
  const result = /<HandlingResult>(.*)<\/HandlingResult>/su.exec(form)?.[1] ?? '';
  const faults = [...result.matchAll(/<AnomalyReport>(.*?)<\/AnomalyReport>/gsu)].map(([, report = '']): ToldFault => {
    const value = elementIn(report, 'Value');
    return {
      field: elementIn(report, 'TagName') ?? '',
      code: elementIn(report, 'ErrorID') ?? '',
      severity: SEVERITY[elementIn(report, 'AnomalyClass') ?? ''] ?? 'fatal',
      text: elementIn(report, 'AnomalyLabel') ?? '',
      ...(value === undefined ? {} : { value }),
    };
  });
  if (elementIn(result, 'ResultCode') !== '0' || faults.length === 0) return undefined;
  const handled = /<HandledReference>(.*)<\/HandledReference>/su.exec(form)?.[1] ?? '';
  const ticket = elementIn(handled, 'ReferenceNbr') ?? '';
  return { record: recordNumber(ticket.split('-')[1] ?? '') ?? 0, ticket, faults };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#13;': '\r',
  '&amp;': '&',
};

function elementIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`, 'u').exec(xml)?.[1];
  return text?.replace(/&(?:lt|gt|quot|apos|amp|#13);/g, (entity) => ENTITIES[entity] ?? entity);
}
