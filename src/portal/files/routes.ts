import type { Later, Route } from '../route.ts';
import { archiveRoutes } from './archive.ts';
import { contentRoutes } from './content.ts';
import { folderRoutes } from './folders.ts';
import type { FileParts } from './parts.ts';
import { previewRoutes } from './preview.ts';
import { uploadRoutes } from './uploads.ts';

/** Everything that is done with files and folders. */
export function fileRoutes(parts: Later<FileParts>): readonly Route[] {
  return [
    ...folderRoutes(parts),
    ...contentRoutes(parts),
    ...uploadRoutes(parts),
    ...previewRoutes(parts),
    ...archiveRoutes(parts),
  ];
}
