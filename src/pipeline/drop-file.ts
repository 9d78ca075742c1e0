import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../domain/errors.ts';
import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Upload, Uploads } from '../vfs/files.ts';

const CHUNK_BYTES = 256 * 1024;
export const DONE_SUFFIX = '.done';

/** How a file looked at one moment; two equal looks say that nobody writes to it. */
export type Look = { readonly inode: number; readonly size: number; readonly modifiedMs: number };

/** @returns undefined where the file is gone @throws GatewayError `not-allowed` for a link or a special file */
export async function lookAt(file: string): Promise<Look | undefined> {
  try {
    const stats = await lstat(file);
    if (!stats.isFile() || stats.nlink !== 1) {
      throw new GatewayError('not-allowed', 'a drop folder takes plain files, no links and no special files');
    }
    return { inode: stats.ino, size: stats.size, modifiedMs: stats.mtimeMs };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/**
 * Takes one file of a drop folder in, by the same door as every upload, and removes it when it is durable. A crash
 * between the two makes the next sweep hand it in again, which yields the same receipt and no second delivery.
 */
export async function takeIn(uploads: Uploads, session: Session, file: string, path: VPath): Promise<void> {
  await uploadFile(uploads, session, file, path);
  await rm(file, { force: true });
  await rm(join(`${file}${DONE_SUFFIX}`), { force: true });
}

/** Uploads a local file by the same door as every upload. @throws GatewayError `not-allowed` for a link or a special file */
export async function uploadFile(uploads: Uploads, session: Session, file: string, path: VPath): Promise<void> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.nlink !== 1) {
      throw new GatewayError('not-allowed', 'only plain files are taken, no links and no special files');
    }
    const upload = await uploads.begin(session, path, { condition: 'any', startFrom: 'empty', sizeHint: stats.size });
    try {
      await pour(handle, upload);
      await upload.commit({ expectedSize: stats.size });
    } catch (error) {
      await upload.abort();
      throw error;
    }
  } finally {
    await handle.close();
  }
}

async function pour(handle: FileHandle, upload: Upload): Promise<void> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let offset = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, offset);
    if (bytesRead === 0) return;
    await upload.write(offset, buffer.subarray(0, bytesRead));
    offset += bytesRead;
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
