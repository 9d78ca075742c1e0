import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderAuthorizer } from './access/authorizer.ts';
import { UsageCounter } from './access/usage-counter.ts';
import { AuditLog } from './audit/audit-log.ts';
import type { Settings } from './config/settings.ts';
import type { UnderstoodFiles } from './config/understood-files.ts';
import { knownPersons } from './directory/known-persons.ts';
import { openDirectory, type ReferenceDirectory } from './directory/lmdb-directory.ts';
import { type Clock, systemClock } from './domain/clock.ts';
import { type Current, viewOf } from './domain/current.ts';
import type { GatewayError } from './domain/errors.ts';
import type { Logger } from './domain/logger.ts';
import type { Signer } from './evidence/cms.ts';
import { closeAll } from './gateway-closers.ts';
import { followConfiguration } from './gateway-configuration.ts';
import { answerControl, type BoundPorts } from './gateway-control.ts';
import { demoLoadLine } from './gateway-demo.ts';
import { healthOf } from './gateway-health.ts';
import { CurrentInForce, readyFrom } from './gateway-in-force.ts';
import { sharedLimits } from './gateway-limits.ts';
import type { Closers } from './gateway-listeners.ts';
import { loadDemoMandates } from './gateway-mandates.ts';
import { operationsOf } from './gateway-operations.ts';
import { type OwnerOptions, processesOf, serveWorkers } from './gateway-owner.ts';
import { openPortal } from './gateway-portal.ts';
import { portalDesks } from './gateway-portal-desks.ts';
import { openLevelTwo } from './gateway-second-factor.ts';
import { servedHere } from './gateway-served-here.ts';
import { TakeUp } from './gateway-take-up.ts';
import { openRevoked } from './gateway-trust.ts';
import { ControlSocket } from './ops/control-socket.ts';
import { HealthServer } from './ops/health.ts';
import { PrometheusMetrics } from './ops/metrics.ts';
import { startPipeline } from './pipeline/pipeline.ts';
import { DiskStore } from './storage/disk-store.ts';
import type { Ledger } from './storage/ledger.ts';
import { SmallStore } from './storage/small-store.ts';
import { openSqliteLedger } from './storage/sqlite-ledger.ts';
import { Sweeper } from './storage/sweeper.ts';
import { DryRuns } from './submissions/dry-run.ts';
import { ExpectedWatch } from './submissions/expected-watch.ts';
import { Explainer } from './submissions/explain.ts';
import { HandIn } from './submissions/hand-in.ts';
import { senderOfTried, type TrialParts } from './submissions/trial.ts';
import { TrialGate } from './submissions/trial-gate.ts';
import { textOf } from './texts/texts.ts';
import { Selections } from './vfs/selections.ts';
import { Vfs } from './vfs/vfs.ts';

const CLOSE_DEADLINE_MS = 10_000;
const NAMES_SWEEP_MS = 1_000;
const PARTIALS_SWEEP_MS = 10_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 24 * MS_PER_HOUR;
const CONTENTS_SWEEP_MS = 3_600_000;
const CONTENT_GRACE_MS = 86_400_000;

export type GatewayOptions = {
  readonly settings: Settings;
  /** The folder the settings were read from; followed for changes. */
  readonly configDirectory: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Called when it is not known any more what is durable: the process ends with exit 3 and recovers at start. */
  readonly onBroken: (error: Error) => void;
  /** Where other processes serve the connections. */
  readonly owner?: OwnerOptions | undefined;
  /** What is known of the files of the configuration, where they were read already. */
  readonly understood?: UnderstoodFiles | undefined;
  /** By how much the ports of `settings` were moved from what the folder says; 0 where it is not said. */
  readonly portOffset?: number | undefined;
};

/** Every part of one running gateway, built bottom up and closed top down. */
export class Gateway {
  readonly ports: BoundPorts;
  readonly #closers: Readonly<Closers>;

  private constructor(ports: BoundPorts, closers: Readonly<Closers>) {
    this.ports = ports;
    this.#closers = closers;
  }

  /** @throws GatewayError where a part can not be opened; what was opened before is closed again */
  static async open(options: GatewayOptions): Promise<Gateway> {
    const closers: Closers = [];
    try {
      return new Gateway(await build(options, closers), closers);
    } catch (error) {
      await closeAll(closers, options.logger);
      throw error;
    }
  }

