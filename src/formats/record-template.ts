import type { BlockRows } from './block-rows.ts';

/** A value in a record a template is learned from. */
export type TemplateValue = { readonly field: number; readonly start: number; readonly end: number };

/** A field without a value: ABSENT, NULL, or 0 for an empty one. */
export type TemplateGap = { readonly field: number; readonly start: number };

/** How one record is put together, by places in its bytes. */
export type Anatomy = {
  readonly values: readonly TemplateValue[];
  readonly gaps: readonly TemplateGap[];
  /** Whether the writer of the format would put it together in the same way. */
  readonly isAsWritten?: boolean | undefined;
};

/** No match: the record is put together in another way, or has a value that is not certainly right. */
export const NO_MATCH = -1;

const MOST_TEMPLATES = 16;
/** In each chunk so many records may be tried for a new template; those after them cost no more than reading them. */
const MOST_LESSONS = 64;

/**
 * The bytes that stand between the values of a record. A record that has the same ones between values of the right types is
 * put together in the same way: the same names, the same nesting, no doubles. So what was once read in full need not be read
 * so again, which is sound because a value never holds a byte that its format gives a meaning.
 */
class Template {
  readonly key: string;
  readonly #literals: readonly Uint8Array[];
  readonly #fields: Int32Array;
  readonly #mayBeEmpty: readonly boolean[];
  readonly #gaps: readonly TemplateGap[];
  readonly #asWritten: number;

  constructor(record: Buffer, { values, gaps, isAsWritten }: Anatomy, mayBeEmpty: (field: number) => boolean) {
    const literals: Uint8Array[] = [];
    let from = 0;
    for (const { start, end } of values) {
      literals.push(Uint8Array.from(record.subarray(from, start)));
      from = end;
    }
    literals.push(Uint8Array.from(record.subarray(from)));
    this.#literals = literals;
    this.#fields = Int32Array.from(values, ({ field }) => field);
    this.#mayBeEmpty = values.map(({ field }) => mayBeEmpty(field));
    this.#gaps = gaps;
    this.#asWritten = isAsWritten === true ? 1 : 0;
    const parts = literals.map((literal) => Buffer.from(literal).toString('latin1'));
    this.key = JSON.stringify([parts, [...this.#fields], gaps]);
  }

  /** Puts down the ranges; answers where the record ends, or NO_MATCH. */
  match(data: Uint8Array, start: number, rows: BlockRows): number {
    const base = rows.open(start);
    rows.asWritten[rows.count] = this.#asWritten;
    const limit = data.length;
    const literals = this.#literals;
    const fields = this.#fields;
    const { matchers } = rows;
    let at = start;
    for (let part = 0; part < fields.length; part += 1) {
      at = behind(literals[part], data, at, limit);
      if (at < 0) return NO_MATCH;
      const field = fields[part] ?? 0;
      const end = matchers[field]?.(data, at, limit) ?? -1;
      if (end > at) {
        rows.put(base + field, at, end);
        at = end;
      } else if (this.#mayBeEmpty[part] !== true || !rows.empty(base, field, at)) return NO_MATCH;
    }
    at = behind(literals[fields.length], data, at, limit);
    if (at < 0) return NO_MATCH;
    for (const gap of this.#gaps) {
      if (!rows.empty(base, gap.field, gap.start)) return NO_MATCH;
    }
    return at;
  }
}

function behind(literal: Uint8Array | undefined, data: Uint8Array, start: number, limit: number): number {
  if (literal === undefined) return -1;
  const length = literal.length;
  if (start + length > limit) return -1;
  for (let at = 0; at < length; at += 1) if (data[start + at] !== literal[at]) return -1;
  return start + length;
}

/** The templates of one file, the last one that matched first. */
export class Templates {
  readonly #rows: BlockRows;
  readonly #mayBeEmpty: (field: number) => boolean;
  #known: Template[] = [];
  #lessons = 0;

  /** @param mayBeEmpty whether in the place of a field's value there may be none */
  constructor(rows: BlockRows, mayBeEmpty: (field: number) => boolean) {
    this.#rows = rows;
    this.#mayBeEmpty = mayBeEmpty;
  }

  /** A new chunk begins. */
  reset(): void {
    this.#lessons = 0;
  }

  /** Whether it is worth while to look how a record is put together that no template matches. */
  get learns(): boolean {
    return this.#lessons < MOST_LESSONS && this.#known.length < MOST_TEMPLATES;
  }

  /** @param record one that was read in full, without a fault; undefined where it cannot be a template */
  learn(record: Buffer, anatomy: Anatomy | undefined): void {
    this.#lessons += 1;
    if (anatomy === undefined) return;
    const template = new Template(record, anatomy, this.#mayBeEmpty);
    if (!this.#known.some(({ key }) => key === template.key)) this.#known.push(template);
  }

  /** Puts down the ranges of the record that begins here; answers where it ends, or NO_MATCH. */
  match(data: Uint8Array, start: number): number {
    for (let index = 0; index < this.#known.length; index += 1) {
      const template = this.#known[index];
      const end = template?.match(data, start, this.#rows) ?? NO_MATCH;
      if (end === NO_MATCH || template === undefined) continue;
      if (index > 0) {
        this.#known.splice(index, 1);
        this.#known.unshift(template);
      }
      return end;
    }
    return NO_MATCH;
  }
}
