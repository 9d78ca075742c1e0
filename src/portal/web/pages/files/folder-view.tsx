import { useMemo, useState } from 'preact/hooks';
import type { Entry, Folder } from '../../../schemas/files.ts';
import { asApiError } from '../../api/client.ts';
import { EnvironmentBadge } from '../../components/badge.tsx';
import { Breadcrumb } from '../../components/breadcrumb.tsx';
import { IconButton } from '../../components/button.tsx';
import { Empty } from '../../components/empty.tsx';
import { Search } from '../../components/field.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { bytes, locale, t } from '../../i18n/language.ts';
import { useMedia } from '../../state/media.ts';
import { session } from '../../state/session.ts';
import { tell } from '../../state/toasts.ts';
import type { Given } from '../../uploads/dropped.ts';
import { addUploads, makeFolders } from '../../uploads/manager.ts';
import { DeleteDialog, NewFolderDialog, OverwriteDialog, RenameDialog, ShortcutsDialog } from './dialogs.tsx';
import { DropZone } from './drop-zone.tsx';
import { EntryList } from './entry-list.tsx';
import { useFlowNames } from './flow-names.ts';
import { useFolderKeys } from './folder-keys.ts';
import { useListing } from './listing.ts';
import { crumbsOf, titleOf } from './names.ts';
import { nameOf, parentOf, purposeOf } from './paths.ts';
import { PreviewDialog, PreviewPanel } from './preview.tsx';
import { type Choice, NOTHING_CHOSEN, type Sorting, sorted } from './selection.ts';
import { Toolbar } from './toolbar.tsx';

type Asked =
  | { readonly kind: 'new-folder' | 'delete' | 'keys' }
  | { readonly kind: 'rename'; readonly entry: Entry }
  | { readonly kind: 'overwrite'; readonly given: readonly Given[]; readonly there: ReadonlyMap<string, Entry> };

type FolderViewProps = {
  readonly path: string;
  /** The folder from whose list this one was opened: the keyboard goes on in the list. */
  readonly cameFrom: string | undefined;
  readonly onOpen: (path: string, from: string) => void;
};

/** What is chosen, sorted, shown and asked in a folder. */
function useFolderState(path: string, cameFrom: string | undefined) {
  const listing = useListing(path);
  const { folder, entries } = listing;
  const at = cameFrom === undefined ? undefined : nameOf(cameFrom);
  const [choice, setChoice] = useState<Choice>({ ...NOTHING_CHOSEN, at });
  const [sorting, setSorting] = useState<Sorting>({ by: 'name', down: false });
  const [filter, setFilter] = useState('');
  const [shown, setShown] = useState<string>();
  const [asked, setAsked] = useState<Asked>();
  const rows = useMemo(() => sorted(entries, filter, sorting, locale.value), [entries, filter, sorting, locale.value]);
  const chosen = useMemo(() => entries.filter(({ name }) => choice.chosen.has(name)), [entries, choice]);
  const [first] = chosen;
  return {
    ...{
      path,
      listing,
      choice,
      setChoice,
      sorting,
      setSorting,
      filter,
      setFilter,
      setShown,
      asked,
      setAsked,
      rows,
      chosen,
    },
    preview: entries.find(({ name }) => name === shown),
    send: (given: readonly Given[]) => void beginUpload(path, folder, entries, given, setAsked),
    rename: () => first !== undefined && setAsked({ kind: 'rename', entry: first }),
    clear: () => setChoice({ ...NOTHING_CHOSEN, at: choice.at }),
  };
}

type FolderState = ReturnType<typeof useFolderState>;

