import type { CommitResult, LedgerCommand } from './commands.ts';
import type { Answer, Query } from './queries.ts';

/** A named queue of leased work. */
export type Queue = 'arrival' | 'check' | 'questions' | 'directory' | 'deliveries';

/** Work held by one worker until `until` (the ledger's clock, ms). `fence` only ever grows for a job. */
export type Lease = {
  readonly queue: Queue;
  readonly key: string;
  readonly fence: number;
  readonly until: number;
  readonly attempts: number;
  /** JSON value given at `enqueue`. */
  readonly payload: unknown;
};

/** Names, submissions, deliveries, leases, locks. It is the queue: nothing waits in memory alone. */
export interface Ledger {
  /**
   * Plain data with preconditions; all or nothing per call, durable on return. Concurrent calls share one transaction
   * (a savepoint each) and one fsync.
   * @throws GatewayError of the precondition that failed (`not-found`, `already-exists`, `precondition-failed`,
   * `frozen`, `not-empty`, `fenced`…): then nothing of this call was written
   */
  commit(commands: readonly LedgerCommand[]): Promise<CommitResult>;
  /** Never waits for a writer; sees every commit that has returned. */
  read<Q extends Query>(query: Q): Promise<Answer<Q>>;
  /** Leases up to `max` due jobs, oldest due first. A job whose lease ran out may be claimed again, with a higher fence. */
  claim(queue: Queue, worker: string, max: number, leaseMs: number): Promise<readonly Lease[]>;
  /** Those of the leases that are still held, with their new end. */
  extend(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]>;
  close(): Promise<void>;
}
