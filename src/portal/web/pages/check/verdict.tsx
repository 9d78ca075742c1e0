import { useState } from 'preact/hooks';
import type { DryRun, RefusedRecord } from '../../../schemas/submissions.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Search } from '../../components/field.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { RefusedTable } from '../../components/refused-table.tsx';
import { bytes, t } from '../../i18n/language.ts';
import { browseUrl } from '../../state/router.ts';
import { useIntake } from '../submissions/intake.ts';
import { Records, WholeFile } from '../submissions/summary.tsx';

const PAGE = 100;

const LOOKS: Readonly<Record<string, { readonly look: string; readonly icon: IconName }>> = {
  accepted: { look: 'check-ok', icon: 'check-circle' },
  'partially-accepted': { look: 'notice-warn', icon: 'warning' },
  rejected: { look: 'check-bad', icon: 'alert-circle' },
};
const OTHER = { look: 'notice-warn', icon: 'warning' } as const;

/** What would become of a file. */
export function Verdict({ run }: { readonly run: DryRun }) {
  const { look, icon } = LOOKS[run.state] ?? OTHER;
  const { flow, environment } = run;
  const intake = useIntake(run.state === 'accepted' ? { flow, environment } : undefined);
  const word = run.state in LOOKS ? (run.state as 'accepted' | 'partially-accepted' | 'rejected') : 'other';
  return (
    <>
      <div class={`notice what-now ${look}`}>
        <Icon name={icon} />
        <div class="grow">
          <h2>{t(`check.verdict.${word}`)}</h2>
          <p class="muted">{[run.file, bytes(run.size), run.flowName].join(' · ')}</p>
          <p>{run.next}</p>
        </div>
        {intake !== undefined && (
          <LinkButton look="primary" icon="send" href={browseUrl(intake)}>
            {t('check.handIn')}
          </LinkButton>
        )}
      </div>
      <WholeFile one={{ errors: run.errors, missing: [] }} />
      <Records one={run} />
      {run.refused.length > 0 && <Refused run={run} />}
    </>
  );
}

function Refused({ run: { refused, truncated } }: { readonly run: DryRun }) {
  const [sought, setSought] = useState('');
  const [page, setPage] = useState(1);
  const fitting = refused.filter((one) => fits(one, sought.trim().toLowerCase()));
  const pages = Math.max(1, Math.ceil(fitting.length / PAGE));
  const shown = fitting.slice((page - 1) * PAGE, page * PAGE);
  return (
    <section class="stack" aria-label={t('submissions.refusedTitle')}>
      <div class="refused-bar">
        <h2>{t('submissions.refusedTitle')}</h2>
        <Search
          label={t('submissions.refusedSearch')}
          value={sought}
          onChange={(value) => {
            setSought(value);
            setPage(1);
          }}
        />
      </div>
      {shown.length === 0 && <Empty icon="search" title={t('submissions.refusedNoMatch')} />}
      {shown.length > 0 && <RefusedTable records={shown} />}
      {pages > 1 && (
        <nav class="row" aria-label={t('submissions.pages')}>
          <Button disabled={page === 1} onClick={() => setPage(page - 1)}>
            {t('submissions.previousPage')}
          </Button>
          <span role="status">{t('submissions.page', { page })}</span>
          <Button disabled={page === pages} onClick={() => setPage(page + 1)}>
            {t('submissions.nextPage')}
          </Button>
        </nav>
      )}
      {truncated && <p class="muted">{t('check.truncated')}</p>}
    </section>
  );
}

function fits({ record, faults }: RefusedRecord, words: string): boolean {
  if (words === '') return true;
  const texts = faults.flatMap(({ field, fieldName, value, code, text }) => [
    field,
    fieldName,
    value ?? '',
    code,
    text,
  ]);
  return [`${record}`, ...texts].some((text) => text.toLowerCase().includes(words));
}
