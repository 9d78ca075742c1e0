import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { hasTool } from '../support/tools.ts';
import { startSftp } from './sftp-fixture.ts';

/** ssh-audit 2.5, which is Debian 12's, fails the curves of NIST, as every version does; they stay for clients that know nothing else. */
const OF_AN_OLD_VERSION = /ecdh-sha2-nistp|ecdsa-sha2-nistp/;

test.skipIf(!hasTool('ssh-audit'))('ssh-audit finds no algorithm that fails', async () => {
  const fixture = await startSftp({ rsaHostKey: true });
  try {
    const words = ['-n', '-p', String(fixture.port), '127.0.0.1'];
    // It ends with the number of its findings.
    const output = await new Promise<string>((resolve) => {
      execFile('ssh-audit', words, { timeout: 30_000 }, (_error, stdout) => resolve(stdout));
    });
    const failures = output.split('\n').filter((line) => line.includes('[fail]') && !OF_AN_OLD_VERSION.test(line));
    expect(output).toContain('curve25519-sha256');
    expect(failures).toEqual([]);
  } finally {
    await fixture.close();
  }
});
