import { setTimeout as pause } from 'node:timers/promises';
import { residentKiB } from './process-figures.ts';
import { type Cost, costOf, runSessions, type SftpServer } from './sftp-server.ts';

export const LOGINS = 300;
export const LOGINS_AT_ONCE = 8;
export const IDLE = 2000;
/** OpenSSH has two processes for each session: fewer tell as much. */
const IDLE_OF_PEERS = 50;
export const FLOODS = 4;
const WRITERS = { few: 4, many: 16 } as const;
const FLOOD = { reads: 4000, bytes: 200_000 };
const SETTLE_MS = 3000;
const WARM_UP = 30;

/** Limits of `gateway.yaml` that one client with two thousand sessions would meet. */
export const LIFTED: Readonly<Record<string, number>> = {
  maxConnectionsPerPrincipal: 4000,
  maxConnectionsPerPartner: 4000,
};

export function liftLimits(name: string, text: string): string {
  if (name !== 'gateway.yaml') return text;
  const lift = (lifted: string, [key, value]: readonly [string, number]) =>
    lifted.replace(new RegExp(`^(  ${key}:) \\d+`, 'm'), `$1 ${value}`);
  return Object.entries(LIFTED).reduce(lift, text);
}

/** Logins of new connections, the subsystem open, several at a time. */
export async function loginRound(server: SftpServer): Promise<Cost> {
  return costOf(server, () => runSessions(server, { job: 'logins', count: LOGINS, atOnce: LOGINS_AT_ONCE }));
}

export type IdleMemory = {
  readonly sessions: number;
  readonly kibEach: number;
  readonly grownMB: number;
  readonly residentMB: number;
};

/** Memory of sessions that greeted and ask nothing more. */
export async function idleMemory(server: SftpServer, isPeer: boolean): Promise<IdleMemory> {
  const sessions = isPeer ? IDLE_OF_PEERS : IDLE;
  const { before, after } = await grown(server, () => runWhileOpen(server, { job: 'idle', count: sessions }));
  const kib = after - before;
  return { sessions, kibEach: kib / sessions, grownMB: kib / 1024, residentMB: Math.round(after / 1024) };
}

/** MB that each session of clients takes which pipeline READs and read no answer. */
export async function floodMemory(server: SftpServer, path: string): Promise<number> {
  const plan = { job: 'flood', count: FLOODS, path, ...FLOOD } as const;
  const { before, after } = await grown(server, () => runWhileOpen(server, plan));
  return (after - before) / 1024 / FLOODS;
}

/**
 * MB that each further session takes which pipelines WRITEs faster than they are written. Of the first ones the process grows by
 * what it then has for all: its young heap alone has 30 MB more after some hundred MB have gone through it.
 */
export async function writesMemory(server: SftpServer, path: string, megabytes: number): Promise<number> {
  const writing = (count: number) =>
    runWhileOpen(server, { job: 'pipelined-writes', count, path: `${path}-${count}`, megabytes });
  const few = await writing(WRITERS.few);
  const many = await writing(WRITERS.many);
  return (many - few) / 1024 / (WRITERS.many - WRITERS.few);
}

type Plan = Parameters<typeof runSessions>[1];

async function runWhileOpen(server: SftpServer, plan: Plan): Promise<number> {
  let resident = 0;
  await runSessions(server, plan, async () => {
    await pause(SETTLE_MS);
    resident = await residentKiB(server.pid);
  });
  return resident;
}

/** KiB resident before, in a process that has served already, and while the sessions stand. */
async function grown(server: SftpServer, work: () => Promise<number>): Promise<{ before: number; after: number }> {
  await runSessions(server, { job: 'logins', count: WARM_UP, atOnce: 1 });
  await pause(SETTLE_MS);
  const before = await residentKiB(server.pid);
  return { before, after: await work() };
}
