import type { Expected } from '../../../schemas/expected.ts';
import { Icon } from '../../components/icon.tsx';
import { TableBox } from '../../components/table-box.tsx';
import { dateTime, t } from '../../i18n/language.ts';

/** What somebody has to look at. */
export function Alarms({ alarms }: Pick<Expected, 'alarms'>) {
  if (alarms.length === 0) return null;
  return (
    <section class="problem" aria-label={t('expected.alarms')}>
      <Icon name="warning" />
      <div>
        <h2>{t('expected.alarms')}</h2>
        <ul class="alarms">
          {alarms.map(({ since, kind, text }) => (
            <li key={`${kind} ${since} ${text}`}>
              {text} <span class="muted">{t('expected.alarmSince', { time: dateTime(since) })}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Serial numbers that were left out. */
export function Gaps({ gaps }: { readonly gaps: Expected['serialGaps'] }) {
  if (gaps.length === 0) return null;
  return (
    <section class="stack" aria-label={t('expected.gaps')}>
      <div>
        <h2>{t('expected.gaps')}</h2>
        <p class="muted">{t('expected.gapsLead')}</p>
      </div>
      <TableBox label={t('expected.gaps')}>
        <table class="table gaps">
          <thead>
            <tr>
              <th scope="col">{t('expected.gapFlow')}</th>
              <th scope="col">{t('expected.gapEnvironment')}</th>
              <th scope="col">{t('expected.gapSeries')}</th>
              <th scope="col">{t('expected.gapNumbers')}</th>
            </tr>
          </thead>
          <tbody>
            {gaps.map(({ flow, environment, kind, sender, day, from, to }) => (
              <tr key={`${flow} ${environment} ${sender} ${day} ${from}`}>
                <th scope="row">{flow}</th>
                <td>{t(`submissions.environment.${environment}`)}</td>
                <td>
                  {kind === 'lot'
                    ? t('expected.gapLot')
                    : t('expected.gapSerial', { sender: sender ?? '', day: day ?? '' })}
                </td>
                <td>{from === to ? from : t('expected.gapRange', { from, to })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </section>
  );
}
