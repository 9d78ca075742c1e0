import { resolve } from 'node:path';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { SecondFactor } from '../domain/partner.ts';
import { type Level, type Principal, principalName, type Session } from '../domain/principal.ts';
import type { AuditLine, LedgerCommand } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import { accountOf } from './authorizer.ts';
import { PasswordChecker } from './password.ts';
import { readSecretLine, unusable } from './secret-file.ts';
import type { StepUps } from './step-ups.ts';
import { totpCounter } from './totp.ts';

/** What somebody gives to show that he is more than the holder of a certificate. */
export type Proof =
  | { readonly kind: 'totp'; readonly code: string }
  | { readonly kind: 'password'; readonly password: string };

export type FactorRefusal =
  | 'no-second-factor'
  | 'second-factor-wrong'
  | 'second-factor-used'
  | 'second-factor-wait'
  | 'second-factor-busy';

export type Refusal = { readonly ok: false; readonly reason: FactorRefusal; readonly waitSeconds?: number };
export type SteppedUp = { readonly ok: true; readonly until: number };

/** Counts failures, and says for how long who failed too often must wait. */
export type FactorLimiter = {
  failed(tried: { readonly address: string; readonly fingerprint: string }): void;
  succeeded(fingerprint: string): void;
  /** @returns seconds to wait, or undefined */
  refusal(key: {
    readonly kind: 'fingerprint';
    readonly key: string;
  }): number | undefined | Promise<number | undefined>;
};

export type SecondFactorParts = {
  readonly generation: Current<Generation>;
  readonly ledger: Pick<Ledger, 'commit'>;
  readonly stepUps: Pick<StepUps, 'until' | 'grant'>;
  readonly audit: Pick<Audit, 'note'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly limiter: FactorLimiter;
  /** What the names of secret files are relative to. */
  readonly directory: string;
};

const MS_PER_HOUR = 3_600_000;

/** What a key that was proven over SSH leads to. */
export type Asked = 'nothing' | 'totp' | 'impossible';

/** An account with one-time codes is asked for one; where the listener asks and there are none, nobody comes in. */
export function askedOverSsh(factor: SecondFactor | undefined, listenerLevel: Level): Asked {
  if (factor?.totp !== undefined) return 'totp';
  return listenerLevel === 2 ? 'impossible' : 'nothing';
}

/** Checks one-time codes and passwords, counts failures, and opens level 2. */
export class SecondFactors {
  readonly #parts: SecondFactorParts;
  readonly #passwords = new PasswordChecker();

  constructor(parts: SecondFactorParts) {
    this.#parts = parts;
  }

  /** What the account of a principal can prove. */
  offered(principal: Principal): { readonly totp: boolean; readonly password: boolean } {
    const factor = this.#factorOf(principal);
    return { totp: factor?.totp !== undefined, password: factor?.password !== undefined };
  }

  /** When the level that was opened for this session's certificate and address ends. */
  openUntil({ fingerprint, remoteAddress, principal }: Session): number | undefined {
    return this.#parts.stepUps.until({ fingerprint, address: remoteAddress }, principal);
  }

