import { setMemberOf } from './set-names.ts';

/** How far the upload of one file is. */
export type UploadState =
  | 'waiting'
  | 'preparing'
  | 'sending'
  | 'retrying'
  | 'paused'
  | 'exists'
  | 'other-held'
  | 'failed'
  | 'cancelled'
  | 'done';

export type Ordered = { readonly folder: string; readonly name: string; readonly state: UploadState };

const RUNNING: ReadonlySet<UploadState> = new Set(['preparing', 'sending', 'retrying']);

/** Whether a file is on its way just now. */
export function isRunning({ state }: Pick<Ordered, 'state'>): boolean {
  return RUNNING.has(state);
}

/** Whether nothing more will happen to a file unless somebody says so. */
export function isEnded({ state }: Pick<Ordered, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/**
 * What a GO waits for: files of its set in the same folder that have not arrived. An empty GO tells the hub that all of
 * them are there, so it goes last.
 */
export function awaitedBy<Item extends Ordered>(item: Item, all: readonly Item[]): readonly Item[] {
  const own = setMemberOf(item.name);
  if (own?.kind !== 'GO') return [];
  return all.filter((other) => {
    if (other === item || other.folder !== item.folder || other.state === 'done') return false;
    const member = setMemberOf(other.name);
    return member !== undefined && member.kind !== 'GO' && member.set === own.set;
  });
}

/** Files to begin with now, in the order they were given, so that no more than so many run at once. */
export function nextToStart<Item extends Ordered>(all: readonly Item[], max: number): readonly Item[] {
  const free = Math.max(0, max - all.filter(isRunning).length);
  return all.filter((item) => item.state === 'waiting' && awaitedBy(item, all).length === 0).slice(0, free);
}
