import { useEffect, useState } from 'preact/hooks';
import type { Folder } from '../../../schemas/files.ts';
import { api } from '../../api/client.ts';
import { onEvent } from '../../api/events.ts';
import { useLoaded } from '../../api/loaded.ts';
import { Badge } from '../../components/badge.tsx';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ProblemView } from '../../components/problem.tsx';
import { Skeleton } from '../../components/progress.tsx';
import { t } from '../../i18n/language.ts';
import { browseUrl } from '../../state/router.ts';
import { session } from '../../state/session.ts';
import { HeldUploads } from '../../uploads/held.tsx';
import { useFlowNames } from './flow-names.ts';
import { type FlowPlaces, type Grouped, groupByFlow, type Place } from './overview-model.ts';
import { nameOf } from './paths.ts';

const MAX_FLOWS = 500;
/** More files than this are "100+". */
const COUNTED = 100;

type Top = { readonly root: string; readonly name: string | undefined; readonly grouped: Grouped };

/** Folders and mailboxes by flow, for each partner one acts for. */
export function Overview({ path }: { readonly path: string }) {
  const designations = session.value?.designations ?? [];
  const isOne = designations.length <= 1 || path !== '/';
  const key = `${path} ${designations.map(({ root }) => root).join(' ')}`;
  const loaded = useLoaded<readonly Top[]>(key, async (signal) => {
    const roots = isOne ? [{ root: path, name: undefined }] : designations;
    return Promise.all(
      roots.map(async ({ root, name }) => ({ root, name, grouped: groupByFlow(await topsOf(root, signal)) })),
    );
  });
  const names = useFlowNames();
  const { value, error, reload } = loaded;
  return (
    <Page title={t('files.title')} lead={t('files.lead')}>
      {error !== undefined && <ProblemView error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Skeleton lines={6} label={t('shell.loading')} />}
      <HeldUploads />
      {value?.map((top) => (
        <section class="stack" key={top.root} aria-label={top.name ?? t('files.title')}>
          {top.name !== undefined && <p class="muted">{top.name}</p>}
          {top.grouped.flows.length === 0 && top.grouped.others.length === 0 && (
            <Empty icon="folder" title={t('files.nothingHere')} />
          )}
          <ul class="cards flow-cards">
            {top.grouped.flows.map((flow) => (
              <FlowCard key={flow.code} flow={flow} name={names.get(flow.code ?? '')} />
            ))}
            {top.grouped.others.length > 0 && <OthersCard paths={top.grouped.others} />}
          </ul>
        </section>
      ))}
    </Page>
  );
}

function FlowCard({ flow, name }: { readonly flow: FlowPlaces; readonly name: string | undefined }) {
  const title = flow.code === undefined ? t('files.allFlows') : (name ?? flow.code);
  const real = flow.places.filter(({ purpose }) => purpose.endsWith('R'));
  const trials = flow.places.filter(({ purpose }) => !purpose.endsWith('R'));
  return (
    <li class="card flow-card">
      <h2 class="flow-name">
        {title}
        {flow.code !== undefined && name !== undefined && <span class="flow-code">{flow.code}</span>}
      </h2>
      <div class="places">
        {real.map((place) => (
          <PlaceLink key={place.path} place={place} flow={title} />
        ))}
      </div>
      {trials.length > 0 && (
        <div class="trials">
          {trials.map(({ purpose, path }) => (
            <a key={path} href={browseUrl(path)}>
              {t(`files.way.${purpose}`)}
              <span class="unseen">: {title}</span>
            </a>
          ))}
        </div>
      )}
    </li>
  );
}

/** Where one hands in, or a mailbox with how much lies in it. */
function PlaceLink({ place, flow }: { readonly place: Place; readonly flow: string }) {
  const { purpose, path } = place;
  const isIn = purpose === 'inR';
  const count = useCount(isIn ? undefined : path);
  return (
    <a class="place" href={browseUrl(path)}>
      <span class={`place-sign place-${isIn ? 'in' : 'out'}`}>
        <Icon name={isIn ? 'send' : 'inbox'} />
      </span>
      <span class="grow">
        {t(`files.way.${purpose}`)}
        <span class="unseen">: {flow}</span>
      </span>
      {count !== undefined && count.files > 0 && (
        <Badge tone="info">{count.more ? `${count.files}+` : t('files.countFiles', { count: count.files })}</Badge>
      )}
      <Icon name="chevron-right" class="muted" />
    </a>
  );
}

function OthersCard({ paths }: { readonly paths: readonly string[] }) {
  return (
    <li class="card flow-card">
      <h2 class="flow-name">{t('files.sharedFolders')}</h2>
      <div class="places">
        {paths.map((path) => (
          <a key={path} class="place" href={browseUrl(path)}>
            <span class="place-sign place-shared">
              <Icon name="users" />
            </span>
            <span class="grow">{nameOf(path)}</span>
            <Icon name="chevron-right" class="muted" />
          </a>
        ))}
      </div>
    </li>
  );
}

async function topsOf(root: string, signal: AbortSignal): Promise<readonly Folder[]> {
  const top = await api<Folder>('GET', '/folder', { query: { path: root, limit: MAX_FLOWS }, signal });
  const folders = top.items.filter(({ kind }) => kind === 'folder');
  return Promise.all(
    folders.map(({ path }) => api<Folder>('GET', '/folder', { query: { path, limit: MAX_FLOWS }, signal })),
  );
}

function useCount(path: string | undefined): { readonly files: number; readonly more: boolean } | undefined {
  const [count, setCount] = useState<{ files: number; more: boolean }>();
  useEffect(() => {
    if (path === undefined) return;
    const aborter = new AbortController();
    const look = () => {
      void api<Folder>('GET', '/folder', { query: { path, limit: COUNTED }, signal: aborter.signal }).then(
        ({ items, next }) =>
          setCount({ files: items.filter(({ kind }) => kind === 'file').length, more: next !== null }),
        () => undefined, // a number is no reason for a message
      );
    };
    look();
    const stop = onEvent('folder', (event) => event.path === path && look());
    return () => {
      stop();
      aborter.abort();
    };
  }, [path]);
  return count;
}
