import { createHash, randomUUID } from 'node:crypto';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Listener } from '../domain/generation.ts';
import { normaliseAddress } from '../domain/network.ts';
import type { Partner } from '../domain/partner.ts';
import { dateOf } from '../domain/period.ts';
import { type Level, type Principal, type Protocol, principalName, type Session } from '../domain/principal.ts';
import { type Certificate, CertificateReader } from '../pki/certificate.ts';
import type { RevocationSource } from '../pki/revocation.ts';
import type { Admission, Admitted, KeyRefusal, PeerCertificates, RefusalReason, Refused } from './admission.ts';
import { type Class3Policy, type Class3Result, checkClass3 } from './class3.ts';
import { isEidAuthentication } from './eid.ts';
import { Identities, type Identity } from './identify.ts';
import { AcceptedCertificates } from './path-cache.ts';
import { newReference } from './reference.ts';
import { askedOverSsh } from './second-factor.ts';
import type { SshDoor } from './ssh-door.ts';
import { exceptionFields, neededFirst, refusalToday } from './standing.ts';
import type { StepUps } from './step-ups.ts';

/** What certificates must be, and where it is known whether they were revoked. */
export type Class3Rules = { readonly policy: Class3Policy; readonly revocation: RevocationSource };

export type AdmissionDeps = {
  readonly partners: Current<readonly Partner[]>;
  /** The rules for certificates; one attempt is judged by one of them. */
  readonly class3: Current<Class3Rules>;
  readonly ssh: SshDoor;
  readonly audit: Audit;
  readonly clock: Clock;
  /** Who has stepped up. */
  readonly stepUps: Pick<StepUps, 'until'>;
  /** Certificates remembered as good. */
  readonly maxRemembered: number;
};

/** One attempt to come in: what the audit line says about it. */
type Attempt = {
  readonly protocol: Protocol;
  readonly listener: Listener;
  readonly remoteAddress: string;
  readonly fingerprint: string;
  /** The login name of SSH as it was sent, cut. */
  readonly login?: string;
  /** What an SSH certificate says, or why nothing is known of revocation. */
  readonly facts?: Readonly<Record<string, string>>;
  readonly previous: Session | undefined;
  readonly certificate?: Session['certificate'];
};

const MAX_READ = 200; // certificates of which it is remembered what they say, those of strangers included
const MAX_LOGIN_LENGTH = 100; // of the audit line; longer names are nobody's

/**
 * The desk everybody passes. A session speaks `webdav` over HTTPS; the portal, which shares the listener, gives its
 * requests a copy of the session with its own protocol.
 */
