import type { DirectorySnapshot, Person } from '../directory/directory.ts';
import type { Authorization, FlowKind, LayoutVersion } from '../domain/flow.ts';
import type { RecordFault } from '../formats/record-format.ts';
import type { BatchTask } from './batch.ts';
import { AnswersToQuestions } from './kind-answer.ts';
import { Integrations } from './kind-integration.ts';
import { Messages } from './kind-message.ts';
import { Mutations } from './kind-mutation.ts';
import { Requests } from './kind-request.ts';
import type { Questions } from './questions.ts';
import type { CheckedRecord } from './record-rules.ts';
import type { Registrations } from './registrations.ts';
import type { Route, Router } from './route.ts';

/** What the rules of a kind are made of: one batch, its layout, the acts in force for its sender, one directory version. */
export type KindParts = {
  readonly task: BatchTask;
  readonly layout: LayoutVersion;
  readonly acts: readonly Authorization[];
  readonly router: Router;
  readonly directory: DirectorySnapshot;
  readonly questions: Questions;
  readonly registrations: Registrations;
};

/** Who gets a record, or why it is refused. */
export type KindDecision =
  | { readonly accepted: true; readonly routes: readonly Route[] }
  | { readonly accepted: false; readonly fault: RecordFault };

/** How one kind of flow finds who gets a record. Asked in the order of the file, after sender and original are checked. */
export interface KindRules {
  /** @param person without any line where the flow takes people whom the directory does not know */
  decide(record: CheckedRecord, person: Person): KindDecision;
}

/** One line per kind; what a kind does stands in a file of its own. */
const KINDS = {
  mutation: (parts) => new Mutations(parts),
  message: (parts) => new Messages(parts),
  request: (parts) => new Requests(parts),
  answer: (parts) => new AnswersToQuestions(parts),
  integration: (parts) => new Integrations(parts),
} as const satisfies Readonly<Record<FlowKind, (parts: KindParts) => KindRules>>;

export function kindRules(parts: KindParts): KindRules {
  return KINDS[parts.task.flow.kind](parts);
}
