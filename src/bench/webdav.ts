import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PEERS, type PeerName, startPeer } from './dav-peers.ts';
import { type DavServer, type Proof, proofFrom } from './dav-server.ts';
import { goesWithUs } from './leftovers.ts';
import { judge, type Result, writeSection } from './report.ts';
import { handshakeRound, type IdleMemory, idleMemory, liftLimits } from './webdav-connections.ts';
import { figuresOf } from './webdav-figures.ts';
import { gatewayServer } from './webdav-gateway.ts';
import { digestAlone, type LargeRound, largeRound, makeLargeFile } from './webdav-large.ts';
import { section } from './webdav-section.ts';
import { fillFolder, fillLedger, LISTED, listingRound, type Measured, smallRound } from './webdav-small.ts';
import { countSyncs } from './webdav-syncs.ts';

/** Rounds of each case; the figure is the median. One more round before them is not counted. */
export type Rounds = {
  readonly large: number;
  readonly small: number;
  readonly listing: number;
  readonly other: number;
};
const ROUNDS = {
  full: { large: 3, small: 5, listing: 9, other: 3 },
  quick: { large: 1, small: 2, listing: 3, other: 1 },
};
export const PEER_NAMES = Object.keys(PEERS) as readonly PeerName[];

/** All that was measured, by server and in rounds. */
export type Measurements = {
  readonly digest: readonly number[];
  readonly large: ByServer<readonly LargeRound[]>;
  readonly small: ByServer<readonly Measured[]>;
  readonly listings: readonly { readonly entries: number; readonly rounds: ByServer<readonly Measured[]> }[];
  readonly handshakes: ByServer<readonly Measured[]>;
  readonly idle: ByServer<IdleMemory>;
};
export type ByServer<T> = ReadonlyMap<string, T>;

type Bench = { readonly folder: string; readonly proof: Proof; readonly servers: readonly DavServer[] };

/** The WebDAV endpoint beside nginx, Apache and rclone: the same client, the same files, the same certificates, in one run. */
export async function benchWebdav(quick: boolean): Promise<readonly Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-webdav-'));
  const keep = goesWithUs(folder);
  await chmod(folder, 0o755); // the children of Apache are somebody else
  try {
    const rounds = quick ? ROUNDS.quick : ROUNDS.full;
    const syncs = await countSyncs();
    const measurements = await withServers(folder, (bench) => measureAll(bench, rounds));
    const results = await judge('webdav', figuresOf(measurements), PEER_NAMES);
    if (!quick) await writeSection('webdav', await section(results, { syncs, rounds }));
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
    keep();
  }
}

async function withServers<T>(folder: string, work: (bench: Bench) => Promise<T>): Promise<T> {
  const gateway = await gatewayServer((_name, text) => text, { prepare: fillLedger });
  const servers: DavServer[] = [gateway];
  try {
    const { certificates } = gateway;
    const proof = proofFrom(certificates);
    const files = join(folder, 'files');
    await mkdir(files);
    await fillFolder(files);
    for (const name of PEER_NAMES) {
      try {
        servers.push(await startPeer(name, { folder, files, certificates, proof }));
      } catch (error) {
        process.stderr.write(`${name} does not run: ${error instanceof Error ? error.message : error}\n`);
      }
    }
    return await work({ folder, proof, servers });
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function measureAll(bench: Bench, rounds: Rounds): Promise<Measurements> {
  const { folder, proof } = bench;
  const file = await makeLargeFile(folder);
  const large = await inTurn(bench, rounds.large, (server) => largeRound(server, proof, file, folder));
  await rm(file.path);
  const digest = Array.from({ length: rounds.large }, digestAlone);
  const small = await inTurn(bench, rounds.small, (server, round) =>
    smallRound(server, proof, `round-${round}`, round === rounds.small),
  );
  const listings: Measurements['listings'][number][] = [];
  for (const entries of LISTED) {
    const often = entries === LISTED[0] ? rounds.listing : rounds.other;
    listings.push({ entries, rounds: await inTurn(bench, often, (server) => listingRound(server, proof, entries)) });
  }
  const handshakes = await inTurn(bench, rounds.other, (server) => handshakeRound(server, proof));
  return { digest, large, small, listings, handshakes, idle: await idleOfAll(bench) };
}

/** Every server once in each round, so that what the machine does meanwhile meets all of them. Round 0 is not counted. */
async function inTurn<T>(
  { servers }: Bench,
  rounds: number,
  work: (server: DavServer, round: number) => Promise<T>,
): Promise<ByServer<readonly T[]>> {
  const results = new Map<string, T[]>(servers.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const server of servers) {
      const result = await work(server, round);
      if (round > 0) results.get(server.name)?.push(result);
    }
  }
  return results;
}

/** The gateway once more, with the limits lifted that a thousand connections of one client would meet. */
async function idleOfAll({ servers, proof }: Bench): Promise<ByServer<IdleMemory>> {
  const results = new Map<string, IdleMemory>();
  const lifted = await gatewayServer(liftLimits);
  try {
    const own = proofFrom(lifted.certificates);
    results.set(lifted.name, await idleMemory(lifted, own));
  } finally {
    await lifted.stop();
  }
  for (const server of servers.slice(1)) results.set(server.name, await idleMemory(server, proof));
  return results;
}
