import { useEffect, useRef } from 'preact/hooks';

/** "?" shows the keys, "/" goes to the filter, wherever one is but in a field. */
export function useFolderKeys(showKeys: () => void): void {
  const latest = useRef(showKeys);
  latest.current = showKeys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isField =
        event.target instanceof Element && event.target.closest('input, textarea, select, dialog') !== null;
      if (isField || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '?') latest.current();
      else if (event.key === '/') document.querySelector<HTMLElement>('.browser-bar input')?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