/** One folder: what lies in it, and all that one may do there. */
export function FolderView({ path, cameFrom, onOpen }: FolderViewProps) {
  const state = useFolderState(path, cameFrom);
  const { listing, chosen, preview, setAsked, send } = state;
  const { folder, error } = listing;
  const isWide = useMedia('(min-width: 80rem)');
  const title = titleOf(path, folder, useFlowNames());
  const closePreview = () => state.setShown(undefined);
  useFolderKeys(() => setAsked({ kind: 'keys' }));
  if (error !== undefined && folder === undefined) {
    return (
      <Page title={nameOf(path)} above={<Breadcrumb crumbs={crumbsOf(path, nameOf(path))} />}>
        <ProblemView error={error} onRetry={listing.reload} />
      </Page>
    );
  }
  return (
    <Page
      title={title}
      above={<Breadcrumb crumbs={crumbsOf(path, title)} />}
      beside={<Beside folder={folder} title={title} />}
      lead={leadOf(folder)}
    >
      {error !== undefined && <ProblemView error={error} onRetry={listing.reload} />}
      <Toolbar
        {...{ folder, chosen }}
        onFiles={send}
        onNewFolder={() => setAsked({ kind: 'new-folder' })}
        onRename={state.rename}
        onDelete={() => setAsked({ kind: 'delete' })}
        onClear={state.clear}
      />
      <DropZone active={folder?.rights.includes('create') ?? false} onFiles={send}>
        <div class={`browser${preview !== undefined && isWide ? ' browser-preview' : ''}`}>
          <Contents state={state} title={title} takesFocus={cameFrom !== undefined} onOpen={onOpen} />
          {preview !== undefined && isWide && <PreviewPanel entry={preview} onClose={closePreview} />}
        </div>
      </DropZone>
      {preview !== undefined && !isWide && <PreviewDialog entry={preview} onClose={closePreview} />}
      <Dialogs state={state} />
    </Page>
  );
}

type ContentsProps = Pick<FolderViewProps, 'onOpen'> & {
  readonly state: FolderState;
  readonly title: string;
  readonly takesFocus: boolean;
};

/** The list, or why there is none. */
function Contents({ state, title, takesFocus, onOpen }: ContentsProps) {
  const { path, listing, rows, choice, sorting, filter, chosen, setAsked } = state;
  const { folder } = listing;
  return (
    <div class="browser-list">
      <div class="browser-bar">
        <Search label={t('files.filter')} value={filter} onChange={state.setFilter} />
        <span class="muted small" role="status">
          {t('files.countEntries', { count: rows.length })}
          {!listing.complete && ' …'}
        </span>
        <IconButton icon="help" label={t('files.keys')} onClick={() => setAsked({ kind: 'keys' })} />
      </div>
      {folder === undefined && <Skeleton lines={8} label={t('shell.loading')} />}
      {folder !== undefined && rows.length === 0 && <Nothing folder={folder} isFiltered={filter !== ''} />}
      {rows.length > 0 && (
        <EntryList
          label={t('files.contentsOf', { name: title })}
          {...{ rows, choice, sorting, takesFocus }}
          onSort={(by) => state.setSorting({ by, down: sorting.by === by ? !sorting.down : false })}
          onChoice={state.setChoice}
          onOpen={(entry) => (entry.kind === 'folder' ? onOpen(entry.path, path) : state.setShown(entry.name))}
          onUp={() => onOpen(parentOf(path), path)}
          onDelete={() => chosen.length > 0 && mayDelete(chosen) && setAsked({ kind: 'delete' })}
          onRename={state.rename}
        />
      )}
    </div>
  );
}

/** What is asked just now, if anything is. */
function Dialogs({ state }: { readonly state: FolderState }) {
  const { path, asked, chosen } = state;
  const onClose = () => state.setAsked(undefined);
  const onDone = () => {
    state.clear();
    state.listing.reload();
  };
  switch (asked?.kind) {
    case 'new-folder':
      return <NewFolderDialog folder={path} {...{ onClose, onDone }} />;
    case 'rename':
      return <RenameDialog entry={asked.entry} {...{ onClose, onDone }} />;
    case 'delete':
      return <DeleteDialog entries={chosen} {...{ onClose, onDone }} />;
    case 'keys':
      return <ShortcutsDialog onClose={onClose} />;
    case 'overwrite':
      return <Overwrite {...{ path, asked, onClose }} />;
    default:
      return null;
  }
}