  /** Opens level 2 for the certificate and the address of this session. @throws GatewayError `unavailable` */
  async stepUp(session: Session, proof: Proof): Promise<SteppedUp | Refusal> {
    const { generation, stepUps } = this.#parts;
    const key = { fingerprint: session.fingerprint, address: session.remoteAddress };
    const forMs = generation.value.limits.stepUpHours * MS_PER_HOUR;
    return this.#prove(session, proof, async (conditions) => {
      const audit: LedgerCommand = { kind: 'audit', line: lineOf(session, proof, 'done', { kind: 'step-up' }) };
      return { ok: true, until: await stepUps.grant(key, session.principal, forMs, [...conditions, audit]) };
    });
  }

  /** What a session that proved its key must still show. */
  askedOverSsh(session: Session): Asked {
    return session.level === 2 ? 'nothing' : askedOverSsh(this.#factorOf(session.principal), session.needs.level);
  }

  /** The second step of a login over SSH. @throws GatewayError `unavailable` */
  async proveOverSsh(
    session: Session,
    code: string,
  ): Promise<{ readonly ok: true; readonly session: Session } | Refusal> {
    const proof = { kind: 'totp', code } as const;
    return this.#prove(session, proof, async (conditions) => {
      const line = lineOf(session, proof, 'done', { kind: 'login', level: 2 });
      await this.#parts.ledger.commit([...conditions, { kind: 'audit', line }]);
      return { ok: true, session: { ...session, level: 2 } };
    });
  }

  /** Writes down that a key came in and its account has no one-time codes, where the listener asks for one. */
  impossible(session: Session): Refusal {
    const proof = { kind: 'totp', code: '' } as const;
    const line = lineOf(session, proof, 'refused', { kind: 'login', reason: 'no-second-factor' });
    this.#parts.audit.note(line);
    return { ok: false, reason: 'no-second-factor' };
  }

  async #prove<Done>(
    session: Session,
    proof: Proof,
    accept: (conditions: readonly LedgerCommand[]) => Promise<Done>,
  ): Promise<Done | Refusal> {
    const { limiter } = this.#parts;
    // Not the certificate's own count: that is forgotten with every connection it makes, and guessing goes over many.
    const key = `second-factor ${principalName(session.principal)}`;
    const waitSeconds = await limiter.refusal({ kind: 'fingerprint', key });
    if (waitSeconds !== undefined) return this.#refuse(session, proof, { reason: 'second-factor-wait', waitSeconds });
    const checked = await this.#check(session.principal, proof);
    if (!Array.isArray(checked)) {
      if (checked.reason === 'second-factor-wrong')
        limiter.failed({ address: session.remoteAddress, fingerprint: key });
      return this.#refuse(session, proof, checked);
    }
    try {
      const done = await accept(checked);
      limiter.succeeded(key);
      return done;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'precondition-failed') throw error;
      limiter.failed({ address: session.remoteAddress, fingerprint: key });
      return this.#refuse(session, proof, { reason: 'second-factor-used' });
    }
  }

  /** @returns what the ledger must still say of a proof that is right, or why it is not */
  async #check(principal: Principal, proof: Proof): Promise<LedgerCommand[] | Omit<Refusal, 'ok'>> {
    const factor = this.#factorOf(principal);
    if (proof.kind === 'totp') {
      if (factor?.totp === undefined) return { reason: 'no-second-factor' };
      const counter = await this.#counterOf(factor.totp.secretFile, proof.code);
      if (counter === undefined) return { reason: 'second-factor-wrong' };
      return [{ kind: 'useCode', principal: principalName(principal), counter }];
    }
    if (factor?.password === undefined) return { reason: 'no-second-factor' };
    const matches = await this.#matches(factor.password.hashFile, proof.password);
    if (matches === 'busy') return { reason: 'second-factor-busy' };
    return matches ? [] : { reason: 'second-factor-wrong' };
  }

  async #counterOf(file: string, code: string): Promise<number | undefined> {
    const secret = await readSecretLine(resolve(this.#parts.directory, file));
    try {
      return totpCounter(secret, code, this.#parts.clock.now());
    } catch (cause) {
      throw unusable(cause);
    }
  }

  async #matches(file: string, password: string): Promise<boolean | 'busy'> {
    const hash = await readSecretLine(resolve(this.#parts.directory, file));
    try {
      return await this.#passwords.matches(password, hash);
    } catch (cause) {
      throw unusable(cause);
    }
  }

  #factorOf(principal: Principal): SecondFactor | undefined {
    return accountOf(this.#parts.generation.value, principal)?.account.secondFactor;
  }

  #refuse(session: Session, proof: Proof, refusal: Omit<Refusal, 'ok'>): Refusal {
    this.#parts.audit.note(lineOf(session, proof, 'refused', { kind: 'second-factor', reason: refusal.reason }));
    return { ok: false, ...refusal };
  }
}

function lineOf(
  session: Session,
  proof: Proof,
  outcome: AuditLine['outcome'],
  { kind, ...more }: { readonly kind: string; readonly reason?: string; readonly level?: Level },
): AuditLine {
  const { id, principal, protocol, accessMethod, remoteAddress, fingerprint } = session;
  const who = { principal: principalName(principal), partner: principal.partner, session: id };
  const where = { protocol, accessMethod, address: remoteAddress, fingerprint };
  return { kind, outcome, fields: { ...who, ...where, factor: proof.kind, ...more } };
}
