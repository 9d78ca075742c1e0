// biome-ignore-all lint/a11y/useSemanticElements: a table has no rows that come and go while one scrolls
// biome-ignore-all lint/a11y/useFocusableInteractive: links in the rows take the focus
import type { Submission } from '../../../schemas/submissions.ts';
import { apiUrl } from '../../api/client.ts';
import { EnvironmentBadge, StateBadge } from '../../components/badge.tsx';
import { Icon } from '../../components/icon.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { dateTime, t } from '../../i18n/language.ts';
import { useMedia } from '../../state/media.ts';
import { tellingFiles } from './answer-files.ts';

const ROW_PX = 68;
const NARROW_ROW_PX = 182;

/** One row for each submission; only those in sight are in the document. */
export function SubmissionRows({ items }: { readonly items: readonly Submission[] }) {
  const isNarrow = useMedia('(max-width: 60rem)');
  return (
    <VirtualList
      items={items}
      rowHeight={isNarrow ? NARROW_ROW_PX : ROW_PX}
      attributes={{
        class: 'virtual subs-list',
        role: 'table',
        tabIndex: 0,
        'aria-label': t('submissions.title'),
        'aria-rowcount': items.length + 1,
      }}
      header={<Head />}
      row={(one, index) => (
        <div key={one.ticket} role="row" class="sub" aria-rowindex={index + 2}>
          <Row one={one} />
        </div>
      )}
    />
  );
}

function Head() {
  return (
    <div role="rowgroup" class="subs-head">
      <div role="row" class="sub" aria-rowindex={1}>
        <span role="columnheader">{t('submissions.state')}</span>
        <span role="columnheader">{t('submissions.column.file')}</span>
        <span role="columnheader">{t('submissions.flow')}</span>
        <span role="columnheader">{t('submissions.column.records')}</span>
        <span role="columnheader">{t('submissions.column.received')}</span>
        <span role="columnheader">{t('submissions.column.answers')}</span>
      </div>
    </div>
  );
}

function Row({ one }: { readonly one: Submission }) {
  return (
    <>
      <span role="cell" class="sub-state">
        <StateBadge state={one.state} />
        <EnvironmentBadge environment={one.environment} />
      </span>
      <span role="cell" class="sub-file">
        <a href={`/submissions/${one.ticket}`} title={one.file}>
          {one.file}
        </a>
        <code class="muted small">{one.ticket}</code>
      </span>
      <span role="cell" class="sub-flow" title={one.flowName}>
        {one.flow}
        <span class="muted small sub-flow-name">{one.flowName}</span>
      </span>
      <span role="cell" class="sub-records">
        <Counts records={one.records} />
      </span>
      <span role="cell" class="muted sub-received">
        {dateTime(one.receivedAt)}
      </span>
      <span role="cell" class="sub-answers">
        <Take one={one} kind="receipt" />
        <Take one={one} kind="notification" />
      </span>
    </>
  );
}

function Counts({ records }: Pick<Submission, 'records'>) {
  if (records === null) return <span class="muted">{t('submissions.notCounted')}</span>;
  return (
    <>
      <span>{t('submissions.accepted', { count: records.accepted })}</span>
      {records.refused > 0 && (
        <strong class="sub-refused">{t('submissions.refused', { count: records.refused })}</strong>
      )}
    </>
  );
}

/** The answer itself; its signature stands on the page of the submission. */
function Take({ one, kind }: { readonly one: Submission; readonly kind: 'receipt' | 'notification' }) {
  const [first] = tellingFiles(one[kind]);
  if (first === undefined) return null;
  const label = t(kind === 'receipt' ? 'submissions.takeReceipt' : 'submissions.takeNotification', { file: one.file });
  return (
    <a
      class="sub-take"
      href={apiUrl(`/submissions/${one.ticket}/answers/${encodeURIComponent(first.name)}`)}
      download={first.name}
      aria-label={label}
      title={label}
    >
      <Icon name="download" />
      {t(kind === 'receipt' ? 'submissions.receipt' : 'submissions.notification')}
    </a>
  );
}
