import './flows.css';
import type { Flows } from '../../../schemas/flows.ts';
import { api } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { Badge } from '../../components/badge.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { t, textIfAny } from '../../i18n/language.ts';
import type { RouteProps } from '../routes.ts';
import { FlowPage } from './flow.tsx';

/** The flows that one works with; behind a code, one of them. */
export default function FlowsPage({ rest }: RouteProps) {
  const code = decodeURIComponent(rest.replace(/\/+$/, ''));
  return code === '' ? <All /> : <FlowPage key={code} code={code} />;
}

function All() {
  const { value, error, reload } = useLoaded<Flows>('flows', (signal) => api('GET', '/flows', { signal }));
  return (
    <Page title={t('flows.title')} lead={t('flows.lead')}>
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={6} label={t('shell.loading')} />}
      {value?.items.length === 0 && <Empty icon="flow" title={t('flows.none')} />}
      <ul class="cards flow-list">
        {value?.items.map((flow) => (
          <li key={flow.code}>
            <a class="card flow-link" href={`/flows/${encodeURIComponent(flow.code)}`}>
              <span class="flow-title">
                <h2>{flow.name}</h2>
                <code class="muted">{flow.code}</code>
              </span>
              <span class="muted">{textIfAny(`flows.kind.${flow.kind}`)}</span>
              <span class="row">
                <Ways {...flow} />
                <span class="grow" />
                <Icon name="chevron-right" class="muted" />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Page>
  );
}

/** What one's institution does in a flow. */
export function Ways({ sends, receives }: Pick<Flows['items'][number], 'sends' | 'receives'>) {
  return (
    <>
      {sends && (
        <Badge tone="info" icon="send">
          {t('flows.sends')}
        </Badge>
      )}
      {receives && (
        <Badge tone="ok" icon="inbox">
          {t('flows.receives')}
        </Badge>
      )}
    </>
  );
}
