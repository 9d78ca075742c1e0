import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBase64Lines } from '../../src/evidence/cms.ts';
import { type Certificate, parseCertificates } from '../../src/pki/certificate.ts';
import { CLASS3_CA } from '../../src/pki/demo-profiles.ts';
import { authorityKeyId, crlNumber } from '../../src/pki/extensions.ts';
import { issueCrl, keyIdOf, toPem } from '../../src/pki/issue.ts';
import { DAY } from '../support/certificates.ts';
import { signedBy } from '../support/demo-signer.ts';
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
import { makeForeignCertificates } from '../support/foreign-certificates.ts';
import { hasTool } from '../support/tools.ts';

const FI = adrm(goodRow(1), goodRow(2));
const FROM_OTHERS = adrm(goodRow(3));

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open();
  await makeForeignCertificates(place.gateway.certificates, 'anna@ksz.example');
});
afterAll(() => place?.close());

type Made = () => Promise<string | Uint8Array>;
const by = (account: string, file: string, ...options: readonly string[]) =>
  signedBy(place.gateway, account, file, options);

const GOOD: readonly (readonly [what: string, fs: Made])[] = [
  ['as DER', () => by('anna@ksz', FI)],
  ['in base64 on one line', async () => (await by('anna@ksz', FI)).toString('base64')],
  ['in base64 in lines of 76', async () => toBase64Lines(await by('anna@ksz', FI))],
  ['by another account than hands in', () => by('bram@ksz', FI)],
  ['by the machine that hands in', () => by('batch@ksz', FI)],
  ['with RSASSA-PSS and SHA-512', () => by('anna@ksz', FI, '-keyopt', 'rsa_padding_mode:pss', '-md', 'sha512')],
  ['without attributes', () => by('anna@ksz', FI, '-noattr')],
];

type Refused = readonly [what: string, fs: Made, code: string, place: string];
const REFUSED: readonly Refused[] = [
  ['over another file', () => by('anna@ksz', FROM_OTHERS), '125', 'messageDigest: wrong-digest'],
  [
    'over another file, with SHA-512',
    () => by('anna@ksz', FROM_OTHERS, '-md', 'sha512'),
    '125',
    'messageDigest: wrong-digest',
  ],
  ['with the file inside', () => by('anna@ksz', FI, '-nodetach'), '125', 'encapContentInfo: attached-content'],
  ['with SHA-1', () => by('anna@ksz', FI, '-md', 'sha1'), '125', 'digestAlgorithm: weak-digest'],
  ['without its certificate', () => by('anna@ksz', FI, '-nocerts'), '125', 'certificates: no-signer-certificate'],
  ['by somebody of another partner', () => by('anna@rjv', FI), '153', ''],
  ['by a certificate that vouches for itself', () => by('self-signed', FI), '125', 'certificates: self-signed'],
  ['by one of an unknown issuer', () => by('other-ca', FI), '125', 'certificates: unknown-issuer'],
  ['that is empty', async () => '', '125', 'ContentInfo: not-encoded'],
  ['that is the file itself', async () => FI, '125', 'ContentInfo: not-encoded'],
];

describe.skipIf(!hasTool('openssl'))('a set in R whose FS is a good signature', () => {
  test.each(GOOD)('%s is taken', async (_what, fs) => {
    const names = setNames({
      serial: `A${String(GOOD.findIndex((one) => one[1] === fs)).padStart(4, '0')}`,
      letter: 'R',
    });
    await handIn(place, KSZ_R, { [names.fi]: FI, [names.fs]: await fs(), [names.go]: '' });
    const { receipt, notification } = await answeredWhole(place, KSZ_R, names.go);
    expect([receipt.errors, notification.state]).toEqual([[], 'accepted']);
    expect(await place.audit.all({ kind: 'delivery', fields: { ticket: receipt.ticket } })).toHaveLength(1);
  });
});

describe.skipIf(!hasTool('openssl'))('sets in R that come at once', () => {
  test('are all taken, though a partner has only some of them verified at a time', async () => {
    const fs = await by('anna@ksz', FI, '-md', 'sha384');
    const sets = Array.from({ length: 12 }, (_, index) => setNames({ serial: `E${1000 + index}`, letter: 'R' }));
    await Promise.all(sets.map((set) => handIn(place, KSZ_R, { [set.fi]: FI, [set.fs]: fs, [set.go]: '' })));
    for (const { go } of sets) expect((await answeredWhole(place, KSZ_R, go)).notification.state).toBe('accepted');
  });
});

