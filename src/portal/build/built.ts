import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { glob, mkdir, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { GatewayError } from '../../domain/errors.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const SOURCES = join(PROJECT, 'src/portal/web');
const SCRIPT = join(import.meta.dirname, 'build.ts');
/** What the pages are made of besides their sources. */
const PACKAGES = ['vite', 'preact', '@preact/signals', '@noble/hashes'];

const BUILD_MS = 120_000;
const POLL_MS = 100;
/** Builds of earlier sources: a gateway has read its pages into memory long before. */
const OLD_MS = 3_600_000;

/** Where built pages stand: `dist/portal`, one folder for each digest of the sources. Not in git. */
export type BuildPlace = { readonly sources: string; readonly builds: string };

export const BUILD_PLACE: BuildPlace = { sources: SOURCES, builds: join(PROJECT, 'dist/portal') };

/** The folder of the pages that belong to the sources, whether or not they are built. */
export async function builtFolder({ sources, builds }: BuildPlace = BUILD_PLACE): Promise<string> {
  return join(builds, (await digestOf(sources)).slice(0, 32));
}

/**
 * Builds the pages where those of these sources are not there yet. Several processes may ask at once: one builds, the
 * others wait for it; what is there is whole.
 * @returns the folder of the pages @throws GatewayError `broken` where they could not be built
 */
export async function ensureBuilt(place: BuildPlace = BUILD_PLACE): Promise<string> {
  const folder = await builtFolder(place);
  const lock = `${folder}.lock`;
  const deadline = Date.now() + BUILD_MS;
  await mkdir(place.builds, { recursive: true });
  while (!(await isThere(folder))) {
    if (await take(lock)) {
      try {
        if (!(await isThere(folder))) await build(place.sources, folder);
      } finally {
        await rmdir(lock).catch(() => undefined);
      }
      await removeOld(place.builds, folder);
    } else if (Date.now() > deadline) throw new GatewayError('broken', 'the pages were not built in time');
    else await delay(POLL_MS);
  }
  return folder;
}

async function build(sources: string, folder: string): Promise<void> {
  const unfinished = `${folder}.${randomUUID()}.tmp`;
  try {
    const words = [SCRIPT, sources, unfinished];
    await promisify(execFile)(process.execPath, words, { timeout: BUILD_MS, cwd: PROJECT });
    await rename(unfinished, folder);
  } catch (cause) {
    if (await isThere(folder)) return; // somebody whose lock had become old was faster
    throw new GatewayError('broken', 'the pages could not be built', { cause });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** A folder is made by one alone. The lock of a process that died is taken over. */
async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    const since = await stat(lock).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - since > BUILD_MS) await rmdir(lock).catch(() => undefined);
    return false;
  }
}

async function removeOld(builds: string, current: string): Promise<void> {
  for (const name of await readdir(builds)) {
    const folder = join(builds, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    if (folder !== current && Date.now() - mtimeMs > OLD_MS) await rm(folder, { recursive: true, force: true });
  }
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

/** SHA-256 over names and contents of the sources, and the versions of the packages they are built with. */
async function digestOf(sources: string): Promise<string> {
  const hash = createHash('sha256');
  const files = (await Array.fromAsync(glob('**/*.{ts,tsx,css,json,html,svg}', { cwd: sources }))).sort();
  for (const file of files) {
    const content = createHash('sha256')
      .update(await readFile(join(sources, file)))
      .digest('hex');
    hash.update(`${file.split(sep).join('/')} ${content}\n`);
  }
  hash.update(await readFile(SCRIPT));
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(PROJECT, 'package.json'), 'utf8'),
  );
  for (const name of PACKAGES) hash.update(`${name} ${dependencies[name]}\n`);
  return hash.digest('hex');
}

/** Files of a built folder by URL path. */
export async function readBuilt(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const entry of glob('**/*.*', { cwd: folder })) {
    files.set(`/${entry.split(sep).join('/')}`, await readFile(join(folder, entry)));
  }
  return files;
}
