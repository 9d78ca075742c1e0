import { setTimeout as pause } from 'node:timers/promises';
import { type DavServer, type Proof, runClient } from './dav-server.ts';
import { residentKiB } from './process-figures.ts';
import { type Measured, measured } from './webdav-small.ts';

export const HANDSHAKES = 500;
const AT_ONCE = 4;
export const IDLE = 1000;
const SETTLE_MS = 3000;
const WARM_UP = 50;

/** Limits of `gateway.yaml` that one client with a thousand connections would meet. */
export const LIFTED: Readonly<Record<string, number>> = {
  maxConnectionsPerPrincipal: 2000,
  maxConnectionsPerPartner: 2000,
};

export function liftLimits(name: string, text: string): string {
  if (name !== 'gateway.yaml') return text;
  const lift = (lifted: string, [key, value]: readonly [string, number]) =>
    lifted.replace(new RegExp(`^(  ${key}:) \\d+`, 'm'), `$1 ${value}`);
  return Object.entries(LIFTED).reduce(lift, text);
}

/** New connections with a client certificate and one request each; nothing is resumed. */
export async function handshakeRound(server: DavServer, proof: Proof): Promise<Measured> {
  return measured(server, proof, { job: 'handshakes', count: HANDSHAKES, atOnce: AT_ONCE });
}

export type IdleMemory = { readonly kibEach: number; readonly residentMB: number };

/** Memory that connections take which were admitted, asked once and say nothing more. */
export async function idleMemory(server: DavServer, proof: Proof): Promise<IdleMemory> {
  await runClient(server, proof, { job: 'handshakes', count: WARM_UP, atOnce: 1 });
  await pause(SETTLE_MS);
  const before = await residentKiB(server.pid);
  let after = before;
  await runClient(server, proof, { job: 'idle', count: IDLE }, async () => {
    await pause(SETTLE_MS);
    after = await residentKiB(server.pid);
  });
  return { kibEach: (after - before) / IDLE, residentMB: Math.round(after / 1024) };
}
