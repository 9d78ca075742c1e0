/** The day of the hub, wherever the reader is. */
const TIME_ZONE = 'Europe/Brussels';
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const MINUTE_S = 60;
const HOUR_S = 3600;

/** `1.2 MB`, in units of 1,000, as file managers show it. */
export function formatBytes(bytes: number, locale: string): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const unitDisplay = unit === 0 ? 'long' : 'short';
  const format = {
    style: 'unit',
    unit: BYTE_UNITS[unit] ?? 'byte',
    unitDisplay,
    maximumFractionDigits: digits,
  } as const;
  return new Intl.NumberFormat(locale, format).format(value);
}

/** `1.2 MB/s` */
export function formatSpeed(bytesPerSecond: number, locale: string): string {
  return `${formatBytes(bytesPerSecond, locale)}/s`;
}

/** `4 min 10 s`; only as exact as an estimate is. */
export function formatDuration(seconds: number, locale: string): string {
  const unit = (value: number, of: 'second' | 'minute' | 'hour') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: of, unitDisplay: 'short' }).format(value);
  if (seconds < MINUTE_S) return unit(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < HOUR_S) {
    const [minutes, rest] = [Math.floor(seconds / MINUTE_S), Math.round((seconds % MINUTE_S) / 10) * 10];
    return rest === 0 || rest === MINUTE_S
      ? unit(minutes + (rest === 0 ? 0 : 1), 'minute')
      : `${unit(minutes, 'minute')} ${unit(rest, 'second')}`;
  }
  const minutes = Math.round(seconds / MINUTE_S);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return rest === 0 ? unit(hours, 'hour') : `${unit(hours, 'hour')} ${unit(rest, 'minute')}`;
}

export function formatDateTime(time: string | number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: TIME_ZONE }).format(
    new Date(time),
  );
}

/** With seconds, for a time line. */
export function formatExactTime(time: string | number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone: TIME_ZONE }).format(
    new Date(time),
  );
}

/** Of a day (`2026-11-28`) or of a time. */
export function formatDate(day: string | number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: TIME_ZONE }).format(new Date(day));
}

export function formatNumber(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

export function formatPercent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}
