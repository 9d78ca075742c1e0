import { changesBetween } from '../config/changes.ts';
import { GenerationStore } from '../config/generation-store.ts';
import { type Loaded, type LoadOptions, loadTree } from '../config/load.ts';
import { loadStored } from '../config/load-stored.ts';
import { formatProblem, type Problem } from '../config/problems.ts';
import type { Settings } from '../config/settings.ts';
import { readTree } from '../config/tree.ts';

/** A line for the operator. */
type Tell = (line: string) => void;

/**
 * The settings to begin with: those on the disk, unless two persons should have agreed on them and did not, or they are
 * wrong. Then what was in force when the gateway ended stays in force.
 * @param data the folder of live state, where the command line names it
 * @returns undefined where nothing can be started; every problem was told
 */
export async function settingsInForce(
  directory: string,
  data: string | undefined,
  options: LoadOptions,
  tell: Tell,
): Promise<Settings | undefined> {
  const { loaded, source } = await loadTree(directory, await readTree(directory), options);
  const folder = data ?? (loaded.ok ? loaded.settings.data.directory : undefined);
  const store = folder === undefined ? undefined : new GenerationStore(folder);
  const last = await store?.last();
  if (folder === undefined || store === undefined || last === undefined || last.how === 'demo') {
    return soundOnly(loaded, tell);
  }
  const kept = await loadStored(await store.get(last.tree), directory, options.understood);
  if (!kept.loaded.ok || kept.source === undefined) {
    tell(`the generation that was in force, ${last.generation}, can not be loaded any more by this version:`);
    return soundOnly(kept.loaded, tell);
  }
  if (!loaded.ok || source === undefined) {
    soundOnly(loaded, tell);
    tell(`the generation that was in force is started: ${last.generation}`);
    return kept.loaded.settings;
  }
  const waiting = changesBetween(kept.source.shape, source.shape).filter(({ needsApproval }) => needsApproval);
  if (waiting.length === 0) return loaded.settings;
  const named = waiting.slice(0, 20).map(({ file, path }) => `    ${file}#/${path}\n`);
  tell(`the configuration has ${waiting.length} changes that nobody approved:\n${named.join('').trimEnd()}`);
  tell(`the generation that was in force is started: ${last.generation}`);
  return kept.loaded.settings;
}

function soundOnly(loaded: Loaded, tell: Tell): Settings | undefined {
  if (loaded.ok) return loaded.settings;
  tellProblems(loaded.problems, tell);
  return undefined;
}

function tellProblems(problems: readonly Problem[], tell: Tell): void {
  for (const problem of problems) tell(formatProblem(problem));
  tell(`the configuration has ${problems.length} problems`);
}