describe.skipIf(!hasTool('openssl'))('a set in R whose FS is a signature', () => {
  test.each(REFUSED)('%s is refused, and taken with the right one', async (_what, fs, code, where) => {
    const serial = `B${String(REFUSED.findIndex((one) => one[1] === fs)).padStart(4, '0')}`;
    const names = setNames({ serial, letter: 'R' });
    await handIn(place, KSZ_R, { [names.fi]: FI, [names.fs]: await fs(), [names.go]: '' });
    const { ticket, errors } = await refusedInReceipt(place, KSZ_R, names.go);
    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]?.text.endsWith(where === '' ? '.' : ` (${where})`)).toBe(true);
    await handIn(place, KSZ_R, { [names.fi]: FI, [names.fs]: await by('anna@ksz', FI), [names.go]: '' });
    expect((await answeredWhole(place, KSZ_R, names.go, [ticket])).notification.state).toBe('accepted');
  });

  test('by a certificate that was revoked is refused, and taken with one that was not', async () => {
    await revoke('bram@ksz');
    const names = setNames({ serial: 'C0001', letter: 'R' });
    // The list is looked at every few seconds: a signature that came before it is good.
    for (let serial = 1; ; serial++) {
      const { fi, fs, go } = setNames({ serial: `C${String(serial).padStart(4, '0')}`, letter: 'R' });
      await handIn(place, KSZ_R, { [fi]: FI, [fs]: await by('bram@ksz', FI), [go]: '' });
      const receipt = await (await place.mailbox(KSZ_R.account, KSZ_R.mailbox)).receipt(go);
      if (receipt.resultCode === 1 && serial < 100) continue;
      expect(receipt.errors.map(({ code, text }) => [code, text.includes('certificates: revoked')])).toEqual([
        ['125', true],
      ]);
      break;
    }
    const twin = { ...names, ...setNames({ serial: 'C9999', letter: 'R' }) };
    await handIn(place, KSZ_R, { [twin.fi]: FI, [twin.fs]: await by('anna@ksz', FI), [twin.go]: '' });
    expect((await answeredWhole(place, KSZ_R, twin.go)).notification.state).toBe('accepted');
  });
});

describe.skipIf(!hasTool('openssl'))('a set in T or S', () => {
  test('is not asked for a signature: one that is there and wrong is not looked at', async () => {
    for (const [letter, intake] of [
      ['T', '/INTEST/ADRM'],
      ['S', '/INTEST-S/ADRM'],
    ] as const) {
      const names = setNames({ serial: 'D0001', letter });
      const channel = { ...KSZ_T, intake };
      await handIn(place, channel, { [names.fi]: FI, [names.fs]: await by('anna@rjv', FROM_OTHERS), [names.go]: '' });
      expect((await answeredWhole(place, channel, names.go)).notification.state).toBe('accepted');
    }
  });
});

/** Publishes a new list of the demo authority, in place of the old one. */
async function revoke(account: string): Promise<void> {
  const { certificates } = place.gateway;
  const key = createPrivateKey(await readFile(join(certificates, 'private', 'class3-ca.key')));
  const { serial } = await certificateOf(account);
  const der = await issueCrl({
    issuer: { name: CLASS3_CA, key, hash: 'sha256' },
    ...{ thisUpdate: Date.now(), nextUpdate: Date.now() + DAY },
    revoked: [{ serial: Buffer.from(serial, 'hex'), at: Date.now() }],
    extensions: [authorityKeyId(keyIdOf(createPublicKey(key))), crlNumber(2)],
  });
  await writeFile(join(certificates, 'crl.pem'), toPem('X509 CRL', der));
}

async function certificateOf(account: string): Promise<Certificate> {
  const [certificate] = parseCertificates(await readFile(join(place.gateway.certificates, `${account}.pem`), 'utf8'));
  if (certificate === undefined) throw new Error(`${account} has no certificate`);
  return certificate;
}
