import type { AuthContext, KeyboardAuthContext, PublicKeyAuthContext } from 'ssh2';
import type { Admission, KeyRefusal, RefusalReason } from '../access/admission.ts';
import type { SecondFactors } from '../access/second-factor.ts';
import type { Current } from '../domain/current.ts';
import type { Listener } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { Session } from '../domain/principal.ts';
import { askCode } from './second-step.ts';
import { sendBanner } from './ssh2-fixes.ts';
import { echoAlgorithm, type OfferedKey, readOfferedKey } from './user-key.ts';

/** Why a login was refused before, or beside, what `Admission` decides and writes down itself. */
export type LoginRefusal = {
  readonly login: string;
  readonly reason: RefusalReason | 'method-not-offered' | 'too-many-connections';
  readonly remoteAddress: string;
  /** Empty where no key was shown. */
  readonly fingerprint: string;
  /** What a certificate says. */
  readonly facts?: KeyRefusal['facts'];
};

export type LoginParts = {
  readonly admission: Admission;
  readonly listener: Current<Listener>;
  readonly remoteAddress: string;
  readonly logger: Logger;
  readonly onRefusal: (refusal: LoginRefusal) => void;
  /** Whether an offered key would do for a login; nobody is let in by it. */
  readonly keyRefusal: (
    login: string,
    key: { readonly blob: Uint8Array },
    remoteAddress: string,
  ) => Promise<KeyRefusal | undefined>;
  /** What to say to a person about a reason; nothing where it has no sentence. */
  readonly refusalText: (reason: string) => string | undefined;
  /** Shown before login, where a client shows it; its language may follow from the name. */
  readonly banner?: ((login: string) => string | undefined) | undefined;
  readonly maxTries: number;
  readonly secondFactors: Pick<SecondFactors, 'askedOverSsh' | 'proveOverSsh' | 'impossible'>;
};

/** Asks admission again about the key that was proven; a session that goes on is passed in and keeps its id. */
export type Prove = (previous?: Session) => ReturnType<Admission['byKey']>;

/** What a connection learns from a login. */
export type LoginHost = {
  /** Takes the session in. @returns false where there is no place for it */
  admit(session: Session, prove: Prove): Promise<boolean>;
  tooManyTries(): void;
  /** One try was refused. @param proven fingerprint of the key that was proven, where one was */
  refused(proven?: string): Promise<void>;
};

type Method = 'publickey' | 'keyboard-interactive';

/** A key that was proven by somebody who must still give a code. */
type Pending = {
  readonly login: string;
  readonly session: Session;
  readonly prove: Prove;
  readonly fingerprint: string;
};

/** Decides over the tries of one connection to log in. Only a proven key counts; everything else is a try. */
export class Login {
  readonly #parts: LoginParts;
  readonly #host: LoginHost;
  #tries = 0;
  #askedForMethods = false;
  readonly #told = new Set<string>();
  #pending: Pending | undefined;

  constructor(parts: LoginParts, host: LoginHost) {
    this.#parts = parts;
    this.#host = host;
  }

  /** USERAUTH_REQUEST, RFC 4252 §5 */
  async decide(context: AuthContext): Promise<void> {
    if (context.method === 'none' && !this.#askedForMethods) {
      // The first `none` asks which methods there are; every client begins with it.
      this.#askedForMethods = true;
      const banner = this.#parts.banner?.(context.username);
      if (banner !== undefined) sendBanner(context, banner);
      context.reject(this.#methods());
      return;
    }
    const pending = this.#pending;
    if (pending !== undefined && context.method === 'keyboard-interactive' && context.username === pending.login) {
      return this.#secondStep(context, pending);
    }
    if (context.method !== 'publickey' || pending !== undefined) return this.#refuse(context, 'method-not-offered', '');
    const key = readOfferedKey(context);
    if ('reason' in key) return this.#refuse(context, key.reason, key.fingerprint);
    if (context.signature === undefined) return this.#offered(context, key);
    if (!key.verify()) return this.#refuse(context, 'bad-signature', key.fingerprint);
    await this.#proven(context, key);
  }

  async #offered(context: PublicKeyAuthContext, key: OfferedKey): Promise<void> {
    const refusal = await this.#parts.keyRefusal(context.username, key, this.#parts.remoteAddress);
    if (refusal !== undefined) return this.#refuse(context, refusal.reason, key.fingerprint, refusal.facts);
    echoAlgorithm(context);
    context.accept();
  }

