import type { Audit } from './audit/audit.ts';
import type { CurrentGeneration } from './config/generation.ts';
import { ConfigurationWatcher } from './config/watch.ts';
import { crashPoint } from './domain/crash-point.ts';
import type { Metrics } from './domain/logger.ts';
import type { GatewayOptions } from './gateway.ts';
import type { LevelTwo } from './gateway-second-factor.ts';

/** Follows the configuration: a sound one is in force in all processes, or nothing changes. */
export function watchConfiguration(
  { configDirectory, settings, logger, owner }: GatewayOptions,
  current: CurrentGeneration,
  parts: { readonly audit: Audit; readonly metrics: Metrics; readonly levelTwo: LevelTwo },
): ConfigurationWatcher {
  const { audit, metrics, levelTwo } = parts;
  return ConfigurationWatcher.start({
    directory: configDirectory,
    keyFiles: 'required',
    inForce: settings,
    logger,
    onGeneration: async ({ generation }) => {
      await audit.record({
        kind: 'generation',
        outcome: 'done',
        fields: { from: current.value.id, to: generation.id },
      });
      crashPoint('reload.swap');
      const before = current.value;
      owner?.inForce({ ...settings, generation });
      current.replace(generation);
      await owner?.workers.takeUp(generation);
      metrics.gauge('sluis_configuration_problems', 0);
      logger.info({ generation: generation.id }, 'a new generation of the configuration is in force');
      await levelTwo.endOfOthers(before, generation);
    },
    onProblems: (problems) => {
      metrics.gauge('sluis_configuration_problems', problems.length);
      const first = problems[0];
      logger.error(
        { problems: problems.length, first },
        'the configuration has problems; the old generation stays in force',
      );
    },
  });
}
