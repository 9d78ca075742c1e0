import { createPrivateKey, type KeyObject } from 'node:crypto';
import forge from 'node-forge';
import { GatewayError } from '../domain/errors.ts';
import { type Certificate, parseCertificate } from './certificate.ts';

const { asn1, pki, pkcs12 } = forge;

export type KeyAndCertificates = {
  readonly key: KeyObject;
  /** In the order of the file; the one of the key may stand anywhere. */
  readonly certificates: readonly Certificate[];
};

/**
 * Opens a PKCS#12 file (RFC 7292) with one private key. node-forge decrypts it, old algorithms included; keys and certificates
 * are read by node:crypto, so that EC keys, which node-forge does not know, open as well.
 * @throws GatewayError `bad-request` where the password is wrong, or it is no such file
 */
export function readPkcs12(bytes: Uint8Array, password: string): KeyAndCertificates {
  try {
    const pfx = pkcs12.pkcs12FromAsn1(asn1.fromDer(forge.util.createBuffer(Buffer.from(bytes))), password);
    const bags = pfx.safeContents.flatMap(({ safeBags }) => safeBags);
    const keys = bags.filter(({ type }) => type === pki.oids.keyBag || type === pki.oids.pkcs8ShroudedKeyBag);
    const [only, second] = keys;
    if (only === undefined || second !== undefined) throw new TypeError(`${keys.length} private keys`);
    const certificates = bags
      .filter(({ type }) => type === pki.oids.certBag)
      .map((bag) => parseCertificate(derOf(bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1)))
      .filter((certificate) => certificate !== undefined);
    return { key: keyOf(only), certificates };
  } catch (cause) {
    throw new GatewayError('bad-request', 'the PKCS#12 file can not be opened: is the password right?', { cause });
  }
}

/** What node-forge could read it gives as a key of its own, else as it stood there: PKCS#8. */
function keyOf(bag: forge.pkcs12.Bag): KeyObject {
  if (bag.key) return createPrivateKey(pki.privateKeyToPem(bag.key));
  return createPrivateKey({ key: Buffer.from(derOf(bag.asn1)), format: 'der', type: 'pkcs8' });
}

function derOf(node: forge.asn1.Asn1): Uint8Array {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1');
}
