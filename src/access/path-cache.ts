import type { Class3Policy, Class3Result } from './class3.ts';

type Accepted = Extract<Class3Result, { ok: true }>;

/**
 * Certificates that passed, so that a client's next connection costs no signature checks. Only acceptance is kept: a
 * refusal is rare for the honest, and a stranger's certificates must not push out theirs. Holds the most recently used.
 */
export class AcceptedCertificates {
  readonly #max: number;
  readonly #entries = new Map<string, Accepted>();
  #policy: Class3Policy | undefined;
  #revocationVersion = -1;

  constructor(max: number) {
    this.#max = max;
  }

  /** @param fingerprint of the certificate the peer proved it holds */
  get(fingerprint: string, policy: Class3Policy, revocationVersion: number, at: number): Accepted | undefined {
    this.#forgetUnless(policy, revocationVersion);
    const entry = this.#entries.get(fingerprint);
    if (entry === undefined) return undefined;
    this.#entries.delete(fingerprint);
    // A clock that was set back must not make a certificate good before it begins.
    if (at > entry.until || entry.path.some(({ notBefore }) => at + policy.clockToleranceMs < notBefore))
      return undefined;
    this.#entries.set(fingerprint, entry);
    return entry;
  }

  /** @param revocationVersion as it was before the check began: a reload meanwhile makes the result void */
  put(entry: Accepted, policy: Class3Policy, revocationVersion: number): void {
    if (policy !== this.#policy || revocationVersion !== this.#revocationVersion) return;
    this.#entries.set(entry.certificate.fingerprint, entry);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > this.#max && !oldest.done) this.#entries.delete(oldest.value);
  }

  #forgetUnless(policy: Class3Policy, revocationVersion: number): void {
    if (policy === this.#policy && revocationVersion === this.#revocationVersion) return;
    this.#entries.clear();
    this.#policy = policy;
    this.#revocationVersion = revocationVersion;
  }
}
