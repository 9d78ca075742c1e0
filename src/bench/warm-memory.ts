import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK_BYTES = 1024 * 1024;
/** More than a transfer of 1 GiB needs for its page cache. */
const TRANSFER_BYTES = 1.25 * 1024 ** 3;

/**
 * Lets the free pages be warm: the host of a virtual machine takes free memory back after some seconds, and whoever touches it
 * first would pay for its return, two CPU seconds for each GiB.
 */
export async function warmMemory(folder: string, bytes = TRANSFER_BYTES): Promise<void> {
  const path = join(folder, `filler-${randomUUID()}`);
  const block = Buffer.alloc(BLOCK_BYTES);
  const file = openSync(path, 'w');
  for (let done = 0; done < bytes; done += block.length) writeSync(file, block);
  closeSync(file);
  await unlink(path);
}
