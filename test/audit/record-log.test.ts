import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { beginRecordLog, type RecordOutcome } from '../../src/audit/record-log.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { sha256 } from '../storage/content-store.contract.ts';
import { tempFolder } from '../storage/temp-folder.ts';

function outcome(record: number): RecordOutcome {
  return { record, outcome: 'refused', codes: ['300030', 'é'], receivers: [] };
}

test('the record log holds one line per record, whole and in order', async () => {
  const store = new DiskStore({ directory: await tempFolder() });
  const log = await beginRecordLog(store);
  const outcomes = Array.from({ length: 5000 }, (_, index) => outcome(index + 1));
  for (const one of outcomes) await log.append(one);
  expect(log.lines).toBe(5000);
  const ref = await log.complete();
  const written = await text(store.read(ref.contentId));
  expect(written).toBe(outcomes.map((one) => `${JSON.stringify(one)}\n`).join(''));
  expect(ref).toMatchObject({ size: Buffer.byteLength(written), sha256: sha256(Buffer.from(written)) });
});

test('a record log of no records is an empty content', async () => {
  const store = new DiskStore({ directory: await tempFolder() });
  const log = await beginRecordLog(store);
  expect(await log.complete()).toMatchObject({ size: 0 });
});

test('nothing is left of a record log that was given up', async () => {
  const store = new DiskStore({ directory: await tempFolder() });
  const log = await beginRecordLog(store);
  await log.append(outcome(1));
  await log.abandon();
  expect(await store.sweep(async () => new Set(), 0)).toBe(0);
});
