import './rights.css';
import { useEffect } from 'preact/hooks';
import type { Rights } from '../../../schemas/rights.ts';
import { api } from '../../api/client.ts';
import { onEvent } from '../../api/events.ts';
import { useLoaded } from '../../api/loaded.ts';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { dateTime, t } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';
import { Access, Exceptions } from './access.tsx';
import { FlowRights } from './flow-rights.tsx';
import { Folders } from './folders.tsx';
import { Limits, You } from './you.tsx';

/** What the person may do, in plain words, and by which document. */
export default function RightsPage(_props: RouteProps) {
  const { value, error, reload } = useLoaded<Rights>('rights', (signal) => api('GET', '/rights', { signal }));
  useEffect(() => onEvent('session', reload), [reload]);
  return (
    <Page
      title={t('rights.title')}
      lead={t('rights.lead')}
      actions={value !== undefined && <span class="muted small">{t('rights.asOf', { time: dateTime(value.at) })}</span>}
    >
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={8} label={t('shell.loading')} />}
      {value !== undefined && (
        <>
          <div class="rights-top">
            <You rights={value} />
            <Access rights={value} />
            <Exceptions rights={value} />
          </div>
          <FlowRights rights={value} />
          <Folders rights={value} />
          <Limits rights={value} />
        </>
      )}
    </Page>
  );
}
