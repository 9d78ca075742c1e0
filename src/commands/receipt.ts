import { access, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isOfAnswerSet, signatureNameOf } from '../evidence/answer-names.ts';
import { readSignatureFile } from '../evidence/cms.ts';
import { verifyDetached } from '../evidence/cms-verify.ts';
import { digestOfParts } from '../evidence/receipt.ts';
import { type Certificate, parseCertificates } from '../pki/certificate.ts';
import { type Said, saidBy } from './answer-words.ts';
import { digestOf, readOrRefuse } from './read-or-refuse.ts';

/** What a larger answer says is not told; its signature is verified all the same. */
const MOST_BYTES = 64 * 1024 * 1024;
const MANIFEST = '.manifest.json';

export type VerifyOptions = {
  readonly trusted: string;
  /** What was sent, part by part where a set has several: the answer must be about this. */
  readonly of: readonly string[];
  readonly json: boolean;
};

type Verdict =
  | { readonly ok: true; readonly signer: string; readonly said: Said | undefined }
  | { readonly ok: false; readonly reason: string };

/**
 * Checks signatures of answers, offline: `x.json` by `x.json.p7s` beside it, `FO.…` by its `FS.…`, a delivery by its manifest.
 * @returns 0 where all are good, 1 where one is not
 */
export async function receiptVerify(files: readonly string[], options: VerifyOptions): Promise<0 | 1> {
  const trusted = parseCertificates((await readOrRefuse(options.trusted)).toString());
  const sent = options.of.length === 0 ? undefined : await digestOfSent(options.of);
  let status: 0 | 1 = 0;
  for (const named of files) {
    const file = signedFile(named);
    const verdict = about(await verdictOn(file, trusted), sent);
    if (!verdict.ok) status = 1;
    process.stdout.write(`${options.json ? JSON.stringify({ file, ...verdict }) : words(file, verdict)}\n`);
  }
  return status;
}

async function verdictOn(file: string, trusted: readonly Certificate[]): Promise<Verdict> {
  const manifest = `${file}${MANIFEST}`;
  if (!(await exists(signatureOf(file))) && (await exists(manifest))) return byManifest(file, manifest, trusted);
  const cms = readSignatureFile(await readOrRefuse(signatureOf(file)));
  if (cms === undefined) return { ok: false, reason: 'not-parseable' };
  const result = await verifyDetached({ cms, sha256: await digestOf(file), trusted, at: Date.now() });
  if (!result.ok) return result;
  const { size } = await stat(file);
  const said = size > MOST_BYTES ? undefined : saidBy(await readOrRefuse(file));
  return { ok: true, signer: result.signer.x509.subject.replaceAll('\n', ', '), said };
}

/** A delivery has no signature of its own: its manifest has one, and names it with its digest. */
async function byManifest(file: string, manifest: string, trusted: readonly Certificate[]): Promise<Verdict> {
  const verdict = await verdictOn(manifest, trusted);
  if (!verdict.ok) return { ok: false, reason: `manifest: ${verdict.reason}` };
  const { said } = verdict;
  const isIts = said?.kind === 'manifest' && said.file === basename(file) && said.sha256 === (await digestOf(file));
  return isIts ? verdict : { ok: false, reason: 'not-the-file-of-its-manifest' };
}

function about(verdict: Verdict, sent: string | undefined): Verdict {
  if (!verdict.ok || sent === undefined || verdict.said?.sha256 === sent) return verdict;
  const hasDigest = verdict.said?.sha256 !== undefined;
  return { ok: false, reason: hasDigest ? 'about-another-file' : 'names-no-digest' };
}

async function digestOfSent(files: readonly string[]): Promise<string> {
  const digests = await Promise.all(files.map(digestOf));
  return digests.length === 1 ? (digests[0] ?? '') : digestOfParts(digests);
}

function words(file: string, verdict: Verdict): string {
  if (!verdict.ok) return `${basename(file)}: not good: ${REASONS[verdict.reason] ?? verdict.reason}`;
  const { said, signer } = verdict;
  const lines = [`${basename(file)}: good: signed by ${signer}`];
  if (said !== undefined) lines.push(`  ${said.kind} ${said.ticket} of ${said.file}: ${said.says}`);
  return lines.join('\n');
}

/** What most often goes wrong, for a person; other reasons are shown as they are. */
const REASONS: Readonly<Record<string, string>> = {
  'wrong-digest': 'the file is not the one that was signed (wrong-digest)',
  'unknown-issuer': 'the signer was not issued by the trusted authority (unknown-issuer)',
  'not-parseable': 'the signature file holds no signature (not-parseable)',
  'not-the-file-of-its-manifest': 'the manifest is about another file, or the file was altered',
  'about-another-file': 'it is about another file than the one that was sent',
  'names-no-digest': 'it does not say the digest of a file; compare with the receipt',
};

/** Whoever names the signature, or the GO of an answer, means what it signs. */
function signedFile(named: string): string {
  const name = basename(named);
  if (isOfAnswerSet(name)) return join(dirname(named), `FO.${name.slice(3)}`);
  return named.endsWith('.p7s') ? named.slice(0, -'.p7s'.length) : named;
}

function signatureOf(file: string): string {
  return join(dirname(file), signatureNameOf(basename(file)));
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
