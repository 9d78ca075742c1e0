import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startDelayProxy } from './delay-proxy.ts';
import { type Cost, costOf, GCM, type SftpServer, sftp } from './sftp-server.ts';
import { warmMemory } from './warm-memory.ts';

const BLOCK_BYTES = 1024 * 1024;
export const STREAMS = 8;
/** All of its own is what the servers see of a client far away. */
const ONE_WAY_MS = 25;

/** A file that does not compress, and its SHA-256. */
export type SourceFile = { readonly path: string; readonly bytes: number; readonly sha256: string };

export type Transfers = { readonly up: Cost; readonly down: Cost };

export function makeSource(folder: string, bytes: number): SourceFile {
  const path = join(folder, `source-${bytes}.bin`);
  const block = randomBytes(BLOCK_BYTES);
  const hash = createHash('sha256');
  const file = openSync(path, 'wx');
  for (let done = 0; done < bytes; done += BLOCK_BYTES) {
    block.writeUInt32LE(done / BLOCK_BYTES, 0);
    const piece = block.subarray(0, Math.min(BLOCK_BYTES, bytes - done));
    writeSync(file, piece);
    hash.update(piece);
  }
  closeSync(file);
  return { path, bytes, sha256: hash.digest('hex') };
}

/** Sends the file and takes it back. @throws Error where other bytes came back */
export async function there(
  server: SftpServer,
  source: SourceFile,
  folder: string,
  cipher: string = GCM,
): Promise<Transfers> {
  const [name, back] = [`${server.base}/large.bin`, join(folder, 'back.bin')];
  await warmMemory(folder);
  const up = await costOf(server, () => sftp(server, [`put ${source.path} ${name}`], cipher));
  await warmMemory(folder);
  const down = await costOf(server, () => sftp(server, [`get ${name} ${back}`], cipher));
  await mustBe(back, source, server);
  await sftp(server, [`rm ${name}`], cipher);
  return { up, down };
}

/** The same with several clients at once, each with a file of its own. */
export async function streams(server: SftpServer, source: SourceFile, folder: string): Promise<Transfers> {
  const all = Array.from({ length: STREAMS }, (_, index) => index);
  const name = (index: number) => `${server.base}/stream-${index}.bin`;
  const back = (index: number) => join(folder, `back-${index}.bin`);
  const each = (command: (index: number) => string) => () =>
    Promise.all(all.map((index) => sftp(server, [command(index)])));
  await warmMemory(folder);
  const up = await costOf(
    server,
    each((index) => `put ${source.path} ${name(index)}`),
  );
  await warmMemory(folder);
  const down = await costOf(
    server,
    each((index) => `get ${name(index)} ${back(index)}`),
  );
  for (const index of all) await mustBe(back(index), source, server);
  await sftp(
    server,
    all.map((index) => `rm ${name(index)}`),
  );
  return { up, down };
}

/** The same through a proxy that holds every byte back, so that a round trip takes 50 ms more. */
export async function farAway(server: SftpServer, source: SourceFile, folder: string): Promise<Transfers> {
  const proxy = await startDelayProxy(server.port, ONE_WAY_MS);
  try {
    return await there({ ...server, port: proxy.port }, source, folder);
  } finally {
    await proxy.close();
  }
}

async function mustBe(back: string, { sha256 }: SourceFile, server: SftpServer): Promise<void> {
  const hash = createHash('sha256');
  const file = await open(back);
  for await (const piece of file.createReadStream({ highWaterMark: BLOCK_BYTES })) hash.update(piece);
  await rm(back);
  if (hash.digest('hex') !== sha256) throw new Error(`${server.name} gave other bytes back`);
}
