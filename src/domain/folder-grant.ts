import type { Authorization, FolderGrant } from './flow.ts';
import { type IsoDate, includesDay } from './period.ts';

/** Whether a grant counts on this day. One that names an authorization counts while that act is in force, and no longer. */
export function isGrantInForce(grant: FolderGrant, authorizations: readonly Authorization[], day: IsoDate): boolean {
  if (grant.until !== undefined && grant.until < day) return false;
  if (grant.authorization === undefined) return true;
  const act = authorizations.find(({ id }) => id === grant.authorization);
  return act !== undefined && includesDay({ begin: act.from, end: act.until }, day);
}

/** The last day of a grant: its own or that of its act, whichever comes first; undefined where there is none. */
export function lastDayOf(grant: FolderGrant, authorizations: readonly Authorization[]): IsoDate | undefined {
  const act = authorizations.find(({ id }) => id === grant.authorization);
  const days = [grant.until, act?.until].filter((day) => day !== undefined);
  return days.toSorted()[0];
}
