import { useEffect, useState } from 'preact/hooks';
import { Button, LinkButton } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Search, Select } from '../../components/field.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { t } from '../../i18n/language.ts';
import { location, navigate } from '../../state/router.ts';
import { useFlowNames } from '../files/flow-names.ts';
import { ENVIRONMENTS, type Filter, filterOf, isFiltered, NO_FILTER, STATES, urlOf } from './filter.ts';
import { useLiveList } from './live-list.ts';
import { SubmissionRows } from './rows.tsx';

/** Who types is not asked for every letter. */
const TYPING_MS = 250;

/** What was handed in, live, with filters. */
export function SubmissionsPage() {
  const filter = filterOf(location.value.query);
  const { items, error, more, reload } = useLiveList(filter);
  const change = (part: Partial<Filter>) => navigate(urlOf({ ...filter, ...part }), 'replace');
  return (
    <Page title={t('submissions.title')} lead={t('submissions.lead')}>
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      <div class="subs">
        <Filters filter={filter} onChange={change} count={items?.length} />
        {items === undefined && error === undefined && <Skeleton lines={8} label={t('shell.loading')} />}
        {items?.length === 0 && <Nothing filter={filter} onAll={() => change(NO_FILTER)} />}
        {items !== undefined && items.length > 0 && <SubmissionRows items={items} />}
        {more !== undefined && (
          <div class="subs-more">
            <Button onClick={more}>{t('submissions.older')}</Button>
          </div>
        )}
      </div>
    </Page>
  );
}

type FiltersProps = {
  readonly filter: Filter;
  readonly onChange: (part: Partial<Filter>) => void;
  readonly count: number | undefined;
};

function Filters({ filter, onChange, count }: FiltersProps) {
  const names = useFlowNames();
  const options = (values: readonly string[], any: string, text: (value: string) => string) => [
    { value: '', text: any },
    ...values.map((value) => ({ value, text: text(value) })),
  ];
  const flows = options([...names.keys()], t('submissions.anyFlow'), (code) => `${code} – ${names.get(code)}`);
  const states = [
    { value: '', text: t('submissions.anyState') },
    ...STATES.map((value) => ({ value, text: t(`shell.state.${value}`) })),
  ];
  const environments = [
    { value: '', text: t('submissions.anyEnvironment') },
    ...ENVIRONMENTS.map((value) => ({ value, text: t(`submissions.environment.${value}`) })),
  ];
  return (
    <search class="subs-bar" aria-label={t('submissions.filters')}>
      <TypedSearch value={filter.q} onChange={(q) => onChange({ q })} />
      <Select
        label={t('submissions.state')}
        value={filter.state}
        options={states}
        onChange={(state) => onChange({ state })}
      />
      <Select
        label={t('submissions.flow')}
        value={filter.flow}
        options={flows}
        onChange={(flow) => onChange({ flow })}
      />
      <Select
        label={t('submissions.environment')}
        value={filter.environment}
        options={environments}
        onChange={(environment) => onChange({ environment })}
      />
      <span class="muted small subs-count" role="status">
        {count === undefined ? '' : t('submissions.count', { count })}
      </span>
    </search>
  );
}

function TypedSearch({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return <Search label={t('submissions.search')} value={typed} onChange={setTyped} />;
}

function Nothing({ filter, onAll }: { readonly filter: Filter; readonly onAll: () => void }) {
  if (isFiltered(filter)) {
    return (
      <Empty icon="search" title={t('submissions.noMatch')}>
        <Button onClick={onAll}>{t('submissions.clearFilters')}</Button>
      </Empty>
    );
  }
  return (
    <Empty icon="inbox" title={t('submissions.none')}>
      <p>{t('submissions.noneLead')}</p>
      <LinkButton href="/" icon="folder" look="primary">
        {t('submissions.toFiles')}
      </LinkButton>
    </Empty>
  );
}
