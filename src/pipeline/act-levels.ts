import type { Authorization, LayoutVersion } from '../domain/flow.ts';
import { isPresent } from '../formats/field-types.ts';
import { type HeaderValues, NO_HEADER, type Value } from '../formats/record-format.ts';

/** A level below the institution: the role of the field that names it, and the acts' list of those they allow. */
const LEVELS = [
  { role: 'application', list: 'applications' },
  { role: 'user', list: 'users' },
  { role: 'question', list: 'questions' },
  { role: 'information', list: 'information' },
] as const;

/** Named by a field of the record, or by one of the header for all records of a file. */
type Level = {
  readonly field: string | undefined;
  readonly position: number;
  readonly ofFile: string | undefined;
  readonly list: (typeof LEVELS)[number]['list'];
};

/** The acts that hold for one record. `field`: of the first level that left none; undefined where it is not a level. */
export type HoldingActs = { readonly acts: readonly Authorization[]; readonly field: string | undefined };

/**
 * Application, user, kind of question and kind of information: an act that lists some holds for the records that name one
 * of them, and for no record that names none.
 */
export class ActLevels {
  readonly #all: HoldingActs;
  readonly #levels: readonly Level[];
  readonly #found = new Map<string, HoldingActs>();

  constructor(layout: LayoutVersion, acts: readonly Authorization[], header: HeaderValues = NO_HEADER) {
    this.#all = { acts, field: undefined };
    this.#levels = LEVELS.filter(({ list }) => acts.some((act) => act[list] !== undefined)).map(({ role, list }) => {
      const field = layout.roles[role];
      const position = layout.fields.findIndex(({ name }) => name === field);
      return { field, list, position, ofFile: position < 0 ? header.get(field ?? '')?.trim() : undefined };
    });
  }

  /** The same object for records that name the same. */
  holdingFor(values: readonly Value[]): HoldingActs {
    if (this.#levels.length === 0) return this.#all;
    const named = this.#levels.map(({ position, ofFile }) => ofFile ?? values[position]);
    const key = JSON.stringify(named);
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const found = this.#holding(named);
    // Users are many; what is forgotten is found again.
    if (this.#found.size >= MOST_REMEMBERED) this.#found.clear();
    this.#found.set(key, found);
    return found;
  }

  #holding(named: readonly Value[]): HoldingActs {
    let { acts } = this.#all;
    for (const [index, { list, field }] of this.#levels.entries()) {
      const value = named[index];
      acts = acts.filter((act) => act[list] === undefined || (isPresent(value) && act[list].includes(value)));
      if (acts.length === 0) return { acts, field };
    }
    return { acts, field: undefined };
  }
}

const MOST_REMEMBERED = 1000;
