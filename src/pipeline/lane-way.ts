import type { RecordLogEntries } from '../audit/record-log.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { RowWriter } from '../formats/row-bytes.ts';
import { receiverForm } from './batch-contents.ts';
import { type LineTexts, laneRows } from './lane-rows.ts';
import type { DeskSetup } from './lane-setup.ts';
import type { LaneOutput } from './lane-sinks.ts';
import type { Destination, Group, Route, Router } from './route.ts';

/** What the records of one set of destinations get, and how it is written. */
export type LaneWay = {
  readonly route: Omit<Route, 'receiver' | 'dossier'>;
  /** Undefined where their rows go through the writer of the receiver's format. */
  readonly rows: RowWriter | undefined;
  /** The receiver in an entry of the log; the quality is filled in. Undefined where the entry has no room for it. */
  readonly entry: Buffer | undefined;
};

type Parts = {
  readonly setup: DeskSetup;
  readonly router: Router;
  readonly entries: RecordLogEntries;
  readonly lines: LineTexts;
  readonly outputOf: ReadonlyMap<PartnerId, LaneOutput>;
};

export function laneWay(
  { setup: { task, plan }, router, entries, lines, outputOf }: Parts,
  { receiver }: Group,
  allowed: readonly Destination[],
): LaneWay {
  const route = router.planOf(allowed);
  const [authorization, ...alsoAuthorizations] = route.acts;
  const from = plan.layout;
  const { plan: output, fields } = receiverForm(task, plan, receiver, router);
  const rows = laneRows(
    {
      ...output,
      from,
      positions: fields?.positions ?? [...from.fields.keys()],
      mask: fields?.mask(route.mask) ?? route.mask,
      line: lines,
    },
    outputOf.get(receiver)?.totals,
  );
  const entry =
    authorization === undefined
      ? undefined
      : entries.receiver({ receiver, authorization, alsoAuthorizations, filtered: route.filteredBlocks }, 0);
  return { route, rows, entry };
}
