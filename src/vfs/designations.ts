import type { Readable } from 'node:stream';
import { type Acting, actingAt, belowTop } from '../domain/designation.ts';
import { GatewayError } from '../domain/errors.ts';
import type { LendsBytes } from '../domain/http.ts';
import type { PartnerId, Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import { nameOf } from '../domain/vpath.ts';
import type { ByteRange } from '../storage/content-store.ts';
import type { Entry, Files, Lock, Locks, Overwrite, PartUpload, Properties, Quota, Upload, Uploads } from './files.ts';

/** The file tree, as protocols see it. */
export type FileTree = {
  readonly files: Files;
  readonly uploads: Uploads;
  readonly locks: Locks;
  readonly properties: Properties;
  readonly quota: Quota;
};

/**
 * The same file tree for persons whom several partners designated: they see one top folder for each partner, and each thing
 * they do is done for exactly one of them, by its decision, quota, audit line and answers. For everybody else this changes
 * nothing. A path in a tree of somebody else, and a second path of one action in another of his own trees, lead nowhere.
 */
export function forDesignations(tree: FileTree): FileTree {
  return {
    files: new DesignatedFiles(tree.files),
    uploads: designatedUploads(tree.uploads),
    locks: designatedLocks(tree.locks),
    properties: {
      patch: (session, path, changes, times) =>
        within(session, path, (own) => tree.properties.patch(own.session, own.path, changes, times)),
    },
    quota: { of: (session, path) => within(session, path, (own) => tree.quota.of(own.session, own.path)) },
  };
}

/** Where nothing is for this person the session keeps its designations: then no path but the top is found. */
function chosen(session: Session, path: VPath): Acting {
  return actingAt(session, path) ?? { session, path, top: undefined };
}

async function within<T>(session: Session, path: VPath, act: (own: Acting) => Promise<T>): Promise<T> {
  const own = chosen(session, path);
  try {
    return await act(own);
  } catch (error) {
    throw seenFrom(own.top, error);
  }
}

/** What stands in the way is named as the person names it. */
function seenFrom(top: PartnerId | undefined, error: unknown): unknown {
  if (top === undefined || !(error instanceof GatewayError) || error.path === undefined) return error;
  const { cause, detail } = error;
  return new GatewayError(error.code, error.message, { cause, detail, path: belowTop(top, error.path) });
}

function entryFrom(top: PartnerId | undefined, entry: Entry): Entry {
  if (top === undefined) return entry;
  const path = belowTop(top, entry.path);
  return { ...entry, path, name: nameOf(path) };
}

class DesignatedFiles implements Files {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  stat(session: Session, path: VPath): Promise<Entry> {
    return within(session, path, async (own) => entryFrom(own.top, await this.#files.stat(own.session, own.path)));
  }

  async *list(session: Session, path: VPath): AsyncIterable<Entry> {
    const own = chosen(session, path);
    for await (const entry of this.#files.list(own.session, own.path)) yield entryFrom(own.top, entry);
  }

  read(session: Session, path: VPath, range?: ByteRange): Promise<{ entry: Entry; body: Readable & LendsBytes }> {
    return within(session, path, async (own) => {
      const { entry, body } = await this.#files.read(own.session, own.path, range);
      return { entry: entryFrom(own.top, entry), body };
    });
  }

  makeFolder(session: Session, path: VPath): Promise<void> {
    return within(session, path, (own) => this.#files.makeFolder(own.session, own.path));
  }

  move(session: Session, from: VPath, to: VPath, overwrite: Overwrite): Promise<{ readonly replaced: boolean }> {
    return within(session, from, (own) =>
      this.#files.move(own.session, own.path, targetOf(session, own, to), overwrite),
    );
  }

  copy(
    session: Session,
    from: VPath,
    to: VPath,
    options: { readonly overwrite: boolean; readonly recursive: boolean },
  ): Promise<{ readonly replaced: boolean }> {
    return within(session, from, (own) => this.#files.copy(own.session, own.path, targetOf(session, own, to), options));
  }

  remove(session: Session, path: VPath, options: Parameters<Files['remove']>[2]): Promise<void> {
    return within(session, path, (own) => this.#files.remove(own.session, own.path, options));
  }

  setModified(session: Session, path: VPath, modifiedAt: number): Promise<void> {
    return within(session, path, (own) => this.#files.setModified(own.session, own.path, modifiedAt));
  }
}

/** A target in another of his trees stays as it is: in this one it leads nowhere, as the tree of another partner does. */
function targetOf(session: Session, own: Acting, to: VPath): VPath {
  const target = actingAt(session, to);
  return target !== undefined && target.top === own.top ? target.path : to;
}

function designatedUploads(uploads: Uploads): Uploads {
  return {
    begin: (session, path, options) =>
      within(session, path, async (own) => uploadFrom(own.top, await uploads.begin(own.session, own.path, options))),
    unfinished: (session, path) => within(session, path, (own) => uploads.unfinished(own.session, own.path)),
    forget: (session, path) => within(session, path, (own) => uploads.forget(own.session, own.path)),
    resume: (session, path, options) =>
      within(session, path, async (own) => partsFrom(own.top, await uploads.resume(own.session, own.path, options))),
    held: (session, path) => within(session, path, (own) => uploads.held(own.session, own.path)),
  };
}

function uploadFrom(top: PartnerId | undefined, upload: Upload): Upload {
  if (top === undefined) return upload;
  return {
    get replaces() {
      return upload.replaces;
    },
    get resumed() {
      return upload.resumed;
    },
    get size() {
      return upload.size;
    },
    write: (offset, bytes) => upload.write(offset, bytes),
    read: (offset, length) => upload.read(offset, length),
    truncate: (size) => upload.truncate(size),
    commit: (options) => named(top, async () => entryFrom(top, await upload.commit(options))),
    abort: () => upload.abort(),
    sync: () => upload.sync(),
    leave: () => upload.leave(),
  };
}

function partsFrom(top: PartnerId | undefined, upload: PartUpload): PartUpload {
  if (top === undefined) return upload;
  const { offset, total, replaces } = upload;
  return {
    ...{ offset, total, replaces },
    write: (bytes) => upload.write(bytes),
    rewind: () => upload.rewind(),
    end: (options) =>
      named(top, async () => {
        const ended = await upload.end(options);
        return 'etag' in ended ? entryFrom(top, ended) : ended;
      }),
    leave: () => upload.leave(),
  };
}

async function named<T>(top: PartnerId, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw seenFrom(top, error);
  }
}

function designatedLocks(locks: Locks): Locks {
  const lockFrom = (top: PartnerId | undefined, lock: Lock): Lock =>
    top === undefined ? lock : { ...lock, root: belowTop(top, lock.root) };
  return {
    take: (session, path, wanted) =>
      within(session, path, async (own) => {
        const taken = await locks.take(own.session, own.path, wanted);
        return { ...taken, lock: lockFrom(own.top, taken.lock) };
      }),
    refresh: (session, path, seconds) =>
      within(session, path, async (own) => lockFrom(own.top, await locks.refresh(own.session, own.path, seconds))),
    release: (session, path, token) => within(session, path, (own) => locks.release(own.session, own.path, token)),
    on: (session, path) =>
      within(session, path, async (own) =>
        (await locks.on(own.session, own.path)).map((lock) => lockFrom(own.top, lock)),
      ),
    within: (session, folder) =>
      within(session, folder, async (own) =>
        (await locks.within(own.session, own.path)).map((lock) => lockFrom(own.top, lock)),
      ),
    covers: (session, path, token) => within(session, path, (own) => locks.covers(own.session, own.path, token)),
  };
}
