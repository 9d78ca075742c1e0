import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether OpenSSL takes a detached signature for these bytes: a second opinion, offline. */
export async function opensslVerifies(content: Uint8Array, der: Uint8Array, trusted: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-openssl-'));
  try {
    const [contentFile, signature] = [join(folder, 'content'), join(folder, 'signature.p7s')];
    await Promise.all([writeFile(contentFile, content), writeFile(signature, der)]);
    const words = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', signature, '-content', contentFile];
    await run('openssl', [...words, '-CAfile', trusted, '-out', '/dev/null']);
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}
