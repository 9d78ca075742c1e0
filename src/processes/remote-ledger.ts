import type { CommitResult, LedgerCommand } from '../storage/commands.ts';
import type { Lease, Ledger, Queue } from '../storage/ledger.ts';
import type { Answer, Query } from '../storage/queries.ts';
import type { Link } from './link.ts';

const FINISH_MS = 10_000;

/**
 * The ledger of the owner, seen from another process. The contract is that of `Ledger`; where the owner is gone before it
 * answered, a change ends as `broken`: it may have been done.
 */
export class RemoteLedger implements Ledger {
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
  }

  async commit(commands: readonly LedgerCommand[]): Promise<CommitResult> {
    return parseCommitResult(await this.#link.call('ledger.commit', commands, 'broken'));
  }

  async read<Q extends Query>(query: Q): Promise<Answer<Q>> {
    return parseAnswer<Q>(await this.#link.call('ledger.read', query));
  }

  async claim(queue: Queue, worker: string, max: number, leaseMs: number): Promise<readonly Lease[]> {
    return parseLeases(await this.#link.call('ledger.claim', { queue, worker, max, leaseMs }, 'broken'));
  }

  async extend(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    return parseLeases(await this.#link.call('ledger.extend', { leases, leaseMs }, 'broken'));
  }

  /** Waits for what was asked; the owner's ledger stays open. */
  close(): Promise<void> {
    return this.#link.finish(FINISH_MS);
  }
}

/** The owner's side: does what a `RemoteLedger` asks. @returns undefined where the method is none of the ledger's */
export function answerLedger(ledger: Ledger, method: string, argument: unknown): Promise<unknown> | undefined {
  switch (method) {
    case 'ledger.commit':
      return ledger.commit(argument as readonly LedgerCommand[]);
    case 'ledger.read':
      return ledger.read(argument as Query);
    case 'ledger.claim': {
      const { queue, worker, max, leaseMs } = argument as Claim;
      return ledger.claim(queue, worker, max, leaseMs);
    }
    case 'ledger.extend': {
      const { leases, leaseMs } = argument as Extension;
      return ledger.extend(leases, leaseMs);
    }
    default:
      return undefined;
  }
}

type Claim = { readonly queue: Queue; readonly worker: string; readonly max: number; readonly leaseMs: number };
type Extension = { readonly leases: readonly Lease[]; readonly leaseMs: number };

// What the owner answers is what the interface promises; here it gets its types back.

function parseCommitResult(value: unknown): CommitResult {
  return value as CommitResult;
}

function parseLeases(value: unknown): readonly Lease[] {
  return value as readonly Lease[];
}

function parseAnswer<Q extends Query>(value: unknown): Answer<Q> {
  return value as Answer<Q>;
}
