import { Worker } from 'node:worker_threads';
import { GatewayError } from '../domain/errors.ts';
import type { SetSignatureFailure, SetSignaturePolicy } from '../evidence/set-signature.ts';
import { parseCertificate } from '../pki/certificate.ts';
import type { Path } from '../pki/path.ts';
import { errorOf } from './batch-messages.ts';
import type { FromSignatureWorker, SignatureJob, SignatureWorkerStart } from './signature-messages.ts';

export type VerifiedPath =
  | { readonly ok: true; readonly path: Path }
  | { readonly ok: false; readonly reason: SetSignatureFailure };

type Waiting = {
  readonly resolve: (result: VerifiedPath) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
};

/** More than the largest file takes to be digested; a thread that is silent for so long is given up. */
const DEADLINE_MS = 900_000;

/** Verifies signatures in a thread of its own, several at once. One that dies rejects what it had; the next call starts another. */
export class SignatureThread {
  readonly #start: SignatureWorkerStart;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;
  #isClosed = false;

  constructor(contentDirectory: string, policy: SetSignaturePolicy) {
    const ders = (certificates: SetSignaturePolicy['issuers']) => certificates.map(({ der }) => der);
    const { issuers, intermediates, ...rules } = policy;
    const plain = { ...rules, issuers: ders(issuers), intermediates: ders(intermediates) };
    this.#start = { contentDirectory, policy: plain };
  }

  /** Makes it ready: the first set is answered as fast as the others. */
  start(): void {
    this.#worker ??= this.#open();
  }

  /** @throws what reading the contents throws; GatewayError `broken` where the thread died, `unavailable` where it is closed */
  verify(job: Omit<SignatureJob, 'id'>): Promise<VerifiedPath> {
    if (this.#isClosed) return Promise.reject(new GatewayError('unavailable', 'the gateway is stopping'));
    this.#lastId += 1;
    const id = this.#lastId;
    this.#worker ??= this.#open();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => void worker.terminate(), DEADLINE_MS).unref();
      this.#waiting.set(id, { resolve, reject, timer });
      worker.postMessage({ ...job, id } satisfies SignatureJob);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #open(): Worker {
    const worker = new Worker(new URL('./signature-worker.ts', import.meta.url), { workerData: this.#start });
    let died: unknown;
    worker.on('message', (message: FromSignatureWorker) => this.#hear(message));
    worker.on('error', (error) => {
      died = error;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      const cause = new GatewayError('broken', 'the thread that verifies signatures ended', { cause: died });
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(cause);
    });
    worker.unref();
    return worker;
  }

  #hear(message: FromSignatureWorker): void {
    const waiting = this.#take(message.id);
    switch (message.kind) {
      case 'good':
        waiting?.resolve({ ok: true, path: pathOf(message.path) });
        return;
      case 'refused':
        waiting?.resolve({ ok: false, reason: message.reason });
        return;
      case 'failed':
        waiting?.reject(errorOf(message.failure));
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}

/** Read before by the thread, which found them to be good. */
function pathOf(ders: readonly Uint8Array[]): Path {
  return ders.map((der) => {
    const certificate = parseCertificate(der);
    if (certificate === undefined) throw new GatewayError('broken', 'a verified certificate can not be read again');
    return certificate;
  });
}
