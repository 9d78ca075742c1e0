import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { List } from '../../../schemas/common.ts';
import type { Events } from '../../../schemas/events.ts';
import type { Submission } from '../../../schemas/submissions.ts';
import { type ApiError, api, asApiError } from '../../api/client.ts';
import { onEvent } from '../../api/events.ts';
import { language } from '../../i18n/language.ts';
import { type Filter, queryOf } from './filter.ts';
import { changedBy, joined } from './merge.ts';

/** One page of the API; a list is filled up to `SHOWN_AT_ONCE` by itself, and goes on when the reader asks. */
const PAGE = 200;
const SHOWN_AT_ONCE = 1_000;
/** Changes that come close together are asked for together. */
const GATHER_MS = 250;

export type LiveList = {
  readonly items: readonly Submission[] | undefined;
  readonly error: ApiError | undefined;
  /** Undefined where everything is there. */
  readonly more: (() => void) | undefined;
  readonly reload: () => void;
};

type State = { readonly key: string; readonly items?: readonly Submission[]; readonly next?: string | null };

/** Submissions that fit a filter, kept up to date by the events of the gateway. */
export function useLiveList(filter: Filter): LiveList {
  const spoken = language.value;
  const key = `${JSON.stringify(filter)} ${spoken}`;
  const [state, setState] = useState<State>({ key });
  const [error, setError] = useState<ApiError>();
  const [round, setRound] = useState(0);
  const running = useRef<AbortController | undefined>(undefined);
  const fill = useCallback(
    async (from: string | undefined, wanted: number) => {
      running.current?.abort();
      const aborter = new AbortController();
      running.current = aborter;
      try {
        let [cursor, got] = [from, 0];
        do {
          const page = await pageOf(filter, cursor, aborter.signal);
          setState((before) => ({ key, items: joined(sameKey(before, key), page.items), next: page.next }));
          got += page.items.length;
          cursor = page.next ?? undefined;
        } while (cursor !== undefined && got < wanted);
        setError(undefined);
      } catch (thrown) {
        if (!aborter.signal.aborted) setError(asApiError(thrown));
      }
    },
    [key],
  );
  useEffect(() => {
    void fill(undefined, SHOWN_AT_ONCE);
    return () => running.current?.abort();
  }, [fill, round]);
  useChanges(filter, key, setState, () => setRound((before) => before + 1));
  const { next } = state;
  const isSame = state.key === key;
  return {
    items: isSame ? state.items : undefined,
    error,
    more: isSame && typeof next === 'string' ? () => void fill(next, SHOWN_AT_ONCE) : undefined,
    reload: () => setRound((before) => before + 1),
  };
}

function sameKey(state: State, key: string): readonly Submission[] {
  return state.key === key ? (state.items ?? []) : [];
}

function pageOf(filter: Filter, cursor: string | undefined, signal: AbortSignal): Promise<List<Submission>> {
  return api<List<Submission>>('GET', '/submissions', { query: { ...queryOf(filter), cursor, limit: PAGE }, signal });
}

/** What an event tells is shown at once; what it does not tell, such as names of answers, is asked for after it. */
function useChanges(
  filter: Filter,
  key: string,
  setState: (change: (before: State) => State) => void,
  all: () => void,
) {
  useEffect(() => {
    const aborter = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      timer = undefined;
      const { items } = await pageOf(filter, undefined, aborter.signal);
      setState((before) => ({ ...before, key, items: joined(sameKey(before, key), items) }));
    };
    const hear = (event: Events['submission']) => {
      setState((before) => ({ ...before, items: changedBy(sameKey(before, key), event, filter) }));
      timer ??= setTimeout(() => void ask().catch(() => undefined), GATHER_MS); // the next event asks again
    };
    const stops = [onEvent('submission', hear), onEvent('reset', all)];
    return () => {
      for (const stop of stops) stop();
      clearTimeout(timer);
      aborter.abort();
    };
  }, [key]);
}
