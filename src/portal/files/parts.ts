import type { Logger } from '../../domain/logger.ts';
import type { HttpParts } from '../../http/parts.ts';
import type { Browsing } from '../../vfs/browse.ts';
import type { HeldUploads } from '../../vfs/files.ts';
import type { SelectionDesk } from '../../vfs/selections.ts';

/** What the routes for files translate to. */
export type FileParts = HttpParts & {
  readonly browsing: Browsing & HeldUploads;
  readonly selections: SelectionDesk;
  readonly logger: Logger;
};
