import { createHash } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Language } from '../domain/partner.ts';
import type { AnswerFile, Submission } from '../domain/submission.ts';
import { signatureNameOf } from '../evidence/answer-names.ts';
import { readSignatureFile } from '../evidence/cms.ts';
import { verifyDetached } from '../evidence/cms-verify.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { ContentStore } from '../storage/content-store.ts';
import { tellingFiles } from './told-records.ts';
import type { Words } from './words.ts';

/** Whether one answer is what the hub signed. */
export type Verified = {
  readonly name: string;
  readonly valid: boolean;
  readonly signer: string | null;
  readonly signedAt: string | null;
  /** Whether its bytes are those that were given out. */
  readonly digestMatches: boolean;
  readonly problems: readonly string[];
};

type Parts = {
  readonly store: Pick<ContentStore, 'read'>;
  /** Whose certificates may sign for the hub. */
  readonly signers: () => Promise<readonly Certificate[]>;
  readonly clock: Clock;
  readonly words: Words;
  readonly language: Language;
};

/** An answer that the caller holds, to be held against the signature of its name. */
export type HeldFile = { readonly name: string; readonly bytes: AsyncIterable<Uint8Array> };

/** A signature is a few thousand bytes. */
const MOST_SIGNATURE_BYTES = 1024 * 1024;

/** Receipt and notification of a submission as the hub holds them, or one of them as somebody else does. */
export async function verifyAnswers(
  parts: Parts,
  submission: Submission,
  held?: HeldFile,
): Promise<readonly Verified[]> {
  const all = [...submission.receipt, ...submission.notification];
  const files = tellingFiles(all);
  const asked = held === undefined ? files : files.filter(({ name }) => name === held.name);
  if (held !== undefined && asked.length === 0) {
    throw new GatewayError('not-found', 'this submission has no answer of this name');
  }
  const verified: Verified[] = [];
  for (const file of asked) {
    const signature = all.find(({ name }) => name === signatureNameOf(file.name));
    verified.push(await verifyOne(parts, file, signature, held?.bytes ?? parts.store.read(file)));
  }
  return verified;
}

async function verifyOne(
  { store, signers, clock, words, language }: Parts,
  file: AnswerFile,
  signature: AnswerFile | undefined,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Verified> {
  const not = (digestMatches: boolean, code: string, detail?: string): Verified => ({
    ...{ name: file.name, valid: false, signer: null, signedAt: null, digestMatches },
    problems: [words.textOf(code, language, detail)],
  });
  try {
    const sha256 = await digestOf(bytes);
    const digestMatches = sha256 === file.sha256;
    const cms = signature && readSignatureFile(await small(store.read(signature)));
    if (cms === undefined) return not(digestMatches, 'verify-not-good', 'not-parseable');
    const result = await verifyDetached({ cms, sha256, trusted: await signers(), at: clock.now() });
    if (!result.ok) {
      return not(digestMatches, digestMatches ? 'verify-not-good' : 'verify-altered', result.reason);
    }
    const { signer, signedAt } = result;
    return {
      ...{ name: file.name, valid: digestMatches, digestMatches },
      signer: signer.x509.subject.replaceAll('\n', ', '),
      signedAt: signedAt === undefined ? null : new Date(signedAt).toISOString(),
      problems: digestMatches ? [] : [words.textOf('verify-altered', language)],
    };
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'content-missing') return not(false, 'verify-gone');
    throw error;
  }
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}

async function small(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MOST_SIGNATURE_BYTES) throw new GatewayError('too-large', 'this is no signature');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