export class AdmissionDesk implements Admission {
  readonly #deps: AdmissionDeps;
  readonly #accepted: AcceptedCertificates;
  readonly #reader = new CertificateReader(MAX_READ);
  #partners: readonly Partner[] = [];
  #identities = new Identities([]);

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
    this.#accepted = new AcceptedCertificates(deps.maxRemembered);
  }

  async byCertificate(
    peer: PeerCertificates | undefined,
    listener: Listener,
    remoteAddress: string,
    previous?: Session,
  ): Promise<Admitted | Refused> {
    const fingerprint = peer === undefined ? '' : sha256(peer.leaf);
    const attempt = attemptOf('webdav', listener, remoteAddress, fingerprint, previous);
    if (peer === undefined) return this.#refuse(attempt, 'no-certificate');
    // Taken together before anything is waited for: no answer mixes the rules of two generations.
    const [rules, identities] = [this.#deps.class3.value, this.#current()];
    const result = await this.#check(peer, fingerprint, rules);
    if (!result.ok) {
      const { reason, detail } = result;
      return this.#refuse(detail === undefined ? attempt : { ...attempt, facts: { detail } }, reason);
    }
    const { nationalNumberPolicies } = rules.policy;
    const identified = identities.byCertificate(result.certificate, result.path, nationalNumberPolicies);
    if (!identified.ok) return this.#refuse(attempt, identified.reason);
    const level = isEidAuthentication(result.certificate, result.path) ? 2 : 1;
    const named = { ...attempt, certificate: said(result.certificate) };
    return this.#admit(named, identities.designationsOf(identified.identity), level);
  }

  async byKey(
    login: string,
    key: { readonly algorithm: string; readonly blob: Uint8Array },
    listener: Listener,
    remoteAddress: string,
    previous?: Session,
  ): Promise<Admitted | Refused> {
    const { identified, facts } = await this.#deps.ssh.identify(this.#current(), login, key.blob, remoteAddress);
    const attempt: Attempt = {
      ...attemptOf('sftp', listener, remoteAddress, sha256(key.blob), previous),
      ...{ login: login.slice(0, MAX_LOGIN_LENGTH), facts },
    };
    // The login name says for which partner.
    if (identified.ok) return this.#admit(attempt, [identified.identity]);
    return this.#refuse(attempt, identified.reason, identified.identity);
  }

  /**
   * Whether a key or certificate would do for a login: what an SSH client asks before it signs. Nobody is let in by it.
   * @returns why not, or undefined
   */
  async keyRefusal(
    login: string,
    key: { readonly blob: Uint8Array },
    remoteAddress: string,
  ): Promise<KeyRefusal | undefined> {
    const { identified, facts } = await this.#deps.ssh.identify(this.#current(), login, key.blob, remoteAddress);
    return identified.ok ? undefined : { reason: identified.reason, facts };
  }

  async #check(
    peer: PeerCertificates,
    fingerprint: string,
    { policy, revocation }: Class3Rules,
  ): Promise<Class3Result> {
    const [version, at] = [revocation.version, this.#deps.clock.now()];
    const remembered = this.#accepted.get(fingerprint, policy, version, at);
    if (remembered !== undefined) return remembered;
    const result = await checkClass3(peer, policy, revocation, at, (der) => this.#reader.read(der));
    if (result.ok) this.#accepted.put(result, policy, version);
    return result;
  }

  /** The accounts of the generation in force. */
  #current(): Identities {
    const partners = this.#deps.partners.value;
    if (partners !== this.#partners) {
      this.#partners = partners;
      this.#identities = new Identities(partners);
    }
    return this.#identities;
  }

  /** It is known who it is; may he come in today, this way, for one of his designations? */
  #admit(attempt: Attempt, all: readonly [Identity, ...Identity[]], ownLevel: Level = 1): Admitted | Refused {
    const visit = { ...attempt, today: dateOf(this.#deps.clock.now()) };
    const refusals = all.map((one) => refusalToday(one, visit));
    const open = all.filter((_, index) => refusals[index] === undefined);
    const [identity] = open;
    if (identity === undefined) return this.#refuse(attempt, refusals[0] ?? 'not-designated', all[0]);
    const principals = open.map(principalOf);
    const continued = continuedId(attempt.previous, principals);
    const session: Session = {
      id: continued ?? randomUUID(),
      principal: principalOf(identity),
      ...(all.length > 1 ? { designations: principals } : {}),
      protocol: attempt.protocol,
      accessMethod: attempt.listener.accessMethod,
      remoteAddress: attempt.remoteAddress,
      level: this.#levelOf(attempt, identity, ownLevel, continued !== undefined),
      needs: neededFirst(open, visit),
      fingerprint: attempt.fingerprint,
      ...(attempt.certificate !== undefined && { certificate: attempt.certificate }),
    };
    if (continued === undefined) {
      const about = { ...fieldsOf(attempt, session.principal), ...exceptionFields(open, visit) };
      const names = all.length > 1 ? { designations: principals.map(({ partner }) => partner).join(' ') } : {};
      const fields = { ...about, ...names, session: session.id, level: session.level };
      const asked = askedOverSsh(identity.account.secondFactor, session.needs.level);
      const isDone = attempt.protocol !== 'sftp' || asked === 'nothing';
      this.#deps.audit.note({ kind: isDone ? 'login' : 'login-first-factor', outcome: 'done', fields });
    }
    return { ok: true, session };
  }

  /** Of the certificate itself, of a step-up, or of the one-time code that a connection over SSH began with. */
  #levelOf(attempt: Attempt, { account, partner }: Identity, own: Level, continued: boolean): Level {
    const { fingerprint, remoteAddress: address, previous, protocol } = attempt;
    const principal = principalOf({ account, partner });
    if (protocol === 'sftp') return continued && previous?.level === 2 && account.secondFactor?.totp ? 2 : 1;
    return this.#deps.stepUps.until({ fingerprint, address }, principal) === undefined ? own : 2;
  }

  #refuse(attempt: Attempt, reason: RefusalReason, identity?: Identity): Refused {
    // A session that is admitted again was somebody's, whatever its proof says now.
    const principal = identity === undefined ? attempt.previous?.principal : principalOf(identity);
    const session = attempt.previous === undefined ? {} : { session: attempt.previous.id };
    const reference = newReference();
    const fields = { ...fieldsOf(attempt, principal), ...session, reason, reference };
    this.#deps.audit.note({ kind: 'login', outcome: 'refused', fields });
    return { ok: false, reason, principal, fingerprint: attempt.fingerprint, reference };
  }
}

/**
 * The id of the session this one goes on with: it is of the same person as long as one designation is left. None where the
 * same proof now means somebody else.
 */
function continuedId(previous: Session | undefined, principals: readonly Principal[]): string | undefined {
  if (previous === undefined) return undefined;
  const before = (previous.designations ?? [previous.principal]).map(principalName);
  return principals.some((one) => before.includes(principalName(one))) ? previous.id : undefined;
}

function principalOf({ partner, account }: Identity): Principal {
  return { kind: account.kind, id: account.id, partner: partner.id, roles: account.roles };
}

function attemptOf(
  protocol: Protocol,
  listener: Listener,
  remoteAddress: string,
  fingerprint: string,
  previous: Session | undefined,
): Attempt {
  return { protocol, listener, remoteAddress: normaliseAddress(remoteAddress), fingerprint, previous };
}

function fieldsOf(attempt: Attempt, principal: Principal | undefined): Readonly<Record<string, string>> {
  return {
    ...(principal === undefined ? {} : { principal: principalName(principal), partner: principal.partner }),
    ...(attempt.login === undefined ? {} : { login: attempt.login }),
    ...attempt.facts,
    protocol: attempt.protocol,
    accessMethod: attempt.listener.accessMethod,
    address: attempt.remoteAddress,
    fingerprint: attempt.fingerprint,
  };
}

/** Names on one line, the most general part first. */
function said({ x509, notAfter }: Certificate): NonNullable<Session['certificate']> {
  const oneLine = (name: string) => name.split('\n').join(', ');
  return { subject: oneLine(x509.subject), issuer: oneLine(x509.issuer), notAfter };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
