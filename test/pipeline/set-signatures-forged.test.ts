import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifySetSignature } from '../../src/evidence/set-signature.ts';
import type { Attribute, SignerSpec } from '../support/cms-maker.ts';
import {
  ATTRIBUTE,
  attributeSet,
  DATA,
  ECDSA_SHA256,
  makeCms,
  oid,
  rightAttributes,
  tlv,
} from '../support/cms-maker.ts';
import { FI, type Fixture, judgeAll, OTHER, openFixture, type SignatureCase } from './set-signature-cases.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await openFixture();
}, 60_000);
afterAll(() => fixture?.place.close());

const digestOf = (bytes: Uint8Array, hash = 'sha256') => createHash(hash).update(bytes).digest();
/** A signature by the RSA signer, right but for what is said of its SignerInfo. */
const by =
  (spec: Partial<SignerSpec>) =>
  ({ rsa }: Fixture) =>
    makeCms({ content: FI, signers: [{ ...rsa, ...spec }] });
const without = (type: string) => (all: readonly Attribute[]) => all.filter((one) => one.type !== type);
const only = (type: string) => (all: readonly Attribute[]) => all.filter((one) => one.type === type);
const later: Attribute = { type: ATTRIBUTE.signingTime, values: [tlv(0x17, Buffer.from('270101120000Z'))] };

const CONTENT: readonly SignatureCase[] = [
  {
    title: 'over another file',
    fs: ({ rsa }) => makeCms({ content: OTHER, signers: [rsa] }),
    ...{ verdict: '125 messageDigest: wrong-digest', openssl: false },
  },
  {
    title: 'over a file that has grown by a byte',
    fs: ({ place, rsa }) => place.opensslSign(rsa, FI),
    fi: Buffer.concat([FI, Buffer.from('\n')]),
    ...{ verdict: '125 messageDigest: wrong-digest', openssl: false },
  },
  {
    title: 'over a file that was cut',
    fs: ({ place, rsa }) => place.opensslSign(rsa, FI, ['-md', 'sha512']),
    fi: FI.subarray(0, -1),
    ...{ verdict: '125 messageDigest: wrong-digest', openssl: false },
  },
  {
    title: 'without attributes, over another file',
    fs: ({ place, rsa }) => place.opensslSign(rsa, OTHER, ['-noattr']),
    ...{ verdict: '125 signature: bad-signature', openssl: false },
  },
  {
    title: 'with the file inside',
    fs: ({ place, rsa }) => place.opensslSign(rsa, FI, ['-nodetach']),
    ...{
      verdict: '125 encapContentInfo: attached-content',
      openssl: true,
      because: 'OpenSSL takes the file beside it',
    },
  },
  {
    title: 'of the file, with another inside',
    fs: ({ rsa }) => makeCms({ content: FI, attached: OTHER, signers: [rsa] }),
    ...{
      verdict: '125 encapContentInfo: attached-content',
      openssl: true,
      because: 'OpenSSL takes the file beside it',
    },
  },
  {
    title: 'of another file, which stands inside',
    fs: ({ place, rsa }) => place.opensslSign(rsa, OTHER, ['-nodetach']),
    ...{ verdict: '125 encapContentInfo: attached-content', openssl: false },
  },
  {
    title: 'of another kind of content',
    fs: ({ place, rsa }) => place.opensslSign(rsa, FI, ['-econtent_type', '1.2.840.113549.1.9.16.1.4']),
    ...{ verdict: '125 encapContentInfo: wrong-content-type', openssl: true, because: 'OpenSSL takes any kind' },
  },
  {
    title: 'whose attributes speak of another kind of content',
    fs: by({
      attributes: (right) => [...without(ATTRIBUTE.contentType)(right), contentTypeOf('1.2.840.113549.1.7.5')],
    }),
    ...{ verdict: '125 encapContentInfo: wrong-content-type', openssl: true, because: 'OpenSSL does not compare' },
  },
  {
    title: 'that is no SignedData by its name',
    fs: ({ rsa }) => makeCms({ content: FI, signers: [rsa], kind: '1.2.840.113549.1.7.3' }),
    ...{ verdict: '125 ContentInfo: not-parseable', openssl: false },
  },
];

