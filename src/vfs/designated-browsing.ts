import { actingAt, actingFor, belowTop } from '../domain/designation.ts';
import type { PartnerId, Session } from '../domain/principal.ts';
import { nameOf, ROOT, type VPath } from '../domain/vpath.ts';
import type { BrowsedFolder, Browsing } from './browse.ts';
import type { HeldUploads } from './files.ts';

/** What pages ask beside the file tree, as `forDesignations` has it for protocols. */
export function browsingForDesignations(of: Browsing, uploads: HeldUploads): Browsing & HeldUploads {
  return {
    folder: async (session, path, page) => {
      const own = at(session, path);
      const found = await of.folder(own.session, own.path, page);
      return own.top === undefined ? withTops(session, found) : folderFrom(own.top, found);
    },
    entry: async (session, path) => {
      const own = at(session, path);
      return from(own.top, await of.entry(own.session, own.path));
    },
    written: async (session, entry) => {
      const own = at(session, entry.path);
      return from(own.top, await of.written(own.session, { ...entry, path: own.path }));
    },
    mustRead: (session, path) => {
      const own = at(session, path);
      return of.mustRead(own.session, own.path);
    },
    inspect: async (session, path) => {
      const own = at(session, path);
      const held = await uploads.inspect(own.session, own.path);
      return held && { ...held, path };
    },
    heldBy: async (session, limit) => {
      const all = actingFor(session).map(async ({ session: own, top }) => {
        const held = await uploads.heldBy(own, limit);
        return held.map((one) => ({ ...one, path: belowTop(top, one.path) }));
      });
      return (await Promise.all(all)).flat().slice(0, limit);
    },
    abandon: (session, path) => {
      const own = at(session, path);
      return uploads.abandon(own.session, own.path);
    },
  };
}

/** Where nothing is for this person, no path but the top is found. */
function at(session: Session, path: VPath) {
  return actingAt(session, path) ?? { session, path, top: undefined };
}

function from<T extends { readonly path: VPath; readonly name: string }>(top: PartnerId | undefined, entry: T): T {
  if (top === undefined) return entry;
  const path = belowTop(top, entry.path);
  return { ...entry, path, name: nameOf(path) };
}

function folderFrom(top: PartnerId, folder: BrowsedFolder): BrowsedFolder {
  const items = folder.items.map((item) => from(top, item));
  // The top of one of his trees is no root.
  const kind = folder.kind === 'root' ? 'folder' : folder.kind;
  return { ...folder, kind, path: belowTop(top, folder.path), items };
}

/** Whose trees they are may always look at their tops. */
function withTops({ designations }: Session, folder: BrowsedFolder): BrowsedFolder {
  if (designations === undefined || folder.path !== ROOT) return folder;
  return { ...folder, items: folder.items.map((item) => ({ ...item, rights: folder.rights })) };
}
