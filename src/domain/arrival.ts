import type { Environment } from './flow.ts';
import type { AccessMethod, PartnerId, Principal, Protocol } from './principal.ts';
import { looksLikeRszName } from './rsz-name.ts';
import type { Ticket } from './submission.ts';
import type { VPath } from './vpath.ts';

/** What the pipeline must know of a name that appeared in an intake folder; stands as JSON in the queue `arrival`. */
export type Arrival = {
  /** Ledger path. */
  readonly path: VPath;
  readonly partner: PartnerId;
  readonly principal: Principal;
  readonly protocol: Protocol;
  readonly accessMethod: AccessMethod;
  /** The environment of the folder. */
  readonly environment: Environment;
  /** The flow the folder names; absent in a flat tree. */
  readonly folderFlow?: string | undefined;
  /** Given where the bytes were frozen in the very commit that published them. */
  readonly ticket?: Ticket | undefined;
  readonly arrivedAt: number;
};

/** What to do with a name that appeared: nothing, or queue it for a time; `freeze` it at once where it is complete now. */
export type ArrivalStep =
  | { readonly kind: 'none' }
  | { readonly kind: 'queue'; readonly dueAt: number; readonly freeze: boolean };

const PART_SUFFIX = /\.(filepart|part|partial|tmp|crdownload)$/i;
const HIDDEN_PREFIX = /^(\._|~\$|\.)/;
/** Probes and droppings of desktop clients. */
const DESKTOP_NAMES = new Set(['desktop.ini', 'Thumbs.db']);

/** Whether a name is a client's working file, which never is an arrival; renaming it to its final name is. */
export function isWorkingName(name: string): boolean {
  return PART_SUFFIX.test(name) || HIDDEN_PREFIX.test(name) || DESKTOP_NAMES.has(name);
}

/**
 * Decides, when a name appears in an intake folder by upload, move or copy, when it is complete. Over WebDAV a file is
 * complete when it is quiet for the settle time, and an empty one waits longer, since Windows writes 0 bytes first. GO,
 * FI, FS and TD are judged together by the dispatcher and are not frozen alone.
 */
export function onArrival(
  file: { readonly name: string; readonly size: number; readonly protocol: Protocol; readonly takesGoFiles: boolean },
  now: number,
  limits: { readonly settleSecondsWebdav: number; readonly emptySettleSeconds: number },
): ArrivalStep {
  if (isWorkingName(file.name)) return { kind: 'none' };
  const partOfSet = file.takesGoFiles && looksLikeRszName(file.name);
  if (file.protocol !== 'webdav') return { kind: 'queue', dueAt: now, freeze: !partOfSet };
  const emptyByDesign = partOfSet && /^(GO|TD)\./.test(file.name);
  const seconds = file.size === 0 && !emptyByDesign ? limits.emptySettleSeconds : limits.settleSecondsWebdav;
  return { kind: 'queue', dueAt: now + seconds * 1000, freeze: false };
}