const SIGNERS: readonly SignatureCase[] = [
  {
    title: 'stripped: certificates and no signer',
    fs: ({ rsa }) => makeCms({ content: FI, signers: [], certificates: [rsa.certificate] }),
    ...{ verdict: '125 signerInfos: not-one-signer', openssl: false },
  },
  {
    title: 'by two good signers',
    fs: ({ place, rsa, bram }) => place.opensslSign(rsa, FI, [], [bram]),
    ...{ verdict: '125 signerInfos: not-one-signer', openssl: true, because: 'sets have one signer' },
  },
  {
    title: 'by a good signer and a forged one',
    fs: ({ rsa, bram }) => makeCms({ content: FI, signers: [rsa, { ...bram, signature: zeros }] }),
    ...{ verdict: '125 signerInfos: not-one-signer', openssl: false },
  },
  {
    title: 'without the certificate of its signer',
    fs: ({ place, rsa }) => place.opensslSign(rsa, FI, ['-nocerts']),
    ...{ verdict: '125 certificates: no-signer-certificate', openssl: false },
  },
  {
    title: 'with the certificate of another only',
    fs: ({ rsa, bram }) => makeCms({ content: FI, signers: [rsa], certificates: [bram.certificate] }),
    ...{ verdict: '125 certificates: no-signer-certificate', openssl: false },
  },
  {
    title: 'that names another than who signed',
    fs: ({ rsa, bram }) =>
      makeCms({
        content: FI,
        signers: [{ ...rsa, named: bram.certificate, algorithm: ECDSA_SHA256 }],
        certificates: [bram.certificate],
      }),
    ...{ verdict: '125 signature: bad-signature', openssl: false },
  },
  {
    title: 'with another certificate of the same name, number and key, which signingCertificateV2 does not name',
    fs: async ({ place, rsa, rsaTwin }) => {
      const cms = await place.opensslSign(rsa, FI, ['-cades']);
      const at = cms.indexOf(rsa.certificate.der);
      Buffer.from(rsaTwin.certificate.der).copy(cms, at);
      return cms;
    },
    ...{ verdict: '125 signedAttrs: wrong-certificate', openssl: true, because: 'OpenSSL looks with -cades only' },
  },
  {
    title: 'with seventeen certificates',
    fs: ({ rsa, bram }) =>
      makeCms({ content: FI, signers: [rsa], certificates: [rsa.certificate, ...Array(16).fill(bram.certificate)] }),
    ...{ verdict: '125 certificates: too-many-certificates', openssl: true, because: 'a path has five' },
  },
];

