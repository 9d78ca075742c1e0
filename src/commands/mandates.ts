import { type MandateLoad, type Mandates, openMandates } from '../directory/mandates.ts';
import type { DirectoryEnvironment } from '../directory/person-lines.ts';
import { GatewayError } from '../domain/errors.ts';
import { normaliseKbo } from '../domain/kbo.ts';
import { referenceDirectoryFolder } from './directory.ts';
import { auditedLoad } from './load-audit.ts';

export type MandatesCommand = {
  /** The data folder of a gateway, which may be running: a batch reads the version it began with. */
  readonly data: string;
  readonly environment: DirectoryEnvironment;
  readonly json: boolean;
};

/**
 * Loads a file of mandates, or tells every problem it has.
 * @returns 0 where it was loaded, 1 where the file has problems and nothing was changed
 * @throws GatewayError `not-found` where the file can't be read
 */
export async function mandatesLoad(
  options: MandatesCommand & { readonly file: string },
  out: NodeJS.WritableStream,
): Promise<0 | 1> {
  const { environment, file, json } = options;
  const load = (mandates: Mandates) => {
    const before = mandates.snapshot(environment);
    const { version } = before;
    before.close();
    return auditedLoad({ kind: 'mandates-load', ...options }, version, async () => {
      const result = await mandates.load(environment, file);
      return { result, loaded: result.loaded, told: toldOf(result) };
    });
  };
  const result = await withMandates(options, false, load);
  out.write(json ? `${JSON.stringify({ environment, ...result }, plainNumbers)}\n` : loadText(options, result));
  return result.loaded ? 0 : 1;
}

function toldOf(result: MandateLoad): Readonly<Record<string, string | number>> {
  if (!result.loaded) return { problems: result.problems.length + result.moreProblems };
  const { version, mandates, holders } = result;
  return { version: String(version), mandates, holders };
}

/**
 * Tells what somebody may hand in for an employer.
 * @returns 0 where there is a mandate, at whatever time, else 1
 * @throws GatewayError `bad-request` where one of the two is no KBO number
 */
export async function mandatesLookup(
  options: MandatesCommand & { readonly holder: string; readonly employer: string },
  out: NodeJS.WritableStream,
): Promise<0 | 1> {
  const { environment, json } = options;
  const [holder, employer] = [normaliseKbo(options.holder), normaliseKbo(options.employer)];
  if (holder === undefined || employer === undefined) {
    throw new GatewayError(
      'bad-request',
      `${holder === undefined ? options.holder : options.employer} is no KBO number`,
    );
  }
  const { version, found } = await withMandates(options, true, (mandates) => {
    const snapshot = mandates.snapshot(environment);
    try {
      return { version: snapshot.version, found: snapshot.lookup(holder, employer) };
    } finally {
      snapshot.close();
    }
  });
  if (json) {
    const mandates = found.map(({ flows, period }) => ({ flows, from: period.begin, until: period.end }));
    out.write(`${JSON.stringify({ environment, version, holder, employer, mandates }, plainNumbers)}\n`);
  } else if (found.length === 0) out.write(`${holder} has no mandate of ${employer} in ${environment}\n`);
  else {
    for (const { flows, period } of found) {
      const until = period.end === undefined ? '' : ` until ${period.end}`;
      out.write(`${holder} for ${employer}: ${flows.join(', ')} from ${period.begin}${until}\n`);
    }
  }
  return found.length === 0 ? 1 : 0;
}

async function withMandates<T>(
  { data }: MandatesCommand,
  readOnly: boolean,
  use: (mandates: Mandates) => T | Promise<T>,
): Promise<T> {
  const mandates = openMandates({ directory: referenceDirectoryFolder(data), readOnly });
  try {
    return await use(mandates);
  } finally {
    await mandates.close();
  }
}

function loadText({ environment, file }: { environment: string; file: string }, result: MandateLoad): string {
  if (result.loaded) {
    const { version, mandates, holders } = result;
    return `${environment}: version ${version}; ${mandates} mandates of ${holders} holders\n`;
  }
  const lines = result.problems.map(({ line, problem }) => `${file}:${line}: ${problem}\n`);
  const more = result.moreProblems > 0 ? `and ${result.moreProblems} more\n` : '';
  return `${lines.join('')}${more}nothing was loaded\n`;
}

/** A version is a bigint, which JSON has no form for. */
function plainNumbers(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
