import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../domain/logger.ts';
import type { Files, Locks, Properties, Quota, Uploads } from '../vfs/files.ts';

/** What the WebDAV methods translate to. */
export type DavParts = {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly locks: Locks;
  readonly properties: Properties;
  readonly quota: Quota;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
};
