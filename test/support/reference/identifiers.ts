/** Numbers and days as docs/domain.md §3 tells them, one obvious step after the other. */

export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** `1974-00-00` and `1974-03-00` too. */
export function isIncompleteDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  if (text.endsWith('-00-00')) return true;
  return text.endsWith('-00') ? isDay(text.replace(/00$/, '01')) : isDay(text);
}

export type Birth = { readonly year: number; readonly month: number; readonly day: number };

/** When the holder of a number was born, with 0 for what the number does not know; undefined where it is no INSZ. */
export function birthOf(insz: string): Birth | undefined {
  if (!/^\d{11}$/.test(insz)) return undefined;
  const series = Number(insz.slice(6, 9));
  if (series < 1 || series > 998) return undefined;
  const check = Number(insz.slice(9));
  const nine = BigInt(insz.slice(0, 9));
  let century: number;
  if (97 - Number(nine % 97n) === check) century = 1900;
  else if (97 - Number((2_000_000_000n + nine) % 97n) === check) century = 2000;
  else return undefined;
  const year = century + Number(insz.slice(0, 2));
  let month = Number(insz.slice(2, 4));
  const day = Number(insz.slice(4, 6));
  if (month >= 40) month -= 40;
  else if (month >= 20) month -= 20;
  if (month > 12) return undefined;
  if (day !== 0 && day > (month === 0 ? 31 : daysIn(year, month))) return undefined;
  return { year, month, day };
}

export function isInsz(text: string): boolean {
  return birthOf(text) !== undefined;
}

/** Environment T takes these alone. */
export function isOfSyntheticSeries(insz: string): boolean {
  return Number(insz.slice(6, 9)) >= 900;
}

/** Ten digits, also of the forms partners write; undefined where it is no enterprise number. */
export function kboOf(text: string): string | undefined {
  let digits = text.replace(/^BE/, '').replaceAll('.', '');
  if (/^\d{9}$/.test(digits)) digits = `0${digits}`;
  if (!/^[01]\d{9}$/.test(digits)) return undefined;
  return 97 - (Number(digits.slice(0, 8)) % 97) === Number(digits.slice(8)) ? digits : undefined;
}

export type Days = { readonly begin: string; readonly end?: string | undefined };

/** `2026Q1` */
export function quarterOf(text: string): Days | undefined {
  if (!/^\d{4}Q[1-4]$/.test(text)) return undefined;
  const year = text.slice(0, 4);
  const ends = ['03-31', '06-30', '09-30', '12-31'];
  const begins = ['01-01', '04-01', '07-01', '10-01'];
  const quarter = Number(text.slice(5)) - 1;
  return { begin: `${year}-${begins[quarter]}`, end: `${year}-${ends[quarter]}` };
}

/** Whether the line is there on every day of the period; an open period asks for an open line. */
export function covers(line: Days, period: Days): boolean {
  if (line.begin > period.begin) return false;
  if (line.end === undefined) return true;
  return period.end !== undefined && period.end <= line.end;
}
