import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ExchangePlace } from '../support/exchange-place.ts';
import {
  answerIn,
  comparable,
  exchange,
  expectedAnswer,
  type Manner,
  type SampleFlow,
  SENDERS,
  sentFile,
} from '../support/sample-answers.ts';
import { hasTool } from '../support/tools.ts';

const MANNER: Manner = { format: 'json', language: 'en' };
let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open({}, true);
  await answerIn(place, MANNER, 'none');
});
afterAll(() => place.close());

type Fault = readonly [field: string, code: string];
type Entry = { readonly record: number; readonly faults: readonly { readonly field: string; readonly code: string }[] };
type Told = {
  readonly records: { readonly total: number; readonly withoutReceiver: number };
  readonly refused: readonly Entry[];
  readonly information?: readonly Entry[];
};

/** One byte of one record, and what is told then of each record it concerns: its faults, or that it is taken. */
type Change = {
  readonly record: number;
  readonly from: string;
  readonly to: string;
  readonly told: Readonly<Record<number, readonly Fault[] | 'accepted'>>;
  readonly withoutReceiver?: number;
};

const INSZ: readonly Fault[] = [['ssin', 'MSG00011']];
const RIGHT = '74031295170';
const WRONG = '74031295171';
const EMPTY_ATTEST = ['ticket', 'legalContext', 'ssin', 'sender.sector', 'sender.institution', 'attest', 'status'];
const ALL_MISSING = [...EMPTY_ATTEST, 'period.begin', 'longTerm', 'ref'].map((field): Fault => [field, '000050']);

/** Flows whose records stand alone: no sum of a trailer and no element around them. */
type ChangedFlow = Extract<SampleFlow, 'ADRM' | 'WLAT'>;

const CHANGES: Readonly<Record<ChangedFlow, readonly Change[]>> = {
  ADRM: [
    { record: 1, from: RIGHT, to: WRONG, told: { 1: INSZ } },
    { record: 2, from: 'Proefstraat 2', to: 'Proefstraat;2', told: { 2: 'accepted' } },
    { record: 3, from: '2100A', to: '21004', told: { 3: 'accepted' } },
    { record: 4, from: WRONG, to: RIGHT, told: { 4: 'accepted' } },
    { record: 5, from: '2026-02-30', to: '2026-02-20', told: { 5: 'accepted' } },
    { record: 6, from: ';2026-01-01', to: ';2027-01-01', told: { 6: 'accepted' } },
    { record: 7, from: '12070496490', to: '12070496491', told: { 7: INSZ } },
    { record: 8, from: '68451597725', to: '68451597726', told: { 8: INSZ } },
    { record: 9, from: '60000094128', to: '60000094129', told: { 9: INSZ }, withoutReceiver: 0 },
    {
      record: 10,
      from: WRONG,
      to: RIGHT,
      told: {
        10: [
          ['mutation_code', '000050'],
          ['effective_date', 'MSG00008'],
        ],
      },
    },
  ],
  WLAT: [
    { record: 1, from: RIGHT, to: WRONG, told: { 1: INSZ, 11: 'accepted' } }, // nobody has the reference before 11 now
    { record: 2, from: ':2,', to: ':2}', told: { 2: ALL_MISSING } },
    { record: 3, from: '"seq":3', to: '"seq":x', told: { 3: [['record', '000050']] } },
    { record: 4, from: WRONG, to: RIGHT, told: { 4: 'accepted' } },
    { record: 5, from: '2025-11-31', to: '2025-11-30', told: { 5: 'accepted' } },
    { record: 6, from: '2025-11-30', to: '2026-11-30', told: { 6: 'accepted' } },
    { record: 7, from: '12070496490', to: '12070496491', told: { 7: INSZ } },
    { record: 8, from: '68451597725', to: '68451597726', told: { 8: INSZ } },
    { record: 9, from: '91220892329', to: '91220892328', told: { 9: INSZ }, withoutReceiver: 0 },
    { record: 10, from: '2025-11-01', to: '2025-1x-01', told: { 10: [['period.begin', 'MSG00008']] } },
    { record: 11, from: 'RVA-001301', to: 'RVA-001311', told: { 11: 'accepted' } },
    { record: 12, from: '2025-11-31', to: '2025-11-30', told: { 12: [['remark', '000050'], ...INSZ] } },
  ],
};

/** The sample with one byte of one record changed. */
function changed(flow: SampleFlow, bytes: Buffer, { record, from, to }: Change): Buffer {
  const lines = bytes.toString().split('\n');
  const at = flow === 'ADRM' ? record : record - 1;
  lines[at] = (lines[at] ?? '').replace(from, to);
  const after = Buffer.from(lines.join('\n'));
  const different = after.filter((byte, index) => byte !== bytes[index]).length;
  expect([after.length, different]).toEqual([bytes.length, 1]);
  return after;
}

/** What must be told after the change, from what was written by hand for the sample. */
function toldAfter(sample: Told, { told, withoutReceiver }: Change) {
  const known = new Map<number, Entry | readonly Fault[]>(sample.refused.map((entry) => [entry.record, entry]));
  for (const [record, faults] of Object.entries(told)) {
    if (faults === 'accepted') known.delete(Number(record));
    else known.set(Number(record), faults);
  }
  const refused = [...known].toSorted(([one], [other]) => one - other);
  const { total } = sample.records;
  const totals = { total, accepted: total - refused.length, refused: refused.length };
  return {
    records: { ...totals, withoutReceiver: withoutReceiver ?? sample.records.withoutReceiver },
    refused,
    information: (sample.information ?? []).filter(({ record }) => told[record] === undefined),
  };
}

describe.skipIf(!hasTool('openssl'))('one other byte in a file changes exactly what is told of its record', () => {
  for (const flow of Object.keys(CHANGES) as readonly ChangedFlow[]) {
    test.each(CHANGES[flow])(`${flow}: $from is $to in record $record`, async (change) => {
      const { extension } = SENDERS[flow];
      const sample = await sentFile(flow, extension, '');
      const written: Told = JSON.parse(
        await expectedAnswer(flow, MANNER, 'whole.notification', { bytes: sample, lot: '' }),
      );
      const fileName = `${flow} ${change.record}.${extension}`;
      const bytes = changed(flow, sample, change);
      const got = await exchange(place, flow, { fileName, bytes, environment: 'R' }, MANNER);
      const answer: Told = JSON.parse(comparable(got.notification, got));
      const { records, refused, information } = toldAfter(written, change);
      // Of the records it does not concern not one letter changes; of the others field and code are written above.
      const concerned = (entry: Entry) => entry.faults.map(({ field, code }): Fault => [field, code]);
      const compared = answer.refused.map((entry) => [
        entry.record,
        change.told[entry.record] === undefined ? entry : concerned(entry),
      ]);
      expect([answer.records, compared]).toEqual([records, refused]);
      expect(answer.information ?? []).toEqual(information);
    });
  }
});
