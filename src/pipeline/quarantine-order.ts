import type { Generation } from '../domain/generation.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import type { Ledger } from '../storage/ledger.ts';

/**
 * The quarantined file that this one waits for, where its flow lets nothing overtake; undefined where it may go on. Its
 * receivers are not known, so it holds up every file of its flow that came later.
 */
export async function heldBehind(
  ledger: Ledger,
  generation: Generation,
  { flow: code, environment, receivedAt }: Submission,
): Promise<Ticket | undefined> {
  const flow = generation.flows.find((candidate) => candidate.code === code);
  if (flow?.afterQuarantine !== 'hold') return undefined;
  return ledger.read({ kind: 'quarantinedBefore', flow: code, environment, receivedAt });
}
