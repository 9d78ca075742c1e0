import forge from 'node-forge';

const ITERATIONS = 2048; // computed in JavaScript, on the event loop: some 20 ms
const SALT_BYTES = 16;
const MAC_KEY_BYTES = 32; // SHA-256
const MAC_PURPOSE = 3; // RFC 7292 B.3: 3 is the key of the MAC

const { asn1 } = forge;
const { Class, Type } = asn1;

/**
 * A PKCS#12 file (RFC 7292) that today's browsers and OpenSSL 3 open without old algorithms: AES-256 and a MAC with
 * SHA-256, which node-forge leaves at SHA-1.
 * @param chain the certificate of the key first, then its issuers; PEM
 */
export function toPkcs12(keyPem: string, chain: readonly string[], name: string, password: string): Uint8Array {
  const options = {
    algorithm: 'aes256',
    prfAlgorithm: 'sha256', // missing in the types of node-forge
    count: ITERATIONS,
    saltSize: SALT_BYTES,
    friendlyName: name,
    useMac: false,
  } as const;
  const certificates = chain.map((pem) => forge.pki.certificateFromPem(pem));
  const pfx = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(keyPem), certificates, password, options);
  const parts = Array.isArray(pfx.value) ? pfx.value.filter((part) => part !== undefined) : [];
  const safe = contentOf(parts);
  const macced = asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...parts.slice(0, 2), macData(safe, password)]);
  return Buffer.from(asn1.toDer(macced).getBytes(), 'latin1');
}

/** The AuthenticatedSafe's bytes: PFX.authSafe.content, an OCTET STRING. */
function contentOf(pfx: readonly forge.asn1.Asn1[]): string {
  const explicit = at(pfx[1], 1);
  const octets = at(explicit, 0);
  if (octets === undefined || typeof octets.value !== 'string') throw new TypeError('node-forge made no PFX');
  return octets.value;
}

function at(node: forge.asn1.Asn1 | undefined, index: number): forge.asn1.Asn1 | undefined {
  return Array.isArray(node?.value) ? node.value[index] : undefined;
}

/** MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER } */
function macData(content: string, password: string): forge.asn1.Asn1 {
  const salt = forge.random.getBytesSync(SALT_BYTES);
  const key = forge.pkcs12.generateKey(
    password,
    forge.util.createBuffer(salt),
    MAC_PURPOSE,
    ITERATIONS,
    MAC_KEY_BYTES,
    forge.md.sha256.create(),
  );
  const hmac = forge.hmac.create();
  hmac.start('sha256', key.getBytes());
  hmac.update(content);
  const algorithm = asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [
    asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer('2.16.840.1.101.3.4.2.1').getBytes()),
    asn1.create(Class.UNIVERSAL, Type.NULL, false, ''),
  ]);
  const digest = asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, hmac.digest().getBytes());
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [
    asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [algorithm, digest]),
    asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, salt),
    asn1.create(Class.UNIVERSAL, Type.INTEGER, false, asn1.integerToDer(ITERATIONS).getBytes()),
  ]);
}
