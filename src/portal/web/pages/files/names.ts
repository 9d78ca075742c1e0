import type { Folder } from '../../../schemas/files.ts';
import type { Crumb } from '../../components/breadcrumb.tsx';
import { t } from '../../i18n/language.ts';
import { browseUrl } from '../../state/router.ts';
import { session } from '../../state/session.ts';
import { nameOf, parentOf, purposeOf } from './paths.ts';

/** A folder in plain words: partners one acts for by their name, and the folders below them by what they are for. */
function plainName(path: string): string {
  const roots = session.value?.designations ?? [];
  const own = roots.find(({ root }) => root === path);
  if (own !== undefined) return own.name;
  const name = nameOf(path);
  const isTop = parentOf(path) === '/' || roots.some(({ root }) => root === parentOf(path));
  const purpose = isTop ? purposeOf(name) : undefined;
  return purpose === undefined ? name : t(`files.way.${purpose}`);
}

/** @param names of flows by their code */
export function titleOf(path: string, folder: Folder | undefined, names: ReadonlyMap<string, string>): string {
  const name = nameOf(path);
  return (folder?.flow === name ? names.get(name) : undefined) ?? plainName(path);
}

/** The way down to a folder. */
export function crumbsOf(path: string, title: string): readonly Crumb[] {
  const names = path.split('/').slice(1);
  const below = names.map((_, index) => {
    const own = `/${names.slice(0, index + 1).join('/')}`;
    return { text: index === names.length - 1 ? title : plainName(own), href: browseUrl(own) };
  });
  return [{ text: t('files.title'), href: '/' }, ...below];
}
