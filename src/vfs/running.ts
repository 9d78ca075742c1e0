import { NOT_IN_FORCE } from '../access/authorizer.ts';
import type { FollowsSessions, TransferState } from '../access/live-sessions.ts';
import { Readmission } from '../access/readmission.ts';
import type { Audit } from '../audit/audit.ts';
import type { Current } from '../domain/current.ts';
import { actingFor } from '../domain/designation.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import { type Action, type Authorizer, principalName, type RuleRef, type Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import { actionLine } from './audit-lines.ts';

type RunningParts = {
  readonly authorizer: Authorizer;
  readonly audit: Audit;
  readonly generation: Current<Generation>;
};

/** Bytes of a file on their way in or out. */
export type Transfer = {
  readonly session: Session;
  /** The right it began with, which it needs to its end. */
  readonly action: Extract<Action, 'read' | 'create' | 'overwrite'>;
  readonly path: VPath;
  /** So far. */
  readonly bytes: () => number;
  /** Ends it at once; nothing of an upload is kept. */
  readonly stop: (error: GatewayError) => void;
};

/** Why a transfer was ended, as its audit line says. */
type Reason = 'right-ended' | 'designation-ended' | 'session-ended';

const SENTENCES: Readonly<Record<Reason, string>> = {
  'right-ended': 'your right to do this has ended while it ran; nothing of it is kept',
  'designation-ended': 'you may not act for this institution any more, or not from here; nothing of what ran is kept',
  'session-ended': 'you may not be here any more; nothing of what ran is kept',
};

/** Uploads and downloads under way in this process. One whose right ends, or whose session is shown the door, ends too. */
export class RunningTransfers implements FollowsSessions {
  readonly #parts: RunningParts;
  readonly #running = new Map<object, Transfer>();
  readonly #readmission: Readmission<[object, Transfer]>;

  constructor(parts: RunningParts) {
    this.#parts = parts;
    this.#readmission = new Readmission({
      version: parts.generation,
      connections: () => this.#running,
      readmit: async ([key, transfer]) => this.#decide(key, transfer),
    });
  }

  start(): void {
    this.#readmission.start();
  }

  close(): void {
    this.#readmission.stop();
  }

  /** @param key of its own: the upload or the stream */
  began(key: object, transfer: Transfer): void {
    this.#running.set(key, transfer);
  }

  ended(key: object): void {
    this.#running.delete(key);
  }

  expel(sessionId: string): void {
    for (const [key, transfer] of [...this.#running]) {
      if (transfer.session.id === sessionId) this.#stop(key, transfer, 'session-ended', 'sessions#cut');
    }
  }

  /** What runs for one of several designations ends with that one: the session stays for the others. */
  renewed(session: Session): void {
    for (const [key, transfer] of [...this.#running]) {
      if (transfer.session.id !== session.id) continue;
      const own = ofSameAccount(session, transfer.session);
      if (own === undefined) this.#stop(key, transfer, 'designation-ended', 'designations#none');
      else this.#decide(key, { ...transfer, session: own });
    }
  }

  /** Asks anew for every right, now. */
  recheck(): Promise<void> {
    return this.#readmission.run();
  }

  list(): readonly TransferState[] {
    return [...this.#running.values()].map(({ session, action, path, bytes }) => ({
      ...{ session: session.id, direction: action === 'read' ? 'out' : 'in', path, bytes: bytes() },
    }));
  }

  #decide(key: object, transfer: Transfer): void {
    if (!this.#running.has(key)) return;
    this.#running.set(key, transfer);
    const decision = this.#parts.authorizer.decide(transfer.session, transfer.action, transfer.path);
    if (decision.allowed) return;
    const reason = decision.rule === NOT_IN_FORCE ? 'designation-ended' : 'right-ended';
    this.#stop(key, transfer, reason, decision.rule);
  }

  #stop(key: object, { session, action, path, bytes, stop }: Transfer, reason: Reason, rule: RuleRef): void {
    this.#running.delete(key);
    const [kind, code] = [action === 'read' ? 'read' : 'publish', 'not-allowed'] as const;
    this.#parts.audit.note(actionLine(session, kind, path, 'refused', rule, { code, reason, bytes: bytes() }));
    stop(new GatewayError(code, SENTENCES[reason]));
  }
}

/** The session as it is now, for the account that something runs for; undefined where it acts for that one no more. */
function ofSameAccount(now: Session, { principal, protocol, lockTokens }: Session): Session | undefined {
  const name = principalName(principal);
  const own = actingFor(now).find(({ session }) => principalName(session.principal) === name);
  return own === undefined ? undefined : { ...own.session, protocol, lockTokens };
}
