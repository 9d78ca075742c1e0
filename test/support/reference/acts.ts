import type { Authorization, AuthorizedReceiver } from '../../../src/domain/flow.ts';
import type { Institution } from '../../../src/domain/partner.ts';
import type { BatchTask } from '../../../src/pipeline/batch.ts';
import type { Line } from './directory.ts';
import { isThere, type Values } from './fields.ts';
import { covers, type Days } from './identifiers.ts';

export type Task = Omit<BatchTask, 'contents'>;

/** One act that lets one connected partner have a record, by its entry for one institution. */
export type Way = {
  readonly partner: string;
  readonly act: Authorization;
  readonly entry: AuthorizedReceiver;
  /** Whose lines count: of a sector whose members stay unsaid, those of its managing institution. */
  readonly holder: Institution;
};

export function isSame(one: Institution, other: Institution): boolean {
  return one.sector === other.sector && one.type === other.type;
}

export function dayOf(task: Task): string {
  return new Date(task.receivedAt).toISOString().slice(0, 10);
}

/** Acts that allow this sender this flow today: of several versions the newest in force counts. */
export function actsOf(task: Task): readonly Authorization[] {
  const day = dayOf(task);
  const inForce = task.authorizations.filter((act) => act.from <= day && (act.until === undefined || day <= act.until));
  const newest = inForce.filter((act) => !inForce.some(({ id, version }) => id === act.id && version > act.version));
  return newest.filter(
    (act) =>
      act.flow === task.flow.code &&
      isSame(act.sender, task.sender.institution) &&
      task.flow.purposes.includes(act.purpose) &&
      (task.sender.purposes?.includes(act.purpose) ?? true) &&
      act.environments.includes(task.environment),
  );
}

/** Acts that hold for a record, level by level; where none is left, the field of that level. */
export function actsForRecord(
  acts: readonly Authorization[],
  values: Values,
  roles: Task['flow']['layouts'][number]['roles'],
): readonly Authorization[] | string {
  if (acts.length === 0) return roles.person;
  const levels = [
    [roles.application, 'applications'],
    [roles.user, 'users'],
    [roles.question, 'questions'],
    [roles.information, 'information'],
  ] as const;
  let left = acts;
  for (const [field, level] of levels) {
    const value = field === undefined ? undefined : values[field];
    left = left.filter((act) => act[level] === undefined || (isThere(value) && act[level].includes(value)));
    if (left.length === 0) return field ?? roles.person;
  }
  return left;
}

/** Who takes what is for an institution: docs/domain.md §2, secondary networks. */
export function partnerFor(task: Task, institution: Institution): Task['receivers'][number] | undefined {
  const sector = task.sectors.find(({ number }) => number === institution.sector);
  const manager = task.receivers.find(({ partner }) => partner === sector?.managingInstitution);
  if (sector?.anonymousMembers && institution.type !== 0) return manager;
  const itself = task.receivers.find((one) => isSame(one.institution, institution));
  if (itself === undefined) return manager;
  const isMember = itself.network === 'secondary' && sector?.managingInstitution !== undefined;
  return isMember && task.sender.partner !== sector.managingInstitution ? manager : itself;
}

export function waysOf(task: Task, acts: readonly Authorization[]): readonly Way[] {
  return acts.flatMap((act) =>
    act.receivers.flatMap((entry) => {
      const partner = partnerFor(task, entry.institution);
      if (partner === undefined || !(partner.purposes?.includes(act.purpose) ?? true)) return [];
      const { sector } = entry.institution;
      const isUnsaid = task.sectors.some(({ number, anonymousMembers }) => number === sector && anonymousMembers);
      const holder = isUnsaid ? { sector, type: 0 } : entry.institution;
      return [{ partner: partner.partner, act, entry, holder }];
    }),
  );
}

/** Lines of the directory as it keeps them: by sector, type, quality and first day. */
export function inOrder(lines: readonly Line[]): readonly Line[] {
  const key = ({ sector, type, quality, begin }: Line) =>
    [sector, type, quality].map((part) => String(part).padStart(3, '0')).join(' ') + begin;
  return lines.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** Whether a line is one by which this way is open. */
export function isLineOf({ holder, entry }: Way, line: Line): boolean {
  return isSame(holder, line) && entry.qualities.includes(line.quality);
}

export function lineFor(way: Way, lines: readonly Line[], period: Days): Line | undefined {
  return inOrder(lines).find((line) => isLineOf(way, line) && covers(line, period));
}
