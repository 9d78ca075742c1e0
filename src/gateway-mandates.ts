import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openMandates } from './directory/mandates.ts';
import type { Logger } from './domain/logger.ts';

/** Loads `directory/mandates.csv` of a demonstration, where there is one and nothing was loaded yet. */
export async function loadDemoMandates(directory: string, configDirectory: string, logger: Logger): Promise<void> {
  const file = join(configDirectory, 'directory', 'mandates.csv');
  if (!existsSync(file)) return;
  const mandates = openMandates({ directory });
  try {
    for (const environment of ['R', 'T'] as const) {
      const before = mandates.snapshot(environment);
      const { version } = before;
      before.close();
      if (version > 0n) continue;
      const loaded = await mandates.load(environment, file);
      if (loaded.loaded) logger.info({ environment }, 'demo mandates loaded');
      else logger.error({ environment, problems: loaded.problems.slice(0, 5) }, 'demo mandates have problems');
    }
  } finally {
    await mandates.close();
  }
}
