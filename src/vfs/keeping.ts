import { crashPoint } from '../domain/crash-point.ts';
import { GatewayError } from '../domain/errors.ts';
import { principalName } from '../domain/principal.ts';
import type { LedgerCommand, PartialRow } from '../storage/commands.ts';
import { actionLine } from './audit-lines.ts';
import { abandoned, endPartial } from './partial-commands.ts';
import type { PublisherParts } from './publisher.ts';
import type { Room } from './room.ts';
import type { UploadPlan } from './upload.ts';
import { Written } from './written.ts';

/** So many bytes at most, or those of so long, are sent again after the gateway was killed; making them durable costs one fsync. */
const CHECKPOINT_BYTES = 64 * 1024 * 1024;
const CHECKPOINT_MS = 30_000;
/** Where a client asks for durability of an open file, less than this needs no line in the ledger: it is soon sent again. */
const WORTH_KEEPING_BYTES = 1024 * 1024;
/** Nothing came for so long: its client may have gone without a word, and another connection may go on. */
const STALLED_MS = 5000;

export type KeepingParts = Pick<PublisherParts, 'store' | 'ledger' | 'gate' | 'generation' | 'clock'> & {
  /** Version of what stood there when it began, 0 for nothing. */
  readonly base: number;
  readonly room: Room;
};

/**
 * Keeps what came of an upload of unknown size, so that its principal can go on with it after a cut. It has a row in the
 * ledger from the first checkpoint on, or when it is left; a small file that ends well never has one.
 *
 * The last byte is always held back. Clients ask for the size and send the rest; of a file that looks complete they
 * would send nothing, and it would never be published.
 */
export class Keeping {
  readonly #plan: UploadPlan;
  readonly #contentId: string;
  readonly #parts: KeepingParts;
  readonly #written: Written;
  #held: number;
  #heldAt: number;
  #wroteAt: number;
  /** `lost`: somebody else's upload to the path took its place in the ledger. */
  #row: 'none' | 'ours' | 'lost';
  #tail: Promise<void> = Promise.resolve();

  constructor(plan: UploadPlan, contentId: string, held: PartialRow | undefined, parts: KeepingParts) {
    this.#plan = plan;
    this.#contentId = contentId;
    this.#parts = parts;
    this.#written = new Written(held?.size);
    this.#held = held?.size ?? 0;
    this.#row = held === undefined ? 'none' : 'ours';
    this.#heldAt = parts.clock.now();
    this.#wroteAt = this.#heldAt;
  }

  /** Bytes that would be held if it were left now. */
  get keepableBytes(): number {
    return Math.max(this.#held, this.#written.fromStart - 1);
  }

  /** Bytes that are held for sure. */
  get heldBytes(): number {
    return this.#held;
  }

  get hasStalled(): boolean {
    return this.#parts.clock.now() - this.#wroteAt >= STALLED_MS;
  }

  /** Called before bytes from an offset on change: what is held must stay what it was said to be. */
  async changes(offset: number): Promise<void> {
    if (offset >= this.#held) return;
    await this.#turn(() => this.#record(offset));
  }

  async wrote(offset: number, end: number): Promise<void> {
    this.#written.add(offset, end);
    this.#wroteAt = this.#parts.clock.now();
    const more = this.keepableBytes - this.#held;
    if (more <= 0) return;
    if (more >= CHECKPOINT_BYTES || this.#wroteAt - this.#heldAt >= CHECKPOINT_MS) await this.keep();
  }

  cut(size: number): void {
    this.#written.cut(size);
  }

  /** What came is durable on return; where it is much, also for somebody who goes on with it. */
  async sync(): Promise<void> {
    if (this.keepableBytes - this.#held >= WORTH_KEEPING_BYTES) await this.keep();
    await this.#parts.store.sync({ contentId: this.#contentId });
  }

  /** Makes what came durable, then has the ledger say so. @returns whether something is held */
  keep(): Promise<boolean> {
    return this.#turn(async () => {
      const size = this.keepableBytes;
      if (size > this.#held && this.#row !== 'lost') {
        await this.#parts.store.sync({ contentId: this.#contentId });
        crashPoint('receive.part-synced');
        await this.#record(size);
      }
      return this.#row === 'ours' && this.#held > 0;
    });
  }

  /** Whether the principal may still hand in at this path. */
  get isAllowed(): boolean {
    const { session, replaces, path } = this.#plan;
    return this.#parts.gate.allows(session, replaces ? 'overwrite' : 'create', path);
  }

  /** Nothing is held any more. */
  giveUp(): Promise<void> {
    return this.#turn(async () => {
      if (this.#row !== 'ours') return;
      this.#row = 'lost';
      await this.#parts.ledger.commit([endPartial(this.#plan), abandoned(this.#plan)]);
    });
  }

  async #record(size: number): Promise<void> {
    if (this.#row === 'lost') return;
    const owner = { principal: principalName(this.#plan.session.principal), path: this.#plan.place.ledgerPath };
    const advance: LedgerCommand = { kind: 'advancePartial', ...owner, contentId: this.#contentId, size };
    const { room } = this.#parts;
    // What is more is counted by nobody for a moment, rather than twice.
    room.counted(Math.max(size, this.#held));
    try {
      await this.#parts.ledger.commit(this.#row === 'ours' ? [advance] : [...this.#beginning(owner), advance]);
      this.#row = 'ours';
      this.#held = size;
      this.#heldAt = this.#parts.clock.now();
      room.counted(size);
    } catch (error) {
      room.counted(0);
      if (!(error instanceof GatewayError) || error.code === 'broken') throw error;
      this.#row = 'lost';
    }
  }

  #beginning(owner: Pick<PartialRow, 'principal' | 'path'>): readonly LedgerCommand[] {
    const { generation, base } = this.#parts;
    const { session, path, rule } = this.#plan;
    const maxOfPrincipal = generation.value.limits.maxPartialUploadsPerPrincipal;
    return [
      { kind: 'beginPartial', ...owner, contentId: this.#contentId, base, maxOfPrincipal },
      { kind: 'audit', line: actionLine(session, 'begin-parts', path, 'done', rule) },
    ];
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.then(ignore, ignore);
    return result;
  }
}

function ignore(): void {}
