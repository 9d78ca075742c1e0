import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A detached signature by a demo account, DER, as OpenSSL makes it. */
export async function signedBy(
  { certificates }: { readonly certificates: string },
  account: string,
  file: string | Uint8Array,
  options: readonly string[] = [],
): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-demo-signer-'));
  try {
    const [content, signature] = [join(folder, 'content'), join(folder, 'signature')];
    await writeFile(content, file);
    const signer = ['-signer', join(certificates, `${account}.pem`), '-inkey', join(certificates, `${account}.key`)];
    const files = ['-in', content, '-outform', 'DER', '-out', signature];
    await run('openssl', ['cms', '-sign', '-binary', ...signer, ...options, ...files]);
    return await readFile(signature);
  } finally {
    await rm(folder, { recursive: true });
  }
}
