import { join } from 'node:path';
import type { LoadProgress } from '../directory/bulk/bulk-load.ts';
import type { Person } from '../directory/directory.ts';
import { openDirectory, type ReferenceDirectory } from '../directory/lmdb-directory.ts';
import type { LoadResult } from '../directory/load.ts';
import type { DossierFacts, PersonFacts } from '../directory/person-facts.ts';
import type { DirectoryEnvironment } from '../directory/person-lines.ts';
import { isInsz } from '../domain/insz.ts';
import { institutionName, type Sector } from '../domain/partner.ts';
import { auditedLoad } from './load-audit.ts';
import { ProgressBar } from './progress-bar.ts';

/** The folder of the reference directory within the data folder. */
export function referenceDirectoryFolder(data: string): string {
  return join(data, 'directory');
}

export type DirectoryCommand = {
  /** The data folder of a gateway, which may be running. */
  readonly data: string;
  readonly environment: DirectoryEnvironment;
  readonly json: boolean;
};

function toldOf(result: LoadResult): Readonly<Record<string, string | number>> {
  if (!result.loaded) return { problems: result.problems.length + result.moreProblems };
  const { loaded: _, version, ...counts } = result;
  return { version: String(version), ...counts };
}

/** How far a large load is, where somebody looks at a terminal. */
class LoadBar {
  readonly #bars = {
    reading: new ProgressBar(process.stderr, 'bytes'),
    writing: new ProgressBar(process.stderr, 'lines'),
  };

  show({ step, resumed, done, all }: LoadProgress): void {
    const why = {
      no: '',
      yes: ', going on with a load that was cut',
      changed: ', from the beginning: the file was changed',
    };
    this.#bars[step].show(done, all, `${step}${why[resumed]}`);
  }

  end(): void {
    this.#bars.writing.end();
  }
}

/**
 * Loads a file of person lines, or tells every problem it has.
 * @returns 0 where it was loaded, 1 where the file has problems and nothing was changed
 * @throws GatewayError `not-found` where the file can't be read
 */
export async function directoryLoad(
  options: DirectoryCommand & { readonly file: string; readonly sectors: readonly Sector[] },
  out: NodeJS.WritableStream,
): Promise<0 | 1> {
  const { environment, file, sectors, json } = options;
  const bar = new LoadBar();
  const load = (directory: ReferenceDirectory) =>
    auditedLoad({ kind: 'directory-load', ...options }, directory.stats(environment).version, async () => {
      const result = await directory.load(environment, file, sectors, (progress) => bar.show(progress));
      return { result, loaded: result.loaded, told: toldOf(result) };
    });
  const result = await withDirectory(options, load, false);
  bar.end();
  out.write(json ? `${JSON.stringify({ environment, ...result }, plainNumbers)}\n` : loadText(options, result));
  return result.loaded ? 0 : 1;
}

/**
 * Tells what the directory knows of one number.
 * @returns 0 where it is known, 1 where it is not, 2 where it is no INSZ
 */
export async function directoryLookup(
  options: DirectoryCommand & { readonly insz: string },
  out: NodeJS.WritableStream,
): Promise<0 | 1 | 2> {
  const { insz, environment, json } = options;
  if (!isInsz(insz)) {
    out.write(json ? `${JSON.stringify({ insz, valid: false })}\n` : `${insz} is not a valid INSZ\n`);
    return 2;
  }
  const found = await withDirectory(options, (directory) => {
    const snapshot = directory.snapshot(environment);
    try {
      return { person: snapshot.lookup(insz), facts: directory.facts(environment, insz) };
    } finally {
      snapshot.close();
    }
  });
  const { person, facts } = found;
  if (json) {
    const { replacedBy } = person ?? {};
    out.write(
      `${JSON.stringify({ environment, insz, known: person !== undefined, ...facts, replacedBy }, plainNumbers)}\n`,
    );
  } else if (facts === undefined) out.write(`${insz} is not known to the directory of ${environment}\n`);
  else {
    out.write(`${insz}${stateText(facts, person)}; directory of ${environment}, version ${facts.version}\n`);
    if (facts.replaces.length > 0) out.write(`  replaces ${facts.replaces.join(', ')}\n`);
    for (const dossier of facts.state === 'in-use' ? facts.dossiers : (person?.dossiers ?? [])) {
      out.write(`  ${dossierText(dossier)}\n`);
    }
  }
  return person === undefined ? 1 : 0;
}

function stateText({ state }: PersonFacts, person: Person | undefined): string {
  if (state === 'cancelled') return ', cancelled';
  return person?.replacedBy === undefined ? '' : `, replaced by ${person.replacedBy}`;
}

function dossierText({ institution, quality, phase, period, lastChange, inscriber }: DossierFacts): string {
  const until = period.end === undefined ? '' : ` until ${period.end}`;
  const changed = lastChange === undefined ? '' : `, changed ${lastChange}`;
  const by = inscriber === undefined ? '' : `, inscribed by ${institutionName(inscriber)}`;
  return `${institutionName(institution)} quality ${quality} phase ${phase} from ${period.begin}${until}${changed}${by}`;
}

/** Tells how much the directory holds. */
export async function directoryStats(options: DirectoryCommand, out: NodeJS.WritableStream): Promise<0> {
  const { environment, json } = options;
  const { stats, last } = await withDirectory(options, (directory) => {
    return { stats: directory.stats(environment), last: directory.lastChange(environment) };
  });
  const lastChange = last === undefined ? undefined : { at: new Date(last.at).toISOString(), by: last.source };
  if (json) out.write(`${JSON.stringify({ environment, ...stats, lastChange }, plainNumbers)}\n`);
  else {
    const numbers = `${stats.replaced} replaced and ${stats.cancelled} cancelled numbers`;
    const changed = lastChange === undefined ? '' : `; changed ${lastChange.at} by ${lastChange.by}`;
    out.write(
      `${environment}: version ${stats.version}, ${stats.persons} persons, ${stats.dossiers} dossiers, ${numbers}${changed}\n`,
    );
  }
  return 0;
}

async function withDirectory<T>(
  { data }: DirectoryCommand,
  use: (directory: ReferenceDirectory) => T | Promise<T>,
  readOnly = true,
): Promise<T> {
  const directory = openDirectory({ directory: referenceDirectoryFolder(data), readOnly });
  try {
    return await use(directory);
  } finally {
    await directory.close();
  }
}

function loadText({ environment, file }: { environment: string; file: string }, result: LoadResult): string {
  if (result.loaded) {
    const { version, lines, persons, dossiers, replaced, cancelled } = result;
    const numbers = `${replaced} replaced and ${cancelled} cancelled numbers`;
    return `${environment}: version ${version}; ${lines} lines, ${persons} persons, ${dossiers} dossiers, ${numbers}\n`;
  }
  const lines = result.problems.map(({ line, problem }) => `${file}:${line}: ${problem}\n`);
  const more = result.moreProblems > 0 ? `and ${result.moreProblems} more\n` : '';
  return `${lines.join('')}${more}nothing was loaded\n`;
}

/** The version of a directory is a bigint, which JSON has no form for. */
function plainNumbers(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
