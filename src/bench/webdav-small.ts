import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../domain/clock.ts';
import { childOf, type VPath } from '../domain/vpath.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import { DiskStore } from '../storage/disk-store.ts';
import { openSqliteLedger } from '../storage/sqlite-ledger.ts';
import type { ClientFigures } from './dav-client.ts';
import { type DavServer, type Job, type Proof, runClient } from './dav-server.ts';
import { cpuSecondsOf, peakMB, resetPeak } from './process-figures.ts';

export const SMALL_FILES = 2000;
const SMALL_CONNECTIONS = 8;
/** Entries of the folders that are listed. */
export const LISTED = [10_000, 100_000] as const;
export type Listed = (typeof LISTED)[number];
const COMMANDS_PER_COMMIT = 1000;

/** What a client saw, and what it cost the server. */
export type Measured = ClientFigures & { readonly cpu: number; readonly peakMB: number };

export async function measured(server: DavServer, proof: Proof, job: Job): Promise<Measured> {
  await resetPeak(server.pid);
  const before = await cpuSecondsOf(server.pid);
  const figures = await runClient(server, proof, job);
  const cpu = (await cpuSecondsOf(server.pid)) - before;
  return { ...figures, cpu, peakMB: await peakMB(server.pid) };
}

/** 2,000 new files of 4 KiB over 8 connections; those of the last round are read back. */
export async function smallRound(server: DavServer, proof: Proof, prefix: string, check: boolean): Promise<Measured> {
  const job: Job = { job: 'put-many', files: SMALL_FILES, connections: SMALL_CONNECTIONS, prefix };
  const result = await measured(server, proof, job);
  if (result.entries !== SMALL_FILES) throw new Error(`${server.name} took ${result.entries} files`);
  if (check) await runClient(server, proof, { job: 'check-many', files: SMALL_FILES, prefix });
  return result;
}

/** PROPFIND with Depth 1, every entry counted. @throws Error where one is missing */
export async function listingRound(server: DavServer, proof: Proof, entries: Listed): Promise<Measured> {
  const result = await measured(server, proof, { job: 'propfind', folder: listedFolder(entries) });
  // The folder itself stands in its listing.
  if (result.entries !== entries + 1) throw new Error(`${server.name} listed ${result.entries} of ${entries}`);
  return result;
}

function listedFolder(entries: Listed): string {
  return `listed-${entries}`;
}

function listedName(index: number): string {
  return `document-${index.toString().padStart(6, '0')}.csv`;
}

/** Empty files for the peers. */
export async function fillFolder(files: string): Promise<void> {
  for (const entries of LISTED) {
    const folder = join(files, listedFolder(entries));
    await mkdir(folder, { recursive: true });
    for (let index = 0; index < entries; index += 1) writeFileSync(join(folder, listedName(index)), '');
  }
}

/** The same files for the gateway, before it starts: rows of the ledger, all naming one empty content, as copies do. */
export async function fillLedger(data: string): Promise<void> {
  const store = new DiskStore({ directory: join(data, 'content') });
  const content = await store.complete(await store.begin());
  await store.close();
  const fail = (error: Error) => {
    throw error;
  };
  const ledger = await openSqliteLedger({ file: join(data, 'ledger.sqlite'), onBroken: fail });
  const at = systemClock.now();
  for (const entries of LISTED) {
    const folder = childOf('/SHARED/work' as VPath, listedFolder(entries));
    await ledger.commit([{ kind: 'makeFolder', path: folder, parentMustExist: false, at }]);
    for (let first = 0; first < entries; first += COMMANDS_PER_COMMIT) {
      const commands = Array.from({ length: COMMANDS_PER_COMMIT }, (_, index): LedgerCommand => {
        const path = childOf(folder, listedName(first + index));
        return { kind: 'publish', path, content, expect: 'any', parentMustExist: true, at };
      });
      await ledger.commit(commands);
    }
  }
  await ledger.close();
}
