import { createPrivateKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../commands/read-or-refuse.ts';
import { systemClock } from '../domain/clock.ts';
import { Signer } from '../evidence/cms.ts';
import { parseCertificates } from '../pki/certificate.ts';
import { runTool } from './dav-server.ts';
import { makeLargeFile } from './webdav-large.ts';

/**
 * SHA-256 over a file of 1 GiB, read from disk, and its detached signature; openssl then verifies that against the file.
 * @returns CPU seconds of this process, the least of some rounds
 */
export async function signGibibyte(rounds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-bench-'));
  try {
    const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    await runTool('openssl', [...request, '-subj', '/CN=bench', '-keyout', keyFile, '-out', certificateFile]);
    const file = await makeLargeFile(folder);
    const key = createPrivateKey(await readFile(keyFile));
    const signer = Signer.of(key, parseCertificates(await readFile(certificateFile, 'utf8')), systemClock);
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < rounds; round += 1) {
      const before = process.cpuUsage();
      const cms = await signer.signDetached(await digestOf(file.path));
      const { user, system } = process.cpuUsage(before);
      least = Math.min(least, (user + system) / 1e6);
      await writeFile(join(folder, 'file.p7s'), cms);
    }
    const signature = ['-inform', 'DER', '-in', join(folder, 'file.p7s'), '-content', file.path, '-binary'];
    const trust = ['-CAfile', certificateFile, '-purpose', 'any', '-out', '/dev/null'];
    await runTool('openssl', ['cms', '-verify', ...signature, ...trust]);
    return least;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
