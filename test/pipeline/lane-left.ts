import type { BatchTask } from '../../src/pipeline/batch.ts';
import type { LaneThreads } from '../../src/pipeline/lane-threads.ts';
import { layoutsInForce } from '../../src/pipeline/layouts-in-force.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { lanePlan, runLane } from '../../src/pipeline/run-lane.ts';
import type { SmallLane } from '../../src/pipeline/small-lane.ts';
import { type BatchBench, NO_ORIGINALS } from './run-batch-fixture.ts';

/** All that a batch leaves behind, byte by byte. */
export async function left(bench: BatchBench, task: BatchTask, lane: LaneThreads | undefined, smallLane?: SmallLane) {
  const { store, directory } = bench;
  const result = await runBatch(task, { store, directory, originals: NO_ORIGINALS, lane, smallLane });
  return {
    ...result,
    outputs: result.outputs.map(({ content: { contentId: _, ...content }, ...output }) => ({ ...output, content })),
    refusals: await bench.text(result.refusals),
    information: await bench.text(result.information),
    recordLog: result.recordLog.sha256,
    log: await bench.logLines(result.recordLog),
  };
}

/** Whether the lane did it, and nothing was left to the other path. */
export async function isInLane(bench: BatchBench, task: BatchTask, lane: LaneThreads): Promise<boolean> {
  const plan = await lanePlan(task, layoutsInForce(task.flow, task.receivedAt), bench.store);
  const directory = await bench.directory.flat(task.environment);
  if (plan === undefined || directory === undefined) return false;
  return (await runLane(task, plan, { store: bench.store, threads: lane, directory })) !== undefined;
}

/** Whether the lane does it in the thread of the batch. */
export async function isBySmallLane(
  { store, directory }: BatchBench,
  task: BatchTask,
  smallLane: SmallLane,
): Promise<boolean> {
  const snapshot = directory.snapshot(task.environment);
  try {
    return (await smallLane.run(task, { store, snapshot })) !== undefined;
  } finally {
    snapshot.close();
  }
}
