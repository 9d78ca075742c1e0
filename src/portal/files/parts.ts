import type { Logger } from '../../domain/logger.ts';
import type { HttpParts } from '../../http/parts.ts';
import type { Browsing } from '../../vfs/browse.ts';
import type { HeldUploads, Uploads } from '../../vfs/files.ts';

/** What the routes for files translate to. */
export type FileParts = HttpParts & {
  readonly uploads: Uploads & HeldUploads;
  readonly browsing: Browsing;
  readonly logger: Logger;
};
