import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { language } from '../i18n/language.ts';
import { type ApiError, asApiError } from './client.ts';

/** What a page asked for: not there yet, there, or a problem. While it is asked for again, what was there stays. */
export type Loaded<T> = {
  readonly value: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
};

/**
 * Asks for something when a page is shown, and again when its key or the language changes.
 * @param key what is asked for; a change forgets what was there
 */
export function useLoaded<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: ApiError; loading: boolean }>({
    key,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const spoken = language.value;
  useEffect(() => {
    const aborter = new AbortController();
    setState((before) => (before.key === key ? { ...before, loading: true } : { key, loading: true }));
    latest.current(aborter.signal).then(
      (value) => !aborter.signal.aborted && setState({ key, value, loading: false }),
      (error: unknown) =>
        !aborter.signal.aborted && setState((before) => ({ ...before, key, error: asApiError(error), loading: false })),
    );
    return () => aborter.abort();
  }, [key, round, spoken]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const isSame = state.key === key;
  return {
    value: isSame ? state.value : undefined,
    error: isSame ? state.error : undefined,
    loading: isSame ? state.loading : true,
    reload,
  };
}