const ATTRIBUTES: readonly SignatureCase[] = [
  {
    title: 'whose attributes name another digest',
    fs: by({ digest: digestOf(OTHER) }),
    ...{ verdict: '125 messageDigest: wrong-digest', openssl: false },
  },
  {
    title: 'whose digest is cut',
    fs: by({ digest: digestOf(FI).subarray(0, 20) }),
    ...{ verdict: '125 messageDigest: wrong-digest', openssl: false },
  },
  {
    title: 'whose digest is empty',
    fs: by({ digest: Buffer.alloc(0) }),
    ...{ verdict: '125 messageDigest: wrong-digest', openssl: false },
  },
  {
    title: 'with attributes but no digest',
    fs: by({ attributes: without(ATTRIBUTE.messageDigest) }),
    ...{ verdict: '125 messageDigest: wrong-digest', openssl: false },
  },
  {
    title: 'with attributes but no kind of content',
    fs: by({ attributes: without(ATTRIBUTE.contentType) }),
    ...{ verdict: '125 encapContentInfo: wrong-content-type', openssl: false },
  },
  {
    title: 'with two digests, the wrong one first',
    fs: by({
      attributes: (right) => [...right, { type: ATTRIBUTE.messageDigest, values: [tlv(0x04, Buffer.alloc(32))] }],
    }),
    ...{ verdict: '125 signedAttrs: repeated-attribute', openssl: false },
  },
  {
    title: 'with a digest of two values',
    fs: by({
      attributes: (right) => [
        ...without(ATTRIBUTE.messageDigest)(right),
        { type: ATTRIBUTE.messageDigest, values: [tlv(0x04, digestOf(FI)), tlv(0x04, digestOf(OTHER))] },
      ],
    }),
    ...{ verdict: '125 messageDigest: wrong-digest', openssl: false },
  },
  {
    title: 'with two times of signing',
    fs: by({ attributes: (right) => [...right, later] }),
    ...{ verdict: '125 signedAttrs: repeated-attribute', openssl: false },
  },
  {
    title: 'over other attributes',
    fs: by({ shown: (signed) => [...without(ATTRIBUTE.signingTime)(signed), later] }),
    ...{ verdict: '125 signature: bad-signature', openssl: false },
  },
  {
    title: 'over other attributes, with this digest put in afterwards',
    fs: by({
      digest: digestOf(OTHER),
      shown: (signed) => [
        ...without(ATTRIBUTE.messageDigest)(signed),
        ...only(ATTRIBUTE.messageDigest)(rightAttributes(FI)),
      ],
    }),
    ...{ verdict: '125 signature: bad-signature', openssl: false },
  },
  {
    title: 'with an attribute added afterwards',
    fs: by({ shown: (signed) => [...signed, { type: ATTRIBUTE.unknown, values: [oid('1.2.3')] }] }),
    ...{ verdict: '125 signature: bad-signature', openssl: false },
  },
  {
    title: 'with an attribute taken away afterwards',
    fs: by({ shown: without(ATTRIBUTE.signingTime) }),
    ...{ verdict: '125 signature: bad-signature', openssl: false },
  },
  {
    title: 'with all attributes taken away afterwards',
    fs: ({ rsa }) => stripped(rsa),
    ...{ verdict: '125 signature: bad-signature', openssl: false },
  },
  {
    title: 'of a file that is the attributes of another signature, which were taken away',
    fs: ({ rsa }) => stripped(rsa),
    fi: attributeSet(rightAttributes(FI)),
    verdict: '125 signedAttrs: signed-attributes-as-content',
    openssl: true,
    because: 'both are signed alike: RFC 5652 §5.4',
  },
];

function contentTypeOf(type: string): Attribute {
  return { type: ATTRIBUTE.contentType, values: [oid(type)] };
}

/** The signature of the attributes over FI, shown as one over the content itself. */
function stripped(rsa: Fixture['rsa']): Buffer {
  const content = attributeSet(rightAttributes(FI, 'sha256', DATA));
  return makeCms({ content, signers: [{ ...rsa, noAttributes: true }] });
}

function zeros(right: Buffer): Buffer {
  return Buffer.alloc(right.length);
}

judgeAll([...CONTENT, ...SIGNERS, ...ATTRIBUTES], () => fixture);

test('a changed bit anywhere is refused, but for what OpenSSL does not read either: version numbers and empty parameters', async () => {
  const { place, rsa } = fixture;
  const good = makeCms({ content: FI, signers: [rsa] });
  const policy = { issuers: [place.rsaCa.certificate], intermediates: [], clockToleranceMs: 0, allowedPolicies: [] };
  const file = { sha256: digestOf(FI).toString('hex'), content: () => Readable.from([FI]) };
  const taken: Buffer[] = [];
  for (let offset = 0; offset < good.length; offset++) {
    const changed = Buffer.from(good);
    changed.writeUInt8(changed.readUInt8(offset) ^ 0x01, offset);
    if ((await verifySetSignature(changed, file, policy, place.now)).ok) taken.push(changed);
  }
  expect(taken.length).toBeLessThanOrEqual(3);
  for (const changed of taken) expect(await place.opensslVerdict(FI, changed)).toBe(true);
}, 60_000);
