import type { Audit } from '../audit/audit.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Action, Authorizer, Decision, RuleRef, Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Ledger } from '../storage/ledger.ts';
import { actionLine } from './audit-lines.ts';
import { absent, visiblePath } from './places.ts';

type GateParts = { readonly authorizer: Authorizer; readonly audit: Audit; readonly ledger: Ledger };

const SENTENCES = {
  'not-allowed': 'you have no right to do this here',
  'level-too-low':
    'this needs a second factor: step up at https://…/step-up of this gateway for WebDAV, or log in to SFTP with a one-time code',
} as const;

function codeOf(decision: Extract<Decision, { allowed: false }>): keyof typeof SENTENCES | 'not-found' {
  if ('code' in decision) return decision.code;
  return decision.visible ? 'not-allowed' : 'not-found';
}

/** Asks whether an action may be done and writes down each refusal. The one place where the file tree says no. */
export class Gate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** @returns the rule that allows it @throws GatewayError `not-found`, `not-allowed`, `level-too-low`, `unavailable` */
  async pass(session: Session, action: Action, path: VPath): Promise<RuleRef> {
    await this.#parts.audit.whenWorking();
    const decision = this.#parts.authorizer.decide(session, action, path);
    if (decision.allowed) return decision.rule;
    const code = codeOf(decision);
    this.#parts.audit.note(actionLine(session, action, path, 'refused', decision.rule, { code }));
    if (code !== 'not-found') throw new GatewayError(code, SENTENCES[code]);
    // A name that is absent costs one look into the ledger; so does this one, or its time would tell it exists.
    await this.#parts.ledger.read({ kind: 'entry', path });
    throw absent();
  }

  allows(session: Session, action: Action, path: VPath): boolean {
    return this.#parts.authorizer.decide(session, action, path).allowed;
  }

  /** Writes down that a request ended in an error, and gives the error back. */
  failed(session: Session, action: string, path: VPath, rule: RuleRef, error: GatewayError): GatewayError {
    const refused = error.code !== 'broken' && error.code !== 'unavailable';
    this.#parts.audit.note(
      actionLine(session, action, path, refused ? 'refused' : 'failed', rule, { code: error.code }),
    );
    // The ledger names a lock by its own path.
    if (error.path === undefined) return error;
    const { cause, detail } = error;
    return new GatewayError(error.code, error.message, { cause, detail, path: visiblePath(session, error.path) });
  }
}
