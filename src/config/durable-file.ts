import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Writes a small file whole or not at all: it is on the disk on return, readable by its owner alone unless it says otherwise. */
export async function writeDurably(file: string, text: string, mode = 0o600): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A name with a dot in front is no configuration, whatever becomes of it.
  const beside = join(folder, `.${basename(file)}.${process.pid}.new`);
  try {
    await using handle = await open(beside, 'w', mode);
    await handle.writeFile(text);
    await handle.sync();
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Adds a line to a file; it is on the disk on return. A line that a crash cut before is ended first. */
export async function appendDurably(file: string, line: string, before: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  {
    await using handle = await open(file, 'a', 0o600);
    await handle.writeFile(`${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`);
    await handle.sync();
  }
  await syncFolder(dirname(file));
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
