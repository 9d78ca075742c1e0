import type { Flow } from '../domain/flow.ts';
import type { Partner } from '../domain/partner.ts';
import type { AccessMethod } from '../domain/principal.ts';
import type { AnswerFile, Submission, SubmittedFile, Ticket } from '../domain/submission.ts';
import { mailboxFolder } from '../domain/tree.ts';
import { childOf } from '../domain/vpath.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import { refOf } from '../storage/content-commands.ts';
import type { Lease } from '../storage/ledger.ts';

/** Commands that both commits of a submission are made of: its receipt, and its closing. */

const DEFAULT_KEEP_SECONDS = 60;

export function leaseRef({ queue, key, fence }: Lease) {
  return { queue, key, fence };
}

/**
 * Queues a submission to be checked. Deliveries of a flow leave in the order of receipt, so its files are checked one after
 * the other.
 */
export function checkJob(
  submission: Pick<Submission, 'ticket' | 'flow' | 'environment' | 'receivedAt'>,
  accessMethod: AccessMethod,
  flow: Flow | undefined,
): LedgerCommand {
  const { ticket, receivedAt } = submission;
  const payload = { ticket, accessMethod, turn: turnOf(submission, flow) };
  return { kind: 'enqueue', queue: 'check', key: ticket, dueAt: receivedAt, payload };
}

/** Submissions of the same turn are closed in the order of their receipt. */
export function turnOf(
  { ticket, flow: code, environment }: Pick<Submission, 'ticket' | 'flow' | 'environment'>,
  flow: Flow | undefined,
): string {
  return flow?.order === 'none' ? ticket : `${code}/${environment}`;
}

/** Ends the freeze of a submission's files; their names stay listed for a while: clients still look. */
export function thaws(
  flow: Flow | undefined,
  files: readonly SubmittedFile[],
  ticket: Ticket,
  now: number,
): readonly LedgerCommand[] {
  const expiresAt = now + (flow?.keepAnsweredSeconds ?? DEFAULT_KEEP_SECONDS) * 1000;
  return files.map((file) => ({ kind: 'thaw', path: file.path, ticket, expiresAt }));
}

/** Answers whose contents are complete, with what the commit must carry that names them. */
export type PreparedAnswer = { readonly files: readonly AnswerFile[]; readonly kept: readonly LedgerCommand[] };

/** Puts answers into the mailbox of the sender. */
export function publishAnswers(
  partner: Partner,
  submission: Pick<Submission, 'environment' | 'flow'>,
  { files, kept }: PreparedAnswer,
  at: number,
): readonly LedgerCommand[] {
  const known = submission.flow === 'unknown' ? undefined : submission.flow;
  const folder = mailboxFolder(partner, submission.environment, known);
  const names = files.map(
    (file): LedgerCommand => ({
      kind: 'publish',
      path: childOf(folder, file.name),
      content: refOf(file),
      expect: 'any',
      parentMustExist: false,
      at,
    }),
  );
  return [...kept, ...names];
}