function Overwrite({
  path,
  asked: { given, there },
  onClose,
}: {
  readonly path: string;
  readonly asked: Extract<Asked, { kind: 'overwrite' }>;
  readonly onClose: () => void;
}) {
  const conflicts = given.flatMap((one) => {
    const entry = entryFor(one, there);
    return entry === undefined ? [] : [{ given: one, entry }];
  });
  return (
    <OverwriteDialog
      conflicts={conflicts}
      onClose={onClose}
      onReplace={() => {
        addUploads(
          path,
          given,
          new Map([...there].flatMap(([name, { etag }]) => (etag === null ? [] : [[name, etag]]))),
        );
        onClose();
      }}
      onSkip={() => {
        addUploads(
          path,
          given.filter((one) => entryFor(one, there) === undefined),
          new Map(),
        );
        onClose();
      }}
    />
  );
}

function entryFor({ file, below }: Given, there: ReadonlyMap<string, Entry>): Entry | undefined {
  return below === '' ? there.get(file.name.normalize('NFC')) : undefined;
}

/** Checks what can be known here, makes folders, asks before something is replaced, and sends. */
async function beginUpload(
  path: string,
  folder: Folder | undefined,
  entries: readonly Entry[],
  all: readonly Given[],
  ask: (asked: Asked) => void,
): Promise<void> {
  const max = session.value?.limits.maxFileBytes ?? Number.POSITIVE_INFINITY;
  for (const { file } of all.filter((one) => one.file.size > max)) {
    tell('trouble', t('files.tooLarge', { name: file.name, max: bytes(max) }));
  }
  let given = all.filter(({ file }) => file.size <= max);
  // Where no folders may be made, such as where files are handed in, what lay in folders is taken as it is.
  if (folder?.rights.includes('makeFolder') !== true) given = given.map(({ file }) => ({ file, below: '' }));
  if (given.length === 0) return;
  try {
    await makeFolders(path, given);
  } catch (error) {
    tell('trouble', asApiError(error).problem.detail);
    return;
  }
  const there = new Map(entries.filter(({ kind }) => kind === 'file').map((entry) => [entry.name, entry]));
  if (given.some((one) => entryFor(one, there) !== undefined)) ask({ kind: 'overwrite', given, there });
  else addUploads(path, given, new Map());
}

function Nothing({ folder, isFiltered }: { readonly folder: Folder; readonly isFiltered: boolean }) {
  if (isFiltered) return <Empty icon="search" title={t('files.noMatch')} />;
  const maySend = folder.rights.includes('create');
  return (
    <Empty icon={maySend ? 'upload' : 'inbox'} title={t(maySend ? 'files.dropHere' : 'files.emptyFolder')}>
      {maySend && <p>{t('files.dropHereLead')}</p>}
    </Empty>
  );
}

function mayDelete(entries: readonly Entry[]): boolean {
  return entries.every(({ rights }) => rights.includes('delete'));
}

/** The code of a flow that is called by its name, and the environment. */
function Beside({ folder, title }: { readonly folder: Folder | undefined; readonly title: string }) {
  if (folder === undefined) return null;
  const { flow, environment, path } = folder;
  return (
    <>
      {flow !== null && flow !== title && nameOf(path) === flow && <code class="muted">{flow}</code>}
      {environment !== null && <EnvironmentBadge environment={environment} />}
    </>
  );
}

function leadOf(folder: Folder | undefined): string | undefined {
  if (folder?.kind === 'intake') return t('files.intakeLead');
  if (folder?.kind === 'mailbox') return t('files.mailboxLead');
  return purposeOf(nameOf(folder?.path ?? '/')) === 'sharedR' ? t('files.sharedLead') : undefined;
}
