import { GatewayError } from '../domain/errors.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Entry } from '../vfs/files.ts';
import {
  type Described,
  longNameOf,
  NO_ATTRIBUTES,
  type Owner,
  type WantedAttributes,
  writeAttributes,
} from './attributes.ts';
import { attributesPacket, dataPacket, handlePacket, MAX_DATA_BYTES, namePacket } from './codec.ts';
import { checkFile, copyData } from './data-extensions.ts';
import type { Desk } from './desk.ts';
import { Download } from './download.ts';
import { endOfFilePacket, okPacket } from './errors.ts';
import { limitsReply, ownerNamesReply, statvfsReply } from './extensions.ts';
import { FolderHandle } from './folder-handle.ts';
import { openFile, readableOf } from './open-file.ts';
import { expandPath, resolvePath } from './paths.ts';
import type { Request } from './request-packets.ts';
import { UploadHandle } from './upload-handle.ts';

type Asked<K extends Request['kind']> = Extract<Request, { readonly kind: K }>;

/** A packet; or one in several pieces, and what is to be called when nobody needs their bytes any more. */
export type Reply = Buffer | { readonly packet: readonly Buffer[]; readonly done: () => void };

/** Carries out one request. @returns the packet that answers it. @throws GatewayError, to be answered with its status */
export async function answer(request: Exclude<Request, { kind: 'init' | 'write' }>, desk: Desk): Promise<Reply> {
  const { id } = request;
  switch (request.kind) {
    case 'open':
      return handlePacket(id, await openFile(request, desk));
    case 'close':
      await desk.handles.close(request.handle);
      return okPacket(id);
    case 'read':
      return read(request, desk);
    case 'stat':
      return attributesPacket(id, writeAttributes(await describe(resolvePath(request.path), desk)));
    case 'fstat':
      return attributesPacket(id, writeAttributes(await describeHandle(request.handle, desk)));
    case 'setstat':
      return setAttributes(id, resolvePath(request.path), request.attributes, desk);
    case 'fsetstat':
      return setHandleAttributes(request, desk);
    case 'opendir':
      return openFolder(request, desk);
    case 'readdir':
      return readFolder(request, desk);
    case 'remove':
    case 'rmdir':
      return remove(request, desk);
    case 'mkdir':
      await desk.files.makeFolder(desk.session.value, resolvePath(request.path));
      return okPacket(id);
    case 'rename':
      return rename(request, desk);
    case 'copy-data':
      await copyData(request, desk);
      return okPacket(id);
    case 'check-file':
      return checkFile(request, desk);
    default:
      return answerAboutSession(request, desk);
  }
}

/** Requests that ask for a path or about the session and touch no file. */
async function answerAboutSession(
  request: Asked<
    | 'realpath'
    | 'expand-path'
    | 'home-directory'
    | 'statvfs'
    | 'fstatvfs'
    | 'fsync'
    | 'limits'
    | 'owner-names'
    | 'unsupported'
    | 'refused'
  >,
  desk: Desk,
): Promise<Buffer> {
  const { id } = request;
  switch (request.kind) {
    case 'realpath':
      return pathPacket(id, resolvePath(request.path));
    case 'expand-path':
      return pathPacket(id, expandPath(request.path));
    case 'home-directory':
      return pathPacket(id, resolvePath('/'));
    case 'statvfs':
      await describe(resolvePath(request.path), desk);
      return room(id, resolvePath(request.path), desk);
    case 'fstatvfs':
      return room(id, desk.handles.get(request.handle).path, desk);
    case 'fsync':
      // What makes the file visible is CLOSE.
      await desk.handles.upload(request.handle).sync();
      return okPacket(id);
    case 'limits':
      return limitsReply(id);
    case 'owner-names':
      return ownerNamesReply(id, request, ownerOf(desk));
    case 'unsupported':
      throw new GatewayError('not-supported', request.what);
    case 'refused':
      throw request.error;
  }
}

/** SSH_FXP_READ, draft-ietf-secsh-filexfer-02 §6.4: fewer bytes than asked only at the end of the file. */
async function read(request: Asked<'read'>, desk: Desk): Promise<Reply> {
  const readable = await readableOf(request.handle, desk);
  const lent = await readable?.read(request.offset, Math.min(request.length, MAX_DATA_BYTES));
  if (lent === undefined || lent.bytes.length === 0) return endOfFilePacket(request.id);
  return { packet: dataPacket(request.id, lent.bytes), done: lent.done };
}

/**
 * What stands under a path, or what this session is writing there, or what is held of what its principal wrote there before a
 * cut: clients ask this to learn where to go on.
 */
async function describe(path: VPath, desk: Desk): Promise<Described> {
  const own = desk.handles.uploadAt(path)?.describe();
  if (own !== undefined) return own;
  const { value: session } = desk.session;
  const [unfinished, entry] = await Promise.allSettled([
    desk.uploads.unfinished(session, path),
    desk.files.stat(session, path),
  ]);
  if (unfinished.status === 'rejected') throw unfinished.reason;
  if (unfinished.value !== undefined) return { kind: 'file', size: unfinished.value, modifiedAt: desk.clock.now() };
  if (entry.status === 'rejected') throw entry.reason;
  return entry.value;
}

