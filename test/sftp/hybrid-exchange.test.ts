import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toolPath } from '../support/tools.ts';
import { exchange, hybridKeys } from './hybrid-client.ts';
import { connect } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const HYBRID = 'mlkem768x25519-sha256';
/** From 9.9 on; Debian 12 has 9.2. */
const opensshKnowsIt = execFileSync('ssh', ['-Q', 'kex']).toString().includes(HYBRID);

let fixture: SftpFixture;
beforeAll(async () => {
  fixture = await startSftp({ rekey: { bytes: 300_000, ms: 3_600_000 } });
});
afterAll(() => fixture.close());

test('a client that wants ML-KEM and X25519 gets both: the host signs the hash it computes, and its keys open packets', async () => {
  expect(await exchange(fixture.port, hybridKeys())).toEqual({ signed: true, accepted: 'ssh-userauth' });
});

test.each<[string, (init: Buffer) => Buffer]>([
  ['C_INIT lacks a byte', (init) => init.subarray(1)],
  ['C_INIT has a byte more', (init) => Buffer.concat([init, Buffer.from([1])])],
  ['C_INIT is empty', () => Buffer.alloc(0)],
  ['the ML-KEM key has coefficients above q (FIPS 203 §7.2)', (init) => init.fill(0xff, 0, 1184)],
  ['the X25519 key is of small order (RFC 7748 §6.1)', (init) => init.fill(0, 1184)],
])('where %s, the connection ends and others are served', async (_, spoil) => {
  const keys = hybridKeys();
  await expect(exchange(fixture.port, { ...keys, init: spoil(Buffer.from(keys.init)) })).rejects.toThrow(
    'the server closed',
  );
  expect(await exchange(fixture.port, hybridKeys())).toMatchObject({ signed: true });
});

test('a client that does not know it agrees on another exchange', async () => {
  const client = await connect(fixture);
  client.end();
});

test.skipIf(!opensshKnowsIt)('OpenSSH agrees on it, and goes on while the keys are renewed', async () => {
  await writeFile(join(fixture.folder, 'large'), Buffer.alloc(1_500_000, 'x'));
  const words = ['-S', toolPath('ssh') ?? 'ssh', '-o', `KexAlgorithms=${HYBRID}`];
  const { stdout } = await fixture.batch('batch@ksz', ['put large /SHARED/work/hybrid', 'ls -l /SHARED/work'], words);
  expect(stdout).toMatch(/1500000 .*hybrid/);
});
