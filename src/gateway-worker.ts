import type { Socket } from 'node:net';
import { join } from 'node:path';
import { FolderAuthorizer } from './access/authorizer.ts';
import { bandwidthIn, Traffic } from './access/bandwidth.ts';
import { UsageCounter } from './access/usage-counter.ts';
import { AuditBuffer } from './audit/audit-buffer.ts';
import type { Settings } from './config/settings.ts';
import { knownPersons } from './directory/known-persons.ts';
import { openDirectory } from './directory/lmdb-directory.ts';
import { systemClock } from './domain/clock.ts';
import { viewOf } from './domain/current.ts';
import type { Logger } from './domain/logger.ts';
import { closeAll } from './gateway-closers.ts';
import type { Doors, Numbered } from './gateway-doors.ts';
import { CurrentInForce, readyFrom } from './gateway-in-force.ts';
import { type Closers, openDoors } from './gateway-listeners.ts';
import { openPortal } from './gateway-portal.ts';
import { portalDesks } from './gateway-portal-desks.ts';
import { levelTwoDoor } from './gateway-second-factor.ts';
import { openRevoked } from './gateway-trust.ts';
import { WorkerTakeUp } from './gateway-worker-take-up.ts';
import { PrometheusMetrics } from './ops/metrics.ts';
import type { Link } from './processes/link.ts';
import {
  answer,
  type CallHandlers,
  hear,
  type MetricJson,
  type OwnerCalls,
  type OwnerTells,
  speaker,
  type TellHandlers,
  type WorkerCalls,
  type WorkerTells,
} from './processes/messages.ts';
import { joinOwner } from './processes/owner-socket.ts';
import {
  RemoteBuckets,
  RemoteElsewhere,
  RemoteLimiter,
  RemoteSelections,
  RemoteStepUps,
  RemoteTrialGate,
  RemoteUnderWay,
} from './processes/remote-access.ts';
import { RemoteLedger } from './processes/remote-ledger.ts';
import { RemotePlaces } from './processes/remote-places.ts';
import { RemoteStrangers } from './processes/remote-strangers.ts';
import type { StepUpRow } from './storage/commands.ts';
import { DiskStore } from './storage/disk-store.ts';
import { SmallStore } from './storage/small-store.ts';
import { Vfs } from './vfs/vfs.ts';

/** A generation as all processes serve it: the keys it was read with are in it. */
export type GenerationPlan = { readonly settings: Settings; readonly listeners: readonly Numbered[] };

/** What the owner gives a worker to begin with. */
export type Introduction = {
  /** What is in force. */
  readonly plan: GenerationPlan;
  readonly configDirectory: string;
  readonly formKey: Uint8Array;
  readonly stepUps: readonly StepUpRow[];
};

export type WorkerOptions = {
  readonly name: string;
  /** Where the owner is, and the word. */
  readonly socket: string;
  readonly word: string;
  readonly logger: Logger;
  /** Called when it is not known any more what is durable: the process ends with exit 3. */
  readonly onBroken: (error: Error) => void;
  /** Called when the owner is gone: nothing can be decided or done any more. */
  readonly onAlone: (why: string) => void;
};

const CLOSE_DEADLINE_MS = 10_000;
/** Without its owner: long enough to say so to who waits for an answer. */
const ALONE_DEADLINE_MS = 500;

/** A process that serves connections, and does everything else through the owner. */
export class WorkerGateway {
  readonly #doors: Doors;
  readonly #closers: Readonly<Closers>;
  readonly #deadline: { value: number };

  private constructor(doors: Doors, closers: Readonly<Closers>, deadline: { value: number }) {
    this.#doors = doors;
    this.#closers = closers;
    this.#deadline = deadline;
  }

  /** @throws GatewayError where the owner is not there, or a part can not be opened */
  static async open(options: WorkerOptions): Promise<WorkerGateway> {
    const closers: Closers = [];
    const deadline = { value: CLOSE_DEADLINE_MS };
    try {
      return new WorkerGateway(await build(options, closers, deadline), closers, deadline);
    } catch (error) {
      await closeAll(closers, options.logger);
      throw error;
    }
  }

  /** A connection that came to the listener with this number. */
  take(listener: number, socket: Socket): void {
    this.#doors.take(listener, socket);
  }

