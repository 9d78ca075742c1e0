import type { ComponentType } from 'preact';

/** What a page gets of its address: the part behind its own, percent-encoded (`/submissions/ABC` → `ABC`). */
export type RouteProps = { readonly rest: string };

export type Section = 'files' | 'submissions' | 'check' | 'expected' | 'flows' | 'rights' | 'help';

export type PageRoute = {
  readonly section: Section;
  readonly prefix: string;
  readonly load: () => Promise<ComponentType<RouteProps>>;
};

/** Every page. A prefix here must be one that the gateway answers with the page (src/portal/pages.ts). */
export const ROUTES: readonly PageRoute[] = [
  { section: 'files', prefix: '/browse', load: async () => (await import('./files/page.tsx')).default },
  {
    section: 'submissions',
    prefix: '/submissions',
    load: async () => (await import('./submissions/page.tsx')).default,
  },
  { section: 'check', prefix: '/check', load: async () => (await import('./check/page.tsx')).default },
  { section: 'expected', prefix: '/expected', load: async () => (await import('./expected/page.tsx')).default },
  { section: 'flows', prefix: '/flows', load: async () => (await import('./flows/page.tsx')).default },
  { section: 'rights', prefix: '/rights', load: async () => (await import('./rights/page.tsx')).default },
  { section: 'help', prefix: '/help', load: async () => (await import('./help/page.tsx')).default },
];

const [FIRST] = ROUTES;
if (FIRST === undefined) throw new Error('there is a first page');
const HOME: PageRoute = FIRST;

/** The page of an address; `/` and what nobody knows are the files. */
export function routeOf(path: string): { readonly route: PageRoute; readonly rest: string } {
  for (const route of ROUTES) {
    if (path === route.prefix || path.startsWith(`${route.prefix}/`)) {
      return { route, rest: path.slice(route.prefix.length + 1) };
    }
  }
  return { route: HOME, rest: '' };
}
