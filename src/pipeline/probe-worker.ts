import { parentPort, workerData } from 'node:worker_threads';
import { DiskStore } from '../storage/disk-store.ts';
import { SmallStore } from '../storage/small-store.ts';
import { answerJobs } from './job-thread.ts';
import { type Probed, type ProbeJob, probe } from './probe.ts';

/** The thread that reads the beginning of files before their receipts; several take turns, a piece of each at a time. */

export type ProbeWorkerStart = { readonly contentDirectory: string };

function parseStart(value: unknown): ProbeWorkerStart {
  return value as ProbeWorkerStart;
}

if (parentPort !== null) {
  const store = new SmallStore({ disk: new DiskStore({ directory: parseStart(workerData).contentDirectory }) });
  answerJobs(parentPort, async (job: ProbeJob): Promise<Probed> => {
    const { fault, lot } = await probe(job, store);
    return { fault, lot };
  });
}