  /** Lets what runs come to its end, for as long as the owner is there. */
  async close(logger: Logger, isAlone: boolean): Promise<void> {
    if (isAlone) this.#deadline.value = ALONE_DEADLINE_MS;
    await closeAll(this.#closers, logger);
  }
}

async function build(
  options: WorkerOptions,
  closers: Closers,
  closeDeadlineMs: { readonly value: number },
): Promise<Doors> {
  const { logger, onBroken } = options;
  const clock = systemClock;
  const metrics = new PrometheusMetrics();
  const owner = await ownerOf(options, metrics, closers);
  const { plan, configDirectory, formKey } = owner.introduction;
  const data = plan.settings.data.directory;
  const { ledger, speaks } = owner;
  const revoked = await openRevoked(data, logger, closers);
  const trust = { logger, metrics, clock, revoked };
  const inForce = new CurrentInForce((await readyFrom(plan.settings, trust)).next);
  closers.push(async () => inForce.value.trust.close());
  const { generation, settings } = inForce;
  const disk = new DiskStore({ directory: join(data, 'content'), onBroken, isShared: true });
  const store = new SmallStore({ disk, ledger: { ledger, clock } });
  const audit = new AuditBuffer({ ledger, clock, onBroken });
  closers.push(() => audit.close());
  const authorizer = new FolderAuthorizer(generation, () => clock.now());
  const onArrival = () => speaks.tell('arrival', undefined);
  const [elsewhere, underWay] = [new RemoteElsewhere(speaks), new RemoteUnderWay(speaks)];
  const directory = openDirectory({ directory: join(data, 'directory'), readOnly: true });
  closers.push(() => directory.close());
  const isKnownPerson = knownPersons(directory);
  const vfs = new Vfs({
    ...{ store, ledger, authorizer, audit, generation, clock, onArrival, elsewhere, underWay, isKnownPerson },
  });
  owner.box.vfs = vfs;
  vfs.running.start();
  closers.push(async () => {
    vfs.running.close();
    await vfs.settled();
  });
  const limits = viewOf(generation, (now) => now.limits);
  const languages = viewOf(settings, (now) => now.languages);
  const limiter = new RemoteLimiter(speaks);
  const strangersOf = (id: number) => owner.strangers.of(id);
  const usage = new UsageCounter({ ledger, clock, logger, metrics });
  usage.start();
  closers.push(() => usage.close());
  const traffic = new Traffic(bandwidthIn(generation), new RemoteBuckets(speaks), usage);
  const shared = { limits, limiter, live: owner.places, traffic, clock, strangersOf };
  const levelTwo = levelTwoDoor({
    ...{ stepUps: owner.stepUps, ledger, audit, clock, limiter, generation, logger, formKey },
    ...{ languages, directory: configDirectory },
  });
  const desks = portalDesks({
    ...{ ledger, store, audit, authorizer, generation, clock, settings, configDirectory },
    gate: new RemoteTrialGate(speaks),
    judge: (tried, content) => speaks.call('trial.judge', { tried, content }, 'unavailable'),
  });
  const portal = openPortal({
    languages,
    generation,
    factors: levelTwo.factors,
    vfs,
    ledger,
    authorizer,
    formKey,
    selections: new RemoteSelections(owner.speaks),
    clock,
    logger,
    desks,
  });
  const parts = { settings, revoked, generation, audit, vfs, shared, levelTwo, portal, logger, clock, closeDeadlineMs };
  const doors = await openDoors(parts, closers);
  doors.prepare(inForce.value, plan.listeners).swap();
  owner.follows(new WorkerTakeUp(inForce, doors, trust));
  return doors;
}

/** Joins the owner. What it says from then on is taken in order, also before anything else of this process is built. */
async function ownerOf({ name, socket, word, onAlone }: WorkerOptions, metrics: PrometheusMetrics, closers: Closers) {
  const box: { link?: Link; vfs?: Vfs } = {};
  const takeUp = Promise.withResolvers<WorkerTakeUp>();
  const speaks = speaker<WorkerTells, WorkerCalls>({
    tell: (topic, value) => box.link?.tell(topic, value),
    call: async (method, argument, lost) => box.link?.call(method, argument, lost),
  });
  const [strangers, places] = [new RemoteStrangers(speaks), new RemotePlaces(speaks)];
  const stepUps = new RemoteStepUps(speaks, systemClock);
  const newest: { stepUps?: readonly StepUpRow[] } = {};
  const tells: TellHandlers<OwnerTells> = {
    ...{ ...strangers.handlers, ...places.handlers },
    'step-ups': (rows) => {
      newest.stepUps = rows;
      stepUps.table.replace(rows);
    },
  };
  const calls: CallHandlers<OwnerCalls> = {
    // Asked before this process is built, they are answered when it is.
    prepare: async (plan) => (await takeUp.promise).prepare(plan),
    commit: async (generation) => (await takeUp.promise).commit(generation),
    discard: async () => (await takeUp.promise).discard(),
    metrics: async () => (await metrics.json()) as readonly MetricJson[],
    'sessions.now': async () => ({ transfers: box.vfs?.running.list() ?? [], bytes: places.bytes() }),
    'parts.supersede': async (key) => {
      await box.vfs?.uploads.supersede(key);
      return undefined;
    },
    'parts.held': async (key) => box.vfs?.uploads.heldHere(key),
  };
  const link = await joinOwner(
    { path: socket, word, name },
    {
      call: async (method, argument) => answer<OwnerCalls>(calls, method, argument),
      tell: (topic, value) => hear<OwnerTells>(tells, topic, value),
      ended: onAlone,
    },
  );
  box.link = link;
  const ledger = new RemoteLedger(link);
  closers.push(async () => {
    places.close();
    await ledger.close();
  });
  const introduction = (await speaks.call('join', { pid: process.pid })) as Introduction;
  if (newest.stepUps === undefined) stepUps.table.replace(introduction.stepUps);
  return { introduction, follows: takeUp.resolve, ledger, speaks, strangers, places, stepUps, box };
}
