import type { Generation } from '../domain/generation.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import type { Ledger } from '../storage/ledger.ts';

/**
 * The file that this one waits for, where its flow lets nothing overtake: one that is quarantined, or that waited behind such
 * a one and was not looked at since. Receivers of a quarantined file are not known, so it holds up every file of its flow that
 * came later. Undefined where this one may go on.
 */
export async function heldBehind(
  ledger: Ledger,
  generation: Generation,
  { flow: code, environment, receivedAt }: Submission,
): Promise<Ticket | undefined> {
  const flow = generation.flows.find((candidate) => candidate.code === code);
  if (flow?.afterQuarantine !== 'hold') return undefined;
  const orChecking = flow.order === 'strict';
  return ledger.read({ kind: 'unansweredBefore', flow: code, environment, receivedAt, orChecking });
}
