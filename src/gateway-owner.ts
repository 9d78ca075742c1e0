import type { Audit } from './audit/audit.ts';
import type { Settings } from './config/settings.ts';
import type { Current } from './domain/current.ts';
import { GatewayError } from './domain/errors.ts';
import type { Generation } from './domain/generation.ts';
import type { Logger } from './domain/logger.ts';
import type { SharedLimits } from './gateway-limits.ts';
import type { Closers } from './gateway-listeners.ts';
import type { LevelTwo } from './gateway-second-factor.ts';
import type { Introduction } from './gateway-worker.ts';
import { OwnerSocket } from './processes/owner-socket.ts';
import type { Workers } from './processes/workers.ts';
import type { Ledger } from './storage/ledger.ts';
import type { TrialParts } from './submissions/trial.ts';
import type { TrialEntry } from './submissions/trial-gate.ts';
import type { SelectionDesk } from './vfs/selections.ts';

/** What makes a gateway the owner of one of several processes. */
export type OwnerOptions = {
  /** Where the others join. */
  readonly socket: string;
  /** What only processes of this gateway know. */
  readonly word: string;
  readonly workers: Workers;
  /** Ports that are held for all of them, in the order of the listeners. */
  readonly ports: readonly number[];
  /** The process that was started, and starts the others. */
  readonly supervisor: number;
  /** Told before a generation is in force: it is what a next owner begins with. */
  readonly inForce: (settings: Settings) => void;
};

/** One process of the gateway, as `sluis status` names it. */
export type ProcessState = { readonly name: string; readonly pid: number };

/** Every process that runs; the one that was started comes first. */
export function processesOf(owner: OwnerOptions | undefined): Current<readonly ProcessState[]> {
  return {
    get value() {
      if (owner === undefined) return [{ name: 'gateway', pid: process.pid }];
      const { supervisor, workers } = owner;
      return [{ name: 'supervisor', pid: supervisor }, { name: 'owner', pid: process.pid }, ...workers.list()];
    },
  };
}

type Parts = {
  readonly settings: Settings;
  readonly configDirectory: string;
  readonly generation: Current<Generation>;
  readonly ledger: Ledger;
  readonly audit: Audit;
  readonly logger: Logger;
  readonly shared: SharedLimits;
  readonly levelTwo: LevelTwo;
  readonly onArrival: () => void;
  /** Judges files that are only checked, for every process. */
  readonly judge: TrialParts['judge'];
  readonly gate: TrialEntry;
  readonly selections: SelectionDesk;
};

/** Lets workers serve in place of listeners of its own. @returns the ports that are held for them */
export async function serveWorkers(
  { socket, word, workers, ports }: OwnerOptions,
  parts: Parts,
  closers: Closers,
): Promise<readonly number[]> {
  const {
    settings,
    configDirectory,
    generation,
    ledger,
    shared,
    levelTwo,
    onArrival,
    judge,
    gate,
    selections,
    audit,
    logger,
  } = parts;
  const rooms = new Map(settings.listeners.map((listener) => [listener.rule, shared.strangersOf(listener)]));
  const roomOf = (rule: string) => {
    const room = rooms.get(rule);
    if (room === undefined) throw new GatewayError('bad-request', `there is no listener at ${rule}`);
    return room;
  };
  const { limiter, live, buckets } = shared;
  const { stepUps, formKey } = levelTwo;
  const introduction = (): Introduction => ({
    settings: { ...settings, generation: generation.value },
    configDirectory,
    formKey,
    stepUps: stepUps.rows,
  });
  const holdings = { ledger, limiter, live, buckets, stepUps, roomOf, onArrival, judge, gate, selections };
  const welcome = workers.welcome(holdings, introduction, { audit, logger });
  const server = new OwnerSocket({ path: socket, word, welcome });
  await server.listen();
  closers.push(() => server.close());
  return ports;
}
