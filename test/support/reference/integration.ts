import type { Authorization } from '../../../src/domain/flow.ts';
import { isSame } from './acts.ts';
import type { Concerned } from './decide.ts';
import type { Line } from './directory.ts';
import { type Fault, fatal } from './fields.ts';

/** What an accepted record of an integration does with a line. */
export type Change = {
  readonly action: 'register' | 'end';
  readonly record: number;
  readonly insz: string;
  readonly institution: { readonly sector: number; readonly type: number };
  readonly quality: string;
  readonly phase: number;
  readonly begin: string;
  readonly end?: string | undefined;
};

/** Days and qualities a line can have. */
const [FIRST, LAST] = ['1900-01-01', '2079-06-05'];
const REPLACED = '999';

/** Lines of the directory as the records of one file leave them. */
export class Registrations {
  readonly changes: Change[] = [];
  readonly #lines = new Map<string, Line[]>();

  decide(
    record: number,
    concerned: Concerned & { readonly isKnown: boolean },
    acts: readonly Authorization[],
  ): Fault | undefined {
    const { layout, values, period, person, task } = concerned;
    const { roles } = layout;
    const value = (name: string | undefined) => values[name ?? ''] ?? '';
    const named =
      roles.receiver === undefined
        ? [value(roles.receiverSector), value(roles.receiverType)]
        : value(roles.receiver).split('/');
    const institution = { sector: Number(named[0]), type: Number(named[1]) };
    const quality = value(roles.quality);
    const field = roles.receiver ?? roles.receiverSector ?? '';
    const isAnonymous = task.sectors.some(
      ({ number, anonymousMembers }) => number === institution.sector && anonymousMembers,
    );
    const mayRegister = acts.some(({ receivers }) =>
      receivers.some((entry) => isSame(entry.institution, institution) && entry.qualities.includes(quality)),
    );
    if (named.includes('') || !mayRegister || (isAnonymous && institution.type !== 0)) return fatal(field, '300010');
    const insz = value(roles.person);
    if (!concerned.isKnown) return fatal(roles.person, 'MSG00005');
    const isInRange = [period.begin, period.end ?? FIRST].every((day) => day >= FIRST && day <= LAST);
    if (!isInRange || quality === REPLACED) return fatal(roles.periodBegin, 'MSG00008');

    const isRegistering = value(roles.action) === 'REGISTER';
    if (!isRegistering && period.end === undefined) return fatal(roles.periodEnd ?? '', '000050');
    const lines = this.#linesOf(person.replacedBy ?? insz, person.lines);
    const phase = Number(value(roles.phase) || '0');
    const line: Line = { ...institution, quality, phase, begin: period.begin, end: period.end };
    const old = lines.find((one) => isSame(one, line) && isOfKind(one, line) && one.begin === line.begin);
    if (!isRegistering && old === undefined) return fatal(roles.person, '300020');
    const others = isRegistering ? lines : lines.filter((one) => one !== old);
    if (others.some((one) => isDouble(one, line))) return fatal(roles.person, '300040');
    if (old !== undefined && !isRegistering) lines.splice(lines.indexOf(old), 1);
    lines.push(line);
    const action = isRegistering ? 'register' : 'end';
    this.changes.push({ action, record, insz, institution, quality, phase, begin: line.begin, end: line.end });
    return undefined;
  }

  #linesOf(number: string, known: readonly Line[]): Line[] {
    const lines = this.#lines.get(number) ?? [...known];
    this.#lines.set(number, lines);
    return lines;
  }
}

/** A line is told by its quality and phase. docs/domain.md §2, 300020 */
function isOfKind(one: Line, other: Line): boolean {
  return one.quality === other.quality && one.phase === other.phase;
}

/** In one branch nobody is known twice with one quality on a day. */
function isDouble(one: Line, other: Line): boolean {
  if (one.sector !== other.sector || one.quality !== other.quality) return false;
  return one.begin <= (other.end ?? '9') && other.begin <= (one.end ?? '9');
}
