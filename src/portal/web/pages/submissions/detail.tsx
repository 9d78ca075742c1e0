import { useEffect } from 'preact/hooks';
import type { SubmissionDetail } from '../../../schemas/submissions.ts';
import { api } from '../../api/client.ts';
import { onEvent } from '../../api/events.ts';
import { useLoaded } from '../../api/loaded.ts';
import { EnvironmentBadge, StateBadge } from '../../components/badge.tsx';
import { Breadcrumb } from '../../components/breadcrumb.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { t } from '../../i18n/language.ts';
import { Answers } from './answers.tsx';
import { Refused } from './refused.tsx';
import { Facts, Records, WhatNow, WholeFile } from './summary.tsx';
import { Timeline } from './timeline.tsx';

/** One submission: what became of it, what was refused and why, what happened when, and the answers. */
export function SubmissionDetailPage({ ticket }: { readonly ticket: string }) {
  const { value, error, reload } = useLoaded<SubmissionDetail>(ticket, (signal) =>
    api('GET', `/submissions/${ticket}`, { signal }),
  );
  useEffect(() => {
    const stops = [onEvent('submission', (event) => event.ticket === ticket && reload()), onEvent('reset', reload)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [ticket, reload]);
  const crumbs = [
    { text: t('submissions.title'), href: '/submissions' },
    { text: ticket, href: `/submissions/${ticket}` },
  ];
  return (
    <Page
      title={value?.file ?? ticket}
      above={<Breadcrumb crumbs={crumbs} />}
      beside={value !== undefined && <Beside one={value} />}
      lead={value === undefined ? undefined : t(`submissions.explain.${value.state}`)}
    >
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={8} label={t('shell.loading')} />}
      {value !== undefined && <Detail one={value} />}
    </Page>
  );
}

function Beside({ one: { state, environment } }: { readonly one: SubmissionDetail }) {
  return (
    <>
      <StateBadge state={state} />
      <EnvironmentBadge environment={environment} />
    </>
  );
}

function Detail({ one }: { readonly one: SubmissionDetail }) {
  return (
    <>
      <WhatNow one={one} />
      <WholeFile one={one} />
      <Records one={one} />
      <Refused one={one} />
      <div class="sub-columns">
        <Timeline one={one} />
        <div class="stack">
          <Answers one={one} />
          <Facts one={one} />
        </div>
      </div>
    </>
  );
}
