import { type Insz, isInsz, isSynthetic } from '../domain/insz.ts';
import type { Institution, Sector } from '../domain/partner.ts';
import type { LineDetail } from './beside.ts';
import { type DossierNumbers, dayNumber, MAX_PART } from './pack.ts';

/** Environments that have a directory of their own; simulation reads the one of R. */
export type DirectoryEnvironment = 'R' | 'T';

export const PERSON_LINES_HEADER = 'ssin;sector;type;quality;phase;begin;end;replaced_by';
/** The same with what lies beside a dossier: the day of its last change, and `sector/type` of who inscribed it. */
export const DETAILED_HEADER = `${PERSON_LINES_HEADER};last_change;inscriber`;

/** In `replaced_by`: the number was cancelled, and none replaces it. */
const CANCELLED = 'cancelled';

/** One line of a load file. `known` says that the number exists, and that nothing else is known of it. */
export type PersonLine =
  | { readonly kind: 'dossier'; readonly insz: Insz; readonly dossier: DossierNumbers; readonly detail: LineDetail }
  | { readonly kind: 'replaced'; readonly insz: Insz; readonly by: Insz }
  | { readonly kind: 'known' | 'cancelled'; readonly insz: Insz };

export type LineRules = {
  readonly environment: DirectoryEnvironment;
  /** Sectors whose final member no line may name. */
  readonly anonymousSectors: ReadonlySet<number>;
};

export function lineRules(environment: DirectoryEnvironment, sectors: readonly Sector[]): LineRules {
  const anonymous = sectors.filter((sector) => sector.anonymousMembers).map((sector) => sector.number);
  return { environment, anonymousSectors: new Set(anonymous) };
}

const COLUMNS = 8;
const DETAILED_COLUMNS = 10;
const REPLACED_QUALITY = 999;

/**
 * Reads `ssin;sector;type;quality;phase;begin;end;replaced_by`, or those and `last_change;inscriber`. A line holds a
 * dossier, or `replaced_by`, or the number alone; an empty end is open.
 * @returns the line, or every problem it has; a problem names no person
 */
export function parsePersonLine(text: string, rules: LineRules, isDetailed = false): PersonLine | readonly string[] {
  const columns = text.split(';');
  const wanted = isDetailed ? DETAILED_COLUMNS : COLUMNS;
  if (columns.length !== wanted) return [`${columns.length} columns instead of ${wanted}`];
  const [ssin = '', sector = '', type = '', quality = '', phase = '', begin = '', end = '', by = ''] = columns;
  const [lastChange = '', inscriber = ''] = columns.slice(COLUMNS);
  if (!isInsz(ssin)) return ['ssin is not a valid INSZ'];
  if (rules.environment === 'T' && !isSynthetic(ssin)) {
    return ['ssin is of a series below 900: environment T takes synthetic persons only'];
  }
  const dossierColumns = [sector, type, quality, phase, begin, end, lastChange, inscriber];
  if (by !== '') return replacedLine(ssin, by, dossierColumns, rules);
  if (dossierColumns.every((column) => column === '')) return { kind: 'known', insz: ssin };
  return dossierLine(ssin, { sector, type, quality, phase, begin, end, lastChange, inscriber }, rules);
}

function replacedLine(
  insz: Insz,
  by: string,
  dossierColumns: readonly string[],
  rules: LineRules,
): PersonLine | readonly string[] {
  if (dossierColumns.some((column) => column !== '')) return ['a replaced number has no dossier of its own'];
  if (by === CANCELLED) return { kind: 'cancelled', insz };
  if (!isInsz(by)) return ['replaced_by is not a valid INSZ'];
  if (by === insz) return ['a number does not replace itself'];
  if (rules.environment === 'T' && !isSynthetic(by)) return ['replaced_by is of a series below 900'];
  return { kind: 'replaced', insz, by };
}

type DossierColumns = Readonly<Record<'sector' | 'type' | 'quality' | 'phase' | 'begin' | 'end', string>> &
  Readonly<Record<'lastChange' | 'inscriber', string>>;

function dossierLine(insz: Insz, columns: DossierColumns, rules: LineRules): PersonLine | readonly string[] {
  const sector = part(columns.sector, /^\d{1,3}$/);
  const type = part(columns.type, /^\d{1,3}$/);
  const quality = part(columns.quality, /^\d{3}$/);
  const phase = part(columns.phase, /^\d{1,3}$/);
  const begin = dayNumber(columns.begin);
  const end = columns.end === '' ? undefined : dayNumber(columns.end);
  const lastChange = columns.lastChange === '' ? undefined : dayNumber(columns.lastChange);
  const inscriber = columns.inscriber === '' ? undefined : institutionOf(columns.inscriber);
  const problems: string[] = [];
  if (sector === undefined) problems.push(`sector is a number from 0 to ${MAX_PART}`);
  if (type === undefined) problems.push(`type is a number from 0 to ${MAX_PART}`);
  if (quality === undefined) problems.push('quality has three digits');
  if (quality === REPLACED_QUALITY) problems.push('quality 999 is written as replaced_by');
  if (phase === undefined) problems.push(`phase is a number from 0 to ${MAX_PART}`);
  if (begin === undefined) problems.push('begin is a day YYYY-MM-DD from 1900-01-01 to 2079-06-05');
  if (columns.end !== '' && end === undefined) problems.push('end is a day as begin is, or empty where open');
  if (begin !== undefined && end !== undefined && end < begin) problems.push('end is before begin');
  if (sector !== undefined && type !== 0 && rules.anonymousSectors.has(sector)) {
    problems.push('a line of this sector stops at its managing institution (type 0)');
  }
  if (columns.lastChange !== '' && lastChange === undefined)
    problems.push('last_change is a day as begin is, or empty');
  if (columns.inscriber !== '' && inscriber === undefined) problems.push('inscriber is sector/type, or empty');
  if (inscriber !== undefined && inscriber.type !== 0 && rules.anonymousSectors.has(inscriber.sector)) {
    problems.push('an inscriber of this sector stops at its managing institution (type 0)');
  }
  if (problems.length > 0) return problems;
  if (sector === undefined || type === undefined || quality === undefined) return problems;
  if (phase === undefined || begin === undefined) return problems;
  const dossier = { institution: { sector, type }, quality, phase, begin, end };
  return { kind: 'dossier', insz, dossier, detail: { lastChange, inscriber } };
}

function institutionOf(text: string): Institution | undefined {
  const [, sector, type] = /^(\d{1,3})\/(\d{1,3})$/.exec(text) ?? [];
  return sector === undefined || type === undefined ? undefined : { sector: Number(sector), type: Number(type) };
}

function part(text: string, form: RegExp): number | undefined {
  return form.test(text) ? Number(text) : undefined;
}
