import type { Traffic } from '../access/bandwidth.ts';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Limits } from '../domain/generation.ts';
import type { Language } from '../domain/partner.ts';
import type { Session } from '../domain/principal.ts';
import type { Files, Quota, Uploads } from '../vfs/files.ts';
import type { Handles } from './handles.ts';

/** What the requests of one session work with. The session's rights may change while it is open. */
export type Desk = {
  readonly session: Current<Session>;
  readonly files: Files;
  readonly uploads: Uploads;
  readonly quota: Quota;
  readonly handles: Handles;
  readonly limits: Current<Limits>;
  readonly clock: Clock;
  /** What all that comes and goes passes. */
  readonly traffic: Pick<Traffic, 'pass'>;
  /** What its principal is told in. */
  readonly language: Language;
};
