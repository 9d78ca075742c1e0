import type { Session } from '../../domain/principal.ts';
import type { VPath } from '../../domain/vpath.ts';
import type { Browsed, BrowsedFolder } from '../../vfs/browse.ts';
import type { Entry, Folder } from '../schemas/files.ts';
import type { FileParts } from './parts.ts';

/** A name as the API tells it. */
export function entryOf(one: Browsed): Entry {
  const isFile = one.kind === 'file';
  return {
    name: one.name,
    path: one.path,
    kind: one.kind,
    size: one.size,
    modified: new Date(one.modifiedAt).toISOString(),
    etag: isFile ? one.etag : null,
    frozen: one.frozen === undefined ? null : { ticket: one.frozen.ticket, state: one.frozen.state ?? null },
    rights: [...one.rights],
    delivery: one.delivery ?? null,
    sha256: one.sha256 === '' ? null : one.sha256,
  };
}

export function folderOf({ path, kind, flow, environment, rights, items, next }: BrowsedFolder): Folder {
  return {
    ...{ path, kind, flow: flow ?? null, environment: environment ?? null, rights: [...rights] },
    items: items.map(entryOf),
    next: next === undefined ? null : Buffer.from(next).toString('base64url'),
  };
}

/** The name behind which a page begins. */
export function nameOfCursor(cursor: string | undefined): string {
  return cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
}

/** What now stands under a name that was just written; who may write and not look is told what he wrote. */
export async function entryNow({ browsing, files }: FileParts, session: Session, path: VPath): Promise<Entry> {
  return entryOf(await browsing.written(session, await files.stat(session, path)));
}
