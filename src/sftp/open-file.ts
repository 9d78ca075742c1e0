import { GatewayError } from '../domain/errors.ts';
import type { VPath } from '../domain/vpath.ts';
import type { WriteCondition } from '../vfs/files.ts';
import type { Desk } from './desk.ts';
import { Download } from './download.ts';
import { FolderHandle } from './folder-handle.ts';
import { resolvePath } from './paths.ts';
import type { OpenRequest } from './request-packets.ts';
import { UploadHandle } from './upload-handle.ts';

/** pflags of SSH_FXP_OPEN, draft-ietf-secsh-filexfer-02 §6.3. */
const FLAG = { READ: 0x1, WRITE: 0x2, APPEND: 0x4, CREATE: 0x8, TRUNCATE: 0x10, EXCLUSIVE: 0x20 } as const;

/**
 * SSH_FXP_OPEN, §6.3: for reading one version of a file, or for writing one that nobody sees before CLOSE.
 * @returns the handle. @throws GatewayError
 */
export async function openFile(request: OpenRequest, desk: Desk): Promise<string> {
  desk.handles.assertRoom();
  const path = resolvePath(request.path);
  const has = (flag: number) => (request.flags & flag) !== 0;
  if (!has(FLAG.WRITE) && !has(FLAG.APPEND)) return desk.handles.add(await openDownload(path, desk));

  const fromCurrent = !has(FLAG.TRUNCATE) && !has(FLAG.EXCLUSIVE);
  const upload = await desk.uploads.begin(desk.session.value, path, {
    condition: conditionOf(has(FLAG.CREATE), has(FLAG.EXCLUSIVE)),
    startFrom: fromCurrent ? 'current' : 'empty',
    keep: true,
    ...(request.attributes.size !== undefined && { sizeHint: request.attributes.size }),
  });
  const mode = { append: has(FLAG.APPEND), fromCurrent, readable: has(FLAG.READ) };
  return desk.handles.add(new UploadHandle(path, upload, mode, desk.clock.now()));
}

function conditionOf(create: boolean, exclusive: boolean): WriteCondition {
  if (!create) return 'present';
  return exclusive ? 'absent' : 'any';
}

/**
 * Reads one version of a file from any offset; each opening is one call to the vfs and one audit line.
 * @throws GatewayError `is-folder` for folders of the configuration too, on whose names nobody has a right to read
 */
export async function openDownload(path: VPath, desk: Desk): Promise<Download> {
  try {
    return await download(path, desk);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'not-allowed') throw error;
    const entry = await desk.files.stat(desk.session.value, path).catch(() => undefined);
    if (entry?.kind === 'folder') throw new GatewayError('is-folder', 'this is a folder, not a file', { cause: error });
    throw error;
  }
}

function download(path: VPath, desk: Desk): Promise<Download> {
  let size = 0;
  return Download.open(async (start) => {
    const range = start === undefined ? undefined : { start, end: size };
    const opened = await desk.files.read(desk.session.value, path, range);
    size = opened.entry.size;
    return opened;
  });
}

/** What READ gives: of an upload that was written to, its own bytes. */
export async function readableOf(name: string, desk: Desk): Promise<Pick<Download, 'read'> | undefined> {
  const handle = desk.handles.get(name);
  if (!(handle instanceof UploadHandle) || !handle.changed || !handle.mode.readable || handle.resumed) {
    return downloadOf(name, desk);
  }
  // It began with bytes of the version that stands there: to read those takes the right to read, and its line in the log.
  if (handle.mode.fromCurrent && handle.replaces) handle.download ??= await openDownload(handle.path, desk);
  return handle;
}

/** The published file behind a handle; undefined behind an upload of a name that does not stand there yet. */
export async function downloadOf(name: string, desk: Desk): Promise<Download | undefined> {
  const handle = desk.handles.get(name);
  if (handle instanceof Download) return handle;
  if (handle instanceof FolderHandle) throw new GatewayError('is-folder', 'this handle is a folder');
  if (!handle.mode.readable) throw new GatewayError('not-allowed', 'this handle was not opened for reading');
  if (handle.changed || handle.resumed)
    throw new GatewayError(
      'not-supported',
      'what is being written can be checked, and what is gone on with can be read, after it is closed',
    );
  if (!handle.mode.fromCurrent || !handle.replaces) return undefined;
  handle.download ??= await openDownload(handle.path, desk);
  return handle.download;
}
