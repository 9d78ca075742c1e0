import { expect, test } from 'vitest';
import { RecordLogEntries, type RecordLogHead, type RecordOutcome, recordLogHead } from '../../src/audit/record-log.ts';
import { RecordLogReader } from '../../src/audit/record-log-reader.ts';
import { type Insz, isInsz } from '../../src/domain/insz.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import { GrowingBytes } from '../../src/storage/growing-bytes.ts';

function insz(value: string): Insz {
  if (!isInsz(value)) throw new Error(`${value} is no INSZ`);
  return value;
}

const [rjv, kbf] = ['rjv' as PartnerId, 'kbf' as PartnerId];
const [first, second] = [
  { id: 'act-a', version: 2 },
  { id: 'act-b', version: 1 },
];

const HEAD: RecordLogHead = {
  batch: '0M3Q1ZK8A0001',
  flow: 'ADRM',
  environment: 'R',
  sender: 'ksz',
  receivedAt: 1768899600000,
  generation: 'f'.repeat(64),
  directoryVersion: '7',
  layoutVersion: '1',
  authorizations: [first, second],
  receivers: [
    { receiver: kbf, authorizations: [first] },
    { receiver: rjv, authorizations: [first, second] },
  ],
  blocks: ['address', 'origin'],
};

const PLAIN: readonly RecordOutcome[] = [
  { record: 1, insz: insz('74031295170'), outcome: 'without-receiver', codes: [], receivers: [] },
  { record: 2, outcome: 'refused', codes: ['MSG00011', '000050'], receivers: [] },
  {
    record: 3,
    insz: insz('00022993779'),
    outcome: 'accepted',
    codes: ['MSG00008'],
    receivers: [
      { receiver: kbf, authorization: first, quality: '000', filtered: [] },
      {
        receiver: rjv,
        authorization: first,
        alsoAuthorizations: [second],
        quality: '',
        filtered: ['address', 'origin'],
      },
    ],
  },
];

const UNUSUAL: readonly RecordOutcome[] = [
  {
    record: 4,
    insz: insz('68451597725'),
    replacedBy: insz('00022993779'),
    outcome: 'accepted',
    codes: [],
    receivers: [{ receiver: rjv, authorization: second, quality: '998', filtered: ['origin'] }],
  },
  { record: 5, outcome: 'refused', codes: ['é'], receivers: [], heldBack: ['kbf'] },
  {
    record: 6,
    outcome: 'accepted',
    codes: [],
    receivers: [{ receiver: 'rva' as PartnerId, authorization: first, quality: '010', filtered: ['unheard of'] }],
  },
  { ...PLAIN[0], record: 7, outcome: 'without-receiver', codes: [], receivers: [] },
];

function logOf(outcomes: readonly RecordOutcome[]): Buffer {
  const entries = new RecordLogEntries(HEAD);
  const bytes = new GrowingBytes(1);
  for (const outcome of outcomes) entries.append(outcome, bytes);
  return Buffer.concat([recordLogHead(HEAD), bytes.view()]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(bytes: Buffer, size: number): Promise<readonly RecordOutcome[]> {
  const reader = new RecordLogReader(inPieces(bytes, size));
  expect(await reader.head()).toEqual(HEAD);
  return Array.fromAsync(reader.outcomes());
}

test.each([1, 2, 3, 7, 1000])('a log read in pieces of %i bytes says what was written', async (size) => {
  expect(await readAll(logOf([...PLAIN, ...UNUSUAL]), size)).toEqual([...PLAIN, ...UNUSUAL]);
});

test('one record is found by its number', async () => {
  const bytes = logOf([...PLAIN, ...UNUSUAL]);
  const find = (record: number) => new RecordLogReader(inPieces(bytes, 5)).find(record);
  expect([await find(3), await find(5), await find(7), await find(8)]).toEqual([
    PLAIN[2],
    UNUSUAL[1],
    UNUSUAL[3],
    undefined,
  ]);
});

test('what refused the file as a whole is record 0, and counts as none', async () => {
  const whole: RecordOutcome = { record: 0, outcome: 'refused', codes: ['138'], receivers: [] };
  expect(await readAll(logOf([whole, ...PLAIN]), 9)).toEqual([whole, ...PLAIN]);
});

test('a record without remarks that goes to one receiver takes ten bytes', () => {
  const outcome: RecordOutcome = {
    record: 1,
    insz: insz('74031295170'),
    outcome: 'accepted',
    codes: [],
    receivers: [{ receiver: rjv, authorization: first, quality: '010', filtered: ['origin'] }],
  };
  expect(logOf([outcome]).length - recordLogHead(HEAD).length).toBe(10);
});

test.each([1, 4, 9])('a log without its last %i bytes is not read to its end', async (bytes) => {
  const log = logOf(PLAIN);
  await expect(readAll(log.subarray(0, -bytes), 100)).rejects.toThrow('no whole record log');
});

test('another content is no record log', async () => {
  const reader = new RecordLogReader(inPieces(Buffer.from('{"record":1}\n'), 100));
  await expect(reader.head()).rejects.toThrow('no whole record log');
});
