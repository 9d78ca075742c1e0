import type { Strangers } from './access/waiting-room.ts';
import type { Audit } from './audit/audit.ts';
import type { Current } from './domain/current.ts';
import type { Listener } from './domain/generation.ts';
import type { Logger } from './domain/logger.ts';
import { Misfit } from './domain/misfit.ts';
import type { Numbered } from './gateway-doors.ts';
import type { InForce } from './gateway-in-force.ts';
import type { SharedLimits } from './gateway-limits.ts';
import type { Closers } from './gateway-listeners.ts';
import type { LevelTwo } from './gateway-second-factor.ts';
import type { PortHolder, Serving, TakeUpParts } from './gateway-take-up.ts';
import type { GenerationPlan, Introduction } from './gateway-worker.ts';
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
  /** The process that was started holds them for all. */
  readonly ports: PortHolder;
  /** What an owner before this one had. */
  readonly before: NonNullable<TakeUpParts['before']>;
  /** The process that was started, and starts the others. */
  readonly supervisor: number;
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
  readonly inForce: Current<InForce>;
  readonly configDirectory: string;
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

type Room = { readonly listener: { value: Listener }; readonly strangers: Strangers };

/** Lets workers serve in place of doors of its own. */
export async function serveWorkers(
  { socket, word, workers }: OwnerOptions,
  parts: Parts,
  closers: Closers,
): Promise<Serving> {
  const { inForce, configDirectory, ledger, shared, levelTwo, onArrival, judge, gate, selections, audit, logger } =
    parts;
  const { limiter, live, buckets } = shared;
  const { stepUps, formKey } = levelTwo;
  const held: { listeners: readonly Numbered[]; rooms: ReadonlyMap<number, Room> } = {
    listeners: [],
    rooms: new Map(),
  };
  const introduction = (): Introduction => ({
    plan: { settings: inForce.value.settings, listeners: held.listeners },
    configDirectory,
    formKey,
    stepUps: stepUps.rows,
  });
  const roomOf = (id: number) => held.rooms.get(id)?.strangers;
  const holdings = { ledger, limiter, live, buckets, stepUps, roomOf, onArrival, judge, gate, selections };
  const server = new OwnerSocket({
    ...{ path: socket, word },
    welcome: workers.welcome(holdings, introduction, { audit, logger }),
  });
  closers.push(() => server.close());
  const isListening = { value: false };
  return {
    prepare: async (next, listeners) => {
      const plan: GenerationPlan = { settings: next.settings, listeners };
      const misfit = await workers.prepare(plan);
      if (misfit !== undefined) throw new Misfit(misfit);
      return {
        swap: () => {
          held.listeners = listeners;
          held.rooms = roomsOf(listeners, held.rooms, shared);
        },
        // Nobody joins before there is something to begin with.
        settle: async () => {
          if (isListening.value) return workers.commit(next.settings.generation.id);
          isListening.value = true;
          await server.listen();
        },
        discard: () => void workers.discard(),
      };
    },
  };
}

/** Whoever waits at a listener that goes on goes on waiting. */
function roomsOf(
  listeners: readonly Numbered[],
  before: ReadonlyMap<number, Room>,
  { strangersOf }: SharedLimits,
): ReadonlyMap<number, Room> {
  return new Map(
    listeners.map(({ id, listener }) => {
      const room = before.get(id);
      if (room !== undefined) {
        room.listener.value = listener;
        return [id, room];
      }
      const held: Room['listener'] = { value: listener };
      return [id, { listener: held, strangers: strangersOf(id, held) }];
    }),
  );
}
