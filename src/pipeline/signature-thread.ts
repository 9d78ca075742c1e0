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

/** Verifies signatures in a thread of its own, several at once. */
export class SignatureThread {
  readonly #thread: JobThread<SignatureJob, SignatureVerified>;

  constructor(contentDirectory: string, policy: SetSignaturePolicy) {
    const ders = (certificates: SetSignaturePolicy['issuers']) => certificates.map(({ der }) => der);
    const { issuers, intermediates, ...rules } = policy;
    const plain = { ...rules, issuers: ders(issuers), intermediates: ders(intermediates) };
    const workerData: SignatureWorkerStart = { contentDirectory, policy: plain };
    const file = new URL('./signature-worker.ts', import.meta.url);
    this.#thread = new JobThread({ file, workerData, deadlineMs: DEADLINE_MS });
  }

  /** Makes it ready: the first set is answered as fast as the others. */
  start(): void {
    this.#thread.start();
  }

  /** @throws what reading the contents throws; GatewayError `broken` where the thread died, `unavailable` where it is closed */
  async verify(job: SignatureJob): Promise<VerifiedPath> {
    const verified = await this.#thread.ask(job);
    return verified.ok ? { ok: true, path: pathOf(verified.path) } : verified;
  }

  async close(): Promise<void> {
    await this.#thread.close();
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
