import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLASS3_CA } from '../../src/pki/demo-profiles.ts';
import { authorityKeyId, crlNumber } from '../../src/pki/extensions.ts';
import { issueCrl, keyIdOf } from '../../src/pki/issue.ts';
import { DAY } from '../support/certificates.ts';
import { signedBy } from '../support/demo-signer.ts';
import { eventually } from '../support/eventually.ts';
import {
  adrm,
  answeredWhole,
  ExchangePlace,
  goodRow,
  handIn,
  KSZ_R,
  refusedInReceipt,
  setNames,
} from '../support/exchange-place.ts';
import { makeFolder, startIn } from '../support/gateway.ts';
import { type Reply, RevocationHost } from '../support/revocation-host.ts';
import { quickSettling } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

const FI = adrm(goodRow(1));
const DOWN: Reply = 'reset';

let host: RevocationHost;
let reply: Reply = DOWN;
let place: ExchangePlace;

/** The list of the class-3 authority, which can be had from a host that is down at first. */
beforeAll(async () => {
  host = await RevocationHost.open();
  const list = host.list('/ca.crl', () => reply);
  const folder = await makeFolder({
    'gateway.yaml': (text) =>
      quickSettling(text)
        .replace(
          'directory: ../certs/demo',
          `directory: ../certs/demo\n  revocation: { issuers: [{ keyId: KEY, lists: ["${list}"] }] }`,
        )
        .replace('holdMinutes: 240', 'holdMinutes: 0.4'),
  });
  const certificates = join(folder, 'certs', 'demo');
  const key = createPrivateKey(await readFile(join(certificates, 'private', 'class3-ca.key')));
  const settings = join(folder, 'config', 'gateway.yaml');
  const keyId = Buffer.from(keyIdOf(createPublicKey(key))).toString('hex');
  await writeFile(settings, (await readFile(settings, 'utf8')).replace('KEY', `"${keyId}"`));
  await writeFile(join(certificates, 'crl.pem'), 'nothing that can be read\n');
  place = ExchangePlace.of(await startIn(folder));
}, 60_000);

afterAll(async () => {
  await place?.close();
  await host?.close();
});

async function currentList(): Promise<Uint8Array> {
  const key = createPrivateKey(await readFile(join(place.gateway.certificates, 'private', 'class3-ca.key')));
  return issueCrl({
    issuer: { name: CLASS3_CA, key, hash: 'sha256' },
    ...{ thisUpdate: Date.now() - DAY, nextUpdate: Date.now() + DAY, revoked: [] },
    extensions: [authorityKeyId(keyIdOf(createPublicKey(key))), crlNumber(1)],
  });
}

async function signedSet(serial: string) {
  const names = setNames({ serial, letter: 'R' });
  return {
    ...names,
    files: { [names.fi]: FI, [names.fs]: await signedBy(place.gateway, 'anna@ksz', FI), [names.go]: '' },
  };
}

async function held(): Promise<number> {
  const metrics = await fetch(`http://127.0.0.1:${place.gateway.health}/metrics`);
  return Number(/^sluis_signatures_held (\d+)$/m.exec(await metrics.text())?.[1] ?? -1);
}

describe.skipIf(!hasTool('openssl'))('while nobody can say whether the signer was revoked', () => {
  test('a set is held, with an alarm, and refused with 524 at the end of its time; what is wrong anyway is refused at once', async () => {
    const first = await signedSet('A0001');
    await handIn(place, KSZ_R, first.files);
    await eventually('a set that is held', async () => ((await held()) === 1 ? true : undefined));
    const other = await signedSet('A0002');
    await handIn(place, KSZ_R, { ...other.files, [other.fs]: await signedBy(place.gateway, 'anna@ksz', 'other') });
    expect((await refusedInReceipt(place, KSZ_R, other.go)).errors.map(({ code }) => code)).toEqual(['125']);
    const client = await place.client(KSZ_R.account);
    expect((await client.list('/OUT/ADRM')).some((name) => name.startsWith(first.go))).toBe(false);
    const { log } = place.gateway;
    await eventually('the alarm', () => log.find((line) => line.includes('"alarm":"signatures"')));
    expect((await refusedInReceipt(place, KSZ_R, first.go)).errors.map(({ code }) => code)).toEqual(['524']);
  }, 60_000);

  test('a set that is held is taken back by a TD', async () => {
    const set = await signedSet('B0001');
    await handIn(place, KSZ_R, set.files);
    await eventually('a set that is held', async () => ((await held()) === 1 ? true : undefined));
    const mailbox = await handIn(place, KSZ_R, { [set.td]: '' });
    const { ticket, resultCode } = await mailbox.receipt(set.td);
    expect(resultCode).toBe(1);
    await place.audit.line({ kind: 'submission', outcome: 'done', fields: { ticket, state: 'cancelled' } });
  });

  test('a set that is held is taken, once it is known: nothing was lost', async () => {
    const sets = await Promise.all(['C0001', 'C0002', 'C0003'].map(signedSet));
    for (const { files } of sets) await handIn(place, KSZ_R, files);
    await eventually('sets that are held', async () => ((await held()) >= 3 ? true : undefined));
    reply = { body: await currentList() };
    for (const { go } of sets) {
      expect((await answeredWhole(place, KSZ_R, go)).notification.state).toBe('accepted');
    }
    await eventually('nothing that is held', async () => ((await held()) === 0 ? true : undefined));
  }, 60_000);
});
