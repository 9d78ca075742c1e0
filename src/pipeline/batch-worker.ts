import { parentPort, workerData } from 'node:worker_threads';
import { openDirectory } from '../directory/lmdb-directory.ts';
import { openMandates } from '../directory/mandates.ts';
import { DiskStore } from '../storage/disk-store.ts';
import type { OriginalsLookup } from './batch.ts';
import { errorOf, type FromWorker, failureOf, type ToWorker, type WorkerStart } from './batch-messages.ts';
import { runBatch } from './run-batch.ts';

/** The thread that runs batches, one at a time, with a store and a directory of its own. */

type Waiting = {
  readonly resolve: (found: ReadonlyMap<string, readonly string[]>) => void;
  readonly reject: (error: Error) => void;
};

function parseStart(value: unknown): WorkerStart {
  return value as WorkerStart;
}

function start(port: NonNullable<typeof parentPort>): void {
  const { contentDirectory, referenceDirectory } = parseStart(workerData);
  const store = new DiskStore({ directory: contentDirectory });
  const directory = openDirectory({ directory: referenceDirectory, readOnly: true });
  const mandates = openMandates({ directory: referenceDirectory, readOnly: true });
  let waiting: Waiting | undefined;
  const say = (message: FromWorker) => port.postMessage(message);
  const originals: OriginalsLookup = (references) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      say({ kind: 'originals', references });
    });
  const progress = (records: number) => say({ kind: 'progress', records });

  port.on('message', async (message: ToWorker) => {
    switch (message.kind) {
      case 'run':
        try {
          say({
            kind: 'done',
            result: await runBatch(message.task, { store, directory, mandates, originals, progress }),
          });
        } catch (error) {
          say({ kind: 'failed', failure: failureOf(error) });
        }
        return;
      case 'originals':
        return waiting?.resolve(message.found);
      case 'originals-failed':
        return waiting?.reject(errorOf(message.failure));
      case 'close':
        await directory.close();
        await mandates.close();
        port.close();
    }
  });
}

if (parentPort !== null) start(parentPort);
