import type { DirectoryChange } from '../directory/changes.ts';
import type { Dossier, Person } from '../directory/directory.ts';
import type { Insz } from '../domain/insz.ts';
import type { Period } from '../domain/period.ts';
import { isSame } from './authorize.ts';

/** A line as an integration names it. */
export type NamedLine = Dossier & { readonly record: number };

export type RegistrationOutcome = 'done' | 'double' | 'no-line';

/**
 * Lines of the reference directory as they stand after the records of this batch so far. Decided here, so that a batch is
 * decided against one version and simulation changes nothing; made in the directory, all at once, when the batch is closed.
 */
export class Registrations {
  readonly #lines = new Map<Insz, readonly Dossier[]>();
  readonly #changes: DirectoryChange[] = [];

  /** Adds a line, unless the person has one of this sector and quality on one of its days. */
  register(person: Person, { record, ...line }: NamedLine): RegistrationOutcome {
    const lines = this.#linesOf(person);
    if (lines.some((other) => isDouble(other, line))) return 'double';
    this.#set(person, [...lines, line]);
    const { institution, quality, phase, period } = line;
    const change = { record, insz: person.insz, institution, quality, phase, ...period };
    this.#changes.push({ action: 'register', ...change });
    return 'done';
  }

  /** Gives the line that begins on this day an end. */
  end(person: Person, { record, ...line }: NamedLine & { readonly period: Required<Period> }): RegistrationOutcome {
    const { institution, quality, phase, period } = line;
    const lines = this.#linesOf(person);
    const found = lines.find(
      (other) =>
        isSame(other.institution, institution) &&
        other.quality === quality &&
        other.phase === phase &&
        other.period.begin === period.begin,
    );
    if (found === undefined || period.end === undefined) return 'no-line';
    const others = lines.filter((other) => other !== found);
    // A later end than before may run into another line.
    if (others.some((other) => isDouble(other, line))) return 'double';
    this.#set(person, [...others, line]);
    const { begin, end } = period;
    this.#changes.push({ action: 'end', record, insz: person.insz, institution, quality, phase, begin, end });
    return 'done';
  }

  effects(): readonly DirectoryChange[] {
    return this.#changes;
  }

  #linesOf(person: Person): readonly Dossier[] {
    return this.#lines.get(person.replacedBy ?? person.insz) ?? person.dossiers;
  }

  #set(person: Person, lines: readonly Dossier[]): void {
    this.#lines.set(person.replacedBy ?? person.insz, lines);
  }
}

/** No double inscription: one person, sector and quality has one line on any day. */
function isDouble(one: Dossier, other: Dossier): boolean {
  if (one.institution.sector !== other.institution.sector || one.quality !== other.quality) return false;
  const [a, b] = [one.period, other.period];
  return (b.end === undefined || a.begin <= b.end) && (a.end === undefined || b.begin <= a.end);
}
