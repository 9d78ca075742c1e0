import './expected.css';
import type { Expected } from '../../../schemas/expected.ts';
import { api } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { LinkButton } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { locale, t } from '../../i18n/language.ts';
import { location } from '../../state/router.ts';
import type { RouteProps } from '../routes.ts';
import { Alarms, Gaps } from './attention.tsx';
import { FlowCalendar } from './calendar.tsx';
import { byFlow, monthAfter, monthName, parseMonth } from './month.ts';

/** What should come when, flow by flow, and what needs somebody. */
export default function ExpectedPage(_props: RouteProps) {
  const asked = parseMonth(location.value.query.get('month'));
  const { value, error, reload } = useLoaded<Expected>(`expected ${asked}`, (signal) =>
    api('GET', '/expected', { query: { month: asked }, signal }),
  );
  const month = value?.month ?? asked;
  return (
    <Page title={t('expected.title')} lead={t('expected.lead')}>
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value !== undefined && <Alarms alarms={value.alarms} />}
      {month !== undefined && <Months month={month} />}
      {value === undefined && error === undefined && <Skeleton lines={8} label={t('shell.loading')} />}
      {value !== undefined && value.items.length === 0 && (
        <Empty icon="calendar" title={t('expected.none')}>
          <p>{t('expected.noneLead')}</p>
        </Empty>
      )}
      {value !== undefined && value.items.length > 0 && (
        <div class="calendars">
          {byFlow(value.items).map((of) => (
            <FlowCalendar key={`${of.flow} ${of.partner}`} {...of} month={value.month} />
          ))}
        </div>
      )}
      {value !== undefined && <Gaps gaps={value.serialGaps} />}
    </Page>
  );
}

function Months({ month }: { readonly month: string }) {
  const urlOf = (steps: number) => `/expected?month=${monthAfter(month, steps)}`;
  return (
    <nav class="row months" aria-label={t('expected.month')}>
      <LinkButton icon="arrow-left" href={urlOf(-1)}>
        {t('expected.previous')}
      </LinkButton>
      <h2 class="month-name" aria-live="polite">
        {monthName(month, locale.value)}
      </h2>
      <LinkButton icon="chevron-right" href={urlOf(1)}>
        {t('expected.next')}
      </LinkButton>
      <LinkButton look="quiet" href="/expected">
        {t('expected.thisMonth')}
      </LinkButton>
    </nav>
  );
}
