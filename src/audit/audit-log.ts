import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { AuditLine, ChainedLine } from '../storage/commands.ts';
import { isFsyncError } from '../storage/disk-errors.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Audit } from './audit.ts';
import { HeadFile, signedPart } from './heads.ts';

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
const LINES_PER_HEAD = 1000;
const SEAL_MS = 1000;

export type AuditLogOptions = {
  readonly ledger: Ledger;
  /** Where `heads.jsonl` stands; made where it is not there. Kept apart from the ledger, it outlives an altered one. */
  readonly directory: string;
  readonly clock: Clock;
  /** Signs a head with the gateway's key; without it heads have no signature. */
  readonly sign?: ((data: Uint8Array) => Promise<Uint8Array>) | undefined;
  /** Told once, when the log can not be written and will not be: the process has to end with exit 3. */
  readonly onBroken: (error: GatewayError) => void;
};

/** The audit log over the ledger's chain. It buffers what need not be waited for, and signs heads of the chain. */
export class AuditLog implements Audit {
  readonly #options: AuditLogOptions;
  readonly #heads: HeadFile;
  /** Not durable yet, oldest first; `since` is monotonic time. */
  #waiting: { readonly line: AuditLine; readonly since: number }[] = [];
  #lost = 0;
  #sealedSeq: number;
  #flushTimer: NodeJS.Timeout | undefined;
  #sealTimer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #sealing: Promise<void> | undefined;
  #failure: GatewayError | undefined;
  #closed = false;

  private constructor(options: AuditLogOptions, heads: HeadFile, sealedSeq: number) {
    this.#options = options;
    this.#heads = heads;
    this.#sealedSeq = sealedSeq;
  }

  /** @throws GatewayError `broken` where the file of heads is damaged */
  static async open(options: AuditLogOptions): Promise<AuditLog> {
    const { file, last } = await HeadFile.open(options.directory);
    const log = new AuditLog(options, file, last?.seq ?? 0);
    log.#sealTimer = setInterval(() => log.#sealInBackground(), SEAL_MS).unref();
    return log;
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

  /** Writes what waits and signs the last line. @throws GatewayError where that can not be done; the log is closed all the same */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#flushTimer);
    clearInterval(this.#sealTimer);
    try {
      await this.#flushing?.catch(ignore);
      await this.#sealing?.catch(ignore);
      if (this.#waiting.length > 0) await this.#writeWaiting();
      await this.#sealRest();
    } finally {
      await this.#heads.close();
    }
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

  #sealInBackground(): void {
    this.#sealing ??= this.#sealFullSegments()
      .catch((error: unknown) => this.#failToSeal(error))
      .finally(() => {
        this.#sealing = undefined;
      });
  }

  async #sealFullSegments(): Promise<void> {
    for (;;) {
      const from = this.#sealedSeq + LINES_PER_HEAD;
      const [line] = await this.#options.ledger.read({ kind: 'auditLines', from, limit: 1 });
      if (line === undefined) return;
      await this.#seal(line);
    }
  }

  async #sealRest(): Promise<void> {
    await this.#sealFullSegments();
    const from = this.#sealedSeq + 1;
    const rest = await this.#options.ledger.read({ kind: 'auditLines', from, limit: LINES_PER_HEAD });
    const last = rest.at(-1);
    if (last !== undefined) await this.#seal(last);
  }

  async #seal({ seq, hash }: ChainedLine): Promise<void> {
    const head = { seq, hash, at: Math.trunc(this.#options.clock.now()) };
    const signature = await this.#options.sign?.(signedPart(head));
    crashPoint('audit.seal');
    await this.#heads.append({
      ...head,
      signature: signature === undefined ? '' : Buffer.from(signature).toString('base64'),
    });
    this.#sealedSeq = seq;
  }

  #failToSeal(error: unknown): void {
    if (this.#closed) return;
    const passes = error instanceof Error && 'code' in error && PASSING.has(error.code) && !isFsyncError(error);
    if (!passes) this.#options.onBroken(asGatewayError(error));
  }
}

/** Faults of a moment: the head is written a second later. */
const PASSING: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'out-of-space', 'unavailable']);

function ignore(): void {}
