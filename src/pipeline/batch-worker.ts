import { parentPort, workerData } from 'node:worker_threads';
import { openDirectory } from '../directory/lmdb-directory.ts';
import { openMandates } from '../directory/mandates.ts';
import type { Question } from '../domain/question.ts';
import { IN_THIS_THREAD } from '../storage/disk-access.ts';
import { DiskStore } from '../storage/disk-store.ts';
import { SmallStore } from '../storage/small-store.ts';
import type { OriginalsLookup } from './batch.ts';
import { errorOf, type FromWorker, failureOf, type ToWorker, type WorkerStart } from './batch-messages.ts';
import { LaneThreads } from './lane-threads.ts';
import type { QuestionsLookup } from './questions.ts';
import { Routers } from './routers.ts';
import { runBatch } from './run-batch.ts';
import { SmallLane } from './small-lane.ts';
import { type TaskMessage, TaskReceiver } from './task-messages.ts';

/** The thread that runs batches, one at a time, with a store and a directory of its own. */

/** What the batch waits for: one answer of the serving thread at a time. */
type Waiting<Found> = { readonly resolve: (found: Found) => void; readonly reject: (error: Error) => void };

function parseStart(value: unknown): WorkerStart {
  return value as WorkerStart;
}

function start(port: NonNullable<typeof parentPort>): void {
  const { contentDirectory, referenceDirectory, lane: wanted } = parseStart(workerData);
  const lane = wanted === undefined ? undefined : new LaneThreads(wanted);
  const tasks = new TaskReceiver();
  const routers = new Routers();
  const store = new SmallStore({ disk: new DiskStore({ directory: contentDirectory, access: IN_THIS_THREAD }) });
  const directory = openDirectory({ directory: referenceDirectory, readOnly: true });
  const mandates = openMandates({ directory: referenceDirectory, readOnly: true });
  let waitingOriginals: Waiting<ReadonlyMap<string, readonly string[]>> | undefined;
  let waitingQuestions: Waiting<readonly Question[]> | undefined;
  const say = (message: FromWorker) => port.postMessage(message);
  const originals: OriginalsLookup = (references) =>
    new Promise((resolve, reject) => {
      waitingOriginals = { resolve, reject };
      say({ kind: 'originals', references });
    });
  const questions: QuestionsLookup = (keys) =>
    new Promise((resolve, reject) => {
      waitingQuestions = { resolve, reject };
      say({ kind: 'questions', keys });
    });
  const progress = (records: number) => say({ kind: 'progress', records });
  const smallLane = lane === undefined ? new SmallLane() : undefined;
  const parts = { store, directory, mandates, originals, questions, routers, progress, lane, smallLane };
  const run = async (task: TaskMessage) => {
    try {
      say({ kind: 'done', result: await runBatch(tasks.task(task), parts) });
    } catch (error) {
      say({ kind: 'failed', failure: failureOf(error) });
    }
  };
  let ended = Promise.resolve();

  port.on('message', async (message: ToWorker) => {
    switch (message.kind) {
      case 'run':
        // Those that were sent together are done one after the other.
        ended = ended.then(() => run(message.task));
        return;
      case 'originals':
        return waitingOriginals?.resolve(message.found);
      case 'questions':
        return waitingQuestions?.resolve(message.found);
      case 'lookup-failed':
        waitingOriginals?.reject(errorOf(message.failure));
        return waitingQuestions?.reject(errorOf(message.failure));
      case 'close':
        await lane?.close();
        await directory.close();
        await mandates.close();
        port.close();
    }
  });
}

if (parentPort !== null) start(parentPort);
