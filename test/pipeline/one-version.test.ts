import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type { Applied } from '../../src/directory/changes.ts';
import { isInsz } from '../../src/domain/insz.ts';
import { LaneThreads } from '../../src/pipeline/lane-threads.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { ADRM_TASK, BatchBench, date, NO_ORIGINALS } from './run-batch-fixture.ts';

const SAMPLE = readFileSync('test/fixtures/demo/samples/1_ADRM_address_mutation.csv', 'utf8');
const [INSURED, RECORDS] = ['12070496422', 20_000];

/** Records about somebody the receiver has no line of. */
function mutations(): string {
  const [header = '', sample = ''] = SAMPLE.split('\n');
  const rest = sample.split(';').slice(1).join(';').replace('74031295170', INSURED);
  const rows = Array.from({ length: RECORDS }, (_, index) => `${index + 1};${rest}`);
  return `${header}\n${rows.join('\n')}\n`;
}

const lane = new LaneThreads({ threads: 2, minBytes: 0, chunkBytes: 65_536 });
afterAll(() => lane.close());

const ways = [
  ['record by record', undefined],
  ['by chunks in two threads', lane],
] as const;

test.each(ways)(
  'an integration during a batch: every decision carries the version it began with, %s',
  async (_title, threads) => {
    const bench = await BatchBench.open();
    const content = await bench.content(mutations());
    const { store, directory } = bench;
    if (!isInsz(INSURED)) throw new Error('no INSZ');
    const line = { institution: { sector: 10, type: 0 }, quality: '010', phase: 0, begin: date('2019-04-01') };
    const changes = [{ record: 1, action: 'register', insz: INSURED, ...line } as const];
    let applied: Promise<Applied> | undefined;
    let recordsBefore = 0;
    const progress = (records: number) => {
      if (applied !== undefined) return;
      recordsBefore = records;
      applied = directory.apply('R', { ticket: '0M3Q1ZK8A0002', inscriber: line.institution, at: 0, changes }, []);
    };
    const task = { ...ADRM_TASK, contents: [content] };
    const parts = { store, directory, originals: NO_ORIGINALS, progress, lane: threads };
    const during = await runBatch(task, parts);
    expect(await applied).toMatchObject({ version: 2n, outcomes: [{ code: 'registered' }] });
    expect(recordsBefore).toBeLessThan(RECORDS / 2);
    expect(during).toMatchObject({ directoryVersion: '1', outputs: [] });
    expect(during.totals).toEqual({ total: RECORDS, accepted: RECORDS, refused: 0, withoutReceiver: RECORDS });
    const [head, ...decisions] = (await bench.outcome(during)).log;
    expect([head?.directoryVersion, decisions.length]).toEqual(['1', RECORDS]);
    expect(decisions.every(({ receivers }) => Array.isArray(receivers) && receivers.length === 0)).toBe(true);

    const after = await runBatch(task, parts);
    expect(after).toMatchObject({ directoryVersion: '2', outputs: [{ receiver: 'rjv', records: RECORDS }] });
    expect(after.totals).toEqual({ total: RECORDS, accepted: RECORDS, refused: 0, withoutReceiver: 0 });
  },
);
