import type { VPath } from './vpath.ts';

/** Every way a request can be refused. Each protocol has one table from these codes to its own. */
export type ErrorCode =
  | 'bad-path'
  | 'bad-request'
  | 'not-found'
  | 'not-allowed'
  | 'level-too-low'
  | 'no-parent'
  | 'already-exists'
  | 'is-folder'
  | 'not-folder'
  | 'not-empty'
  | 'precondition-failed'
  | 'frozen'
  | 'locked'
  | 'not-locked'
  | 'wrong-offset'
  | 'too-large'
  | 'out-of-space'
  | 'over-quota'
  | 'digest-mismatch'
  | 'content-missing'
  | 'not-supported'
  | 'fenced'
  | 'unavailable'
  | 'not-running'
  | 'broken';

type ErrorFacts = { readonly path?: VPath | undefined; readonly detail?: string | undefined };

/**
 * The one error class. The message is for the partner: it says what is wrong and what to do, and holds no path of the
 * server. The cause is for the log.
 */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  /** Of `locked`: where the lock stands. A ledger path where the ledger throws it, one the principal sees from `vfs` on. */
  readonly path: VPath | undefined;
  /** What the sentence of the code is about, where it is said in another language: of `frozen`, the ticket. */
  readonly detail: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions & ErrorFacts = {}) {
    super(message, options);
    this.name = 'GatewayError';
    this.code = code;
    this.path = options.path;
    this.detail = options.detail;
  }
}

/** The error as a `GatewayError`; what is not one is a broken machine, and its message is not for partners. */
export function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('broken', 'the gateway could not do this; the operator has been told', { cause: error });
}
