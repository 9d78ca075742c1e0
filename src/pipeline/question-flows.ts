import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Submission } from '../domain/submission.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { BatchResult, BatchTask } from './batch.ts';
import type { QuestionsLookup } from './questions.ts';

/** What requests and answers are to a generation and to the ledger. */

const HOUR_MS = 3_600_000;

/** Who holds the datum that a request asks for, where it is connected for these requests. */
export function sourceOf(generation: Generation, flow: Flow): BatchTask['source'] {
  const id = generation.availability.find(({ datum }) => datum === flow.asks?.datum)?.source;
  const source = generation.partners.find((partner) => partner.id === id);
  if (source === undefined || source.disabled || !source.receives.includes(flow.code)) return undefined;
  return { partner: source.id, institution: source.institution };
}

/** The flow of requests that a flow of answers is for. */
export function answeredBy(generation: Generation, flow: Flow): string | undefined {
  if (flow.kind !== 'answer') return undefined;
  return generation.flows.find(({ asks }) => asks?.answerFlow === flow.code)?.code;
}

/** Of a request, what its sender asked before; of an answer, what its sender was asked. Simulation reads what is real. */
export function questionsLookup(ledger: Ledger, generation: Generation, task: BatchTask): QuestionsLookup {
  const flow = task.flow.kind === 'request' ? task.flow.code : answeredBy(generation, task.flow);
  if (flow === undefined) return async () => [];
  const environment = task.environment === 'S' ? 'R' : task.environment;
  const as = task.flow.kind === 'request' ? 'asker' : 'source';
  const { partner } = task.sender;
  return (keys) => ledger.read({ kind: 'questions', flow, environment, as, partner, keys });
}

/** What of a batch changes open questions, in its closing commit, and the watch that begins with it. */
export function questionCommands(
  checked: { readonly submission: Submission; readonly flow: Flow; readonly result: Pick<BatchResult, 'questions'> },
  at: number,
): readonly LedgerCommand[] {
  const { submission, flow, result } = checked;
  const { asked, answered } = result.questions;
  const { ticket, environment, partner } = submission;
  const commands: LedgerCommand[] = [];
  if (answered.length > 0) commands.push({ kind: 'answerQuestions', source: partner, at, answers: answered });
  if (asked.length > 0 && flow.asks !== undefined) {
    const { answerWithinHours, closeAfterHours } = flow.asks;
    const watch: QuestionWatch = { ticket, step: 'overdue', closesAt: at + closeAfterHours * HOUR_MS };
    const dueAt = at + answerWithinHours * HOUR_MS;
    commands.push(
      { kind: 'openQuestions', batch: ticket, flow: flow.code, environment, asker: partner, at, questions: asked },
      { kind: 'enqueue', queue: 'questions', key: ticket, dueAt, payload: watch },
    );
  }
  return commands;
}

/** The job of the queue `questions` for one request: first its missing answers are told, then it is closed. */
export type QuestionWatch = {
  readonly ticket: Submission['ticket'];
  readonly step: 'overdue' | 'close';
  readonly closesAt: number;
};
