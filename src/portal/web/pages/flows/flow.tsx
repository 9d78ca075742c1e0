import { useState } from 'preact/hooks';
import type { Flow } from '../../../schemas/flows.ts';
import { api } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { Breadcrumb } from '../../components/breadcrumb.tsx';
import { LinkButton } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { type Tab, Tabs } from '../../components/tabs.tsx';
import { t, textIfAny } from '../../i18n/language.ts';
import { Codes } from './codes.tsx';
import { Back, ToSend } from './exchange.tsx';
import { Fields } from './fields.tsx';
import { Ways } from './page.tsx';
import { Samples } from './samples.tsx';

/** One flow: what to send, field by field, what comes back, what codes mean, and sample files. */
export function FlowPage({ code }: { readonly code: string }) {
  const { value, error, reload } = useLoaded<Flow>(code, (signal) =>
    api('GET', `/flows/${encodeURIComponent(code)}`, { signal }),
  );
  const crumbs = [
    { text: t('flows.title'), href: '/flows' },
    { text: code, href: `/flows/${encodeURIComponent(code)}` },
  ];
  return (
    <Page
      title={value?.name ?? code}
      above={<Breadcrumb crumbs={crumbs} />}
      beside={value !== undefined && <Ways {...value} />}
      lead={value && textIfAny(`flows.kind.${value.kind}`)}
      actions={
        value?.sends === true && (
          <LinkButton icon="shield" href={`/check?flow=${encodeURIComponent(code)}`}>
            {t('flows.checkFile')}
          </LinkButton>
        )
      }
    >
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={8} label={t('shell.loading')} />}
      {value !== undefined && <Parts flow={value} />}
    </Page>
  );
}

function Parts({ flow }: { readonly flow: Flow }) {
  const [chosen, setChosen] = useState('send');
  const tabs: readonly Tab[] = [
    { id: 'send', label: t('flows.tab.send'), content: () => <ToSend flow={flow} /> },
    { id: 'fields', label: t('flows.tab.fields'), content: () => <Fields flow={flow} /> },
    { id: 'back', label: t('flows.tab.back'), content: () => <Back flow={flow} /> },
    { id: 'codes', label: t('flows.tab.codes'), content: () => <Codes flow={flow} /> },
    { id: 'samples', label: t('flows.tab.samples'), content: () => <Samples flow={flow} /> },
  ];
  return <Tabs label={t('flows.parts')} tabs={tabs} chosen={chosen} onChoose={setChosen} />;
}
