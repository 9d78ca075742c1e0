import { GatewayError } from '../domain/errors.ts';
import type { Submission } from '../domain/submission.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { Closer } from './closer.ts';
import type { Reserved } from './dispatcher.ts';
import type { EarlyChecks, Found } from './early-checks.ts';
import { within } from './within.ts';

/** Longer than a small file and those before it take; a receipt waits no longer for either. */
const MOST_WAIT_MS = 250;

type Parts = {
  readonly early: Pick<EarlyChecks, 'peek'>;
  readonly closer: Pick<Closer, 'close'>;
};

/** A receipt that is made and not committed. */
export type Received = {
  readonly submission: Submission;
  /** All of its commit but the submission itself. */
  readonly commands: readonly LedgerCommand[];
};

/** Answers small files whose records were decided early in the very commit of their receipt. */
export class AtOnce {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * @param receive makes the receipt of a file in which nothing is wrong as a whole, as far as is known
   * @returns false where it needs a receipt of its own first: nothing was committed
   */
  async answer({ place, isNext }: Reserved, receive: () => Promise<Received>): Promise<boolean> {
    if (!isNext) return false;
    const { submission, commands } = await receive();
    const found = await this.#found(submission);
    if (found === undefined || found.result.fileErrors.length > 0) return false;
    const closing = { before: commands, isNew: true, place, mostWaitMs: MOST_WAIT_MS, isLast: false };
    return this.#parts.closer.close({ ...found, submission }, closing);
  }

  /** A check that failed is done again after the receipt. */
  async #found({ ticket, generation }: Submission): Promise<Found> {
    try {
      const begun = this.#parts.early.peek(ticket);
      const found = begun && (await within(begun, MOST_WAIT_MS));
      return found?.generation.id === generation ? found : undefined;
    } catch (error) {
      if (error instanceof GatewayError) return undefined;
      throw error;
    }
  }
}
