import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  adrm,
  answeredWhole,
  ExchangePlace,
  goodRow,
  handIn,
  KSZ_R,
  KSZ_T,
  refusedInReceipt,
  setNames,
} from '../support/exchange-place.ts';
import { hasTool } from '../support/tools.ts';

const run = promisify(execFile);
const SLUIS = fileURLToPath(new URL('../../src/sluis.js', import.meta.url));
const ATTEST =
  '{"seq":1,"ticket":"7d1c0b8e-0000-4000-8000-000000000911","legalContext":"FAMILY_BENEFITS_RIGHT","ssin":"74031295170",' +
  '"sender":{"sector":18,"institution":0},"attest":"UNEMPLOYED","status":0,"period":{"begin":"2025-11-01","end":null},' +
  '"longTerm":false,"ref":"RECEIPT-1"}\n';

let place: ExchangePlace;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-receipt-command-'));
  place = await ExchangePlace.open();
});
afterAll(async () => {
  await place?.close();
  await rm(folder, { recursive: true, force: true });
});

function at(name: string): string {
  return join(folder, name);
}

async function verify(
  files: readonly string[],
  ...options: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const trusted = ['--trusted', join(place.gateway.certificates, 'signer-ca.pem')];
  return run(process.execPath, [SLUIS, 'receipt', 'verify', ...files.map(at), ...trusted, ...options]).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    (error) => ({ code: error.code, out: error.stdout, err: error.stderr }),
  );
}

/** Fetches files of a mailbox whose names hold a text, as they are. */
async function fetch(account: string, mailbox: string, part: string): Promise<readonly string[]> {
  const client = await place.client(account);
  const names = (await client.list(mailbox)).filter((name) => name.includes(part)).toSorted();
  for (const name of names) await writeFile(at(name), await client.get(`${mailbox}/${name}`));
  return names;
}

describe.skipIf(!hasTool('openssl'))('sluis receipt verify', () => {
  test('tells of answers in JSON who signed them and what they say, and whether they are about what was sent', async () => {
    await writeFile(at('sent.csv'), adrm(goodRow(1)));
    await writeFile(at('other.csv'), adrm(goodRow(2)));
    await handIn(place, KSZ_R, { 'ADRM verify.csv': adrm(goodRow(1)) });
    const { receipt } = await answeredWhole(place, KSZ_R, 'ADRM verify.csv');
    const { ticket } = receipt;
    const [notification = '', , answer = '', signature = ''] = await fetch('batch@ksz', '/OUT/ADRM', ticket);
    const both = await verify([answer, notification]);
    expect([both.code, both.out.split('\n')]).toEqual([
      0,
      [
        `${answer}: good: signed by C=BE, O=Sluis Demo, CN=Sluis Demo Signer`,
        `  receipt ${ticket} of ADRM verify.csv: arrived whole and will be processed`,
        `${notification}: good: signed by C=BE, O=Sluis Demo, CN=Sluis Demo Signer`,
        `  notification ${ticket} of ADRM verify.csv: accepted: 1 of 1 records accepted`,
        '',
      ],
    ]);
    expect((await verify([signature], '--of', at('sent.csv'))).code).toBe(0);
    const other = await verify([answer], '--of', at('other.csv'), '--json');
    expect([other.code, JSON.parse(other.out)]).toEqual([
      1,
      { file: at(answer), ok: false, reason: 'about-another-file' },
    ]);
    const altered = receipt.answer.text.replace('"resultCode": 1', '"resultCode": 0');
    await writeFile(at(answer), altered);
    const wrong = await verify([notification, answer]);
    expect([wrong.code, wrong.out]).toEqual([
      1,
      expect.stringContaining(`${answer}: not good: the file is not the one`),
    ]);
  });

  test('finds the answer of RSZ XML by FO, FS or GO', async () => {
    await handIn(place, { account: 'batch@rva', intake: '/IN', mailbox: '/OUT' }, { 'WLAT verify.jsonl': ATTEST });
    const mailbox = await place.mailbox('batch@rva', '/OUT');
    const { name } = (await mailbox.xml('ACRF', 'WLAT verify.jsonl')) as { readonly name: string };
    await fetch('batch@rva', '/OUT', name.slice('FO.'.length));
    await writeFile(at('attest'), ATTEST);
    for (const kind of ['FO', 'FS', 'GO']) {
      const { code, out } = await verify([`${kind}.${name.slice(3)}`], '--of', at('attest'));
      expect([code, out]).toEqual([0, expect.stringContaining('of WLAT verify.jsonl: arrived whole')]);
    }
  });

  test('knows a delivery by its manifest, and one that was altered', async () => {
    await handIn(place, KSZ_R, { 'ADRM manifest.csv': adrm(goodRow(1), goodRow(2)) });
    const { receipt } = await answeredWhole(place, KSZ_R, 'ADRM manifest.csv');
    const [delivery = ''] = await fetch('batch@rjv', '/OUT/ADRM', receipt.ticket);
    const good = await verify([delivery]);
    expect([good.code, good.out]).toEqual([0, expect.stringContaining(`of ${delivery}: 2 records\n`)]);
    await writeFile(at(delivery), 'altered');
    const wrong = await verify([delivery]);
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('or the file was altered')]);
  });

  test('takes every part of a set as what was sent, and tells why a receipt refuses', async () => {
    const { fi, go } = setNames({ serial: 'V0001' });
    const names = [1, 2].map((part) => fi.replace(/1\.1$/, `2.${part}`));
    const texts = [adrm(goodRow(1)), adrm('wrong')].map((text, index) => (index === 1 ? text.slice(4) : text));
    const files = Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
    for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
    const theirs = go.replace(/1$/, '2');
    await handIn(place, KSZ_T, { ...files, [theirs]: '' });
    const { ticket } = await refusedInReceipt(place, KSZ_T, theirs);
    const [answer = ''] = await fetch('batch@ksz', '/OUTTEST/ADRM', ticket);
    const { code, out, err } = await verify([answer], '--of', ...names.map(at));
    expect([code, err, out]).toEqual([
      0,
      '',
      expect.stringContaining(`receipt ${ticket} of ${theirs}: refused: 312\n`),
    ]);
    expect((await verify([answer], '--of', ...names.map(at).toReversed())).code).toBe(1);
  });

  test('says what it lacks', async () => {
    const absent = await verify(['absent.json']);
    expect([absent.code, absent.err]).toEqual([1, expect.stringContaining('absent.json.p7s can not be read')]);
    const key = join(place.gateway.certificates, 'anna@ksz.key');
    const noCertificate = await verify(['absent.json'], '--trusted', key);
    expect([noCertificate.code, noCertificate.err]).toEqual([
      1,
      expect.stringContaining('does not hold PEM certificates'),
    ]);
  });
});
