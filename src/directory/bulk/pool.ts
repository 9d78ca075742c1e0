import { Worker } from 'node:worker_threads';
import type { BulkWork, FromBulkWorker, ToBulkWorker } from './worker.ts';

type Task = {
  readonly message: ToBulkWorker;
  readonly resolve: (answer: FromBulkWorker) => void;
  readonly reject: (error: Error) => void;
};

/** Threads that read and sort; each does one thing at a time. */
export class BulkPool {
  readonly #workers: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: Task[] = [];
  readonly #running = new Map<Worker, Task>();
  #failure: Error | undefined;

  constructor(size: number, work: BulkWork) {
    this.#workers = Array.from({ length: size }, () => this.#start(work));
    this.#idle = [...this.#workers];
  }

  run(message: ToBulkWorker): Promise<FromBulkWorker> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.push({ message, resolve, reject });
      this.#next();
    });
  }

  /** To be called while nothing runs. */
  tellAll(message: ToBulkWorker): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(workerData: BulkWork): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    worker.on('message', (answer: FromBulkWorker) => {
      const task = this.#running.get(worker);
      this.#running.delete(worker);
      this.#idle.push(worker);
      task?.resolve(answer);
      this.#next();
    });
    worker.on('error', (error) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
      for (const { reject } of [...this.#running.values(), ...this.#waiting.splice(0)]) reject(this.#failure);
      this.#running.clear();
    });
    return worker;
  }

  #next(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const [worker, task] = [this.#idle.pop(), this.#waiting.shift()];
      if (worker === undefined || task === undefined) return;
      this.#running.set(worker, task);
      worker.postMessage(task.message);
    }
  }
}
