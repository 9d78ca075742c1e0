import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { GatewayError } from '../domain/errors.ts';
import { SMALL_BYTES } from '../storage/content-store.ts';
import type { BatchResult, BatchTask, OriginalsLookup } from './batch.ts';
import { errorOf, type FromWorker, failureOf, type ToWorker, type WorkerStart } from './batch-messages.ts';
import type { QuestionsLookup } from './questions.ts';
import { TaskSender } from './task-messages.ts';

export type BatchPoolOptions = WorkerStart & {
  /** Batches that run at once. */
  readonly size?: number;
  /** Told, between chunks, how many records of a batch were decided. */
  readonly onProgress?: (ticket: BatchTask['ticket'], records: number) => void;
};

type Job = {
  readonly task: BatchTask;
  readonly originals: OriginalsLookup;
  readonly questions: QuestionsLookup;
  readonly resolve: (result: BatchResult) => void;
  readonly reject: (error: Error) => void;
};

/** Callers that wait at most; more are refused. */
const MAX_WAITING = 1000;
/** Tiny batches that one worker is given at once: it need not be woken for each, and one thread that is warm does them all. */
const TINY_AT_ONCE = 16;
/** How long a worker may take to end by itself. */
const CLOSE_MS = 5000;

/**
 * Runs batches in worker threads. A worker is started when there is work for it; one that dies rejects its batch, and the
 * next batch gets a new one.
 */
export class BatchPool {
  readonly #options: BatchPoolOptions;
  readonly #size: number;
  readonly #waiting: Job[] = [];
  /** What each worker does, in the order it was given them. */
  readonly #running = new Map<Worker, Job[]>();
  readonly #senders = new WeakMap<Worker, TaskSender>();
  readonly #idle: Worker[] = [];
  #isClosed = false;

  constructor(options: BatchPoolOptions) {
    this.#options = options;
    this.#size = options.size ?? 1;
  }

  /** @throws GatewayError `unavailable` where the pool is closed or full; what `runBatch` throws; `broken` where the worker died */
  run(task: BatchTask, originals: OriginalsLookup, questions: QuestionsLookup = async () => []): Promise<BatchResult> {
    if (this.#isClosed) return Promise.reject(new GatewayError('unavailable', 'the gateway is stopping'));
    if (this.#waiting.length >= MAX_WAITING) {
      return Promise.reject(new GatewayError('unavailable', 'too many batches wait already'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, originals, questions, resolve, reject });
      this.#next();
    });
  }

  /** Batches that wait are rejected, those that run are ended: they are done again whole after the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const stopping = new GatewayError('unavailable', 'the gateway is stopping');
    for (const job of this.#waiting.splice(0)) job.reject(stopping);
    const ending: Promise<unknown>[] = this.#idle.splice(0).map((worker) => endIdle(worker));
    for (const [worker, jobs] of [...this.#running]) {
      this.#running.delete(worker);
      for (const { reject } of jobs) reject(stopping);
      ending.push(worker.terminate());
    }
    await Promise.all(ending);
  }

  #next(): void {
    while (!this.#isClosed) {
      const [job] = this.#waiting;
      const worker = job && this.#workerFor(job);
      if (job === undefined || worker === undefined) return;
      this.#waiting.shift();
      const jobs = this.#running.get(worker) ?? [];
      this.#running.set(worker, [...jobs, job]);
      if (jobs.length === 0) worker.ref();
      const sender = this.#senders.get(worker) ?? new TaskSender();
      this.#senders.set(worker, sender);
      say(worker, { kind: 'run', task: sender.message(job.task) });
    }
  }

  #workerFor(job: Job): Worker | undefined {
    if (isTiny(job)) {
      for (const [worker, jobs] of this.#running) if (jobs.length < TINY_AT_ONCE && jobs.every(isTiny)) return worker;
    }
    return this.#idle.pop() ?? (this.#running.size < this.#size ? this.#start() : undefined);
  }

  #start(): Worker {
    const { contentDirectory, referenceDirectory, lane } = this.#options;
    const workerData: WorkerStart = { contentDirectory, referenceDirectory, lane };
    const worker = new Worker(new URL('./batch-worker.ts', import.meta.url), { workerData });
    let died: Error | undefined;
    worker.on('message', (message: FromWorker) => this.#hear(worker, message));
    worker.on('error', (error) => {
      died = error instanceof Error ? error : new Error(String(error));
    });
    worker.on('exit', () => this.#lost(worker, died));
    return worker;
  }

  #hear(worker: Worker, message: FromWorker): void {
    const [job, ...behind] = this.#running.get(worker) ?? [];
    if (job === undefined) return;
    switch (message.kind) {
      case 'originals':
        void answer(worker, async () => ({ kind: 'originals', found: await job.originals(message.references) }));
        return;
      case 'questions':
        void answer(worker, async () => ({ kind: 'questions', found: await job.questions(message.keys) }));
        return;
      case 'progress':
        this.#options.onProgress?.(job.task.ticket, message.records);
        return;
      case 'done':
        job.resolve(message.result);
        break;
      case 'failed':
        job.reject(errorOf(message.failure));
    }
    if (behind.length > 0) this.#running.set(worker, behind);
    else this.#rest(worker);
    this.#next();
  }

  #rest(worker: Worker): void {
    this.#running.delete(worker);
    worker.unref();
    this.#idle.push(worker);
  }

  #lost(worker: Worker, cause: Error | undefined): void {
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    const [job, ...behind] = this.#running.get(worker) ?? [];
    this.#running.delete(worker);
    job?.reject(new GatewayError('broken', 'the thread that checked this batch ended', { cause }));
    this.#waiting.unshift(...behind);
    this.#next();
  }
}

function isTiny({ task }: Job): boolean {
  return task.contents.reduce((sum, { size }) => sum + size, 0) <= SMALL_BYTES;
}

function say(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}

/** Never rejects: a lookup that fails ends the batch with its error. */
async function answer(worker: Worker, look: () => Promise<ToWorker>): Promise<void> {
  try {
    say(worker, await look());
  } catch (error) {
    say(worker, { kind: 'lookup-failed', failure: failureOf(error) });
  }
}

/** The worker closes its directory and ends; one that does not in time is cut off. */
async function endIdle(worker: Worker): Promise<void> {
  worker.ref();
  const ended = once(worker, 'exit', { signal: AbortSignal.timeout(CLOSE_MS) });
  say(worker, { kind: 'close' });
  try {
    await ended;
  } catch {
    await worker.terminate();
  }
}
