import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, type GatewayError } from '../domain/errors.ts';
import type { AuditLine, ChainedLine } from '../storage/commands.ts';
import { isFsyncError } from '../storage/disk-errors.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Audit } from './audit.ts';
import { AuditBuffer } from './audit-buffer.ts';
import { HeadFile, signedPart } from './heads.ts';

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

/** The audit log over the ledger's chain, with signed heads of the chain. */
export class AuditLog implements Audit {
  readonly #options: AuditLogOptions;
  readonly #heads: HeadFile;
  readonly #lines: AuditBuffer;
  #sealedSeq: number;
  #sealTimer: NodeJS.Timeout | undefined;
  #sealing: Promise<void> | undefined;
  #closed = false;

  private constructor(options: AuditLogOptions, heads: HeadFile, sealedSeq: number) {
    this.#options = options;
    this.#heads = heads;
    this.#lines = new AuditBuffer(options);
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
    this.#lines.note(line);
  }

  record(line: AuditLine): Promise<void> {
    return this.#lines.record(line);
  }

  whenWorking(): Promise<void> {
    return this.#lines.whenWorking();
  }

  assertWorking(): void {
    this.#lines.assertWorking();
  }

  /** Writes what waits and signs the last line. @throws GatewayError where that can not be done; the log is closed all the same */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#sealTimer);
    try {
      await this.#sealing?.catch(ignore);
      await this.#lines.close();
      await this.#sealRest();
    } finally {
      await this.#heads.close();
    }
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
