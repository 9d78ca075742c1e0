import { createHash, randomBytes } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { curl, type DavServer, type Proof, runTool } from './dav-server.ts';
import { cpuSecondsOf, peakMB, resetPeak } from './process-figures.ts';
import { warmMemory } from './warm-memory.ts';

const GIB = 1024 ** 3;
const BLOCK_BYTES = 1024 * 1024;

/** One transfer of 1 GiB: seconds on the clock, CPU seconds of the server, the most memory it held. */
export type Transfer = { readonly wall: number; readonly cpu: number; readonly peakMB: number };

export type LargeRound = { readonly put: Transfer; readonly get: Transfer };

/** A file of 1 GiB that does not compress, and its SHA-256. */
export type LargeFile = { readonly path: string; readonly sha256: string };

export async function makeLargeFile(folder: string): Promise<LargeFile> {
  const path = join(folder, 'gibibyte.bin');
  const block = randomBytes(BLOCK_BYTES);
  const hash = createHash('sha256');
  const file = openSync(path, 'wx');
  for (let index = 0; index < GIB / BLOCK_BYTES; index += 1) {
    block.writeUInt32LE(index, 0);
    writeSync(file, block);
    hash.update(block);
  }
  closeSync(file);
  return { path, sha256: hash.digest('hex') };
}

/** What SHA-256 over 1 GiB costs by itself, in CPU seconds, in pieces as an upload has them. */
export function digestAlone(): number {
  const piece = randomBytes(256 * 1024);
  const before = process.cpuUsage();
  const hash = createHash('sha256');
  for (let done = 0; done < GIB; done += piece.length) hash.update(piece);
  hash.digest();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Sends the file and takes it back. @throws Error where other bytes came back */
export async function largeRound(
  server: DavServer,
  proof: Proof,
  file: LargeFile,
  folder: string,
): Promise<LargeRound> {
  const put = await transfer(server, folder, () => curl(server, proof, 'gibibyte.bin', ['--upload-file', file.path]));
  const back = join(folder, 'back.bin');
  const get = await transfer(server, folder, () => curl(server, proof, 'gibibyte.bin', ['--output', back]));
  const sha256 = await digestOf(back);
  await rm(back);
  if (sha256 !== file.sha256) throw new Error(`${server.name} gave other bytes back`);
  return { put, get };
}

async function transfer(server: DavServer, folder: string, work: () => Promise<number>): Promise<Transfer> {
  await quietDiskAndWarmMemory(folder);
  await resetPeak(server.pid);
  const before = await cpuSecondsOf(server.pid);
  const wall = await work();
  const cpu = (await cpuSecondsOf(server.pid)) - before;
  return { wall, cpu, peakMB: await peakMB(server.pid) };
}

/** What others wrote is on the disk. */
async function quietDiskAndWarmMemory(folder: string): Promise<void> {
  await runTool('sync', []);
  await warmMemory(folder);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path);
  for await (const piece of file.createReadStream({ highWaterMark: BLOCK_BYTES })) hash.update(piece);
  return hash.digest('hex');
}
