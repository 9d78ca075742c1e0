import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { newTicket } from '../../src/domain/submission.ts';
import { LaneThreads } from '../../src/pipeline/lane-threads.ts';
import { SmallLane } from '../../src/pipeline/small-lane.ts';
import { DIRECTORY, FILE, TASK } from './lane-files.ts';
import { isBySmallLane, isInLane, left } from './lane-left.ts';
import { ADRM, ADRM_TASK, BatchBench, WLAT_TASK } from './run-batch-fixture.ts';

const ADRM_SAMPLE = readFileSync('test/fixtures/samples/1_ADRM_address_mutation.csv', 'utf8');

// Chunks of a few rows, so that every file has several.
const lane = new LaneThreads({ threads: 2, minBytes: 0, chunkBytes: 2048 });
afterAll(() => lane.close());

function isSynthetic(line: string): boolean {
  return line[6] === '9';
}

describe('the lane', () => {
  test('leaves the same bytes as the record-at-a-time path, whatever the file, the directory and the acts', async () => {
    let inLane = 0;
    await fc.assert(
      fc.asyncProperty(DIRECTORY, fc.option(DIRECTORY), TASK, FILE, async (lines, changes, planned, file) => {
        const bench = await BatchBench.open(lines);
        if (planned.environment === 'T') await bench.load(lines.filter(isSynthetic), 'T');
        // What changes after the flat copy was made stands beside it.
        await bench.directory.flat(planned.environment);
        if (changes !== null) await bench.load(changes);
        const task = { ...planned, contents: [await bench.content(file)] };
        expect(await left(bench, task, lane)).toEqual(await left(bench, task, undefined));
        if (await isInLane(bench, task, lane)) inLane += 1;
      }),
      { numRuns: 30 },
    );
    expect(inLane).toBeGreaterThan(10);
  }, 180_000);

  test('leaves them for small files too, in the thread of the batch, file after file of one sender', async () => {
    let byDesk = 0;
    await fc.assert(
      fc.asyncProperty(DIRECTORY, DIRECTORY, TASK, fc.array(FILE, { minLength: 3, maxLength: 3 }), async (...given) => {
        const [lines, changes, planned, files] = given;
        const bench = await BatchBench.open(lines);
        if (planned.environment === 'T') await bench.load(lines.filter(isSynthetic), 'T');
        const small = new SmallLane();
        for (const [index, file] of files.entries()) {
          if (index === 2) await bench.load(changes);
          const ticket = newTicket(planned.receivedAt, index);
          const receivedAt = planned.receivedAt + index;
          const task = { ...planned, ticket, receivedAt, contents: [await bench.content(file)] };
          expect(await left(bench, task, undefined, small)).toEqual(await left(bench, task, undefined));
          if (await isBySmallLane(bench, task, small)) byDesk += 1;
        }
      }),
      { numRuns: 30 },
    );
    expect(byDesk).toBeGreaterThan(20);
  }, 180_000);

  test('takes addresses, and no flow whose records refer to each other', async () => {
    const bench = await BatchBench.open();
    const contents = [await bench.content(ADRM_SAMPLE)];
    const sample4 = readFileSync('test/fixtures/samples/4_WLAT_unemployment_attest.jsonl');
    expect(await isInLane(bench, { ...ADRM_TASK, contents }, lane)).toBe(true);
    expect(await isInLane(bench, { ...WLAT_TASK, contents: [await bench.content(sample4)] }, lane)).toBe(false);
  });

  test('leaves alone what it has not heard of', async () => {
    const bench = await BatchBench.open();
    const contents = [await bench.content(ADRM_SAMPLE)];
    const flow = { ...ADRM, asks: { datum: 'x', answerFlow: 'X', answerWithinHours: 1, closeAfterHours: 2 } };
    expect(await isInLane(bench, { ...ADRM_TASK, flow, contents }, lane)).toBe(false);
    const [act] = ADRM_TASK.authorizations;
    const authorizations = act === undefined ? [] : [{ ...act, users: ['u1'] }];
    expect(await isInLane(bench, { ...ADRM_TASK, authorizations, contents }, lane)).toBe(false);
  });

  test('tells a content that is not the one received, and leaves nothing of it', async () => {
    const bench = await BatchBench.open();
    const content = { ...(await bench.content(ADRM_SAMPLE.repeat(50))), sha256: '0'.repeat(64) };
    await expect(left(bench, { ...ADRM_TASK, contents: [content] }, lane)).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    expect(await bench.store.sweep(async () => new Set([content.contentId]), 0)).toBe(0);
  });
});