async function describeHandle(name: string, desk: Desk): Promise<Described> {
  const handle = desk.handles.get(name);
  if (handle instanceof UploadHandle) return handle.describe();
  if (handle instanceof Download) return handle.entry;
  return desk.files.stat(desk.session.value, handle.path);
}

/** SSH_FXP_SETSTAT, §6.9: size and times; modes and owners are accepted and ignored where the name exists. */
async function setAttributes(id: number, path: VPath, wanted: WantedAttributes, desk: Desk): Promise<Buffer> {
  const open = desk.handles.uploadAt(path);
  if (open !== undefined) {
    await setUploadAttributes(open, wanted);
  } else if (wanted.size !== undefined) {
    const upload = await desk.uploads.begin(desk.session.value, path, { condition: 'present', startFrom: 'current' });
    try {
      await upload.truncate(wanted.size);
      await upload.commit(wanted.modifiedAt === undefined ? {} : { modifiedAt: wanted.modifiedAt });
    } catch (error) {
      await upload.abort();
      throw error;
    }
  } else if (wanted.modifiedAt !== undefined) {
    await desk.files.setModified(desk.session.value, path, wanted.modifiedAt);
  } else {
    await desk.files.stat(desk.session.value, path);
  }
  return okPacket(id);
}

/** SSH_FXP_FSETSTAT, §6.9 */
async function setHandleAttributes(request: Asked<'fsetstat'>, desk: Desk): Promise<Buffer> {
  const handle = desk.handles.get(request.handle);
  if (!(handle instanceof UploadHandle)) {
    if (request.attributes.size !== undefined) desk.handles.upload(request.handle);
    return setAttributes(request.id, handle.path, request.attributes, desk);
  }
  await setUploadAttributes(handle, request.attributes);
  return okPacket(request.id);
}

async function setUploadAttributes(upload: UploadHandle, wanted: WantedAttributes): Promise<void> {
  if (wanted.size !== undefined) await upload.truncate(wanted.size);
  if (wanted.modifiedAt !== undefined) upload.setModified(wanted.modifiedAt);
}

/** SSH_FXP_OPENDIR, §6.7 */
async function openFolder(request: Asked<'opendir'>, desk: Desk): Promise<Buffer> {
  desk.handles.assertRoom();
  const path = resolvePath(request.path);
  const folder = await FolderHandle.open(path, desk.files.list(desk.session.value, path));
  return handlePacket(request.id, desk.handles.add(folder));
}

/** SSH_FXP_READDIR, §6.7: names until there are no more, then end of file */
async function readFolder(request: Asked<'readdir'>, desk: Desk): Promise<Buffer> {
  const entries = await desk.handles.folder(request.handle).page();
  if (entries.length === 0) return endOfFilePacket(request.id);
  const owner = ownerOf(desk);
  const now = desk.clock.now();
  const names = entries.map((entry) => ({
    name: entry.name,
    longName: longNameOf(entry, owner, now),
    attributes: writeAttributes(entry),
  }));
  return namePacket(request.id, names);
}

/** SSH_FXP_REMOVE, §6.5, takes files; SSH_FXP_RMDIR, §6.6, takes empty folders. */
async function remove(request: Asked<'remove' | 'rmdir'>, desk: Desk): Promise<Buffer> {
  const path = resolvePath(request.path);
  // It was told to stand there, so it can be taken away.
  if (request.kind === 'remove' && (await desk.uploads.forget(desk.session.value, path))) {
    const stands = await desk.files.stat(desk.session.value, path).catch(ifAbsent);
    if (stands === undefined) return okPacket(request.id);
  }
  const entry: Entry = await desk.files.stat(desk.session.value, path);
  if (request.kind === 'remove' && entry.kind === 'folder') {
    throw new GatewayError('is-folder', 'this is a folder; rmdir removes folders');
  }
  if (request.kind === 'rmdir' && entry.kind === 'file') {
    throw new GatewayError('not-folder', 'this is a file; rm removes files');
  }
  await desk.files.remove(desk.session.value, path, { recursive: false });
  return okPacket(request.id);
}

function ifAbsent(error: unknown): undefined {
  if (!(error instanceof GatewayError) || error.code !== 'not-found') throw error;
}

/** SSH_FXP_RENAME, §6.5, never replaces; posix-rename@openssh.com does as rename(2), for which a name onto itself is no change. */
async function rename(request: Asked<'rename'>, desk: Desk): Promise<Buffer> {
  const [from, to] = [resolvePath(request.from), resolvePath(request.to)];
  if (request.overwrite && from === to) await desk.files.stat(desk.session.value, from);
  else await desk.files.move(desk.session.value, from, to, request.overwrite && 'as-rename');
  return okPacket(request.id);
}

async function room(id: number, path: VPath, { session, quota, limits }: Desk): Promise<Buffer> {
  return statvfsReply(id, limits.value, await quota.of(session.value, path));
}

/** SSH_FXP_NAME with one path and attributes that say nothing, §6.11 */
function pathPacket(id: number, path: VPath): Buffer {
  return namePacket(id, [{ name: path, longName: path, attributes: NO_ATTRIBUTES }]);
}

function ownerOf({ session }: Desk): Owner {
  return { user: session.value.principal.id, group: session.value.principal.partner };
}
