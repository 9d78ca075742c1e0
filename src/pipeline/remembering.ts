import { randomInt } from 'node:crypto';
import { crashPoint } from '../domain/crash-point.ts';
import type { Flow } from '../domain/flow.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import { MOST_REFERENCES, type OriginalsOf } from '../storage/original-commands.ts';
import type { BatchResult } from './batch.ts';

type Decided = {
  readonly submission: Pick<Submission, 'ticket' | 'environment' | 'partner'>;
  readonly flow: Pick<Flow, 'code'>;
  readonly result: Pick<BatchResult, 'originals'>;
};

/** Tries of batches that are told apart. */
const STAGES = 2 ** 47;

/**
 * What later batches must know of who got the records of this one. Of a large batch it is written before the commit that closes it, in
 * many short ones: a single one would keep everybody else's waiting for minutes. It counts from the closing on.
 * @returns what the closing commit must have
 */
export async function remembering(
  { submission, flow, result }: Decided,
  ledger: Ledger,
): Promise<readonly LedgerCommand[]> {
  const { originals } = result;
  const { ticket, environment, partner } = submission;
  const of: OriginalsOf = { flow: flow.code, environment, partner };
  const count = originals.reduce((sum, one) => sum + one.count, 0);
  if (count === 0) return [];
  if (count <= MOST_REFERENCES) return [{ kind: 'rememberOriginals', ...of, originals }];
  for (const stage of await ledger.read({ kind: 'leftStages', ticket })) await drop(stage, ticket, ledger);
  const stage = randomInt(STAGES);
  for (const some of originals) {
    await ledger.commit([{ kind: 'stageOriginals', stage, ticket, ...of, originals: some }]);
    crashPoint('route.staged');
  }
  return [{ kind: 'publishOriginals', stage }];
}

/** What an earlier try of this batch left. */
async function drop(stage: number, ticket: Ticket, ledger: Ledger): Promise<void> {
  while ((await ledger.read({ kind: 'leftStages', ticket })).includes(stage)) {
    await ledger.commit([{ kind: 'dropStage', stage }]);
  }
}
