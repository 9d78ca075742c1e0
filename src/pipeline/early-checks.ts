import type { AccessMethod } from '../domain/principal.ts';
import type { Submission, Ticket } from '../domain/submission.ts';
import { SMALL_BYTES } from '../storage/content-store.ts';
import type { Checked } from './closing.ts';

/** As many as arrivals are looked at together, and those among them that then wait for their turn. */
const MOST_BEGUN = 32;

/** What of a submission its records are decided by. */
export type ToCheck = Pick<Submission, 'ticket' | 'flow' | 'partner' | 'environment' | 'files' | 'receivedAt'>;
/** What was found by one generation; undefined where flow or partner is not in force. */
export type Found = Omit<Checked, 'submission'> | undefined;

/**
 * Small files whose records are decided while their receipt is being made: the answer need not wait for one after the other.
 * It is a guess, in memory alone: nothing of it is used unless the receipt is durable, and what decides whether a file may be
 * closed is asked as always.
 */
export class EarlyChecks {
  readonly #check: (one: ToCheck, accessMethod: AccessMethod) => Promise<Found>;
  readonly #begun = new Map<Ticket, Promise<Found>>();

  constructor(check: (one: ToCheck, accessMethod: AccessMethod) => Promise<Found>) {
    this.#check = check;
  }

  /** Whether it was begun. */
  begin(one: ToCheck, accessMethod: AccessMethod): boolean {
    const [file, ...others] = one.files;
    const isSmall = file?.role === 'data' && others.length === 0 && file.size <= SMALL_BYTES;
    if (!isSmall || this.#begun.size >= MOST_BEGUN || this.#begun.has(one.ticket)) return false;
    const found = this.#check(one, accessMethod);
    found.catch(() => undefined); // met by whoever takes it
    this.#begun.set(one.ticket, found);
    return true;
  }

  /** What was begun and not taken. */
  peek(ticket: Ticket): Promise<Found> | undefined {
    return this.#begun.get(ticket);
  }

  /** What was begun, for its first and only use; undefined where nothing was. */
  take(ticket: Ticket): Promise<Found> | undefined {
    const begun = this.#begun.get(ticket);
    this.#begun.delete(ticket);
    return begun;
  }
}
