import type { Environment, Flow } from '../domain/flow.ts';
import type { Partner } from '../domain/partner.ts';
import type { Submission } from '../domain/submission.ts';
import type { LotOf } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { RecordAnswer } from './batch.ts';

/** Lots: files that their sender numbers on, by flow and environment. docs/domain.md §1 */

const MISSING = '200001';
const DAY_MS = 86_400_000;

/** Whether the files of a flow name their lot. */
export function hasLots({ format }: Flow): boolean {
  return format.kind === 'fixed-width' && (format.header?.fields.some((field) => field.is === 'lot') ?? false);
}

/** Numbers are remembered for as long as names are. `now` in milliseconds. */
export function lotOf(partner: Partner, flow: Flow, environment: Environment, lot: number, now: number): LotOf {
  const since = now - flow.namesWindowDays * DAY_MS;
  return { partner: partner.id, flow: flow.code, environment, lot, since };
}

/** What its sender is told about a lot that was taken while the ones before it are not there: as information, on the file. */
export async function missingLots(
  { lot, environment, receivedAt }: Submission,
  partner: Partner,
  flow: Flow,
  ledger: Ledger,
): Promise<readonly RecordAnswer[]> {
  if (lot === undefined) return [];
  const { before } = await ledger.read({ kind: 'lot', ...lotOf(partner, flow, environment, lot, receivedAt) });
  if (before === undefined || before === lot - 1) return [];
  const [first, last] = [before + 1, lot - 1];
  const detail = first === last ? `${first}` : `${first}-${last}`;
  return [{ record: 0, faults: [{ field: 'file', code: MISSING, severity: 'information', detail }] }];
}
