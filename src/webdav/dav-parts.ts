import type { Logger } from '../domain/logger.ts';
import type { HttpParts } from '../http/parts.ts';
import type { Locks, Properties, Quota } from '../vfs/files.ts';

/** What the WebDAV methods translate to. */
export type DavParts = HttpParts & {
  readonly locks: Locks;
  readonly properties: Properties;
  readonly quota: Quota;
  readonly logger: Logger;
};
