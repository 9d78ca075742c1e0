import { basename, dirname, join } from 'node:path';
import { readSignatureFile } from '../evidence/cms.ts';
import { verifyDetached } from '../evidence/cms-verify.ts';
import { parseCertificates } from '../pki/certificate.ts';
import { digestOf, readOrRefuse } from './read-or-refuse.ts';

/**
 * Checks the signature of an answer, offline: `x.json` by `x.json.p7s` beside it, `FO.…` by its `FS.…`.
 * @returns 0 where it is good, 1 where it is not
 */
export async function receiptVerify(
  file: string,
  options: { readonly trusted: string; readonly json: boolean },
): Promise<0 | 1> {
  const signatureFile = signatureBeside(file);
  const [signature, trusted] = await Promise.all([readOrRefuse(signatureFile), readOrRefuse(options.trusted)]);
  const cms = readSignatureFile(signature);
  const result =
    cms === undefined
      ? ({ ok: false, reason: 'not-parseable' } as const)
      : await verifyDetached({
          cms,
          sha256: await digestOf(file),
          trusted: parseCertificates(trusted.toString()),
          at: Date.now(),
        });
  const signer = result.ok ? result.signer.x509.subject.replaceAll('\n', ', ') : undefined;
  const words = result.ok ? `good: signed by ${signer}` : `not good: ${result.reason}`;
  const answer = result.ok ? { ok: true, file, signer } : { ok: false, file, reason: result.reason };
  process.stdout.write(options.json ? `${JSON.stringify(answer)}\n` : `${basename(file)}: ${words}\n`);
  return result.ok ? 0 : 1;
}

function signatureBeside(file: string): string {
  const name = basename(file);
  return name.startsWith('FO.') ? join(dirname(file), `FS.${name.slice(3)}`) : `${file}.p7s`;
}
