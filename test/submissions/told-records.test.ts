import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { AnswerFormat } from '../../src/domain/partner.ts';
import type { AnswerFile, Ticket } from '../../src/domain/submission.ts';
import { type NotificationFacts, notificationParts, type RecordAnswer } from '../../src/evidence/notification.ts';
import type { ContentStore } from '../../src/storage/content-store.ts';
import { refusedFrom, type ToldPlace } from '../../src/submissions/told-records.ts';
import { textOf } from '../../src/texts/texts.ts';

const TICKET = 'TICKET0000001' as Ticket;
const FATAL = { code: 'MSG00011', severity: 'fatal' } as const;
const REFUSED: readonly RecordAnswer[] = [
  { record: 2, faults: [{ field: 'ssin', ...FATAL, value: '7 <&>"\'1\nx' }] },
  {
    record: 3,
    faults: [
      { field: 'street', code: '000050', severity: 'fatal', detail: 'A..35 (x)' },
      { field: 'ssin', ...FATAL },
    ],
  },
  { record: 1_000_000, faults: [{ field: 'record', code: '000050', severity: 'fatal' }] },
];
const INFORMATION: readonly RecordAnswer[] = [
  { record: 4, faults: [{ field: 'ssin', code: 'MSG00006', severity: 'information' }] },
];

/** A notification of several files, in a store that holds nothing else and hands its bytes out in small pieces. */
async function notificationOf(format: AnswerFormat, maxRecordsPerPart: number, refused = REFUSED) {
  const facts: NotificationFacts = {
    ...{ ticket: TICKET, file: 'a.csv', flow: 'ADRM', state: 'rejected', generation: 'g', directoryVersion: '1' },
    ...{ records: { total: 4, accepted: 1, refused: 3, withoutReceiver: 0 }, language: 'nl', createdAt: 0 },
    ...{ refusedCount: refused.length, informationCount: INFORMATION.length },
  };
  const answers = { refused: Readable.from([refused]), information: Readable.from([INFORMATION]) };
  const texts = new Map<string, Buffer>();
  const files: AnswerFile[] = [];
  for await (const { chunks } of notificationParts(facts, answers, { format, maxRecordsPerPart, textOf })) {
    const name = format === 'json' ? `${files.length}.json` : `FO.NOTI.999999.20260101.0000${files.length}.R`;
    const bytes = Buffer.from((await Array.fromAsync(chunks)).join(''));
    texts.set(name, bytes);
    files.push(
      { name, contentId: name, size: bytes.length, sha256: '' },
      { name: `${name}.p7s`, contentId: '', size: 1, sha256: '' },
    );
  }
  const store = {
    read: ({ contentId }, range) => Readable.from(pieces(texts.get(contentId)?.subarray(range?.start, range?.end))),
  } as Pick<ContentStore, 'read'>;
  return { store, files };
}

function* pieces(bytes: Buffer = Buffer.alloc(0)): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

const TOLD = {
  json: [
    [2, 'TICKET0000001-2', [['ssin', 'MSG00011', 'fatal', undefined]]],
    [
      3,
      'TICKET0000001-3',
      [
        ['street', '000050', 'fatal', undefined],
        ['ssin', 'MSG00011', 'fatal', undefined],
      ],
    ],
    [1_000_000, 'TICKET0000001-A00000', [['record', '000050', 'fatal', undefined]]],
  ],
  'rsz-xml': [
    [2, 'TICKET0000001-2', [['ssin', 'MSG00011', 'fatal', '7 <&>"\'1\nx']]],
    [
      3,
      'TICKET0000001-3',
      [
        ['street', '000050', 'fatal', undefined],
        ['ssin', 'MSG00011', 'fatal', undefined],
      ],
    ],
    [1_000_000, 'TICKET0000001-A00000', [['record', '000050', 'fatal', undefined]]],
  ],
} as const;

for (const format of ['json', 'rsz-xml'] as const) {
  test(`${format}: refused records are read out of the notification, from any place on, and no others`, async () => {
    const { store, files } = await notificationOf(format, 2);
    const all: unknown[] = [];
    const places: ToldPlace[] = [];
    for await (const { told, next } of refusedFrom(store, files)) {
      const faults = told.faults.map(({ field, code, severity, value }) => [field, code, severity, value]);
      all.push([told.record, told.ticket, faults]);
      places.push(next);
    }
    expect(all).toEqual(TOLD[format]);
    const rest = async (place: ToldPlace | undefined) => {
      const records: number[] = [];
      for await (const { told } of refusedFrom(store, files, place)) records.push(told.record);
      return records;
    };
    expect(await Promise.all(places.map(rest))).toEqual([[3, 1_000_000], [1_000_000], []]);
  });

  test(`${format}: where nothing was refused there is nothing`, async () => {
    const { store, files } = await notificationOf(format, 9, []);
    expect(await Array.fromAsync(refusedFrom(store, files))).toEqual([]);
  });
}

test('the sentence of a fault is there as it was written, with its detail', async () => {
  const { store, files } = await notificationOf('rsz-xml', 9);
  const [, second] = await Array.fromAsync(refusedFrom(store, files));
  expect(second?.told.faults[0]?.text).toBe(
    'Dit veld heeft niet de vorm die de recordindeling vraagt. Verbeter het veld en stuur het record opnieuw. (A..35 (x))',
  );
});
