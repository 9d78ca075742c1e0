import type { Admission, Refused } from '../access/admission.ts';
import type { Traffic } from '../access/bandwidth.ts';
import type { FollowsSessions, Places } from '../access/live-sessions.ts';
import type { Penalties } from '../access/login-limiter.ts';
import type { Strangers } from '../access/waiting-room.ts';
import type { Current } from '../domain/current.ts';
import type { Limits, Listener } from '../domain/generation.ts';
import type { HttpHandler } from '../domain/http.ts';
import type { Logger } from '../domain/logger.ts';
import type { RefusalText } from './pages.ts';
import type { TlsMaterial } from './tls.ts';

/** The log of refusals, as far as a listener needs it. */
type RefusalLog = {
  note(line: {
    readonly kind: string;
    readonly outcome: 'refused';
    readonly fields: Readonly<Record<string, string | number>>;
  }): void;
};

export type HttpsListenerOptions = {
  readonly listener: Current<Listener>;
  /** What the next connection is shown. */
  readonly tls: Current<TlsMaterial>;
  readonly admission: Pick<Admission, 'byCertificate'>;
  /** Its id must change with everything that may change an admission: configuration, and a newly loaded CRL. */
  readonly generation: Current<{ readonly id: string }>;
  readonly handler: HttpHandler;
  readonly limits: Current<Limits>;
  /** Shared by all listeners, as is `live`. */
  readonly limiter: Penalties;
  readonly live: Places;
  readonly running: FollowsSessions;
  readonly traffic: Pick<Traffic, 'pass'>;
  /** Of this listener alone. */
  readonly strangers: Strangers;
  readonly logger: Logger;
  readonly audit: RefusalLog;
  /** The sentence for a refused visitor, in the language that suits its Accept-Language best. */
  readonly refusalText: (refused: Refused, acceptLanguage: string | undefined) => RefusalText;
};
