import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemClock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import { Signer, toBase64Lines } from '../evidence/cms.ts';
import { readPkcs12 } from '../pki/pkcs12-read.ts';
import { askPassword } from './ask-password.ts';
import { digestOf, readOrRefuse } from './read-or-refuse.ts';

export type SignOptions = {
  /** PKCS#12 with key and certificate. */
  readonly p12: string;
  /** Its first line is the password; without it one line of standard input is. */
  readonly passwordFile: string | undefined;
  /** Base64 in lines of 76 characters. */
  readonly wrap: boolean;
  readonly json: boolean;
};

/**
 * Signs files with a PKCS#12: beside `FI.…` comes `FS.…` in base64 on one line, beside any other name `<name>.p7s` as DER.
 * One that stands there already is replaced. All are read before the first is signed.
 */
export async function sign(files: readonly string[], options: SignOptions): Promise<0> {
  for (const file of files) refuseOtherThanFi(basename(file));
  const digests = await Promise.all(files.map(digestOf));
  const p12 = await readOrRefuse(options.p12);
  const { key, certificates } = readPkcs12(p12, await passwordOf(options.passwordFile));
  const signer = Signer.of(key, certificates, systemClock);
  refuseOutsideItsTime(signer);
  for (const [index, file] of files.entries()) await signOne(file, digests[index] ?? '', signer, options);
  return 0;
}

/** @param sha256 hex */
async function signOne(file: string, sha256: string, signer: Signer, options: SignOptions): Promise<void> {
  const cms = await signer.signDetached(sha256);
  const name = basename(file);
  const isSet = name.startsWith('FI.');
  const beside = join(dirname(file), isSet ? `FS.${name.slice(3)}` : `${name}.p7s`);
  await replace(beside, options.wrap ? toBase64Lines(cms) : isSet ? Buffer.from(cms).toString('base64') : cms);
  const subject = signer.certificate.x509.subject.replaceAll('\n', ', ');
  const words = options.json
    ? JSON.stringify({ file, signature: beside, signer: subject })
    : `${beside}: signed by ${subject}`;
  process.stdout.write(`${words}\n`);
}

/** Of a set the FI is signed, and nothing else. */
function refuseOtherThanFi(name: string): void {
  if (!/^(FS|GO|TD)\.[A-Z0-9]{4}\.\d{6}\./.test(name)) return;
  throw new GatewayError('bad-request', `${name} is not signed; name the FI, and its FS comes beside it`);
}

async function passwordOf(file: string | undefined): Promise<string> {
  if (file === undefined) return askPassword();
  return (await readOrRefuse(file)).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}

/** Nobody would take such a signature; better said here than in a receipt. */
function refuseOutsideItsTime({ certificate }: Signer): void {
  const now = systemClock.now();
  if (now >= certificate.notBefore && now <= certificate.notAfter) return;
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  const validity = `valid from ${day(certificate.notBefore)} to ${day(certificate.notAfter)}`;
  throw new GatewayError('bad-request', `the certificate is ${validity}, and not today`);
}

/** Whole or not at all: somebody may be about to send it. */
async function replace(file: string, bytes: string | Uint8Array): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, file);
  } catch (cause) {
    await rm(beside, { force: true });
    throw new GatewayError('bad-request', `${file} can not be written`, { cause });
  }
}
