import type { Authorization, FolderGrant } from './flow.ts';
import type { IsoDate } from './period.ts';

/** The last day of a grant: its own or that of its act, whichever comes first; undefined where there is none. */
export function lastDayOf(grant: FolderGrant, authorizations: readonly Authorization[]): IsoDate | undefined {
  const act = authorizations.find(({ id }) => id === grant.authorization);
  const days = [grant.until, act?.until].filter((day) => day !== undefined);
  return days.toSorted()[0];
}
