import type { ErrorCode } from '../domain/errors.ts';
import type { VPath } from '../domain/vpath.ts';
import type { LedgerCommand } from './commands.ts';
import type { Lease, Queue } from './ledger.ts';
import type { Query } from './queries.ts';

/** What the serving thread and the two threads of the ledger say to each other; all of it plain data. */

/** Calls of one message, and about as many of one transaction at most, so that none waits long for the others. */
export const MAX_CALLS_PER_TRANSACTION = 256;

export type WorkerStart = { readonly role: 'writer' | 'reader'; readonly file: string; readonly now: number };

/** One call that changes something. `now` is the ledger's clock when it was made, ms. */
export type WriteCall =
  | { readonly kind: 'commit'; readonly commands: readonly LedgerCommand[]; readonly now: number }
  | {
      readonly kind: 'claim';
      readonly queue: Queue;
      readonly worker: string;
      readonly max: number;
      readonly leaseMs: number;
      readonly now: number;
    }
  | { readonly kind: 'extend'; readonly leases: readonly Lease[]; readonly leaseMs: number; readonly now: number };

export type AskedQuery = { readonly id: number; readonly query: Query };
export type AnsweredQuery = { readonly id: number; readonly outcome: Outcome };

export type WorkerRequest =
  | { readonly kind: 'batch'; readonly calls: readonly WriteCall[] }
  | { readonly kind: 'queries'; readonly queries: readonly AskedQuery[] }
  | { readonly kind: 'close' };

/** An error as it crosses a thread boundary; `cause` is for the log. */
export type Failure = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly cause?: string | undefined;
  readonly path?: VPath | undefined;
  readonly detail?: string | undefined;
};

export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: Failure };

export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'batch'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'answers'; readonly answers: readonly AnsweredQuery[] }
  /** The ledger can not go on, and it is not known what of the last transaction is durable. */
  | { readonly kind: 'broken'; readonly failure: Failure };
