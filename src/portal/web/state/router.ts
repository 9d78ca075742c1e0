import { signal } from '@preact/signals';

export type Location = {
  /** Percent-encoded, as in the address bar. */
  readonly path: string;
  readonly query: URLSearchParams;
};

/** Must agree with what the gateway answers with the page (src/portal/pages.ts). */
const OURS = /^\/(?:$|(?:browse|submissions|check|rights|expected|flows|help)(?:\/|$))/;

export const location = signal<Location>(here());

function here(): Location {
  return { path: window.location.pathname, query: new URLSearchParams(window.location.search) };
}

/** Follows the buttons of the browser, and every link to a page of ours without loading it anew. */
export function openRouter(): void {
  addEventListener('popstate', () => {
    location.value = here();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== window.location.origin || !OURS.test(url.pathname) || link.getAttribute('href')?.startsWith('#'))
      return;
    event.preventDefault();
    navigate(url.pathname + url.search);
  });
}

export function navigate(url: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  location.value = here();
}

/** The address of a folder: each part of its path percent-encoded. */
export function browseUrl(path: string): string {
  return path === '/' ? '/browse/' : `/browse${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** The path of the folder that an address shows. */
export function browsedPath(url: string): string {
  const path = url
    .replace(/^\/browse\/?/, '/')
    .split('/')
    .map(decodeOrKeep)
    .join('/');
  return path.length > 1 ? path.replace(/\/+$/, '') : '/';
}

function decodeOrKeep(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
