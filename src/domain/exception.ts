import type { IsoDate } from './period.ts';
import type { Level, Right, RuleRef } from './principal.ts';

/** How far a request to come in over the internet is. Nobody comes in by one that is not `active`. */
export type ExceptionState = 'requested' | 'advised' | 'granted' | 'active' | 'ended';

/** In the order they are gone through; any of them may end. */
export const EXCEPTION_STATES = [
  'requested',
  'advised',
  'granted',
  'active',
  'ended',
] as const satisfies readonly ExceptionState[];

export type TransferDirection = 'download' | 'upload';

/** A written act that lets named persons of one partner reach one flow over the internet. Source: docs/domain.md §6 */
export type InternetException = {
  readonly id: string;
  readonly state: ExceptionState;
  /** One flow: an exception is never global. */
  readonly flow: string;
  /** Ids of persons of the partner. */
  readonly persons: readonly string[];
  /** `attended`: the person sits there. Otherwise a program of the one person that is named works in his session. */
  readonly use: 'attended' | 'automated-by-named-person';
  readonly act: 'consult' | 'communicate';
  /** The express authorization without which no bytes of files go over the internet. */
  readonly fileTransfer?:
    | { readonly authorization: string; readonly directions: readonly TransferDirection[] }
    | undefined;
  /** 2 unless the act says otherwise. */
  readonly level: Level;
  readonly protocols: readonly ('https' | 'sftp')[];
  /** Addresses or networks it is bound to; from anywhere where there are none. */
  readonly addresses: readonly string[];
  readonly from?: IsoDate | undefined;
  readonly until?: IsoDate | undefined;
  /** The line of the configuration. */
  readonly source: RuleRef;
};

/** Rights that move no bytes of a file. */
const LOOKING: readonly Right[] = ['list', 'view'];
const ARRANGING: readonly Right[] = ['delete', 'move', 'makeFolder'];

/**
 * What an exception lets its persons do, beside what they may do anyway: who consults changes nothing, and bytes need an
 * express authorization.
 */
export function rightsOfException({ act, fileTransfer }: InternetException): ReadonlySet<Right> {
  const directions = fileTransfer?.directions ?? [];
  const rights = new Set<Right>(LOOKING);
  if (directions.includes('download')) rights.add('read');
  if (act === 'consult') return rights;
  for (const right of ARRANGING) rights.add(right);
  if (directions.includes('upload')) for (const right of ['create', 'overwrite'] as const) rights.add(right);
  return rights;
}
