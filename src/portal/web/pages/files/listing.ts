import { useEffect, useRef, useState } from 'preact/hooks';
import type { Entry, Folder } from '../../../schemas/files.ts';
import { type ApiError, api, asApiError } from '../../api/client.ts';
import { onEvent } from '../../api/events.ts';
import { language } from '../../i18n/language.ts';
import { lastArrival } from '../../uploads/manager.ts';

const PAGE = 1000;
const FIRST_PAGE = 200;
const MAX_ENTRIES = 100_000;
/** Many changes at once are looked at once. */
const CALM_MS = 250;
/** Sorting and drawing for each page would take longer than asking for them. */
const SHOWN_EVERY_MS = 400;

export type Listing = {
  readonly folder: Folder | undefined;
  readonly entries: readonly Entry[];
  /** False while more pages come. */
  readonly complete: boolean;
  readonly error: ApiError | undefined;
  readonly reload: () => void;
};

type State = Omit<Listing, 'reload'> & { readonly path: string };

/**
 * A folder and all that lies in it, page after page; the first is small, so that something is seen at once. Looks again
 * when the gateway tells of a change or a file of ours has arrived.
 */
export function useListing(path: string): Listing {
  const [state, setState] = useState<State>(nothingOf(path));
  const [round, setRound] = useState(0);
  const spoken = language.value;
  const calm = useRef<ReturnType<typeof setTimeout>>(undefined);
  const again = useRef(() => {
    clearTimeout(calm.current);
    calm.current = setTimeout(() => setRound((before) => before + 1), CALM_MS);
  });
  useEffect(() => {
    const stops = [
      onEvent('folder', (event) => event.path === path && again.current()),
      onEvent('reset', () => again.current()),
      lastArrival.subscribe(({ folder }) => folder === path && again.current()),
    ];
    return () => {
      for (const stop of stops) stop();
      clearTimeout(calm.current);
    };
  }, [path]);
  useEffect(() => {
    const aborter = new AbortController();
    setState((before) => (before.path === path ? before : nothingOf(path)));
    void readAll(path, aborter.signal, (read) =>
      setState((before) => {
        // While it is read again, what was there stays, so that nothing jumps.
        const isLess = before.path === path && before.complete && !read.complete && read.error === undefined;
        return isLess ? before : { ...read, path };
      }),
    );
    return () => aborter.abort();
  }, [path, round, spoken]);
  const now = state.path === path ? state : nothingOf(path);
  return { ...now, reload: () => setRound((before) => before + 1) };
}

function nothingOf(path: string): State {
  return { path, folder: undefined, entries: [], complete: false, error: undefined };
}

async function readAll(path: string, signal: AbortSignal, tell: (read: Omit<State, 'path'>) => void): Promise<void> {
  const entries: Entry[] = [];
  let folder: Folder | undefined;
  let told = 0;
  try {
    let cursor: string | undefined;
    do {
      const query = { path, limit: cursor === undefined ? FIRST_PAGE : PAGE, cursor };
      const page: Folder = await api<Folder>('GET', '/folder', { query, signal });
      folder = page;
      entries.push(...page.items);
      cursor = page.next ?? undefined;
      const complete = cursor === undefined || entries.length >= MAX_ENTRIES;
      if (complete || told === 0 || performance.now() - told > SHOWN_EVERY_MS) {
        tell({ folder, entries: [...entries], complete, error: undefined });
        told = performance.now();
      }
      if (complete) return;
    } while (cursor !== undefined);
  } catch (error) {
    if (!signal.aborted) tell({ folder, entries: [...entries], complete: true, error: asApiError(error) });
  }
}
