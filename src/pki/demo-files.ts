import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '../domain/errors.ts';

export const PRIVATE_MODE = 0o600;
export const PUBLIC_MODE = 0o644;

const LOCK = '.making';
const LOCK_POLL_MS = 50;
const LOCK_WAIT_MS = 60_000;

/** A folder whose files are made once: a file that is there is never written again. */
export class DemoFiles {
  readonly directory: string;
  readonly made: string[] = [];

  constructor(directory: string) {
    this.directory = directory;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  async has(name: string): Promise<boolean> {
    return stat(this.path(name)).then(
      () => true,
      (error: unknown) => {
        if (codeOf(error) === 'ENOENT') return false;
        throw error;
      },
    );
  }

  async read(name: string): Promise<string | undefined> {
    return readFile(this.path(name), 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
  }

  /** Makes a file whole or not at all: written beside, flushed, then linked to its name, which must be free. */
  async make(name: string, bytes: string | Uint8Array, mode: number): Promise<void> {
    const beside = this.path(`${name}.${randomUUID()}.new`);
    try {
      const handle = await open(beside, 'wx', mode);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await link(beside, this.path(name));
    } finally {
      await rm(beside, { force: true });
    }
    this.made.push(name);
  }

  /** Makes a file anew, where what stands there no longer fits its key. */
  async remake(name: string, bytes: string | Uint8Array, mode: number): Promise<void> {
    await rm(this.path(name), { force: true });
    await this.make(name, bytes, mode);
  }
}

/**
 * Runs work while no other process does so in this folder. The lock is a file with the id of its process; one whose
 * process is gone is taken over.
 * @throws GatewayError `unavailable` where another process holds it for a minute
 */
export async function whileLocked<T>(directory: string, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  const lock = join(directory, LOCK);
  await take(lock, performance.now() + LOCK_WAIT_MS);
  try {
    return await work();
  } finally {
    await unlink(lock);
  }
}

async function take(lock: string, deadline: number): Promise<void> {
  // Written beside and linked, so that a lock never stands there without the id of its process.
  const beside = `${lock}.${randomUUID()}`;
  const handle = await open(beside, 'wx', PRIVATE_MODE);
  await handle.writeFile(String(process.pid)).finally(() => handle.close());
  try {
    while (!(await linked(beside, lock))) {
      if (performance.now() > deadline) {
        const advice = `another process is making the demo certificates; if none is, remove ${lock}`;
        throw new GatewayError('unavailable', advice);
      }
      if (await isAbandoned(lock)) await setAside(lock);
      else await delay(LOCK_POLL_MS);
    }
  } finally {
    await rm(beside, { force: true });
  }
}

/** Takes an abandoned lock away. Another process may have been faster: then its lock was taken, and is put back. */
async function setAside(lock: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (!(await isAbandoned(aside))) await linked(aside, lock);
  await rm(aside, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    },
  );
}

async function isAbandoned(lock: string): Promise<boolean> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  if (owner === 0) return false; // released meanwhile
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
