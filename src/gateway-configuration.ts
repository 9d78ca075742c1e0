import type { Audit } from './audit/audit.ts';
import { GenerationStore } from './config/generation-store.ts';
import { loadTree, type Source } from './config/load.ts';
import { loadStored } from './config/load-stored.ts';
import type { Settings } from './config/settings.ts';
import { readTree } from './config/tree.ts';
import { UnderstoodFiles } from './config/understood-files.ts';
import { ConfigurationWatcher, type OnDisk } from './config/watch.ts';
import type { Clock } from './domain/clock.ts';
import { crashPoint } from './domain/crash-point.ts';
import type { Metrics } from './domain/logger.ts';
import type { GatewayOptions } from './gateway.ts';
import { signersOf } from './gateway-approvers.ts';
import { BreakGlassDesk } from './gateway-break-glass.ts';
import { ConfigurationDesk } from './gateway-config-desk.ts';
import { ConfigurationProposals } from './gateway-config-proposals.ts';
import type { CurrentInForce } from './gateway-in-force.ts';
import type { LevelTwo } from './gateway-second-factor.ts';
import type { PreparedGeneration, TakeUp } from './gateway-take-up.ts';
import type { LocalRevocations } from './pki/local-revocation.ts';
import type { ContentStore } from './storage/content-store.ts';
import type { Ledger } from './storage/ledger.ts';

type Parts = {
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly levelTwo: LevelTwo;
  readonly takeUp: TakeUp;
  readonly revoked: LocalRevocations;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly store: ContentStore;
};

/** What follows the configuration, and what commands ask about it. */
export type Configuration = {
  readonly watcher: ConfigurationWatcher;
  readonly desk: ConfigurationDesk;
  readonly proposals: ConfigurationProposals;
  readonly breakGlass: BreakGlassDesk;
};

/** Follows the configuration: a sound one is in force in all processes, or nothing changes. */
export async function followConfiguration(
  options: GatewayOptions,
  inForce: CurrentInForce,
  parts: Parts,
): Promise<Configuration> {
  const { configDirectory, settings, logger, understood = new UnderstoodFiles() } = options;
  const { audit, metrics, levelTwo, clock } = parts;
  const current = inForce.generation;
  const data = settings.data.directory;
  const prepare = async (wanted: Settings): Promise<PreparedGeneration> => {
    const { commit, discard } = await parts.takeUp.prepare(wanted);
    const committed = async () => {
      crashPoint('reload.swap');
      const before = current.value;
      await commit();
      metrics.gauge('sluis_configuration_problems', 0);
      await levelTwo.endOfOthers(before, wanted.generation);
    };
    return { commit: committed, discard };
  };
  const signerOf = signersOf({ inForce, revoked: parts.revoked, clock });
  const begun = await sourceInForce(options, understood);
  const shared = { data, settings, current, audit, clock, signerOf };
  const desk = await ConfigurationDesk.open({ ...shared, metrics, logger, prepare }, begun.source);
  const watcher = ConfigurationWatcher.start({
    directory: configDirectory,
    keyFiles: 'required',
    understood,
    seen: begun.onDisk,
    inForce: settings,
    logger,
    onGeneration: (wanted, source) => desk.consider(wanted, source),
    onSame: () => desk.notHeld(),
    onProblems: (problems) => {
      metrics.gauge('sluis_configuration_problems', problems.length);
      const first = problems[0];
      logger.error(
        { problems: problems.length, first },
        'the configuration has problems; the old generation stays in force',
      );
    },
  });
  // What lies on the disk is not what was begun with: say so now, and not at the first sweep.
  if (begun.onDisk === undefined) void watcher.look();
  const look = () => watcher.lookAgain();
  const proposals = new ConfigurationProposals({ ...shared, desk, configDirectory, understood, look });
  const { ledger, store } = parts;
  const breakGlass = new BreakGlassDesk({ ...shared, ledger, store, logger, generation: current });
  return { watcher, desk, proposals, breakGlass };
}

/** What the generation in force was loaded from: the folder, or what was kept of the last one in force. */
async function sourceInForce(
  { configDirectory, settings }: GatewayOptions,
  understood: UnderstoodFiles,
): Promise<{ readonly source: Source | undefined; readonly onDisk?: OnDisk }> {
  const { id } = settings.generation;
  const tree = await readTree(configDirectory);
  const { loaded, source, keyTexts } = await loadTree(configDirectory, tree, { keyFiles: 'required', understood });
  if (loaded.ok && loaded.settings.generation.id === id) return { source, onDisk: { tree, keyTexts } };
  const store = new GenerationStore(settings.data.directory);
  const last = await store.last();
  if (last === undefined) return { source: undefined };
  const kept = await loadStored(await store.get(last.tree), configDirectory, understood);
  const isKept = kept.loaded.ok && kept.loaded.settings.generation.id === id;
  return { source: isKept ? kept.source : undefined };
}
