import { timingSafeEqual } from 'node:crypto';
import type { Account, CertificateRule, Partner } from '../domain/partner.ts';
import { type Certificate, partsNamed } from '../pki/certificate.ts';
import { OID } from '../pki/oids.ts';
import type { Path } from '../pki/path.ts';
import type { RefusalReason } from './admission.ts';

/** An account and the partner it stands in. */
export type Identity = { readonly partner: Partner; readonly account: Account };

export type Identified =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: RefusalReason; readonly identity?: Identity };

const KBO_PREFIX = 'urn:be:fgov:kbo-bce:organization:cbe-number:'; // docs/domain.md §4
const SEPARATOR = '\u0000'; // stands in no name

/** Finds accounts by what proves them. Made once for each generation. */
export class Identities {
  /** Each rule stands under one key that its certificate must produce, so that a look-up reads few rules. */
  readonly #byRule = new Map<string, { readonly identity: Identity; readonly rule: CertificateRule }[]>();
  readonly #byLogin = new Map<string, Identity>();
  /** By the name of a person: what other partners designated the same person. */
  readonly #further = new Map<string, readonly Identity[]>();

  constructor(partners: readonly Partner[]) {
    const ids = new Set(partners.map(({ id }) => id));
    for (const partner of partners) {
      for (const account of partner.accounts) {
        const identity = { partner, account };
        this.#byLogin.set(`${account.id}@${partner.id}`, identity);
        const { samePersonAs } = account;
        if (samePersonAs !== undefined && ids.has(samePersonAs.partner)) {
          const name = `${samePersonAs.id}@${samePersonAs.partner}`;
          this.#further.set(name, [...(this.#further.get(name) ?? []), identity]);
          continue; // its certificates lead to the person by that entry
        }
        for (const rule of account.certificates) this.#add(keyOfRule(rule), identity, rule);
      }
    }
  }

  /** All designations of the person a certificate led to, that one first; of everybody else one. */
  designationsOf(identity: Identity): readonly [Identity, ...Identity[]] {
    return [identity, ...(this.#further.get(`${identity.account.id}@${identity.partner.id}`) ?? [])];
  }

  /**
   * The one account whose rules fit this certificate; two rules of one account are one account.
   * @param path validated before: only then the names in the certificate mean anything
   */
  byCertificate(certificate: Certificate, path: Path, nationalNumberPolicies: readonly string[]): Identified {
    const found = new Set<Identity>();
    for (const key of keysOfCertificate(certificate, nationalNumberPolicies)) {
      for (const { identity, rule } of this.#byRule.get(key) ?? []) {
        if (fits(rule, identity.account, certificate, path)) found.add(identity);
      }
    }
    const [first, second] = found;
    if (first === undefined) return { ok: false, reason: 'no-person' };
    return second === undefined ? { ok: true, identity: first } : { ok: false, reason: 'ambiguous-person' };
  }

  /** The account of a login name, where something else than a registered key proves who is there. */
  byLogin(login: string): Identified {
    const identity = this.#byLogin.get(login);
    return identity === undefined ? { ok: false, reason: 'unknown-login' } : { ok: true, identity };
  }

  /**
   * The account of a login name, when the key is one of its registered keys.
   * @param blob the SSH wire form, which names its algorithm itself
   */
  byKey(login: string, blob: Uint8Array): Identified {
    const identity = this.#byLogin.get(login);
    if (identity === undefined) return { ok: false, reason: 'unknown-login' };
    let known = false;
    // Every key is compared, each in constant time: how long it takes tells nothing about which are registered.
    for (const registered of identity.account.sshKeys) {
      if (sameBytes(Buffer.from(registered.blob, 'base64'), blob)) known = true;
    }
    return known ? { ok: true, identity } : { ok: false, reason: 'unknown-key', identity };
  }

  #add(key: string | undefined, identity: Identity, rule: CertificateRule): void {
    if (key === undefined) return;
    const entries = this.#byRule.get(key) ?? [];
    entries.push({ identity, rule });
    this.#byRule.set(key, entries);
  }
}

/** undefined for a rule that names nothing: it fits no certificate. */
function keyOfRule(rule: CertificateRule): string | undefined {
  if (rule.kind === 'fingerprint') return keyOf('fingerprint', rule.sha256.toLowerCase().replaceAll(':', ''));
  if (rule.kind === 'eid') return keyOf('eid', rule.nationalNumber);
  if (rule.kind === 'machine') return keyOf('machine', rule.kbo, rule.commonName);
  if (rule.email !== undefined) return keyOf('email', rule.email.toLowerCase());
  return rule.serialNumber === undefined ? undefined : keyOf('serial', rule.serialNumber);
}

function keysOfCertificate(certificate: Certificate, nationalNumberPolicies: readonly string[]): ReadonlySet<string> {
  const serial = onlyPart(certificate, OID.serialNumber);
  const commonName = onlyPart(certificate, OID.commonName);
  const keys = new Set([keyOf('fingerprint', certificate.fingerprint)]);
  const isNational =
    nationalNumberPolicies.length === 0 || certificate.policies.some((oid) => nationalNumberPolicies.includes(oid));
  if (serial !== undefined && isNational) keys.add(keyOf('eid', serial));
  if (serial !== undefined) keys.add(keyOf('serial', serial));
  for (const email of emailsOf(certificate)) keys.add(keyOf('email', email));
  for (const unit of partsNamed(certificate.subject, OID.organizationalUnit)) {
    if (commonName === undefined || !unit.startsWith(KBO_PREFIX)) continue;
    keys.add(keyOf('machine', unit.slice(KBO_PREFIX.length), commonName));
  }
  return keys;
}

/** What the key alone does not say: the kind of account, the issuer, and the second name of a rule. */
function fits(rule: CertificateRule, account: Account, certificate: Certificate, path: Path): boolean {
  if (rule.kind === 'fingerprint') return true;
  if (rule.kind === 'machine') return account.kind === 'machine';
  if (account.kind !== 'person') return false;
  if (rule.kind === 'eid') return true;
  const issuer = rule.issuerKeyId?.toLowerCase().replaceAll(':', '');
  if (issuer !== undefined && path[1]?.keyId !== issuer) return false;
  if (rule.email !== undefined && !emailsOf(certificate).includes(rule.email.toLowerCase())) return false;
  return rule.serialNumber === undefined || onlyPart(certificate, OID.serialNumber) === rule.serialNumber;
}

/** An attribute that stands once; twice says nothing for sure. */
function onlyPart(certificate: Certificate, oid: string): string | undefined {
  const parts = partsNamed(certificate.subject, oid);
  return parts.length === 1 ? parts[0] : undefined;
}

function emailsOf(certificate: Certificate): readonly string[] {
  const all = [...partsNamed(certificate.subject, OID.email), ...certificate.alternativeEmails];
  return all.map((email) => email.toLowerCase());
}

function keyOf(kind: string, ...parts: readonly string[]): string {
  return [kind, ...parts].join(SEPARATOR);
}

function sameBytes(registered: Uint8Array, offered: Uint8Array): boolean {
  return registered.length === offered.length && timingSafeEqual(registered, offered);
}
