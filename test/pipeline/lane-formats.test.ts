import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { LaneThreads } from '../../src/pipeline/lane-threads.ts';
import { SmallLane } from '../../src/pipeline/small-lane.ts';
import { fileOf, INPUTS, LINES, plannedFor } from './lane-format-files.ts';
import { isBySmallLane, isInLane, left } from './lane-left.ts';
import { BatchBench } from './run-batch-fixture.ts';

// Chunks of a few records, so that every file has several.
const lane = new LaneThreads({ threads: 2, minBytes: 0, chunkBytes: 2048 });
afterAll(() => lane.close());

/** Of each format. */
const RUNS = 20;

describe('whatever its receivers want it in, the lane leaves the same bytes as the record-at-a-time path of a file of', () => {
  test.each(INPUTS)(
    '%s',
    async (input) => {
      let [inLane, bySmallLane] = [0, 0];
      const bench = await BatchBench.open(LINES);
      await fc.assert(
        fc.asyncProperty(
          plannedFor(input).chain((planned) => fileOf(input, planned).map((file) => ({ ...planned, file }))),
          async ({ task: planned, file }) => {
            const task = { ...planned, contents: [await bench.content(file)] };
            const one = await left(bench, task, undefined);
            expect(await left(bench, task, lane)).toEqual(one);
            if (await isInLane(bench, task, lane)) inLane += 1;
            const small = new SmallLane();
            await left(bench, task, undefined, small);
            expect(await left(bench, task, undefined, small)).toEqual(one);
            if (await isBySmallLane(bench, task, small)) bySmallLane += 1;
          },
        ),
        { numRuns: RUNS },
      );
      expect(inLane).toBeGreaterThan(RUNS / 3);
      expect(bySmallLane).toBeGreaterThan(RUNS / 3);
    },
    120_000,
  );
});
