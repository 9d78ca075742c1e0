// biome-ignore-all lint/a11y/useSemanticElements: a table has no rows that come and go while one scrolls
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names the row it is at
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Entry } from '../../../schemas/files.ts';
import { apiUrl } from '../../api/client.ts';
import { Badge } from '../../components/badge.tsx';
import { Icon } from '../../components/icon.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { bytes, dateTime, t } from '../../i18n/language.ts';
import { onDownload } from '../../state/download.ts';
import { useMedia } from '../../state/media.ts';
import { browseUrl } from '../../state/router.ts';
import { type KeyActions, ListKeys } from './keys.ts';
import { type Choice, moveTo, type SortBy, type Sorting, toggle } from './selection.ts';

const ROW_PX = 48;
const NARROW_ROW_PX = 64;
const COLUMNS = ['name', 'size', 'modified'] as const satisfies readonly SortBy[];

type EntryListProps = KeyActions & {
  readonly label: string;
  readonly rows: readonly Entry[];
  readonly choice: Choice;
  readonly sorting: Sorting;
  readonly onSort: (by: SortBy) => void;
  /** Whether the keyboard comes from another list. */
  readonly takesFocus: boolean;
};

/**
 * The files of a folder. The list itself has the focus and names the row it is at (aria-activedescendant), so that rows
 * may come and go while one scrolls.
 */
export function EntryList({ label, rows, choice, sorting, onSort, takesFocus, ...actions }: EntryListProps) {
  const id = useId();
  const keys = useRef(new ListKeys());
  const isNarrow = useMedia('(max-width: 40rem)');
  const at = rows.findIndex(({ name }) => name === choice.at);
  const rowId = (index: number) => `${id}-${index}`;
  useEffect(() => {
    if (takesFocus) document.getElementById(id)?.focus();
  }, [takesFocus, id]);
  const click = (event: MouseEvent, index: number, entry: Entry) => {
    if (event.target instanceof Element && event.target.closest('a, button') !== null) return;
    if (event.shiftKey) actions.onChoice(moveTo(choice, rows, index, 'range'));
    else if (event.ctrlKey || event.metaKey) actions.onChoice(toggle(choice, entry.name));
    else actions.onChoice(moveTo(choice, rows, index, 'alone'));
  };
  return (
    <VirtualList
      items={rows}
      rowHeight={isNarrow ? NARROW_ROW_PX : ROW_PX}
      shownIndex={at}
      attributes={{
        id,
        class: 'virtual entries',
        role: 'grid',
        tabIndex: 0,
        'aria-label': label,
        'aria-rowcount': rows.length + 1,
        'aria-multiselectable': true,
        'aria-activedescendant': at === -1 ? undefined : rowId(at),
        onKeyDown: (event: KeyboardEvent) => {
          if (keys.current.press(event, rows, choice, actions)) event.preventDefault();
        },
        onFocus: () => {
          if (at === -1 && rows.length > 0) actions.onChoice(moveTo(choice, rows, 0, 'focus'));
        },
      }}
      header={<Head sorting={sorting} onSort={onSort} />}
      row={(entry, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the grid's, which has the focus
        <div
          key={entry.name}
          id={rowId(index)}
          role="row"
          class={`entry${index === at ? ' entry-at' : ''}`}
          aria-rowindex={index + 2}
          aria-selected={choice.chosen.has(entry.name)}
          onClick={(event) => click(event, index, entry)}
          onDblClick={() => actions.onOpen(entry)}
        >
          <Row entry={entry} isChosen={choice.chosen.has(entry.name)} choice={choice} actions={actions} />
        </div>
      )}
    />
  );
}

function Head({ sorting, onSort }: Pick<EntryListProps, 'sorting' | 'onSort'>) {
  return (
    <div role="rowgroup" class="entries-head">
      <div role="row" class="entry entry-head" aria-rowindex={1}>
        <span role="columnheader" class="entry-check">
          <span class="unseen">{t('files.chosen')}</span>
        </span>
        {COLUMNS.map((column) => (
          <span
            key={column}
            role="columnheader"
            class={`entry-${column}`}
            aria-sort={sorting.by !== column ? 'none' : sorting.down ? 'descending' : 'ascending'}
          >
            <button type="button" class="entry-sort" onClick={() => onSort(column)}>
              {t(`files.column.${column}`)}
              {sorting.by === column && <Icon name="chevron-down" class={sorting.down ? '' : 'turned'} />}
            </button>
          </span>
        ))}
        <span role="columnheader" class="entry-take">
          <span class="unseen">{t('files.column.take')}</span>
        </span>
      </div>
    </div>
  );
}

type RowProps = {
  readonly entry: Entry;
  readonly isChosen: boolean;
  readonly choice: Choice;
  readonly actions: KeyActions;
};

function Row({ entry, isChosen, choice, actions }: RowProps) {
  const { name, path, kind } = entry;
  const isFile = kind === 'file';
  return (
    <>
      <span role="gridcell" class="entry-check">
        <button
          type="button"
          class={`check${isChosen ? ' check-on' : ''}`}
          tabIndex={-1}
          aria-label={t('files.choose', { name })}
          aria-pressed={isChosen}
          onClick={() => actions.onChoice(toggle(choice, name))}
        >
          <Icon name="check" />
        </button>
      </span>
      <span role="gridcell" class="entry-name">
        <Icon name={isFile ? 'file' : 'folder'} class={isFile ? 'muted' : 'entry-folder'} />
        <span class="entry-words">
          {isFile ? (
            <button type="button" class="entry-link" tabIndex={-1} onClick={() => actions.onOpen(entry)}>
              {name}
            </button>
          ) : (
            <a class="entry-link" tabIndex={-1} href={browseUrl(path)}>
              {name}
            </a>
          )}
          <span class="entry-below muted small">
            {isFile ? `${bytes(entry.size)} · ${dateTime(entry.modified)}` : ''}
          </span>
        </span>
        <Marks entry={entry} />
      </span>
      <span role="gridcell" class="entry-size number muted">
        {isFile ? bytes(entry.size) : ''}
      </span>
      <span role="gridcell" class="entry-modified muted">
        {isFile ? dateTime(entry.modified) : ''}
      </span>
      <span role="gridcell" class="entry-take">
        {isFile && entry.rights.includes('read') && (
          <a
            class="button button-quiet button-icon"
            tabIndex={-1}
            href={apiUrl('/content', { path })}
            download={name}
            onClick={onDownload(path, name)}
            aria-label={t('files.downloadOne', { name })}
            title={t('files.downloadOne', { name })}
          >
            <Icon name="download" />
          </a>
        )}
      </span>
    </>
  );
}

/** What holds a file back, or what became of it. */
function Marks({ entry: { frozen, delivery } }: { readonly entry: Entry }) {
  return (
    <span class="entry-marks">
      {frozen !== null && (
        <a
          class="badge badge-info"
          tabIndex={-1}
          href={`/submissions/${frozen.ticket}`}
          title={t('files.frozen', { ticket: frozen.ticket })}
        >
          <Icon name="lock" />
          <span class="entry-mark">{t('files.frozen', { ticket: frozen.ticket })}</span>
        </a>
      )}
      {delivery !== null && delivery.state === 'picked-up' && <Badge tone="ok">{t('files.pickedUp')}</Badge>}
      {delivery !== null && delivery.state === 'delivered' && <Badge tone="info">{t('files.new')}</Badge>}
    </span>
  );
}
