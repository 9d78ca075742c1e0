/** Social-security identification number (INSZ/SSIN), eleven digits that passed every check. Source: docs/domain.md §3. */
export type Insz = string & { readonly __insz: unique symbol };

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** What an INSZ says by itself; `month` and `day` are 0 where unknown. */
export type InszBirth = { readonly year: number; readonly month: number; readonly day: number };

/**
 * Checks an INSZ: YYMMDD, series 001–998, check 97 − (nine digits mod 97), with "2" before the nine for births from 2000
 * on; month +20 or +40 for BIS numbers; day and month 00 where unknown.
 * @returns the birth it encodes, or undefined where a check fails
 */
export function birthOfInsz(value: string): InszBirth | undefined {
  if (!/^\d{11}$/.test(value)) return undefined;
  const nine = Number(value.slice(0, 9));
  const check = Number(value.slice(9));
  // 2,000,000,000 mod 97 = 68, so both centuries never give the same check: the digits tell the century.
  const century = check === 97 - (nine % 97) ? 1900 : check === 97 - ((2_000_000_000 + nine) % 97) ? 2000 : undefined;
  if (century === undefined) return undefined;
  const series = Number(value.slice(6, 9));
  if (series === 0 || series === 999) return undefined;
  const year = century + Number(value.slice(0, 2));
  const rawMonth = Number(value.slice(2, 4));
  const month = rawMonth >= 40 ? rawMonth - 40 : rawMonth >= 20 ? rawMonth - 20 : rawMonth;
  const day = Number(value.slice(4, 6));
  if (month > 12) return undefined;
  if (month === 0 ? day > 31 : day > daysIn(year, month)) return undefined;
  return { year, month, day };
}

export function isInsz(value: string): value is Insz {
  return birthOfInsz(value) !== undefined;
}

/** Whether the series (digits 7–9) is 900 or more: the range kept for synthetic persons. */
export function isSynthetic(insz: Insz): boolean {
  return insz[6] === '9';
}

function daysIn(year: number, month: number): number {
  if (month === 2 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) return 28;
  return DAYS[month - 1] ?? 0;
}
