import { useEffect, useState } from 'preact/hooks';
import type { List } from '../../../schemas/common.ts';
import type { RefusedRecord, SubmissionDetail } from '../../../schemas/submissions.ts';
import { api, apiUrl } from '../../api/client.ts';
import { useLoaded } from '../../api/loaded.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Search, Select } from '../../components/field.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { RefusedTable } from '../../components/refused-table.tsx';
import { language, t } from '../../i18n/language.ts';

const PAGE = 100;
const TYPING_MS = 250;

type Of = { readonly one: SubmissionDetail };
type Filter = { readonly code: string; readonly field: string; readonly q: string };
/** Codes and fields that were seen so far: what one can filter by. */
type Seen = { readonly codes: ReadonlySet<string>; readonly fields: ReadonlySet<string> };

const NO_FILTER: Filter = { code: '', field: '', q: '' };

/** Records that were refused: in pages, with a filter, and as a file for a spreadsheet. */
export function Refused({ one }: Of) {
  if (one.answeredAt === null && one.errors.length === 0) {
    return <p class="muted">{t('submissions.refusedNotYet')}</p>;
  }
  if (one.records?.refused === 0 || (one.records === null && one.errors.length > 0)) return null;
  return <RefusedList key={`${one.ticket} ${one.state}`} ticket={one.ticket} />;
}

function RefusedList({ ticket }: { readonly ticket: string }) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const asked = { code: filter.code || undefined, field: filter.field || undefined, q: filter.q || undefined };
  const cursor = cursors.at(-1);
  const key = JSON.stringify([ticket, filter, cursor]);
  const { value, error, reload } = useLoaded<List<RefusedRecord>>(key, (signal) =>
    api('GET', `/submissions/${ticket}/refused`, { query: { ...asked, cursor, limit: PAGE }, signal }),
  );
  const seen = useSeen(value?.items);
  const change = (part: Partial<Filter>) => {
    setFilter({ ...filter, ...part });
    setCursors([undefined]);
  };
  const next = value?.next ?? undefined;
  return (
    <section class="stack" aria-label={t('submissions.refusedTitle')}>
      <div class="refused-bar">
        <h2>{t('submissions.refusedTitle')}</h2>
        <Filters filter={filter} seen={seen} onChange={change} />
        <LinkButton
          icon="download"
          href={apiUrl(`/submissions/${ticket}/refused.csv`, asked)}
          download={`${ticket}.refused.csv`}
        >
          {t('submissions.export')}
        </LinkButton>
      </div>
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={4} label={t('shell.loading')} />}
      {value?.items.length === 0 && <Empty icon="search" title={t('submissions.refusedNoMatch')} />}
      {value !== undefined && value.items.length > 0 && <RefusedTable records={value.items} />}
      {(cursors.length > 1 || next !== undefined) && (
        <nav class="row pager" aria-label={t('submissions.pages')}>
          <Button disabled={cursors.length === 1} onClick={() => setCursors(cursors.slice(0, -1))}>
            {t('submissions.previousPage')}
          </Button>
          <span role="status">{t('submissions.page', { page: cursors.length })}</span>
          <Button disabled={next === undefined} onClick={() => setCursors([...cursors, next])}>
            {t('submissions.nextPage')}
          </Button>
        </nav>
      )}
    </section>
  );
}

function useSeen(items: readonly RefusedRecord[] | undefined): Seen {
  const [seen, setSeen] = useState<Seen>({ codes: new Set(), fields: new Set() });
  useEffect(() => {
    const faults = items?.flatMap((one) => one.faults) ?? [];
    if (faults.length === 0) return;
    setSeen(({ codes, fields }) => ({
      codes: new Set([...codes, ...faults.map(({ code }) => code)]),
      fields: new Set([...fields, ...faults.map(({ field }) => field)]),
    }));
  }, [items]);
  return seen;
}

type FiltersProps = {
  readonly filter: Filter;
  readonly seen: Seen;
  readonly onChange: (part: Partial<Filter>) => void;
};

function Filters({ filter, seen, onChange }: FiltersProps) {
  const [typed, setTyped] = useState(filter.q);
  useEffect(() => {
    if (typed === filter.q) return;
    const timer = setTimeout(() => onChange({ q: typed }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const options = (any: string, values: ReadonlySet<string>) => [
    { value: '', text: any },
    ...[...values]
      .sort((one, other) => one.localeCompare(other, language.value))
      .map((value) => ({ value, text: value })),
  ];
  return (
    <>
      <Search label={t('submissions.refusedSearch')} value={typed} onChange={setTyped} />
      <Select
        label={t('submissions.field')}
        value={filter.field}
        options={options(t('submissions.anyField'), seen.fields)}
        onChange={(field) => onChange({ field })}
      />
      <Select
        label={t('submissions.code')}
        value={filter.code}
        options={options(t('submissions.anyCode'), seen.codes)}
        onChange={(code) => onChange({ code })}
      />
    </>
  );
}
