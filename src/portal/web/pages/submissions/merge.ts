import type { Events } from '../../../schemas/events.ts';
import type { Submission } from '../../../schemas/submissions.ts';
import type { Filter } from './filter.ts';

/** A list with what came in now: each ticket once, as it was told last, latest first. */
export function joined(before: readonly Submission[], now: readonly Submission[]): readonly Submission[] {
  const all = new Map(before.map((one) => [one.ticket, one]));
  for (const one of now) all.set(one.ticket, one);
  return [...all.values()].sort(
    (one, other) => other.receivedAt.localeCompare(one.receivedAt) || other.ticket.localeCompare(one.ticket),
  );
}

/** What an event changes of a list: a row that does not fit the filter any more leaves it. New rows are asked for. */
export function changedBy(
  before: readonly Submission[],
  event: Events['submission'],
  { state }: Pick<Filter, 'state'>,
): readonly Submission[] {
  if (state !== '' && event.state !== state) return before.filter(({ ticket }) => ticket !== event.ticket);
  return before.map((one) => (one.ticket === event.ticket ? { ...one, ...event } : one));
}
