import { type MessagePort, Worker } from 'node:worker_threads';
import { GatewayError } from '../domain/errors.ts';
import { errorOf, type Failure, failureOf } from './batch-messages.ts';

/** A job on its way to a thread, and what comes back; all of it plain data. */
type Asked<Job> = { readonly id: number; readonly job: Job };
type Answered<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly failure: Failure };

type Waiting<Result> = {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
};

export type JobThreadOptions = {
  /** The file that calls `answerJobs`. */
  readonly file: URL;
  readonly workerData: unknown;
  /** A job that is silent for so long ends the thread. */
  readonly deadlineMs: number;
};

/** A thread that does jobs, several at once. One that dies rejects what it had; the next job starts another. */
export class JobThread<Job, Result> {
  readonly #options: JobThreadOptions;
  readonly #waiting = new Map<number, Waiting<Result>>();
  #worker: Worker | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(options: JobThreadOptions) {
    this.#options = options;
  }

  /** Makes it ready: the first job is done as fast as the others. */
  start(): void {
    this.#worker ??= this.#open();
  }

  /** @throws what the job throws; GatewayError `broken` where the thread died, `unavailable` where it is closed */
  ask(job: Job): Promise<Result> {
    if (this.#isClosed) return Promise.reject(new GatewayError('unavailable', 'the gateway is stopping'));
    this.#lastId += 1;
    const id = this.#lastId;
    this.#worker ??= this.#open();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void worker.terminate(), this.#options.deadlineMs).unref();
      this.#waiting.set(id, { resolve, reject, timer });
      worker.postMessage({ id, job } satisfies Asked<Job>);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #open(): Worker {
    const worker = new Worker(this.#options.file, { workerData: this.#options.workerData });
    let died: unknown;
    worker.on('message', (message: Answered<Result>) => {
      const waiting = this.#take(message.id);
      if ('failure' in message) waiting?.reject(errorOf(message.failure));
      else waiting?.resolve(message.result);
    });
    worker.on('error', (error) => {
      died = error;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      const code = this.#isClosed ? 'unavailable' : 'broken';
      const cause = new GatewayError(code, 'the thread that does this ended', { cause: died });
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(cause);
    });
    worker.unref();
    return worker;
  }

  #take(id: number): Waiting<Result> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}

/** The other end, in the thread. */
export function answerJobs<Job, Result>(port: MessagePort, answer: (job: Job) => Promise<Result>): void {
  port.on('message', async ({ id, job }: Asked<Job>) => {
    try {
      port.postMessage({ id, result: await answer(job) } satisfies Answered<Result>);
    } catch (error) {
      port.postMessage({ id, failure: failureOf(error) } satisfies Answered<Result>);
    }
  });
}
