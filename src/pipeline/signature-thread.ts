import { GatewayError } from '../domain/errors.ts';
import type { SetSignatureFailure, SetSignaturePolicy } from '../evidence/set-signature.ts';
import { parseCertificate } from '../pki/certificate.ts';
import type { Path } from '../pki/path.ts';
import { JobThread } from './job-thread.ts';
import type { SignatureJob, SignatureVerified, SignatureWorkerStart } from './signature-messages.ts';

export type VerifiedPath =
  | { readonly ok: true; readonly path: Path }
  | { readonly ok: false; readonly reason: SetSignatureFailure };

/** More than the largest file takes to be digested; a thread that is silent for so long is given up. */
const DEADLINE_MS = 900_000;

type Running = {
  readonly policy: SetSignaturePolicy;
  readonly thread: JobThread<SignatureJob, SignatureVerified>;
  jobs: number;
};

/** Verifies signatures in a thread of its own, several at once. Another policy gets another thread. */
export class SignatureThread {
  readonly #contentDirectory: string;
  #newest: Running;

  constructor(contentDirectory: string, policy: SetSignaturePolicy) {
    this.#contentDirectory = contentDirectory;
    this.#newest = this.#open(policy);
  }

  /** Makes it ready: the first set is answered as fast as the others. */
  start(): void {
    this.#newest.thread.start();
  }

  /** @throws what reading the contents throws; GatewayError `broken` where the thread died, `unavailable` where it is closed */
  async verify(job: SignatureJob, policy: SetSignaturePolicy): Promise<VerifiedPath> {
    const running = this.#withPolicy(policy);
    running.jobs += 1;
    try {
      const verified = await running.thread.ask(job);
      return verified.ok ? { ok: true, path: pathOf(verified.path) } : verified;
    } finally {
      running.jobs -= 1;
      this.#closeOld(running);
    }
  }

  async close(): Promise<void> {
    await this.#newest.thread.close();
  }

  #withPolicy(policy: SetSignaturePolicy): Running {
    const before = this.#newest;
    if (before.policy === policy) return before;
    this.#newest = this.#open(policy);
    this.#closeOld(before);
    return this.#newest;
  }

  #closeOld(running: Running): void {
    if (running !== this.#newest && running.jobs === 0) void running.thread.close();
  }

  #open(policy: SetSignaturePolicy): Running {
    const ders = (certificates: SetSignaturePolicy['issuers']) => certificates.map(({ der }) => der);
    const { issuers, intermediates, ...rules } = policy;
    const plain = { ...rules, issuers: ders(issuers), intermediates: ders(intermediates) };
    const workerData: SignatureWorkerStart = { contentDirectory: this.#contentDirectory, policy: plain };
    const file = new URL('./signature-worker.ts', import.meta.url);
    return { policy, thread: new JobThread({ file, workerData, deadlineMs: DEADLINE_MS }), jobs: 0 };
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
