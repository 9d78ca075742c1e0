import type { CommitResult, LedgerCommand } from './commands.ts';
import { countUnknownPersons } from './sqlite-alarms.ts';
import { appendAudit } from './sqlite-audit.ts';
import { dropContents, keepContent } from './sqlite-contents.ts';
import { recordSent, redeliver } from './sqlite-deliveries.ts';
import { mustHoldLocks, refreshLock, releaseLock, takeLock } from './sqlite-locks.ts';
import { dropStage, publishOriginals, rememberOriginals, stageOriginals } from './sqlite-originals.ts';
import { advancePartial, beginPartial, endPartial } from './sqlite-partials.ts';
import { patchProperties } from './sqlite-properties.ts';
import { answerQuestions, closeQuestions, markOverdue, openQuestions, removeQuestions } from './sqlite-questions.ts';
import { dequeue, enqueue, finishLease, releaseLease } from './sqlite-queue.ts';
import { type Command, newStep, type Step } from './sqlite-step.ts';
import { endStepUp, grantStepUp, useCode } from './sqlite-step-up.ts';
import { raiseOnce } from './sqlite-submission-pages.ts';
import {
  increment,
  insertDelivery,
  insertSubmission,
  mustBeNewLot,
  mustFollow,
  setDeliveryState,
  setSubmissionState,
} from './sqlite-submissions.ts';
import { copy, move, remove } from './sqlite-subtree.ts';
import { countTraffic } from './sqlite-traffic.ts';
import { freeze, makeFolder, publish, setModified, thaw } from './sqlite-tree.ts';
import { mustFit, settleUsage } from './sqlite-usage.ts';
import type { Writing } from './sqlite-writing.ts';

type Kind = LedgerCommand['kind'];
type CommandByKind = { readonly [K in Kind]: Command<K> };

const APPLY: { readonly [K in Kind]: (step: Step, command: CommandByKind[K]) => void } = {
  publish,
  makeFolder,
  move,
  copy,
  remove,
  setModified,
  patchProperties,
  takeLock,
  refreshLock,
  releaseLock,
  mustHoldLocks,
  mustFit,
  beginPartial,
  advancePartial,
  endPartial,
  freeze,
  thaw,
  enqueue,
  dequeue,
  finishLease,
  releaseLease,
  mustBeNewLot,
  mustFollow,
  insertSubmission,
  setSubmissionState,
  insertDelivery,
  setDeliveryState,
  rememberOriginals,
  stageOriginals,
  publishOriginals,
  dropStage,
  raiseOnce,
  recordSent,
  keepContent,
  dropContents,
  redeliver,
  openQuestions,
  answerQuestions,
  markOverdue,
  closeQuestions,
  removeQuestions,
  grantStepUp,
  endStepUp,
  useCode,
  increment,
  countUnknownPersons,
  countTraffic,
  audit: appendAudit,
};

/**
 * Does the commands of one call, in order, inside the open transaction and savepoint.
 * @throws GatewayError of the first precondition that fails; the caller rolls back the savepoint
 */
export function applyCommands(writing: Writing, commands: readonly LedgerCommand[], now: number): CommitResult {
  const step = newStep(writing, now);
  for (const command of commands) applyOne(step, command.kind, command);
  settleUsage(step);
  return { versions: step.versions, counters: step.counters };
}

function applyOne<K extends Kind>(step: Step, kind: K, command: CommandByKind[K]): void {
  APPLY[kind](step, command);
}
