import { asGatewayError } from '../domain/errors.ts';
import type { RuleRef, Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { CommitResult, LedgerCommand } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import { actionLine } from './audit-lines.ts';
import type { Gate } from './gate.ts';

/** One change of the tree that a rule allows. */
export type Change = {
  readonly session: Session;
  readonly action: string;
  readonly path: VPath;
  readonly rule: RuleRef;
  readonly details?: Readonly<Record<string, string | number>>;
  /** Looks up what the commands need; what it throws is a refusal of the change. */
  commands(): Promise<readonly LedgerCommand[]>;
};

/** Commits changes together with their audit lines. */
export class Changes {
  readonly #ledger: Ledger;
  readonly #gate: Gate;
  readonly #onArrival: (dueAt?: number) => void;

  constructor(parts: { readonly ledger: Ledger; readonly gate: Gate; readonly onArrival: (dueAt?: number) => void }) {
    this.#ledger = parts.ledger;
    this.#gate = parts.gate;
    this.#onArrival = parts.onArrival;
  }

  /** One commit of the change and its line; a refusal by the ledger is written down too. @throws GatewayError */
  async commit(change: Change): Promise<CommitResult> {
    const { session, action, path, rule } = change;
    try {
      const commands = await change.commands();
      const line = actionLine(session, action, path, 'done', rule, change.details);
      const result = await this.#ledger.commit([...commands, { kind: 'audit', line }]);
      const arrived = commands.filter((command) => command.kind === 'enqueue');
      if (arrived.length > 0) this.#onArrival(Math.min(...arrived.map(({ dueAt }) => dueAt)));
      return result;
    } catch (error) {
      throw this.#gate.failed(session, action, path, rule, asGatewayError(error));
    }
  }
}
