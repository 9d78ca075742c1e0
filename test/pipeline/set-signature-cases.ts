import { expect, test } from 'vitest';
import { DAY, ecKey, edKey, rsaKey, TestCa } from '../support/certificates.ts';
import { type Signer, SigningPlace } from '../support/signing-place.ts';

/** A file as sets hold it. Its first byte is also the tag of a SET in DER. */
export const FI = Buffer.from('1;7d1c0b8e-0000-4000-8000-000000000901;74031295170;;ADR;2026-01-05\r\n'.repeat(20));
export const OTHER = Buffer.from(FI.toString().replace('ADR', 'DEC'));

export type SignatureCase = {
  readonly title: string;
  /** The bytes of FS. */
  readonly fs: (fixture: Fixture) => Uint8Array | Promise<Uint8Array>;
  /** The bytes of FI, where they are not the usual ones. */
  readonly fi?: Uint8Array;
  /** `good`, or the code and where the fault is. */
  readonly verdict: string;
  /** What OpenSSL says of the same; where it differs, `because` says why. */
  readonly openssl: boolean;
  readonly because?: string;
};

/** Everybody who signs in the tables. */
export type Fixture = Awaited<ReturnType<typeof signers>> & { readonly place: SigningPlace };

async function signers(place: SigningPlace) {
  const { now, rsaCa, ecCa } = place;
  const rsa = await place.signer({ key: rsaKey() });
  const otherName = await TestCa.root('Nobody knows this CA', now, { key: rsaKey() });
  const sameName = await TestCa.root('RSA Signing CA', now, { key: rsaKey() });
  const noCa = await rsaCa.intermediate('No CA', now, { ca: { cA: false }, usage: ['digitalSignature'] });
  const withoutPolicy = { policies: ['1.3.6.1.4.1.99999.5'] };
  const revoked = await place.signer();
  place.revoke(revoked);
  const selfSigned = await TestCa.root('Anna', now, { emails: ['anna@ksz.example'], usage: ['digitalSignature'] });
  return {
    ...{ rsa, rsa3072: await place.signer({ key: rsaKey(3072) }), ec: await place.signer({}, ecCa), revoked },
    ec384: await place.signer({ key: ecKey('secp384r1') }, ecCa),
    ec521: await place.signer({ key: ecKey('secp521r1') }),
    /** As the signing certificate of an identity card. */
    nonRepudiation: await place.signer({ usage: ['nonRepudiation'] }),
    between: await place.signer({}, place.between),
    belowNoCa: { ca: noCa, signer: await place.signer({}, noCa) },
    bram: await place.signer({ emails: ['bram@ksz.example'] }),
    ofRjv: await place.signer({ emails: ['anna@rjv.example'] }),
    stranger: await place.signer({ emails: ['nobody@nowhere.example'] }),
    /** Another certificate of the same key, with the same issuer and serial number. */
    rsaTwin: await place.signer({
      key: rsa.key,
      serial: Buffer.from(rsa.certificate.serial, 'hex'),
      notAfter: now + DAY,
    }),
    expired: await place.signer({ notBefore: now - 20 * DAY, notAfter: now - DAY }),
    early: await place.signer({ notBefore: now + DAY }),
    unknown: await place.signer({}, otherName),
    pretended: await place.signer({}, sameName),
    /** Names the key of the trusted issuer, which did not sign it. */
    forged: await place.signer({ authorityKeyId: Buffer.from(rsaCa.certificate.keyId ?? '', 'hex') }, sameName),
    selfSigned: { certificate: selfSigned.certificate, key: selfSigned.key },
    ca: { certificate: rsaCa.certificate, key: rsaCa.key },
    wrongPolicy: await place.signer(withoutPolicy),
    noPolicy: await place.signer({ policies: [] }),
    encryption: await place.signer({ usage: ['keyEncipherment'] }),
    noUsage: await place.signer({ usage: [] }),
    subCa: await place.signer({ usage: ['digitalSignature', 'keyCertSign'], ca: { cA: true } }),
    rsa1024: await place.signer({ key: rsaKey(1024) }),
    bitcoin: await place.signer({ key: ecKey('secp256k1') }),
    ed25519: await place.signer({ key: edKey() }),
    sha1Issued: await place.signer({ hash: 'sha1' }),
    critical: await place.signer({
      more: [{ oid: '1.3.6.1.4.1.99999.7', critical: true, der: Uint8Array.of(5, 0).buffer }],
    }),
  } satisfies Record<string, Signer | { readonly ca: TestCa; readonly signer: Signer }>;
}

export async function openFixture(): Promise<Fixture> {
  const place = await SigningPlace.make();
  const all = await signers(place);
  await place.open();
  return { ...all, place };
}

/** Runs a table: what the gateway says, and what OpenSSL says of the same signature and file. */
export function judgeAll(cases: readonly SignatureCase[], fixture: () => Fixture): void {
  test.each(cases)('$title: $verdict', async ({ fs, fi = FI, verdict, openssl, because }) => {
    const { place } = fixture();
    const signature = await fs(fixture());
    const cms = signature[0] === 0x30 ? signature : Buffer.from(Buffer.from(signature).toString('latin1'), 'base64');
    const verdicts = [await place.verdict(fi, signature), await place.opensslVerdict(fi, cms)];
    expect(verdicts).toEqual([verdict, openssl]);
    expect(because === undefined).toBe((verdict === 'good') === openssl);
  });
}
