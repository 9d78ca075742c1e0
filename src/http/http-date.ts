const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = MONTHS.join('|');
const TIME = '(\\d{2}):(\\d{2}):(\\d{2})';

const IMF_FIXDATE = new RegExp(`^[A-Z][a-z]{2}, (\\d{2}) (${MONTH}) (\\d{4}) ${TIME} GMT$`);
const RFC850 = new RegExp(`^[A-Z][a-z]{5,8}, (\\d{2})-(${MONTH})-(\\d{2}) ${TIME} GMT$`);
const ASCTIME = new RegExp(`^[A-Z][a-z]{2} (${MONTH}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/** `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). */
export function formatHttpDate(at: number): string {
  return new Date(at).toUTCString();
}

/**
 * The three forms of RFC 9110 §5.6.7.
 * @param now decides the century of the two-digit form: a year more than 50 years ahead is in the past
 * @returns milliseconds since the epoch, or undefined where it is no HTTP date
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const fixed = IMF_FIXDATE.exec(text);
  if (fixed) return instant(fixed[3], fixed[2], fixed[1], fixed.slice(4, 7));
  const old = RFC850.exec(text);
  if (old) return instant(String(fullYear(Number(old[3]), now)), old[2], old[1], old.slice(4, 7));
  const asctime = ASCTIME.exec(text);
  return asctime ? instant(asctime[6], asctime[1], asctime[2], asctime.slice(3, 6)) : undefined;
}

function fullYear(twoDigits: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}

function instant(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  time: readonly string[],
): number | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = time.map(Number);
  const monthIndex = MONTHS.indexOf(month ?? '');
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const at = Date.UTC(Number(year), monthIndex, Number(day), hours, minutes, seconds);
  return new Date(at).getUTCMonth() === monthIndex || seconds === 60 ? at : undefined;
}
