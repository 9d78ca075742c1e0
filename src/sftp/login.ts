import type { AuthContext, PublicKeyAuthContext } from 'ssh2';
import type { Admission, RefusalReason } from '../access/admission.ts';
import type { Listener } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { Session } from '../domain/principal.ts';
import { echoAlgorithm, type OfferedKey, readOfferedKey } from './user-key.ts';

/** Why a login was refused before, or beside, what `Admission` decides and writes down itself. */
export type LoginRefusal = {
  readonly login: string;
  readonly reason: RefusalReason | 'method-not-offered' | 'key-not-taken' | 'too-many-connections';
  readonly remoteAddress: string;
  /** Empty where no key was shown. */
  readonly fingerprint: string;
};

export type LoginParts = {
  readonly admission: Admission;
  readonly listener: Listener;
  readonly remoteAddress: string;
  readonly logger: Logger;
  readonly onRefusal: (refusal: LoginRefusal) => void;
  /** Whether a key is registered for a login; not a login yet, and nobody is let in by it. */
  readonly knowsKey: (login: string, key: { readonly algorithm: string; readonly blob: Uint8Array }) => boolean;
  readonly maxTries: number;
};

/** Asks admission again about the key that was proven; a session that goes on is passed in and keeps its id. */
export type Prove = (previous?: Session) => ReturnType<Admission['byKey']>;

/** What a connection learns from a login. */
export type LoginHost = {
  /** Takes the session in. @returns false where there is no place for it */
  admit(session: Session, prove: Prove): boolean;
  tooManyTries(): void;
};

const CONTINUE_WITH: 'publickey'[] = ['publickey'];

/** Decides over the tries of one connection to log in. Only a proven key counts; everything else is a try. */
export class Login {
  readonly #parts: LoginParts;
  readonly #host: LoginHost;
  #tries = 0;
  #askedForMethods = false;

  constructor(parts: LoginParts, host: LoginHost) {
    this.#parts = parts;
    this.#host = host;
  }

  /** USERAUTH_REQUEST, RFC 4252 §5 */
  async decide(context: AuthContext): Promise<void> {
    if (context.method === 'none' && !this.#askedForMethods) {
      // The first `none` asks which methods there are; every client begins with it.
      this.#askedForMethods = true;
      context.reject(CONTINUE_WITH);
      return;
    }
    if (context.method !== 'publickey') return this.#refuse(context, 'method-not-offered', '');
    const key = readOfferedKey(context);
    if (key === undefined) return this.#refuse(context, 'key-not-taken', '');
    if (context.signature === undefined) return this.#offered(context, key);
    if (!key.verify()) return this.#refuse(context, 'bad-signature', key.fingerprint);
    await this.#proven(context, key);
  }

  #offered(context: PublicKeyAuthContext, key: OfferedKey): void {
    if (this.#parts.knowsKey(context.username, key)) {
      echoAlgorithm(context);
      context.accept();
    } else {
      this.#refuse(context, 'unknown-key', key.fingerprint);
    }
  }

  async #proven(context: PublicKeyAuthContext, key: OfferedKey): Promise<void> {
    const { admission, listener, remoteAddress } = this.#parts;
    const { algorithm, blob } = key;
    const login = context.username;
    const prove: Prove = (previous) => admission.byKey(login, { algorithm, blob }, listener, remoteAddress, previous);
    const admitted = await prove();
    if (!admitted.ok) return this.#count(context, admitted.reason, key.fingerprint);
    if (!this.#host.admit(admitted.session, prove)) {
      return this.#refuse(context, 'too-many-connections', key.fingerprint);
    }
    context.accept();
  }

  #refuse(context: AuthContext, reason: LoginRefusal['reason'], fingerprint: string): void {
    const { remoteAddress } = this.#parts;
    this.#parts.onRefusal({ login: context.username, reason, remoteAddress, fingerprint });
    this.#count(context, reason, fingerprint);
  }

  #count(context: AuthContext, reason: string, fingerprint: string): void {
    const { logger, remoteAddress, maxTries } = this.#parts;
    this.#tries += 1;
    logger.info({ login: context.username, reason, fingerprint, remoteAddress }, 'an SFTP login was refused');
    if (this.#tries >= maxTries) this.#host.tooManyTries();
    else context.reject(CONTINUE_WITH);
  }
}
