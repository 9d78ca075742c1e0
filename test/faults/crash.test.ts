import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CrashBench, type Finished } from './crash-bench.ts';
import { type CrashRun, crashRuns } from './crash-runs.ts';
import { Lanes } from './lanes.ts';
import { filesOf } from './outcome.ts';
import { filesToHandIn } from './partners.ts';

const RECORDS = 50_000;
/** The batch is read in pieces of this size. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const LONG_MS = 600_000;

const handedIn = await filesToHandIn(RECORDS);
/** `npm run faults` sets it: all points instead of one of each neighbourhood. */
const ALL = process.env.SLUIS_TEST_ALL_FAULTS !== undefined;
const RUNS = crashRuns(Math.ceil(handedIn.batch.bytes.length / CHUNK_BYTES), ALL);
const lanes = new Lanes(2);
let bench: CrashBench;
let reference: Finished;

beforeAll(async () => {
  bench = await CrashBench.prepare(handedIn.files);
  reference = await bench.uninterrupted();
}, LONG_MS);
afterAll(async () => {
  await bench.remove();
});

describe('the run that nothing interrupts', () => {
  const { batch } = handedIn;

  test('delivers exactly the records that the person lines allow', () => {
    const [delivery] = filesOf(reference.mailboxes, 'batch@rjv').filter(({ name }) => name.endsWith('.csv'));
    expect(delivery?.bytes.toString() === batch.delivered).toBe(true);
  });

  test('answers for every record that was refused or whose number was replaced, and for no other', () => {
    const [file] = filesOf(reference.mailboxes, 'batch@ksz').filter(({ name }) => name.endsWith('.notification.json'));
    const notification = JSON.parse(file?.bytes.toString() ?? '');
    const codes = (answers: readonly { record: number; faults: readonly { code: string }[] }[]) =>
      answers.map(({ record, faults }) => [record, faults.map(({ code }) => code).join()]);
    expect(codes(notification.refused)).toEqual([...batch.refused]);
    expect(codes(notification.information)).toEqual(batch.replaced.map((record) => [record, 'MSG00006']));
    expect(notification.records).toEqual({
      total: batch.records,
      accepted: batch.records - batch.refused.size,
      refused: batch.refused.size,
      withoutReceiver: batch.withoutReceiver,
    });
  });

  test('leaves one submission and one delivery of each file, and nothing waiting', () => {
    expect(reference.submissions).toEqual([
      { file: 'batch', state: 'partially-accepted' },
      { file: 'set', state: 'partially-accepted' },
    ]);
    expect(reference.deliveries).toEqual([
      { flow: 'ADRM', file: 'batch', receiver: 'rjv', sequence: 1, state: 'picked-up', watches: 1 },
      { flow: 'WLAT', file: 'set', receiver: 'kbf', sequence: 1, state: 'picked-up', watches: 1 },
    ]);
    expect(reference.changes).toEqual([
      { kind: 'delivery', file: 'batch', lines: 1 },
      { kind: 'delivery', file: 'set', lines: 1 },
      { kind: 'submission', file: 'batch', lines: 1 },
      { kind: 'submission', file: 'set', lines: 1 },
      { kind: 'submission-answered', file: 'batch', lines: 1 },
      { kind: 'submission-answered', file: 'set', lines: 1 },
    ]);
    expect(reference).toMatchObject({ jobs: [], frozen: [], lostContents: [], status: 0, auditIsUnaltered: true });
  });
});

describe('a gateway that is killed', { concurrent: true, timeout: LONG_MS }, () => {
  test.each(RUNS.map((run) => [titleOf(run), run] as const))('%s, ends as if nothing had happened', (_, run) =>
    lanes.run(async () => {
      const finished = await bench.interrupted(run);
      const { mailboxes: _mailboxes, ...same } = reference;
      expect(finished).toMatchObject(same);
    }),
  );
});

test('at least 24 runs were killed, at least 18 of them before the closing commit', () => {
  expect(bench.killed.length).toBeGreaterThanOrEqual(24);
  expect(bench.killed.filter((run) => run.closing === 'before').length).toBeGreaterThanOrEqual(18);
});

function titleOf({ at, first, over, by, thenAt }: CrashRun): string {
  const again = thenAt === undefined ? '' : ` and at ${thenAt} while it recovers`;
  const beside = by === undefined ? '' : ` (${by})`;
  return `${first}${over === undefined ? '' : ` over ${over}`}: at ${at}${again}${beside}`;
}
