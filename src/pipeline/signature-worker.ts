import { parentPort, workerData } from 'node:worker_threads';
import { type SetSignaturePolicy, verifySetSignature } from '../evidence/set-signature.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { DiskStore } from '../storage/disk-store.ts';
import { failureOf } from './batch-messages.ts';
import type { FromSignatureWorker, SignatureJob, SignatureWorkerStart } from './signature-messages.ts';

/** The thread that verifies signatures of sets: what a stranger wrote is parsed here, and large files are digested here. */

function parseStart(value: unknown): SignatureWorkerStart {
  return value as SignatureWorkerStart;
}

function certificatesOf(ders: readonly Uint8Array[]): readonly Certificate[] {
  return ders.map(parseCertificate).filter((certificate) => certificate !== undefined);
}

async function verify(job: SignatureJob, store: DiskStore, policy: SetSignaturePolicy): Promise<FromSignatureWorker> {
  const { id, signature, file, at } = job;
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.read(signature.contentId)) chunks.push(chunk);
    const content = () => store.read(file.contentId);
    const result = await verifySetSignature(Buffer.concat(chunks), { sha256: file.sha256, content }, policy, at);
    if (!result.ok) return { kind: 'refused', id, reason: result.reason };
    return { kind: 'good', id, path: result.path.map(({ der }) => der) };
  } catch (error) {
    // Errors of contents have a code. What else a stranger's bytes could bring about is tried once, not for ever.
    if (!(error instanceof Error && 'code' in error)) return { kind: 'refused', id, reason: 'not-parseable' };
    return { kind: 'failed', id, failure: failureOf(error) };
  }
}

function start(port: NonNullable<typeof parentPort>): void {
  const { contentDirectory, policy } = parseStart(workerData);
  const store = new DiskStore({ directory: contentDirectory });
  const known: SetSignaturePolicy = {
    ...policy,
    issuers: certificatesOf(policy.issuers),
    intermediates: certificatesOf(policy.intermediates),
  };
  port.on('message', async (job: SignatureJob) => port.postMessage(await verify(job, store, known)));
}

if (parentPort !== null) start(parentPort);
