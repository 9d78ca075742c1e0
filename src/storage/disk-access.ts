import { readSync, writevSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ByteSource } from './content-read.ts';
import { lengthOf } from './content-store.ts';

/** How open files are read and written. */
export interface DiskAccess {
  /** All of the pieces, one behind the other. */
  write(handle: FileHandle, offset: number, pieces: readonly Uint8Array[]): Promise<void>;
  source(handle: FileHandle): ByteSource;
}

/** Never waits for the disk. */
export const WITHOUT_WAITING: DiskAccess = {
  write: (handle, offset, pieces) =>
    writeAll(offset, pieces, async (some, at) => (await handle.writev(some, at)).bytesWritten),
  source: (handle) => handle,
};

/**
 * For a thread with nothing else to do: it writes as fast as the disk takes bytes, and need not be told when another
 * thread is ready.
 */
export const IN_THIS_THREAD: DiskAccess = {
  write: (handle, offset, pieces) => writeAll(offset, pieces, async (some, at) => writevSync(handle.fd, some, at)),
  source: (handle) => ({
    read: async (buffer, offset, length, position) => ({
      bytesRead: readSync(handle.fd, buffer, offset, length, position),
    }),
    close: () => handle.close(),
  }),
};

type Write = (pieces: readonly Uint8Array[], offset: number) => Promise<number>;

/** pwritev(2) may write less than it was given, as when the disk becomes full. */
async function writeAll(offset: number, pieces: readonly Uint8Array[], write: Write): Promise<void> {
  const size = lengthOf(pieces);
  let done = await write(pieces, offset);
  while (done < size) done += await write(after(pieces, done), offset + done);
}

/** The pieces without their first bytes. */
function after(pieces: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skip = bytes;
  return pieces.flatMap((piece) => {
    const rest = piece.subarray(Math.min(skip, piece.length));
    skip -= piece.length - rest.length;
    return rest.length === 0 ? [] : [rest];
  });
}
