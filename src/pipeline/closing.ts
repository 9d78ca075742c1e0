import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Partner } from '../domain/partner.ts';
import type { Submission, SubmissionState, Ticket } from '../domain/submission.ts';
import type { AuditLine, LedgerCommand } from '../storage/commands.ts';
import { keeping, refOf } from '../storage/content-commands.ts';
import type { PreparedNotification } from './answer.ts';
import type { BatchResult } from './batch.ts';
import { grounds } from './batch-task.ts';
import type { PreparedDelivery } from './deliver.ts';
import { directoryCommands } from './directory-work.ts';
import { followsOriginals } from './originals.ts';
import { questionCommands } from './question-flows.ts';
import { publishAnswers, thaws } from './submission-commands.ts';
import type { Place } from './turns.ts';

/** What closes a submission, and what must be true of the one before it. */

/** One try: what was found by one generation. */
export type Checked = {
  readonly submission: Submission;
  readonly partner: Partner;
  readonly flow: Flow;
  readonly generation: Generation;
  readonly result: BatchResult;
};

/**
 * Whether a batch may be checked while those before it are: what they leave behind changes nothing for it. Where records
 * follow others, questions are open, or a directory or a series of lots is counted on, each waits for the one before.
 */
export function runsAhead({ flows }: Generation, { flow: code, lot }: Pick<Submission, 'flow' | 'lot'>): boolean {
  const flow = flows.find((candidate) => candidate.code === code);
  if (flow === undefined || lot !== undefined || (flow.kind !== 'mutation' && flow.kind !== 'message')) return false;
  return !flow.layouts.some(followsOriginals);
}

/** The commit holds only if that of the file before does; both may be one transaction. */
export function follows({ flow }: Checked, place: Place | undefined): readonly LedgerCommand[] {
  if (place?.behind === undefined) return [];
  const overtakesQuarantine = flow.afterQuarantine !== 'hold';
  return [{ kind: 'mustFollow', ticket: ticketOf(place.behind), overtakesQuarantine }];
}

export function hasSameGrounds(current: Generation, checked: Checked): boolean {
  return current === checked.generation || grounds(current, checked) === grounds(checked.generation, checked);
}

/**
 * Everything but the end of the lease: deliveries, answers, what later batches must know, and the new state; or all of the
 * submission, where it `isNew`. `now` in milliseconds.
 */
export function closingCommands(
  checked: Checked,
  notification: PreparedNotification,
  deliveries: readonly PreparedDelivery[],
  { now, isNew }: { readonly now: number; readonly isNew: boolean },
): readonly LedgerCommand[] {
  const { submission, partner, result } = checked;
  const { state: to, files, errors } = notification;
  const found = { records: result.totals, notification: files, errors, recordLog: refOf(result.recordLog) };
  const patch = { ...found, answeredAt: now };
  const { ticket } = submission;
  const state: LedgerCommand = isNew
    ? { kind: 'insertSubmission', submission: { ...submission, ...patch, state: to } }
    : { kind: 'setSubmissionState', ticket, from: 'checking', to, at: now, patch };
  return [
    ...keeping([result.recordLog]),
    ...publishAnswers(partner, submission, notification, now),
    ...deliveries.flatMap((delivery) => delivery.commands(now)),
    ...questionCommands(checked, now),
    ...directoryCommands(checked, now),
    ...thaws(checked.flow, submission.files, ticket, now),
    state,
    { kind: 'audit', line: closingLine(checked, notification.state, deliveries) },
  ];
}

function closingLine(checked: Checked, state: SubmissionState, deliveries: readonly PreparedDelivery[]): AuditLine {
  const { submission, flow, generation, result } = checked;
  return {
    kind: 'submission-answered',
    outcome: 'done',
    fields: {
      ticket: submission.ticket,
      partner: submission.partner,
      flow: flow.code,
      environment: submission.environment,
      state,
      ...result.totals,
      generation: generation.id,
      directoryVersion: result.directoryVersion,
      recordLog: result.recordLog.contentId,
      recordLogSha256: result.recordLog.sha256,
      recordLogSize: result.recordLog.size,
      deliveries: deliveries.map(({ delivery }) => delivery.id),
    },
  };
}

/** The key of a job in the queue `check`. */
export function ticketOf(key: string): Ticket {
  return key as Ticket;
}
