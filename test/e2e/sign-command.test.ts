import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toPem } from '../../src/pki/issue.ts';
import { DAY, TestCa } from '../support/certificates.ts';
import { demoPki } from '../support/demo-pki.ts';
import { adrm, answeredWhole, ExchangePlace, goodRow, handIn, KSZ_R, setNames } from '../support/exchange-place.ts';
import { opensslVerifies } from '../support/openssl.ts';
import { hasTool } from '../support/tools.ts';

const run = promisify(execFile);
const SLUIS = fileURLToPath(new URL('../../src/sluis.js', import.meta.url));

let folder: string;
let pki: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-sign-command-'));
  pki = await demoPki();
  await writeFile(at('password'), 'demo\n');
  await writeFile(at('wrong'), 'other\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function at(name: string): string {
  return join(folder, name);
}

async function sign(
  file: string,
  p12: string,
  ...options: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const words = [SLUIS, 'sign', at(file), '--p12', p12, '--password-file', at('password'), ...options];
  return run(process.execPath, words).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error) => ({ code: error.code, out: error.stdout, err: error.stderr }),
  );
}

async function verifies(content: string, signature: Uint8Array, issuer: string): Promise<boolean> {
  return opensslVerifies(await readFile(at(content)), signature, issuer);
}

describe.skipIf(!hasTool('openssl'))('sluis sign', () => {
  test('makes an FS beside an FI, on one line or in lines of 76, which OpenSSL verifies and the gateway takes', async () => {
    const place = await ExchangePlace.open();
    try {
      const p12 = join(place.gateway.certificates, 'anna@ksz.p12');
      for (const [serial, options] of [
        ['A0001', []],
        ['A0002', ['--wrap']],
      ] as const) {
        const { fi, fs, go } = setNames({ serial, letter: 'R' });
        const text = adrm(goodRow(1));
        await writeFile(at(fi), text);
        const { code, out } = await sign(fi, p12, ...options);
        expect([code, out]).toEqual([0, expect.stringContaining(`${fs}: signed by C=BE, O=ksz, CN=Anna Demo`)]);
        const signature = await readFile(at(fs), 'utf8');
        const lines = signature.trimEnd().split('\n');
        expect([lines.length > 1, Math.max(...lines.map((line) => line.length)) <= 76]).toEqual(
          Array(2).fill(serial === 'A0002'),
        );
        const der = Buffer.from(signature, 'base64');
        expect(await verifies(fi, der, join(place.gateway.certificates, 'class3-ca.pem'))).toBe(true);
        await handIn(place, KSZ_R, { [fi]: text, [fs]: signature, [go]: '' });
        expect((await answeredWhole(place, KSZ_R, go)).notification.state).toBe('accepted');
      }
    } finally {
      await place.close();
    }
  });

  test('makes a .p7s beside any other file, again over an old one', async () => {
    for (const text of ['first', 'second']) {
      await writeFile(at('list.csv'), text);
      const { code, out } = await sign('list.csv', join(pki, 'anna@rva.p12'), '--json');
      expect([code, JSON.parse(out)]).toMatchObject([0, { file: at('list.csv'), signature: at('list.csv.p7s') }]);
      expect(await verifies('list.csv', await readFile(at('list.csv.p7s')), join(pki, 'class3-ca.pem'))).toBe(true);
    }
  });

  test.each(['today', 'old'])('opens a PKCS#12 file with an EC key, of %s', async (kind) => {
    const names = ['-subj', '/CN=Signer', '-addext', 'keyUsage=digitalSignature', '-days', '3'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-nodes', '-keyout', at('ec.key')];
    await run('openssl', ['req', '-x509', ...key, ...names, '-out', at('ec.pem')]);
    const pair = ['-inkey', at('ec.key'), '-in', at('ec.pem'), '-passout', 'pass:demo', '-out', at('ec.p12')];
    await run('openssl', ['pkcs12', '-export', ...pair, ...(kind === 'old' ? ['-legacy'] : [])]);
    await writeFile(at('data'), 'data');
    expect((await sign('data', at('ec.p12'))).code).toBe(0);
    expect(await verifies('data', await readFile(at('data.p7s')), at('ec.pem'))).toBe(true);
  });

  test('signs the parts of a set in one go, and neither its FS nor its GO', async () => {
    const { fi, fs, go } = setNames({ serial: 'A0003', letter: 'R' });
    const parts = [1, 2].map((part) => fi.replace(/1\.1$/, `2.${part}`));
    for (const part of parts) await writeFile(at(part), part);
    const p12 = join(pki, 'anna@ksz.p12');
    const [first = '', second = ''] = parts;
    expect((await sign(first, p12, at(second))).code).toBe(0);
    for (const part of parts) {
      const signature = Buffer.from(await readFile(at(part.replace('FI', 'FS')), 'utf8'), 'base64');
      expect(await verifies(part, signature, join(pki, 'class3-ca.pem'))).toBe(true);
    }
    for (const name of [fs, go]) {
      await writeFile(at(name), '');
      const { code, err } = await sign(name, p12);
      expect([code, err]).toEqual([1, expect.stringContaining('name the FI')]);
    }
  });

  test('says what is wrong with password, file or certificate, and leaves nothing', async () => {
    await writeFile(at('x.csv'), 'x');
    const p12 = join(pki, 'anna@ksz.p12');
    const wrong = await sign('x.csv', p12, '--password-file', at('wrong'));
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('is the password right?')]);
    const absent = await sign('absent.csv', p12);
    expect([absent.code, absent.err]).toEqual([1, expect.stringContaining('can not be read')]);
    expect((await sign('x.csv', at('password'))).code).toBe(1);
    const ended = await TestCa.root('Ended', Date.now() - 10 * DAY, { notAfter: Date.now() - DAY });
    await writeFile(at('o.key'), ended.key.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(at('o.pem'), toPem('CERTIFICATE', ended.certificate.der));
    const pair = ['-inkey', at('o.key'), '-in', at('o.pem'), '-passout', 'pass:demo', '-out', at('o.p12')];
    await run('openssl', ['pkcs12', '-export', ...pair]);
    const late = await sign('x.csv', at('o.p12'));
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('and not today')]);
    await expect(readFile(at('x.csv.p7s'))).rejects.toThrow();
    expect((await sign('x.csv', p12)).code).toBe(0);
  });
});