  async #proven(context: PublicKeyAuthContext, key: OfferedKey): Promise<void> {
    const { admission, listener, remoteAddress } = this.#parts;
    const { algorithm, blob } = key;
    const login = context.username;
    const prove: Prove = (previous) =>
      admission.byKey(login, { algorithm, blob }, listener.value, remoteAddress, previous);
    const admitted = await prove();
    if (!admitted.ok) {
      await this.#host.refused(key.fingerprint);
      return this.#count(context, admitted.reason, key.fingerprint);
    }
    const pending: Pending = { login, session: admitted.session, prove, fingerprint: key.fingerprint };
    const asked = this.#parts.secondFactors.askedOverSsh(admitted.session);
    if (asked === 'nothing') return this.#enter(context, pending);
    if (asked === 'impossible') {
      const { reason } = this.#parts.secondFactors.impossible(admitted.session);
      await this.#host.refused(key.fingerprint);
      return this.#count(context, reason, key.fingerprint);
    }
    this.#pending = pending;
    context.reject(this.#methods(), true);
  }

  /** RFC 4256: a one-time code after the key. Each wrong one is a try. */
  async #secondStep(context: KeyboardAuthContext, pending: Pending): Promise<void> {
    const code = await askCode(context);
    if (code === undefined) return; // the client began another request instead
    const proven = await this.#parts.secondFactors.proveOverSsh(pending.session, code);
    if (!proven.ok) return this.#count(context, proven.reason, pending.fingerprint);
    await this.#enter(context, { ...pending, session: proven.session });
  }

  async #enter(context: AuthContext, { session, prove, fingerprint }: Pending): Promise<void> {
    if (await this.#host.admit(session, prove)) context.accept();
    else await this.#refuse(context, 'too-many-connections', fingerprint);
  }

  #methods(): Method[] {
    return [this.#pending === undefined ? 'publickey' : 'keyboard-interactive'];
  }

  async #refuse(
    context: AuthContext,
    reason: LoginRefusal['reason'],
    fingerprint: string,
    facts: KeyRefusal['facts'] = {},
  ): Promise<void> {
    const { remoteAddress } = this.#parts;
    this.#parts.onRefusal({ login: context.username, reason, remoteAddress, fingerprint, facts });
    if (reason !== 'too-many-connections') await this.#host.refused();
    this.#count(context, reason, fingerprint);
  }

  #count(context: AuthContext, reason: string, fingerprint: string): void {
    const { logger, remoteAddress, maxTries } = this.#parts;
    this.#tries += 1;
    logger.info({ login: context.username, reason, fingerprint, remoteAddress }, 'an SFTP login was refused');
    this.#explain(context, reason);
    if (this.#tries >= maxTries) this.#host.tooManyTries();
    else context.reject(this.#methods());
  }

  /** The refusal itself has no room for words, so they go before it; the same ones once. */
  #explain(context: AuthContext, reason: string): void {
    // Whether a login exists is nobody's business: an unknown one is told what an unknown key is told.
    const text = this.#parts.refusalText(reason === 'unknown-login' ? 'unknown-key' : reason);
    // That sentence is about class-3 certificates, and who can not sign with the key he shows needs no advice.
    if (reason === 'bad-signature') return;
    if (text === undefined || this.#told.has(text)) return;
    this.#told.add(text);
    sendBanner(context, text);
  }
}
