import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { readSshKey, type SshKeyFault } from '../domain/ssh-key.ts';
import type { SshTrust } from '../domain/ssh-trust.ts';
import { certificateType, readSshCertificate, type SshCertificate, sshFingerprint } from '../pki/ssh-certificate.ts';
import type { SshRevocation } from '../pki/ssh-revocation.ts';
import type { RefusalReason } from './admission.ts';
import type { Identified, Identities } from './identify.ts';
import { certificateRefusal } from './ssh-certificate.ts';

export type SshDoorParts = {
  readonly trust: Current<SshTrust>;
  readonly revocation: SshRevocation;
  readonly clock: Clock;
};

/** Whose key or certificate it is, and what a certificate says, for the audit line. */
export type SshIdentified = { readonly identified: Identified; readonly facts: Readonly<Record<string, string>> };

export const KEY_FAULTS = {
  damaged: 'bad-ssh-key',
  kind: 'ssh-key-kind',
  weak: 'weak-ssh-key',
} as const satisfies Record<SshKeyFault, RefusalReason>;

const MAX_KEY_ID_LENGTH = 200; // of the audit line
const LATEST = 8_640_000_000_000; // seconds; the last moment of a JavaScript Date

/** Finds out whose SSH key or certificate it is, by the rules and lists of now. That it is theirs is proven elsewhere. */
export class SshDoor {
  readonly #parts: SshDoorParts;
  /** Milliseconds since the epoch: when the first of the certificates that were taken ends. */
  #nextEnd = Number.POSITIVE_INFINITY;
  #ends = 0;

  constructor(parts: SshDoorParts) {
    this.#parts = parts;
  }

  /** Changes whenever an answer given before may be different now: a list was read, or a certificate has ended. */
  get version(): number {
    if (this.#parts.clock.now() >= this.#nextEnd) {
      this.#ends += 1;
      this.#nextEnd = Number.POSITIVE_INFINITY; // those that go on are taken again
    }
    return this.#parts.revocation.version + this.#ends;
  }

  async identify(
    identities: Identities,
    login: string,
    blob: Uint8Array,
    remoteAddress: string,
  ): Promise<SshIdentified> {
    if (certificateType(blob) === undefined) {
      return { identified: await this.#byKey(identities, login, blob), facts: {} };
    }
    const certificate = readSshCertificate(blob);
    if (certificate === undefined) return { identified: { ok: false, reason: 'bad-ssh-certificate' }, facts: {} };
    const identified = await this.#byCertificate(identities, login, certificate, remoteAddress);
    return { identified, facts: factsOf(certificate) };
  }

  async #byKey(identities: Identities, login: string, blob: Uint8Array): Promise<Identified> {
    const read = readSshKey(blob);
    if (!read.ok) return { ok: false, reason: KEY_FAULTS[read.fault] };
    const identified = identities.byKey(login, blob);
    if (!identified.ok) return identified;
    const status = await this.#parts.revocation.statusOf(blob);
    if (status === 'good') return identified;
    const reason = status === 'revoked' ? 'key-revoked' : 'key-revocation-unknown';
    return { ok: false, reason, identity: identified.identity };
  }

  /** Whether the account exists is said last: to somebody for whom an authority that is listed speaks. */
  async #byCertificate(
    identities: Identities,
    login: string,
    certificate: SshCertificate,
    remoteAddress: string,
  ): Promise<Identified> {
    const { trust, clock, revocation } = this.#parts;
    const at = clock.now();
    const reason = certificateRefusal(certificate, trust.value, { login, remoteAddress, at });
    if (reason !== undefined || !certificate.key.ok) return { ok: false, reason: reason ?? 'bad-ssh-key' };
    const identified = identities.byLogin(login);
    if (!identified.ok) return identified;
    const { identity } = identified;
    const status = await revocation.statusOf(certificate.key.key.blob, certificate);
    if (status === 'revoked') return { ok: false, reason: 'certificate-revoked', identity };
    if (status === 'unknown') return { ok: false, reason: 'key-revocation-unknown', identity };
    const { validBefore } = certificate;
    if (validBefore < LATEST) this.#nextEnd = Math.min(this.#nextEnd, Number(validBefore) * 1000);
    return identified;
  }
}

function factsOf({ keyId, serial, authority }: SshCertificate): Readonly<Record<string, string>> {
  const printable = keyId.toString('utf8').replaceAll(/\p{Cc}/gu, '\uFFFD');
  return {
    keyId: printable.slice(0, MAX_KEY_ID_LENGTH),
    serial: String(serial),
    caFingerprint: sshFingerprint(authority),
  };
}
