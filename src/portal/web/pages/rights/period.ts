import { date, t } from '../../i18n/language.ts';

/** From when to when, in words. */
export function period(from: string | null, until: string | null): string {
  if (from !== null && until !== null) return t('rights.fromUntil', { from: date(from), until: date(until) });
  if (from !== null) return t('rights.since', { from: date(from) });
  return until === null ? t('rights.always') : t('rights.untilDay', { until: date(until) });
}
