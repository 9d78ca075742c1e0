import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Signer, toBase64Lines } from '../../src/evidence/cms.ts';
import { ATTRIBUTE, indefinite, makeCms, oid, RSA_ENCRYPTION } from '../support/cms-maker.ts';
import { FI, type Fixture, judgeAll, OTHER, openFixture, type SignatureCase } from './set-signature-cases.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openFixture();
}, 60_000);
afterAll(() => fixture?.place.close());

type Made = (fixture: Fixture) => Uint8Array | Promise<Uint8Array>;

const good = (title: string, fs: Made): SignatureCase => ({ title, fs, verdict: 'good', openssl: true });
const text = (value: string) => Buffer.from(value, 'latin1');
const lines = (cms: Uint8Array, columns: number, end = '\n') =>
  (
    Buffer.from(cms)
      .toString('base64')
      .match(new RegExp(`.{1,${columns}}`, 'g')) ?? []
  )
    .map((line) => line + end)
    .join('');

const OPENSSL: readonly SignatureCase[] = [
  good('DER as OpenSSL makes it', ({ place, rsa }) => place.opensslSign(rsa, FI)),
  good('EC P-256', ({ place, ec }) => place.opensslSign(ec, FI)),
  good('EC P-384 with SHA-384', ({ place, ec384 }) => place.opensslSign(ec384, FI, ['-md', 'sha384'])),
  good('EC P-521 with SHA-512', ({ place, ec521 }) => place.opensslSign(ec521, FI, ['-md', 'sha512'])),
  good('RSA with SHA-384', ({ place, rsa }) => place.opensslSign(rsa, FI, ['-md', 'sha384'])),
  good('RSA 3072 with SHA-512', ({ place, rsa3072 }) => place.opensslSign(rsa3072, FI, ['-md', 'sha512'])),
  good('RSASSA-PSS', ({ place, rsa }) => place.opensslSign(rsa, FI, ['-keyopt', 'rsa_padding_mode:pss'])),
  good('RSASSA-PSS with SHA-512', ({ place, rsa }) =>
    place.opensslSign(rsa, FI, ['-keyopt', 'rsa_padding_mode:pss', '-md', 'sha512']),
  ),
  good('a signer named by key identifier', ({ place, rsa }) => place.opensslSign(rsa, FI, ['-keyid'])),
  good('with signingCertificateV2', ({ place, ec }) => place.opensslSign(ec, FI, ['-cades'])),
  good('without attributes, RSA', ({ place, rsa }) => place.opensslSign(rsa, FI, ['-noattr'])),
  good('without attributes, EC with SHA-384', ({ place, ec }) =>
    place.opensslSign(ec, FI, ['-noattr', '-md', 'sha384']),
  ),
  good('without attributes, RSASSA-PSS', ({ place, rsa }) =>
    place.opensslSign(rsa, FI, ['-noattr', '-keyopt', 'rsa_padding_mode:pss']),
  ),
  good('BER of indefinite length', async ({ place, rsa }) => indefinite(await place.opensslSign(rsa, FI))),
  good('by the key of an identity card, for nonRepudiation alone', ({ place, nonRepudiation }) =>
    place.opensslSign(nonRepudiation, FI),
  ),
  good('by another person of the sender', ({ place, bram }) => place.opensslSign(bram, FI)),
];

const OWN: readonly SignatureCase[] = [
  good('with the certificate of an authority in between', ({ between, place }) =>
    makeCms({ content: FI, signers: [between], certificates: [between.certificate, place.between.certificate] }),
  ),
  {
    title: 'without the certificate of an authority in between that the gateway knows',
    fs: ({ between }) => makeCms({ content: FI, signers: [between] }),
    ...{ verdict: 'good', openssl: false, because: 'OpenSSL is not told of it' },
  },
  good('with the root, which nobody asked for', ({ rsa, place }) =>
    makeCms({ content: FI, signers: [rsa], certificates: [place.rsaCa.certificate, rsa.certificate] }),
  ),
  good('with a strange attribute that is signed', ({ rsa }) =>
    makeCms({
      content: FI,
      signers: [{ ...rsa, attributes: (right) => [...right, { type: ATTRIBUTE.unknown, values: [oid('1.2.3')] }] }],
    }),
  ),
  good('with an attribute that is not signed, as timestamps are', ({ rsa }) =>
    makeCms({ content: FI, signers: [{ ...rsa, unsigned: [{ type: ATTRIBUTE.timeStamp, values: [oid('1.2.3')] }] }] }),
  ),
  good('without the time of signing', ({ rsa }) =>
    makeCms({
      content: FI,
      signers: [{ ...rsa, attributes: (right) => right.filter(({ type }) => type !== ATTRIBUTE.signingTime) }],
    }),
  ),
  good('whose algorithm is called rsaEncryption', ({ rsa }) =>
    makeCms({ content: FI, signers: [{ ...rsa, algorithm: RSA_ENCRYPTION }] }),
  ),
  good('as the gateway signs itself', async ({ ec }) => {
    const signer = Signer.of(ec.key, [ec.certificate], { now: () => Date.now(), monotonic: () => 0 });
    return signer.signDetached(createHash('sha256').update(FI).digest());
  }),
];

const ENCODINGS: readonly SignatureCase[] = [
  good('base64 on one line', async ({ place, rsa }) => text((await place.opensslSign(rsa, FI)).toString('base64'))),
  good('base64 on one line that ends', async ({ place, rsa }) =>
    text(lines(await place.opensslSign(rsa, FI), 100_000)),
  ),
  good('base64 in lines of 76', async ({ place, rsa }) => text(toBase64Lines(await place.opensslSign(rsa, FI)))),
  good('base64 in lines of 76 with CR LF', async ({ place, rsa }) =>
    text(lines(await place.opensslSign(rsa, FI), 76, '\r\n')),
  ),
  good('base64 in lines of 64', async ({ place, ec }) => text(lines(await place.opensslSign(ec, FI), 64))),
  good('base64 in lines of 76 whose last does not end', async ({ place, ec }) =>
    text(lines(await place.opensslSign(ec, FI), 76).trimEnd()),
  ),
];

judgeAll([...OPENSSL, ...OWN, ...ENCODINGS], () => fixture);

test('a signature is over its own file: the same for another is refused, whatever made it', async () => {
  for (const { fs } of [...OPENSSL, ...OWN, ...ENCODINGS]) {
    expect(await fixture.place.verdict(OTHER, await fs(fixture))).toMatch(/^125 (messageDigest|signature): /);
  }
});
