import type { Arrival } from '../domain/arrival.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import type { EntryRow, LedgerCommand } from '../storage/commands.ts';
import type { Lease } from '../storage/ledger.ts';
import { type Candidate, submissionLine } from './candidate.ts';
import { leaseRef, publishAnswers } from './submission-commands.ts';

/** A receipt whose files are complete, and what the commit must carry that names them. */
export type PreparedReceipt = { readonly submission: Submission; readonly kept: readonly LedgerCommand[] };

/** What every receipt commits, but for the submission itself. `now` in milliseconds. */
export function receiptCommands(
  lease: Lease,
  candidate: Candidate,
  { submission, kept }: PreparedReceipt,
  now: number,
): readonly LedgerCommand[] {
  return [
    { kind: 'finishLease', ...leaseRef(lease) },
    ...dequeues(lease, candidate),
    ...freezes(candidate, submission.ticket),
    ...publishAnswers(candidate.partner, submission, { files: submission.receipt, kept }, now),
    { kind: 'audit', line: submissionLine(submission, candidate) },
  ];
}

/** The files of a set have queued too, each for itself: their set has spoken for them. */
export function dequeues(lease: Lease, candidate: Candidate): readonly LedgerCommand[] {
  return candidate.files
    .filter(({ row }) => row.path !== lease.key)
    .map(({ row }) => ({ kind: 'dequeue', queue: 'arrival', key: row.path }));
}

export function freezes(candidate: Candidate, ticket: Ticket): readonly LedgerCommand[] {
  return candidate.files.flatMap(({ row: { path, version } }): readonly LedgerCommand[] => [
    { kind: 'mustHoldLocks', path, reach: 'content', principal: '', tokens: [] },
    { kind: 'freeze', path, ticket, expect: { version } },
  ]);
}

/** Whether the name is in another submission's hands, or was answered and only waits to be swept. */
export function isAnswered(row: EntryRow, arrival: Arrival): boolean {
  return row.expiresAt !== undefined || (row.frozenBy !== undefined && row.frozenBy !== arrival.ticket);
}
