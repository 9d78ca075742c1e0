import { join, relative } from 'node:path';
import { type EntitlementChange, entitlementChanges, entitlementsOf } from '../access/entitlements.ts';
import { changesBetween } from '../config/changes.ts';
import { GenerationStore } from '../config/generation-store.ts';
import { type Loaded, loadTree } from '../config/load.ts';
import { loadStored } from '../config/load-stored.ts';
import { formatProblem } from '../config/problems.ts';
import { restartNeeds } from '../config/restart-needs.ts';
import { readTree } from '../config/tree.ts';
import { UnderstoodFiles } from '../config/understood-files.ts';
import { systemClock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import { Misfit } from '../domain/misfit.ts';
import { refuseUnfit } from '../gateway-in-force.ts';
import { ownKeysOf } from '../gateway-keys.ts';

const DEMO_WARNING = 'demo mode: a change comes in force without the approval of a second person';

/**
 * Tells every problem of the configuration, with its place and what to write instead. Only reads.
 * @returns 0 where the configuration is sound, else 1
 */
export async function check(
  options: { readonly config: string; readonly json: boolean },
  out: NodeJS.WritableStream,
): Promise<0 | 1> {
  const loaded = await loadAndFit(options.config);
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

/** As a gateway would take it up, ports aside: keys that do not fit are problems, too. The demo makes its own. */
async function loadAndFit(directory: string): Promise<Loaded> {
  const { loaded, source } = await loadTree(directory, await readTree(directory), { keyFiles: 'may-be-absent' });
  if (!loaded.ok || source === undefined || loaded.settings.pki.demo) return loaded;
  try {
    refuseUnfit(loaded.settings, ownKeysOf(loaded.settings, systemClock));
    return loaded;
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const { path, fault, remedy } = error.facts;
    return { ok: false, problems: [source.at(path, fault, remedy)] };
  }
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

/**
 * What the files on the disk give and take, person by person, against the generation in force or another one.
 * @param against a generation; undefined for the one in force
 * @returns 1 where they give or take anything, or are not sound
 */
export async function checkDiff(
  options: { readonly config: string; readonly data: string | undefined; readonly json: boolean },
  against: string | undefined,
  out: NodeJS.WritableStream,
): Promise<0 | 1> {
  const understood = new UnderstoodFiles();
  const { loaded, source } = await loadTree(options.config, await readTree(options.config), {
    ...{ keyFiles: 'may-be-absent', understood },
  });
  if (!loaded.ok || source === undefined) return check(options, out);
  const data = options.data ?? loaded.settings.data.directory;
  const store = new GenerationStore(data);
  const row = against === undefined ? await store.last() : await store.find(against);
  if (row === undefined)
    throw new GatewayError('not-found', 'no generation was ever in force; start the gateway first');
  const kept = await loadStored(await store.get(row.tree), options.config, understood);
  if (!kept.loaded.ok || kept.source === undefined) {
    throw new GatewayError('bad-request', 'that generation can not be loaded by this version');
  }
  const now = systemClock.now();
  const [before, after] = [kept.loaded.settings, loaded.settings].map(({ generation }) =>
    entitlementsOf(generation, now),
  );
  const people = before === undefined || after === undefined ? [] : entitlementChanges(before, after);
  const changes = changesBetween(kept.source.shape, source.shape);
  const waiting = changes.filter(({ needsApproval }) => needsApproval).map(({ file, path }) => `${file}#/${path}`);
  const answer = {
    ...{ from: kept.loaded.settings.generation.id, to: loaded.settings.generation.id, people },
    ...{ approval: loaded.settings.demo && kept.loaded.settings.demo ? [] : waiting, restart: restartNeeds(changes) },
  };
  out.write(options.json ? `${JSON.stringify(answer)}\n` : diffText(answer));
  return people.length === 0 ? 0 : 1;
}

function diffText(answer: {
  readonly people: readonly EntitlementChange[];
  readonly approval: readonly string[];
  readonly restart: readonly string[];
}): string {
  const people = answer.people.map(({ who, gives, takes }) =>
    [who, ...gives.map((one) => `  + ${one}`), ...takes.map((one) => `  - ${one}`), ''].join('\n'),
  );
  const approval = answer.approval.map((one) => `a second person approves: ${one}\n`);
  const restart = answer.restart.map((one) => `taken up at the next start: ${one}\n`);
  const nobody = people.length === 0 ? ['nobody gets or loses anything\n'] : people;
  return [...nobody, ...approval, ...restart].join('');
}
