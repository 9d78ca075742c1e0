import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { hasTool } from '../support/tools.ts';
import { startSftp } from './sftp-fixture.ts';

/**
 * What ssh-audit 2.5 of Debian 12 may find, and nothing else (docs/decisions/0016-exchanges-of-ssh.md):
 * - every version fails the curves of NIST, because nobody can show how their constants were chosen; they stay, last, for
 *   partners who are bound to FIPS 140;
 * - two names are younger than this version; one that is current knows and recommends both.
 */
const TOLERATED = [
  '(kex) mlkem768x25519-sha256 -- [warn] unknown algorithm',
  '(kex) ecdh-sha2-nistp256 -- [fail] using weak elliptic curves',
  '(kex) ecdh-sha2-nistp384 -- [fail] using weak elliptic curves',
  '(kex) ecdh-sha2-nistp521 -- [fail] using weak elliptic curves',
  '(kex) kex-strict-s-v00@openssh.com -- [warn] unknown algorithm',
];

test.skipIf(!hasTool('ssh-audit'))('ssh-audit finds nothing wrong but what is tolerated for a reason', async () => {
  const fixture = await startSftp({ rsaHostKey: true });
  try {
    const words = ['-n', '-p', String(fixture.port), '127.0.0.1'];
    // It ends with the number of its findings.
    const output = await new Promise<string>((resolve) => {
      execFile('ssh-audit', words, { timeout: 30_000 }, (_error, stdout) => resolve(stdout));
    });
    const findings = output.split('\n').filter((line) => /\[(fail|warn)\]/.test(line));
    expect(output).toContain('(key) rsa-sha2-512 (3072-bit)');
    expect(findings.map((line) => line.replace(/ +/g, ' ').trim())).toEqual(TOLERATED);
  } finally {
    await fixture.close();
  }
});
