import { parentPort, workerData } from 'node:worker_threads';
import { type SetSignaturePolicy, verifySetSignature } from '../evidence/set-signature.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { DiskStore } from '../storage/disk-store.ts';
import { SmallStore } from '../storage/small-store.ts';
import { answerJobs } from './job-thread.ts';
import type { SignatureJob, SignatureVerified, SignatureWorkerStart } from './signature-messages.ts';

/** The thread that verifies signatures of sets: what a stranger wrote is parsed here, and large files are digested here. */

function parseStart(value: unknown): SignatureWorkerStart {
  return value as SignatureWorkerStart;
}

function certificatesOf(ders: readonly Uint8Array[]): readonly Certificate[] {
  return ders.map(parseCertificate).filter((certificate) => certificate !== undefined);
}

/** @throws errors of contents, which have a code */
async function verify(job: SignatureJob, store: SmallStore, policy: SetSignaturePolicy): Promise<SignatureVerified> {
  const { signature, file, at } = job;
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.read(signature)) chunks.push(chunk);
    const content = () => store.read(file);
    const result = await verifySetSignature(Buffer.concat(chunks), { sha256: file.sha256, content }, policy, at);
    if (!result.ok) return { ok: false, reason: result.reason };
    return { ok: true, path: result.path.map(({ der }) => der) };
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error;
    // What else a stranger's bytes could bring about is tried once, not for ever.
    return { ok: false, reason: 'not-parseable' };
  }
}

function start(port: NonNullable<typeof parentPort>): void {
  const { contentDirectory, policy } = parseStart(workerData);
  const store = new SmallStore({ disk: new DiskStore({ directory: contentDirectory }) });
  const known: SetSignaturePolicy = {
    ...policy,
    issuers: certificatesOf(policy.issuers),
    intermediates: certificatesOf(policy.intermediates),
  };
  answerJobs(port, (job: SignatureJob) => verify(job, store, known));
}

if (parentPort !== null) start(parentPort);
