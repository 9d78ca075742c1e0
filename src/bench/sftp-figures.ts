import type { Figure } from './report.ts';
import type { ByServer, Measurements } from './sftp.ts';
import type { Transfers } from './sftp-large.ts';
import { type Cost, GATEWAY } from './sftp-server.ts';
import { LOGINS } from './sftp-sessions.ts';
import { SMALL_FILES } from './sftp-small.ts';

const MB = 1e6;
const GIB_MB = 1024 ** 3 / MB;
const FAR_MB = 200;

type Rounds<T> = ByServer<readonly T[]>;

/** Whom the ratios are of. */
const MEASURE = 'sshd';

/** Medians of the gateway, of each peer in the same unit, and of the gateway in terms of sshd. */
export function figuresOf(all: Measurements): readonly Figure[] {
  const digest = median(all.digest);
  return [
    ...transfers('1gib', all.large, GIB_MB),
    { case: 'sha256-1gib-alone', value: digest, unit: 'CPU-s', cpuSeconds: digest, peakMB: 0, peers: {} },
    ...transfers('chacha', all.chacha, GIB_MB),
    ...transfers('8-streams', all.streams, GIB_MB),
    ...transfers('50ms', all.far, FAR_MB),
    ...rate(
      'put-2000',
      pick(all.small, ({ put }) => put),
      SMALL_FILES,
      'files/s',
    ),
    ...rate(
      'put-2000-fsync',
      pick(all.small, ({ synced }) => synced),
      SMALL_FILES,
      'files/s',
    ),
    ...rate(
      'mirror-2000',
      pick(all.small, ({ mirror }) => mirror),
      SMALL_FILES,
      'files/s',
    ),
    ...rate('logins', all.logins, LOGINS, 'logins/s'),
    plain('idle-session', all.idle, 'KiB', ({ kibEach }) => kibEach),
    { ...plain('idle-2000', all.idle, 'MB', ({ grownMB }) => grownMB), peers: {} },
    { ...plain('idle-2000-resident', all.idle, 'MB', ({ residentMB }) => residentMB), peers: {} },
    plain('flood-session', all.flood, 'MB', (value) => value),
    plain('slow-disk-session', all.slowWrites, 'MB', (value) => value),
  ];
}

function transfers(name: string, rounds: Rounds<Transfers>, megabytes: number): readonly Figure[] {
  return (['up', 'down'] as const).flatMap((way) => {
    const costs = pick(rounds, (round) => round[way]);
    const cpu = of(`${way}-${name}-cpu`, costs, 'CPU-s', (cost) => cost.cpu);
    return [...rate(`${way}-${name}`, costs, megabytes, 'MB/s'), cpu, ratio(cpu)];
  });
}

function rate(name: string, costs: Rounds<Cost>, amount: number, unit: string): readonly Figure[] {
  const figure = of(name, costs, unit, ({ wall }) => amount / wall);
  return [figure, ratio(figure)];
}

function ratio(figure: Figure): Figure {
  const beside = figure.peers[MEASURE] ?? Number.NaN;
  const peers = Object.entries(figure.peers).map(([peer, value]) => [peer, value / beside]);
  return {
    ...figure,
    case: `${figure.case}-ratio`,
    value: figure.value / beside,
    unit: 'times',
    peers: Object.fromEntries(peers),
  };
}

function of(name: string, costs: Rounds<Cost>, unit: string, value: (cost: Cost) => number): Figure {
  const medianOf = (server: string, of: (cost: Cost) => number) => median(costs.get(server)?.map(of) ?? []);
  return {
    case: name,
    value: medianOf(GATEWAY, value),
    unit,
    cpuSeconds: medianOf(GATEWAY, ({ cpu }) => cpu),
    peakMB: medianOf(GATEWAY, ({ peakMB }) => peakMB),
    peers: peersOf(costs, (peer) => medianOf(peer, value)),
  };
}

function plain<T>(name: string, measured: ByServer<T>, unit: string, value: (one: T) => number): Figure {
  const each = (server: string) => {
    const one = measured.get(server);
    return one === undefined ? Number.NaN : value(one);
  };
  return { case: name, value: each(GATEWAY), unit, cpuSeconds: 0, peakMB: 0, peers: peersOf(measured, each) };
}

function pick<T, U>(rounds: Rounds<T>, part: (round: T) => U): Rounds<U> {
  return new Map([...rounds].map(([name, all]) => [name, all.map(part)]));
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
