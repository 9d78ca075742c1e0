import { join, relative } from 'node:path';
import { loadConfiguration } from '../config/load.ts';
import { formatProblem } from '../config/problems.ts';
import type { Generation } from '../domain/generation.ts';

const DEMO_WARNING = 'demo mode: a change comes in force without the approval of a second person';

/**
 * Tells every problem of the configuration, with its place and what to write instead. Only reads.
 * @returns 0 where the configuration is sound, else 1
 */
export async function check(
  options: { readonly config: string; readonly json: boolean },
  out: NodeJS.WritableStream,
): Promise<0 | 1> {
  const loaded = await loadConfiguration(options.config, { keyFiles: 'may-be-absent' });
  if (loaded.ok) {
    const { generation } = loaded.settings;
    const counts = countsOf(generation);
    const warnings = loaded.settings.demo ? [DEMO_WARNING] : [];
    out.write(
      options.json
        ? `${JSON.stringify({ ok: true, generation: generation.id, counts, problems: [], warnings })}\n`
        : `${summary(generation, counts)}${warnings.map((warning) => `warning: ${warning}\n`).join('')}`,
    );
    return 0;
  }
  const { problems } = loaded;
  if (options.json) {
    out.write(`${JSON.stringify({ ok: false, problems })}\n`);
    return 1;
  }
  for (const problem of problems) {
    out.write(`${formatProblem({ ...problem, file: relative(process.cwd(), join(options.config, problem.file)) })}\n`);
  }
  out.write(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n`);
  return 1;
}

type Counts = Readonly<Record<'partners' | 'accounts' | 'flows' | 'authorizations' | 'folders' | 'sectors', number>>;

function countsOf(generation: Generation): Counts {
  return {
    partners: generation.partners.length,
    accounts: generation.partners.reduce((sum, partner) => sum + partner.accounts.length, 0),
    flows: generation.flows.length,
    authorizations: generation.authorizations.length,
    folders: generation.folders.length,
    sectors: generation.sectors.length,
  };
}

function summary(generation: Generation, counts: Counts): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return `OK: ${parts.join(', ')}; generation ${generation.id}\n`;
}
