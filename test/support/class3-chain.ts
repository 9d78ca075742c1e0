import type { KeyObject } from 'node:crypto';
import * as asn1js from 'asn1js';
import { OID } from '../../src/pki/oids.ts';
import { type CertificateSpec, DAY, nameConstraints, type Subtree, TestCa } from './certificates.ts';
import { type Caller, type Class3Gateway, type RevocationSpec, startClass3 } from './class3-gateway.ts';
import { removeFolder } from './gateway.ts';
import { makeAnswer, rightAnswer } from './ocsp-answer.ts';
import { RevocationHost } from './revocation-host.ts';

/** Authorities of every kind, and a gateway that trusts some of them, for cases about the path to a certificate. */

export const BE: Subtree = { kind: 'directory', value: [[OID.country, 'BE']] };

export const subject = (country: string): Partial<CertificateSpec> => ({
  subject: [
    [OID.country, country],
    [OID.commonName, 'Anna Proef'],
  ],
});

export const extension = (oid: string, critical: boolean) => ({ oid, critical, der: new asn1js.Null().toBER() });

/** One bit of the text is turned after the certificate was signed. */
export const tampered = async (caller: Promise<Caller>, text: string): Promise<Caller> => {
  const { certificate, ...rest } = await caller;
  const der = Buffer.from(certificate.der);
  const at = der.indexOf(text);
  der.writeUInt8(der.readUInt8(at) ^ 1, at);
  return { ...rest, certificate: { der } };
};

export function keyIdOf(ca: TestCa): Uint8Array {
  return Buffer.from(ca.certificate.keyId ?? '', 'hex');
}

type Plan = {
  readonly now: number;
  /** The policy that the second listener asks for. */
  readonly class3: string;
  /** Keys that intermediates of the root have. */
  readonly intermediates: readonly KeyObject[];
};

type Authorities = Awaited<ReturnType<typeof authoritiesAt>>;

async function authoritiesAt(now: number) {
  const [root, shallow, other, ended, limited, stranger, twinName] = await Promise.all([
    TestCa.root('Root', now),
    TestCa.root('Shallow', now, { ca: { cA: true, pathLength: 0 } }),
    TestCa.root('Other', now),
    TestCa.root('Ended', now, { notAfter: now - 1000 }),
    TestCa.root('Limited', now, { more: [nameConstraints({ permitted: [BE] })] }),
    TestCa.root('Stranger', now),
    TestCa.root('Root', now),
  ]);
  return { root, shallow, other, ended, limited, stranger, twinName };
}

export class ChainPlace {
  readonly authorities: Authorities;
  readonly gateway: Class3Gateway;
  readonly #host: RevocationHost;

  private constructor(authorities: Authorities, gateway: Class3Gateway, host: RevocationHost) {
    this.authorities = authorities;
    this.gateway = gateway;
    this.#host = host;
  }

  static async open({ now, class3, intermediates }: Plan): Promise<ChainPlace> {
    const authorities = await authoritiesAt(now);
    const { root, shallow, other, ended, limited } = authorities;
    const host = await RevocationHost.open();
    const trusted = [root, shallow, other, ended, limited];
    const revocation: RevocationSpec[] = await Promise.all(
      trusted.map(async (ca, index) => {
        const body = await ca.crl({ thisUpdate: now - DAY, nextUpdate: now + DAY });
        return { ca, lists: [host.list(`/${index}.crl`, () => ({ body }))] };
      }),
    );
    // Nobody gave the gateway the intermediates: a responder answers for them, whichever of these keys they have.
    const responders = new Map<string, TestCa>();
    for (const issuerKey of intermediates) {
      const ca = await root.intermediate('Middle', now, { key: issuerKey });
      responders.set(ca.certificate.keyId ?? '', ca);
      revocation.push({ ca, ocsp: [{ url: host.url }] });
    }
    host.answerOthers((asked) => {
      const signer = responders.get(Buffer.from(asked.reqCert.issuerKeyHash.valueBlock.valueHexView).toString('hex'));
      if (signer === undefined) return 'reset';
      return { body: makeAnswer(asked, { ...rightAnswer(signer, Date.now()), byKey: true }) };
    });
    const id = (ca: TestCa) => JSON.stringify(ca.certificate.keyId);
    const gateway = await startClass3({
      trusted,
      revocation,
      listeners: [
        ['requireExtendedKeyUsage: true'],
        ['requireExtendedKeyUsage: true', `trustedIssuers: [${id(root)}]`, `allowedPolicyOids: ["${class3}"]`],
        ['requireExtendedKeyUsage: true', `trustedIssuers: [${id(root)}, ${id(shallow)}]`],
      ],
    });
    return new ChainPlace(authorities, gateway, host);
  }

  async close(): Promise<void> {
    await this.gateway.stop();
    await this.#host.close();
    await removeFolder(this.gateway);
  }
}
