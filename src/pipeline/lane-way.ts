import type { RecordLogEntries } from '../audit/record-log.ts';
import type { LaneSetup } from './lane-messages.ts';
import { type LaneRows, type LineTexts, laneRows } from './lane-rows.ts';
import type { Destination, Group, Route, Router } from './route.ts';

/** What the records of one set of destinations get, and how it is written. */
export type LaneWay = {
  readonly route: Omit<Route, 'receiver' | 'dossier'>;
  /** Undefined where their rows go through the writer of the receiver's format. */
  readonly rows: LaneRows | undefined;
  /** The receiver in an entry of the log; the quality is filled in. Undefined where the entry has no room for it. */
  readonly entry: Buffer | undefined;
};

type Parts = {
  readonly setup: LaneSetup;
  readonly router: Router;
  readonly entries: RecordLogEntries;
  readonly lines: LineTexts;
};

export function laneWay(
  { setup: { task, plan }, router, entries, lines }: Parts,
  { receiver }: Group,
  allowed: readonly Destination[],
): LaneWay {
  const route = router.planOf(allowed);
  const [authorization, ...alsoAuthorizations] = route.acts;
  const rows = laneRows({
    flow: plan.format,
    output: task.receivers.find(({ partner }) => partner === receiver)?.output,
    layout: plan.layout,
    fileMask: router.fileMask(receiver),
    mask: route.mask,
    lines,
  });
  const entry =
    authorization === undefined
      ? undefined
      : entries.receiver({ receiver, authorization, alsoAuthorizations, filtered: route.filteredBlocks }, 0);
  return { route, rows, entry };
}
