import type { Days } from './identifiers.ts';

/** The reference directory as its load file has it. docs/domain.md §2 */

export type Line = Days & {
  readonly sector: number;
  readonly type: number;
  readonly quality: string;
  readonly phase: number;
};

export type Known = {
  /** The number at the end of the chain, where the one that was asked for is replaced. */
  readonly replacedBy?: string | undefined;
  readonly lines: readonly Line[];
};

export class Directory {
  readonly #lines = new Map<string, Line[]>();
  readonly #replacements = new Map<string, string>();

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const [ssin = '', sector = '', type = '', quality = '', phase = '', begin = '', end = '', by = ''] =
        text.split(';');
      if (by !== '') this.#replacements.set(ssin, by);
      else if (sector === '') this.#linesOf(ssin);
      else {
        const line = {
          sector: Number(sector),
          type: Number(type),
          quality,
          phase: Number(phase),
          begin,
          end: end === '' ? undefined : end,
        };
        this.#linesOf(ssin).push(line);
      }
    }
  }

  person(ssin: string): Known | undefined {
    let number = ssin;
    for (let next = this.#replacements.get(number); next !== undefined; next = this.#replacements.get(number)) {
      number = next;
    }
    if (number === 'cancelled') return undefined;
    const lines = this.#lines.get(number);
    if (number === ssin) return lines === undefined ? undefined : { lines };
    return { replacedBy: number, lines: lines ?? [] };
  }

  #linesOf(ssin: string): Line[] {
    const lines = this.#lines.get(ssin) ?? [];
    this.#lines.set(ssin, lines);
    return lines;
  }
}

/** Whether a mandate lets its holder hand in for the employer on this day. docs/decisions/0012 */
export function hasMandate(
  texts: readonly string[],
  { holder, employer, flow, day }: Readonly<Record<'holder' | 'employer' | 'flow' | 'day', string>>,
): boolean {
  return texts.some((text) => {
    const [of, by, flows = '', from = '', until = ''] = text.split(';');
    const isInTime = from <= day && (until === '' || day <= until);
    return of === holder && by === employer && flows.split(' ').includes(flow) && isInTime;
  });
}