  /** Takes no new work, finishes or hands back what runs, and closes every part. */
  async close(logger: Logger): Promise<void> {
    await closeAll(this.#closers, logger);
  }
}

async function build(options: GatewayOptions, closers: Closers): Promise<BoundPorts> {
  const { settings, logger, onBroken, owner } = options;
  const clock = options.clock ?? systemClock;
  const data = settings.data.directory;
  await mkdir(data, { recursive: true, mode: 0o700 });
  const metrics = new PrometheusMetrics();

  const ledger = await openSqliteLedger({ file: join(data, 'ledger.sqlite'), onBroken, clock });
  closers.push(() => ledger.close());
  const disk = new DiskStore({ directory: join(data, 'content'), onBroken });
  const store = new SmallStore({ disk, ledger: { ledger, clock } });
  const trust = { logger, metrics, clock, revoked: await openRevoked(data, logger, closers) };
  const inForce = new CurrentInForce((await readyFrom(settings, trust)).next);
  closers.push(async () => inForce.value.trust.close());
  const current = inForce.generation;
  const signer = viewOf(inForce, ({ keys }) => keys.signer);
  const audit = await openAudit({ ledger, data, clock, signer, onBroken });
  closers.push(() => audit.close());
  await audit.record({
    kind: 'gateway-started',
    outcome: 'done',
    fields: { generation: current.value.id, demo: settings.demo },
  });

  const directory = openDirectory({ directory: join(data, 'directory') });
  closers.push(() => directory.close());
  if (settings.demo) {
    await loadDemoDirectory({ directory, audit }, options.configDirectory, settings, logger);
    await loadDemoMandates(join(data, 'directory'), options.configDirectory, logger);
  }

  const authorizer = new FolderAuthorizer(current, () => clock.now());
  const wake: { arrival: (dueAt?: number) => void } = { arrival: () => undefined };
  const onArrival = (dueAt?: number) => wake.arrival(dueAt);
  const { uploads: elsewhere, underWay } = owner?.workers ?? {};
  const isKnownPerson = knownPersons(directory);
  const vfs = new Vfs({
    ...{ store, ledger, authorizer, audit, generation: current, clock, onArrival, elsewhere, underWay, isKnownPerson },
  });
  vfs.running.start();
  closers.push(async () => {
    vfs.running.close();
    await vfs.settled();
  });
  const pipeline = await startPipeline({
    ...{ store, ledger, vfs, signer, generation: current, clock, logger, metrics, textOf, onBroken },
    contentFolder: join(data, 'content'),
    directoryFolder: join(data, 'directory'),
    signing: viewOf(inForce, ({ signing }) => signing),
    drop: { directory: join(data, 'drop'), ...settings.dropFolder },
  });
  closers.push(() => pipeline.close());
  wake.arrival = (dueAt) => pipeline.nudge(dueAt);

  const sweeper = new Sweeper({
    ...{ ledger, store, clock, logger, namesEveryMs: NAMES_SWEEP_MS, contentsEveryMs: CONTENTS_SWEEP_MS },
    ...{ partialsEveryMs: PARTIALS_SWEEP_MS, contentGraceMs: CONTENT_GRACE_MS },
    partialMs: () => current.value.limits.partialUploadHours * MS_PER_HOUR,
    endedQuestionsMs: () => current.value.retention.endedQuestionsDays * MS_PER_DAY,
  });
  sweeper.start();
  const expectedWatch = new ExpectedWatch({ ledger, generation: current, clock, logger, metrics });
  expectedWatch.start();
  closers.push(() => expectedWatch.close());
  closers.push(() => sweeper.close());

  const usage = new UsageCounter({ ledger, clock, logger, metrics });
  usage.start();
  closers.push(() => usage.close());
  const shared = sharedLimits({ generation: current, audit, metrics, clock, usage });
  const languages = viewOf(inForce.settings, (now) => now.languages);
  const levelTwo = await openLevelTwo({
    ...{ generation: current, ledger, audit, clock, limiter: shared.limiter, logger, languages },
    ...{ directory: options.configDirectory, onChange: (rows) => owner?.workers.tellStepUps(rows) },
  });
  const dryRuns = new DryRuns({ store, ledger, ...pipeline, textOf, generation: current, clock });
  const judge: TrialParts['judge'] = (tried, content) =>
    dryRuns.judge(senderOfTried(current.value, tried), content, tried.isCounted);
  const gate = new TrialGate(pipeline.meter);
  const { configDirectory } = options;
  const asking = {
    ...{ ledger, store, audit, authorizer, generation: current, clock },
    ...{ settings: inForce.settings, configDirectory, judge, gate },
  };
  const desks = portalDesks(asking);
  const selections = new Selections(clock);
  const portalParts = {
    selections,
    languages,
    generation: current,
    factors: levelTwo.factors,
    vfs,
    ledger,
    authorizer,
    formKey: levelTwo.formKey,
    clock,
    logger,
    desks,
  };
  const serving = { inForce, settings: inForce.settings, generation: current, audit, shared, levelTwo, logger };
  const closeDeadlineMs = { value: CLOSE_DEADLINE_MS };
  const served =
    owner === undefined
      ? await servedHere(
          { ...serving, revoked: trust.revoked, vfs, clock, closeDeadlineMs, portal: openPortal(portalParts) },
          closers,
        )
      : {
          ports: owner.ports,
          serving: await serveWorkers(
            owner,
            { ...serving, ...{ configDirectory, ledger, onArrival, judge, gate, selections } },
            closers,
          ),
        };
  const healthNow = () => {
    metrics.gauge('sluis_signatures_held', pipeline.signaturesHeld());
    return healthOf(audit, ledger, shared, owner?.workers);
  };
  const { contentType } = metrics;
  const text = async () => metrics.textWith((await owner?.workers.metrics()) ?? []);
  const takeUp = new TakeUp({
    ...{ inForce, trust, ...served, portOffset: options.portOffset ?? 0, before: owner?.before },
    healthAt: (place) => new HealthServer({ ...place, metrics: { contentType, text }, health: healthNow }),
  });
  closers.push(() => takeUp.close());
  const configuration = await followConfiguration(options, inForce, {
    ...{ audit, metrics, levelTwo, takeUp, clock, ledger, store, revoked: trust.revoked },
  });
  closers.push(() => configuration.watcher.close());
  await takeUp.open();
  const handIn = new HandIn({ uploads: vfs.uploads, ledger, generation: current, clock });
  const explainer = new Explainer({ store, ledger, directory, textOf, generation: current });
  const operations = operationsOf({
    ...{ store, ledger, ...pipeline, generation: current, clock, logger, expected: expectedWatch },
  });
  const asked = { dryRuns, handIn, explainer, operations, processes: processesOf(owner) };
  const sessionsNow = async () => [
    { transfers: vfs.running.list(), bytes: shared.live.bytes() },
    ...((await owner?.workers.sessionsNow()) ?? []),
  ];
  const live = {
    ledger,
    generation: current,
    takeUp,
    live: shared.live,
    sessionsNow,
    usage,
    levelTwo,
    clock,
    audit,
    configuration,
    ...asked,
  };
  const control = new ControlSocket({
    path: join(data, 'control.sock'),
    audit: (line) => audit.record(line),
    handle: (request) => answerControl(request, live),
  });
  await control.listen();
  closers.push(() => control.close());
  return takeUp.ports;
}

async function openAudit(parts: {
  readonly ledger: Ledger;
  readonly data: string;
  readonly clock: Clock;
  readonly signer: Current<Signer>;
  readonly onBroken: (error: GatewayError) => void;
}): Promise<AuditLog> {
  const { ledger, data, clock, signer, onBroken } = parts;
  const sign = (bytes: Uint8Array) => signer.value.signBytes(bytes);
  return AuditLog.open({ ledger, directory: join(data, 'audit'), clock, sign, onBroken });
}

async function loadDemoDirectory(
  { directory, audit }: { readonly directory: ReferenceDirectory; readonly audit: AuditLog },
  configDirectory: string,
  settings: Settings,
  logger: Logger,
): Promise<void> {
  const file = join(configDirectory, 'directory', 'person-lines.csv');
  if (!existsSync(file)) return; // nobody is known yet
  for (const environment of ['R', 'T'] as const) {
    if (directory.stats(environment).persons > 0) continue;
    const loaded = await directory.load(environment, file, settings.generation.sectors);
    if (loaded.loaded) {
      await audit.record(demoLoadLine(environment, file, loaded));
      logger.info({ environment }, 'demo person lines loaded');
    } else logger.error({ environment, problems: loaded.problems.slice(0, 5) }, 'demo person lines have problems');
  }
}
