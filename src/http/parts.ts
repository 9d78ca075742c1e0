import type { Clock } from '../domain/clock.ts';
import type { Files, Locks, Uploads } from '../vfs/files.ts';

/** What requests for files work on, whichever protocol they speak. */
export type HttpParts = {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly locks: Pick<Locks, 'covers'>;
  readonly clock: Pick<Clock, 'now'>;
};
