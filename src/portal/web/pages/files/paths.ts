/** What the folders of the standard tree are for, by their name: the way, and the environment (docs/webdav.md). */
const PURPOSES = {
  IN: 'inR',
  INTEST: 'inT',
  'INTEST-S': 'inS',
  OUT: 'outR',
  OUTTEST: 'outT',
  SHARED: 'sharedR',
  PARTNERS: 'partnersR',
} as const;

export type Purpose = (typeof PURPOSES)[keyof typeof PURPOSES];

export function purposeOf(name: string): Purpose | undefined {
  return Object.hasOwn(PURPOSES, name) ? PURPOSES[name as keyof typeof PURPOSES] : undefined;
}

export function nameOf(path: string): string {
  return path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1);
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

export function childOf(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}
