import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { AuditLine } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Audit } from './audit.ts';

const FLUSH_MS = 200;
const RETRY_MS = 500;
/** A line that waits longer stops the service. */
const MAX_AGE_MS = 1000;
/** How long requests wait for a log that is late and has no fault. */
const CATCH_UP_PAUSE_MS = 50;
const CATCH_UP_ROUNDS = 100;
/** More lines than this waiting stop the service. */
const MAX_WAITING = 10_000;
/** Lines kept at most while nothing can be written; those beyond are counted, and the count is written afterwards. */
const MAX_KEPT = 2 * MAX_WAITING;
const LINES_PER_COMMIT = 1000;

export type AuditBufferOptions = {
  readonly ledger: Pick<Ledger, 'commit'>;
  readonly clock: Clock;
  /** Told once, when the log can not be written and will not be: the process has to end with exit 3. */
  readonly onBroken: (error: GatewayError) => void;
};

/** Lines on their way into the ledger's chain: it keeps what need not be waited for, and says when it falls behind. */
export class AuditBuffer implements Audit {
  readonly #options: AuditBufferOptions;
  /** Not durable yet, oldest first; `since` is monotonic time. */
  #waiting: { readonly line: AuditLine; readonly since: number }[] = [];
  #lost = 0;
  #flushTimer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #failure: GatewayError | undefined;
  #closed = false;

  constructor(options: AuditBufferOptions) {
    this.#options = options;
  }

  note(line: AuditLine): void {
    if (this.#waiting.length >= MAX_KEPT) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push({ line, since: this.#options.clock.monotonic() });
    this.#flushAfter(this.#waiting.length % LINES_PER_COMMIT === 0 ? 0 : FLUSH_MS);
  }

  async record(line: AuditLine): Promise<void> {
    await this.#options.ledger.commit([{ kind: 'audit', line }]);
  }

  async whenWorking(): Promise<void> {
    for (let round = 0; round < CATCH_UP_ROUNDS && this.#isOnlyLate(); round += 1) await delay(CATCH_UP_PAUSE_MS);
    this.assertWorking();
  }

  assertWorking(): void {
    if (this.#failure === undefined && !this.#isLate() && this.#waiting.length <= MAX_WAITING) return;
    const options = this.#failure === undefined ? {} : { cause: this.#failure };
    throw new GatewayError(
      'unavailable',
      'the gateway can not keep its log now and takes nothing; try again later',
      options,
    );
  }

  #isLate(): boolean {
    const oldest = this.#waiting[0];
    return oldest !== undefined && this.#options.clock.monotonic() - oldest.since > MAX_AGE_MS;
  }

  #isOnlyLate(): boolean {
    return this.#failure === undefined && this.#isLate() && this.#waiting.length <= MAX_WAITING;
  }

  /** Writes what waits. @throws GatewayError where that can not be done */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#flushTimer);
    await this.#flushing?.catch(ignore);
    if (this.#waiting.length > 0) await this.#writeWaiting();
  }

  #flushAfter(ms: number): void {
    if (this.#closed || this.#flushing !== undefined || this.#failure?.code === 'broken') return;
    if (this.#flushTimer !== undefined && ms > 0) return;
    clearTimeout(this.#flushTimer);
    this.#flushTimer = setTimeout(() => this.#flushInBackground(), ms);
  }

  #flushInBackground(): void {
    this.#flushTimer = undefined;
    this.#flushing = this.#writeWaiting()
      .then(
        () => 0,
        (error: unknown) => this.#fail(error),
      )
      .then((retryMs) => {
        this.#flushing = undefined;
        if (this.#waiting.length > 0) this.#flushAfter(retryMs);
      });
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting.slice(0, LINES_PER_COMMIT).map(({ line }) => line);
      const written = lines.length; // lines noted during the commit wait for the next one
      const lost = this.#lost;
      if (lost > 0) lines.push({ kind: 'audit.lost', outcome: 'failed', fields: { lines: lost } });
      await this.#options.ledger.commit(lines.map((line) => ({ kind: 'audit', line })));
      this.#waiting.splice(0, written);
      this.#lost -= lost;
      this.#failure = undefined;
    }
  }

  /** @returns after how many ms to try again */
  #fail(error: unknown): number {
    const failure = asGatewayError(error);
    this.#failure = failure;
    // A full disk and a moment of overload pass by themselves; whatever else it is does not.
    if (failure.code === 'out-of-space' || failure.code === 'unavailable') return RETRY_MS;
    this.#failure =
      failure.code === 'broken' ? failure : new GatewayError('broken', failure.message, { cause: failure });
    this.#options.onBroken(this.#failure);
    return RETRY_MS;
  }
}

function ignore(): void {}
