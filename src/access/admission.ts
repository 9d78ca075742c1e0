import type { Listener } from '../domain/generation.ts';
import type { Principal, Session } from '../domain/principal.ts';

/** Why somebody may not come in; each has its own sentence in texts/ that says what to do. */
export type RefusalReason =
  | 'no-certificate'
  /** Cannot be read, or holds a critical extension that nobody here understands. */
  | 'bad-certificate'
  | 'unknown-issuer'
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
  | 'no-person'
  | 'ambiguous-person'
  | 'unknown-login'
  | 'unknown-key'
  | 'account-disabled'
  | 'partner-disabled'
  | 'not-designated'
  | 'address-not-registered'
  | 'access-method-not-registered'
  | 'internet-without-exception'
  | 'machine-on-internet';

export type Refused = {
  readonly ok: false;
  readonly reason: RefusalReason;
  /** The principal, where it was found before the refusal. For the audit line only. */
  readonly principal?: Principal | undefined;
  readonly fingerprint: string;
};

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
