import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { type Edit, editConfiguration, readTree, writeEdited } from '../config/edit.ts';
import { parseFiles } from '../config/parse.ts';
import { formatProblem } from '../config/problems.ts';
import type { PartnerFile } from '../config/schema-partner.ts';
import type { Tree } from '../config/tree.ts';
import { UnderstoodFiles } from '../config/understood-files.ts';
import { systemClock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import { dateOf, type IsoDate, parseDate } from '../domain/period.ts';
import { appendLine } from './load-audit.ts';
import type { CommonOptions } from './places.ts';

/** Options of commands that change the configuration. `as`: the e-mail address of a local administrator. */
export type EditOptions = CommonOptions & { readonly as?: string | undefined };

/** What a command is about to do. */
export type EditPlan = {
  readonly command: string;
  /** `anna@rva`, or `rva`. */
  readonly subject: string;
  readonly partner: string;
  /** Local administrators manage the persons and keys of their institution; all else is the hub's. */
  readonly who: 'local-administrator' | 'hub';
  readonly edit: Edit;
  /** For whoever reads the screen. */
  readonly done: string;
};

/** The configuration as it stands, for a command that looks before it changes. */
export type Standing = {
  readonly tree: Tree;
  readonly understood: UnderstoodFiles;
  readonly partners: ReadonlyMap<string, PartnerFile>;
  /** The version of the user regulation in force; undefined where `gateway.yaml` can't be read. */
  readonly regulation: string | undefined;
};

export async function standing(config: string): Promise<Standing> {
  const tree = await readTree(config);
  const understood = new UnderstoodFiles();
  const { files } = parseFiles(tree, understood);
  const entries = [...files.partners].flatMap(([id, file]) => (file === undefined ? [] : [[id, file.value] as const]));
  return { tree, understood, partners: new Map(entries), regulation: files.gateway?.value.userRegulation.version };
}

/** @throws GatewayError `not-found` */
export function partnerOf({ partners }: Standing, id: string): PartnerFile {
  const partner = partners.get(id);
  if (partner === undefined) throw new GatewayError('not-found', `there is no partner ${id}`);
  return partner;
}

/** `anna@rva`. @throws GatewayError `bad-request` */
export function accountNameOf(name: string): { readonly id: string; readonly partner: string } {
  const [, id, partner] = /^([a-z][a-z0-9-]{1,30})@([a-z][a-z0-9-]{1,30})$/.exec(name) ?? [];
  if (id === undefined || partner === undefined) {
    throw new GatewayError('bad-request', `"${name}" is not the name of an account; write it as in anna@rva`);
  }
  return { id, partner };
}

/** A day as it was given, or today. @throws GatewayError `bad-request` */
export function dayOf(text: string | undefined): IsoDate {
  const day = text === undefined ? today() : parseDate(text);
  if (day === undefined) throw new GatewayError('bad-request', `"${text}" is not a day; write it as YYYY-MM-DD`);
  return day;
}

/**
 * Changes one file of the configuration: refused as a whole where the configuration would not be sound, and written down in
 * the audit log with who asked for it, before it is done. The running gateway writes the line, and takes the change up by
 * itself; where none runs, the line goes into its ledger.
 * @returns 0, or 1 with the problems printed and nothing written
 * @throws GatewayError `not-allowed` for a local administrator without mandate, or beyond it
 */
export async function carryOut(
  plan: EditPlan,
  now: Standing,
  options: EditOptions,
  out: NodeJS.WritableStream,
): Promise<0 | 1> {
  const by = askedBy(plan, now, options.as);
  const result = await editConfiguration(options.config, now, plan.edit);
  const { command, subject } = plan;
  if (!result.ok) {
    const { problems } = result;
    if (options.json) out.write(`${JSON.stringify({ ok: false, command, subject, problems })}\n`);
    else {
      const shown = (file: string) => relative(process.cwd(), join(options.config, file));
      for (const problem of problems) out.write(`${formatProblem({ ...problem, file: shown(problem.file) })}\n`);
      out.write('nothing was changed\n');
    }
    return 1;
  }
  const { edited, changed, settings } = result;
  const { file, before, after } = edited;
  const audited = changed ? await audit(plan, by, edited, options.data ?? settings.data.directory) : 'nothing';
  if (changed) await writeEdited(options.config, edited);
  const generation = settings.generation.id;
  if (options.json) {
    const told = { ok: true, command, subject, by, changed, file, before, after, generation, audited };
    out.write(`${JSON.stringify(told)}\n`);
    return 0;
  }
  const offline = audited === 'ledger' ? ' (no gateway runs; the log was written beside it)' : '';
  out.write(changed ? `${plan.done}${offline}\n` : `${subject}: nothing to change\n`);
  return 0;
}

async function audit(
  { command, subject, partner }: EditPlan,
  by: string,
  edited: { readonly file: string; readonly before: string | undefined; readonly after: string },
  data: string,
): Promise<'gateway' | 'ledger'> {
  const { file, before = 'none', after } = edited;
  const systemUser = userInfo().username;
  const fields = { command, subject, partner, by, systemUser, file, before, after };
  await mkdir(data, { recursive: true, mode: 0o700 });
  return appendLine(data, { kind: 'configuration-edit', outcome: 'done', fields });
}

type Change = Extract<Edit, { change: unknown }>['change'];

/** A change of one account of a partner, or of its own lists of them: what local administrators may do. */
export async function changeAccount(
  name: string,
  command: string,
  told: { readonly change: Change; readonly done: string },
  options: EditOptions,
  out: NodeJS.WritableStream,
  now?: Standing,
): Promise<0 | 1> {
  const { partner } = accountNameOf(name);
  const stands = now ?? (await standing(options.config));
  const { persons, machines } = partnerOf(stands, partner);
  const account = [...persons, ...machines].find(({ id }) => name === `${id}@${partner}`);
  if (options.as !== undefined && account?.disabled === 'hub')
    throw new GatewayError('not-allowed', `the hub disabled ${name}; only the hub changes this account`);
  const edit = { file: `partners/${partner}.yaml`, change: told.change };
  const plan: EditPlan = { command, subject: name, partner, who: 'local-administrator', edit, done: told.done };
  return carryOut(plan, stands, options, out);
}

/** Who asked for it. @throws GatewayError `not-allowed` */
function askedBy({ who, partner, command }: EditPlan, now: Standing, as: string | undefined): string {
  if (as === undefined) return 'operator';
  if (who === 'hub')
    throw new GatewayError('not-allowed', `"${command}" is for the hub, not for a local administrator`);
  const found = partnerOf(now, partner).officials.localAdministrators.find(({ email }) => email === as);
  if (found === undefined) {
    throw new GatewayError('not-allowed', `${as} is no local administrator of ${partner}`);
  }
  const { from, until, withdrawn } = found.mandate;
  const day = today();
  if (day < from || (until !== undefined && day > until) || (withdrawn !== undefined && day >= withdrawn)) {
    throw new GatewayError('not-allowed', `the mandate of ${as} for ${partner} is not in force today`);
  }
  return as;
}

function today(): IsoDate {
  return dateOf(systemClock.now());
}
