import type { Listener } from '../domain/generation.ts';
import type { Principal, Session } from '../domain/principal.ts';

/** Why somebody may not come in; each has its own sentence in texts/ that says what to do. */
export type RefusalReason =
  | 'no-certificate'
  /** Cannot be read. */
  | 'bad-certificate'
  /** A critical extension that nobody here understands. */
  | 'critical-extension'
  | 'unknown-issuer'
  | 'self-signed'
  /** A certificate of the chain that is not a CA's, or may not sign certificates. */
  | 'issuer-may-not-issue'
  | 'path-too-long'
  /** A name that an issuer in the chain may not give out. */
  | 'name-constraints'
  | 'bad-signature'
  | 'not-yet-valid'
  | 'expired'
  | 'key-usage'
  | 'extended-key-usage'
  /** None of the certificate policies that the listener asks for. */
  | 'certificate-policy'
  | 'weak-key'
  | 'weak-signature'
  | 'revoked'
  | 'revocation-unknown'
  /** What is known is older than the configured grace. */
  | 'revocation-stale'
  | 'no-person'
  | 'ambiguous-person'
  | 'unknown-login'
  | 'unknown-key'
  /** RSA below 3072 bits. */
  | 'weak-ssh-key'
  /** DSA, a security key, or what nobody here knows. */
  | 'ssh-key-kind'
  | 'ssh-signature-sha1'
  | 'bad-ssh-key'
  | 'key-revoked'
  | 'key-revocation-unknown'
  /** An OpenSSH certificate that cannot be read. */
  | 'bad-ssh-certificate'
  | 'certificate-ca-unknown'
  /** The authority is listed, for other partners. */
  | 'certificate-ca-partner'
  /** An authority that is itself certified. */
  | 'certificate-nested'
  | 'certificate-signature'
  /** A certificate of a host. */
  | 'certificate-type'
  | 'certificate-not-yet-valid'
  | 'certificate-expired'
  | 'certificate-principal'
  | 'certificate-source-address'
  | 'certificate-critical-option'
  | 'certificate-revoked'
  /** The key is right, and this listener asks for a one-time code that the account does not have. */
  | 'no-second-factor'
  | 'second-factor-wrong'
  | 'second-factor-used'
  | 'second-factor-wait'
  | 'second-factor-busy'
  | 'account-disabled'
  | 'partner-disabled'
  | 'not-designated'
  /** The rules for users: not accepted, or another version of them. */
  | 'regulation-not-accepted'
  | 'regulation-other-version'
  | 'address-not-registered'
  | 'access-method-not-registered'
  | 'internet-without-exception'
  /** Asked for, advised or granted, and not active. */
  | 'exception-not-active'
  | 'exception-not-begun'
  | 'exception-ended'
  /** In force, and not for this protocol or from this address. */
  | 'exception-protocol'
  | 'exception-address'
  | 'machine-on-internet'
  /** The principal or its partner has all the connections it may have; nothing is wrong with the proof. */
  | 'too-many-connections';

export type Refused = {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** The principal, where it was found before the refusal. For the audit line only. */
  readonly principal?: Principal | undefined;
  readonly fingerprint: string;
  /** Stands in the audit line too: what a refused visitor tells the helpdesk. */
  readonly reference: string;
};

/** Why a key that is only offered will not do, and what its certificate says, for the audit line. */
export type KeyRefusal = { readonly reason: RefusalReason; readonly facts: Readonly<Record<string, string>> };

export type Admitted = { readonly ok: true; readonly session: Session };

/** The certificate the peer proved it holds, and what it sent along, DER; absent where it sent none. */
export type PeerCertificates = { readonly leaf: Uint8Array; readonly others: readonly Uint8Array[] };

/** Decides who is at the other end and whether it may come in, by the generation in force. Writes the audit line. */
export interface Admission {
  /**
   * Called again whenever the generation changed since: an open connection is admitted by the rules of today.
   * @param previous the session this connection got before, given when it is admitted again: then the session keeps its
   * id and no second line `login` is written; a refusal is written each time
   */
  byCertificate(
    peer: PeerCertificates | undefined,
    listener: Listener,
    remoteAddress: string,
    previous?: Session,
  ): Promise<Admitted | Refused>;
  /** `login` is `batch@ksz`; the blob is the SSH wire form of the public key whose signature was checked. */
  byKey(
    login: string,
    key: { readonly algorithm: string; readonly blob: Uint8Array },
    listener: Listener,
    remoteAddress: string,
    previous?: Session,
  ): Promise<Admitted | Refused>;
}
