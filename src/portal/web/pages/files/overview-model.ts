import type { Folder } from '../../../schemas/files.ts';
import { childOf, type Purpose, purposeOf } from './paths.ts';

/** One folder that a flow is handed in to, or answered in. */
export type Place = { readonly purpose: Purpose; readonly path: string };

/** The folders of one flow; without a code, folders that take every flow (the flat layout). */
export type FlowPlaces = { readonly code: string | undefined; readonly places: readonly Place[] };

export type Grouped = { readonly flows: readonly FlowPlaces[]; readonly others: readonly string[] };

/** The way in and the mailbox first, then what is tried out. */
const ORDER: readonly Purpose[] = ['inR', 'outR', 'inT', 'outT', 'inS'];

/**
 * The folders below the top, by flow: `/IN/ADRM`, `/OUT/ADRM` and so on belong together. What is neither handed in nor
 * answered, such as shared folders and those of partners, stands by itself.
 * @param tops the folders at the top, each with what lies in it
 */
export function groupByFlow(tops: readonly Folder[]): Grouped {
  const flows = new Map<string | undefined, Place[]>();
  const others: string[] = [];
  for (const top of tops) {
    const purpose = purposeOf(top.path.slice(top.path.lastIndexOf('/') + 1));
    const folders = top.items.filter(({ kind }) => kind === 'folder');
    if (purpose === undefined || purpose === 'sharedR' || purpose === 'partnersR') {
      others.push(...(folders.length > 0 ? folders.map(({ path }) => path) : [top.path]));
      continue;
    }
    const isFlat = folders.length === 0;
    const found = isFlat ? [undefined] : folders.map(({ name }) => name);
    for (const code of found) {
      const places = flows.get(code) ?? [];
      flows.set(code, places);
      places.push({ purpose, path: code === undefined ? top.path : childOf(top.path, code) });
    }
  }
  const rank = ({ purpose }: Place) => ORDER.indexOf(purpose);
  const sorted = [...flows].map(([code, places]) => ({ code, places: places.sort((a, b) => rank(a) - rank(b)) }));
  return { flows: sorted.sort((a, b) => (a.code ?? '').localeCompare(b.code ?? '')), others };
}
