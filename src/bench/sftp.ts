import { existsSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goesWithUs } from './leftovers.ts';
import { judge, type Result, writeSection } from './report.ts';
import { figuresOf } from './sftp-figures.ts';
import { farAway, makeSource, STREAMS, streams, type Transfers, there } from './sftp-large.ts';
import { PEER_NAMES, startPeer } from './sftp-peers.ts';
import { section } from './sftp-section.ts';
import { CHACHA, type Cost, gatewaySftp, type SftpServer, sftp } from './sftp-server.ts';
import { floodMemory, type IdleMemory, idleMemory, liftLimits, loginRound, writesMemory } from './sftp-sessions.ts';
import { checkSmall, makeSmallFiles, type SmallRound, smallRound } from './sftp-small.ts';
import { digestAlone } from './webdav-large.ts';

/** Rounds of each case; the figure is the median. One more round before them is not counted. */
export type Rounds = Readonly<Record<'large' | 'chacha' | 'streams' | 'far' | 'small' | 'logins', number>>;
const ROUNDS = {
  full: { large: 3, chacha: 1, streams: 2, far: 2, small: 3, logins: 3 },
  quick: { large: 1, chacha: 1, streams: 1, far: 1, small: 1, logins: 1 },
};

const GIB = 1024 ** 3;
const MEMORY_NEEDED = 14 * GIB;
const FAR_BYTES = 200_000_000;
const SLOW_WRITES_MB = 60;

export type ByServer<T> = ReadonlyMap<string, T>;
type InRounds<T> = ByServer<readonly T[]>;

/** All that was measured, by server and in rounds. */
export type Measurements = {
  readonly digest: readonly number[];
  readonly large: InRounds<Transfers>;
  readonly chacha: InRounds<Transfers>;
  readonly streams: InRounds<Transfers>;
  readonly far: InRounds<Transfers>;
  readonly small: InRounds<SmallRound>;
  readonly logins: InRounds<Cost>;
  readonly idle: ByServer<IdleMemory>;
  readonly flood: ByServer<number>;
  readonly slowWrites: ByServer<number>;
};

/** The SFTP endpoint beside OpenSSH's and rclone's: the same client, the same files, in one run. */
export async function benchSftp(quick: boolean): Promise<readonly Result[]> {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  const inMemory = hasRoomInMemory();
  const large = await inFolder(inMemory ? '/dev/shm' : tmpdir(), (folder) => measureLarge(folder, rounds));
  const many = await inFolder(tmpdir(), (folder) => measureMany(folder, rounds));
  const results = await judge('sftp', figuresOf({ ...large, ...many }));
  if (!quick) await writeSection('sftp', await section(results, { rounds, inMemory }));
  return results;
}

function hasRoomInMemory(): boolean {
  if (!existsSync('/dev/shm')) return false;
  const { bavail, bsize } = statfsSync('/dev/shm');
  return bavail * bsize >= MEMORY_NEEDED;
}

async function inFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, 'sluis-sftp-bench-'));
  const keep = goesWithUs(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    keep();
  }
}

async function withServers<T>(folder: string, work: (servers: readonly SftpServer[]) => Promise<T>): Promise<T> {
  const servers: SftpServer[] = [await gatewaySftp((_name, text) => text, { parent: folder })];
  try {
    for (const name of PEER_NAMES) {
      try {
        servers.push(await startPeer(name, folder));
      } catch (error) {
        process.stderr.write(`${name} does not run: ${error instanceof Error ? error.message : error}\n`);
      }
    }
    return await work(servers);
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Where files of a gibibyte are, the disk would be what is measured: in memory, the servers are. */
async function measureLarge(folder: string, rounds: Rounds) {
  return withServers(folder, async (servers) => {
    const source = makeSource(folder, GIB);
    const part = makeSource(folder, GIB / STREAMS);
    const far = makeSource(folder, FAR_BYTES);
    const [gateway, sshd] = servers;
    const two = [gateway, sshd].filter((server) => server !== undefined);
    return {
      digest: Array.from({ length: rounds.large }, digestAlone),
      large: await inTurn(servers, rounds.large, (server) => there(server, source, folder)),
      chacha: await inTurn(two, rounds.chacha, (server) => there(server, source, folder, CHACHA), false),
      streams: await inTurn(servers, rounds.streams, (server) => streams(server, part, folder), false),
      far: await inTurn(servers, rounds.far, (server) => farAway(server, far, folder), false),
    };
  });
}

/** Many files and many sessions, with the files on the disk. */
async function measureMany(folder: string, rounds: Rounds) {
  const files = makeSmallFiles(folder);
  const measured = await withServers(folder, async (servers) => {
    const small = await inTurn(servers, rounds.small, (server, round) => smallRound(server, files, round));
    for (const server of servers) await checkSmall(server, files, rounds.small, folder);
    const logins = await inTurn(servers, rounds.logins, loginRound);
    const idle = new Map<string, IdleMemory>();
    for (const server of servers.slice(1)) idle.set(server.name, await idleMemory(server, true));
    const flood = await floods(servers, folder);
    return { small, logins, idle, flood };
  });
  const lifted = await gatewaySftp(liftLimits, { parent: folder });
  try {
    measured.idle.set(lifted.name, await idleMemory(lifted, false));
  } finally {
    await lifted.stop();
  }
  return { ...measured, slowWrites: await slowDisk(folder) };
}

async function floods(servers: readonly SftpServer[], folder: string): Promise<ByServer<number>> {
  const source = makeSource(folder, GIB / STREAMS);
  const figures = new Map<string, number>();
  for (const server of servers) {
    const path = `${server.base}/flood.bin`;
    await sftp(server, [`put ${source.path} ${path}`]);
    figures.set(server.name, await floodMemory(server, path));
  }
  return figures;
}

/** The gateway on a disk that takes 50 ms for each write, which strace puts in. */
async function slowDisk(folder: string): Promise<ByServer<number>> {
  const slow = ['-e', 'trace=pwritev,pwrite64', '-e', 'inject=pwritev,pwrite64:delay_enter=50000'];
  const under = ['strace', '-f', '-qq', '-o', '/dev/null', ...slow];
  const gateway = await gatewaySftp((_name, text) => text, { parent: folder, under });
  try {
    return new Map([[gateway.name, await writesMemory(gateway, `${gateway.base}/slow`, SLOW_WRITES_MB)]]);
  } finally {
    await gateway.stop();
  }
}

/** Every server once in each round, so that what the machine does meanwhile meets all of them. Round 0 is not counted. */
async function inTurn<T>(
  servers: readonly SftpServer[],
  rounds: number,
  work: (server: SftpServer, round: number) => Promise<T>,
  warm = true,
): Promise<InRounds<T>> {
  const results = new Map<string, T[]>(servers.map(({ name }) => [name, []]));
  for (let round = warm ? 0 : 1; round <= rounds; round += 1) {
    for (const server of servers) {
      const result = await work(server, round);
      if (round > 0) results.get(server.name)?.push(result);
    }
  }
  return results;
}
