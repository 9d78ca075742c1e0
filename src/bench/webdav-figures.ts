import type { Figure } from './report.ts';
import type { ByServer, Measurements } from './webdav.ts';
import { HANDSHAKES, type IdleMemory } from './webdav-connections.ts';
import { GATEWAY } from './webdav-gateway.ts';
import type { LargeRound } from './webdav-large.ts';
import { LISTED, type Measured, SMALL_FILES } from './webdav-small.ts';

/** nginx and Apache are the two whose speed an upload is held against. */
const FAST_PEERS: readonly string[] = ['nginx', 'apache'];

type Rounds<T> = ByServer<readonly T[]>;

/** One figure for each case: medians of the gateway, and of each peer in the same unit. */
export function figuresOf({ digest, large, small, listings, handshakes, idle }: Measurements): readonly Figure[] {
  return [
    ...putLarge(large, median(digest)),
    ...getLarge(large),
    of('put-2000-rate', small, 'files/s', ({ wallMs }) => SMALL_FILES / (wallMs / 1000)),
    of('put-2000-p99', small, 'ms', ({ p99Ms }) => p99Ms),
    of('put-2000-cpu', small, 'CPU-s', ({ cpu }) => cpu),
    ...listings.flatMap(({ entries, rounds }) => [
      of(`propfind-${entries}-wall`, rounds, 's', ({ wallMs }) => wallMs / 1000),
      of(`propfind-${entries}-first-byte`, rounds, 'ms', ({ firstByteMs }) => firstByteMs),
      of(`propfind-${entries}-cpu`, rounds, 'CPU-s', ({ cpu }) => cpu),
    ]),
    peakRatio(listings),
    of('handshake-cpu', handshakes, 'CPU-ms', ({ cpu }) => (cpu * 1000) / HANDSHAKES),
    idleFigure(idle),
  ];
}

function putLarge(large: Rounds<LargeRound>, digest: number): readonly Figure[] {
  const costs = (round: LargeRound) => ({ cpu: round.put.cpu, peakMB: round.put.peakMB });
  const cpu = ofLarge('put-1gib-cpu', large, 'CPU-s', ({ put }) => put.cpu, costs);
  const wall = ofLarge('put-1gib-wall', large, 's', ({ put }) => put.wall, costs);
  const fastest = Math.min(...FAST_PEERS.map((peer) => wall.peers[peer] ?? Number.NaN));
  return [
    cpu,
    { ...cpu, case: 'put-1gib-cpu-without-digest', value: cpu.value - digest },
    { case: 'sha256-1gib-alone', value: digest, unit: 'CPU-s', cpuSeconds: digest, peakMB: 0, peers: {} },
    wall,
    {
      ...{ ...wall, case: 'put-1gib-wall-ratio', value: wall.value / fastest, unit: 'times' },
      peers: Object.fromEntries(Object.entries(wall.peers).map(([peer, seconds]) => [peer, seconds / fastest])),
    },
  ];
}

function getLarge(large: Rounds<LargeRound>): readonly Figure[] {
  const costs = (round: LargeRound) => ({ cpu: round.get.cpu, peakMB: round.get.peakMB });
  return [
    ofLarge('get-1gib-cpu', large, 'CPU-s', ({ get }) => get.cpu, costs),
    ofLarge('get-1gib-wall', large, 's', ({ get }) => get.wall, costs),
  ];
}

/** The most memory held during the long listing, in terms of the short one. */
function peakRatio(listings: Measurements['listings']): Figure {
  const [short, long] = LISTED.map((entries) => listings.find((listing) => listing.entries === entries)?.rounds);
  const ratio = (name: string) => peakOf(long, name) / peakOf(short, name);
  const cpuSeconds = median(long?.get(GATEWAY)?.map(({ cpu }) => cpu) ?? []);
  const peers = peersOf(long ?? new Map(), ratio);
  const value = ratio(GATEWAY);
  return { case: 'propfind-peak-ratio', value, unit: 'times', cpuSeconds, peakMB: peakOf(long, GATEWAY), peers };
}

function peakOf(rounds: Rounds<Measured> | undefined, name: string): number {
  return median(rounds?.get(name)?.map(({ peakMB }) => peakMB) ?? []);
}

function idleFigure(idle: ByServer<IdleMemory>): Figure {
  const each = (name: string) => idle.get(name)?.kibEach ?? Number.NaN;
  const peakMB = idle.get(GATEWAY)?.residentMB ?? 0;
  const value = each(GATEWAY);
  return { case: 'idle-connection-memory', value, unit: 'KiB', cpuSeconds: 0, peakMB, peers: peersOf(idle, each) };
}

function of(name: string, rounds: Rounds<Measured>, unit: string, value: (round: Measured) => number): Figure {
  return ofLarge(name, rounds, unit, value, (round) => round);
}

function ofLarge<T>(
  name: string,
  rounds: Rounds<T>,
  unit: string,
  value: (round: T) => number,
  costs: (round: T) => { readonly cpu: number; readonly peakMB: number },
): Figure {
  const medianOf = (server: string, pick: (round: T) => number) => median(rounds.get(server)?.map(pick) ?? []);
  return {
    case: name,
    value: medianOf(GATEWAY, value),
    unit,
    cpuSeconds: medianOf(GATEWAY, (round) => costs(round).cpu),
    peakMB: medianOf(GATEWAY, (round) => costs(round).peakMB),
    peers: peersOf(rounds, (peer) => medianOf(peer, value)),
  };
}

function peersOf(servers: ByServer<unknown>, value: (peer: string) => number): Readonly<Record<string, number>> {
  const peers = [...servers.keys()].filter((name) => name !== GATEWAY);
  return Object.fromEntries(peers.map((peer) => [peer, value(peer)]));
}

/** Not a number where there is none, which meets no target. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}
