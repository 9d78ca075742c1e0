import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import { principalName } from '../domain/principal.ts';
import type { PartialRow } from '../storage/commands.ts';
import { type Bytes, type CompletedContent, lengthOf } from '../storage/content-store.ts';
import type { Entry, PartialState, PartUpload, WriteCondition } from './files.ts';
import { abandoned, endPartial } from './partial-commands.ts';
import type { Publisher, PublisherParts } from './publisher.ts';
import type { Room } from './room.ts';
import { assertSize, type UploadPlan } from './upload.ts';

/** So many bytes at most are sent again after the gateway was killed; making them durable costs one fsync. */
const CHECKPOINT_BYTES = 64 * 1024 * 1024;

type TransferParts = Pick<PublisherParts, 'store' | 'ledger' | 'gate'> & {
  readonly publisher: Publisher;
  readonly room: Room;
  readonly condition: WriteCondition;
  readonly ended: () => void;
};

/** One request that brings bytes of an upload in parts. Its steps run one after the other. */
export class PartTransfer implements PartUpload {
  readonly offset: number;
  readonly total: number;
  readonly replaces: boolean;
  readonly #plan: UploadPlan;
  readonly #row: PartialRow;
  readonly #parts: TransferParts;
  /** Bytes written, and those of them that are held for sure. */
  #size: number;
  #held: number;
  #state: 'open' | 'ended' | 'superseded' = 'open';
  #revoked: GatewayError | undefined;
  #tail: Promise<void> = Promise.resolve();
  readonly #done = Promise.withResolvers<void>();

  constructor(plan: UploadPlan, row: PartialRow & { readonly total: number }, parts: TransferParts) {
    this.offset = row.size;
    this.total = row.total;
    this.replaces = plan.replaces;
    this.#plan = plan;
    this.#row = row;
    this.#parts = parts;
    this.#size = row.size;
    this.#held = row.size;
  }

  /** Resolves when it has ended and what came is kept. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  write(bytes: Bytes): Promise<void> {
    return this.#turn(async () => {
      this.#assertOpen();
      const end = this.#size + lengthOf(bytes);
      if (end > this.total) throw new GatewayError('bad-request', `the file was announced with ${this.total} bytes`);
      assertSize(this.#plan, end);
      await this.#parts.room.hold(end);
      await this.#parts.store.writePart(this.#row, this.#size, bytes);
      this.#size = end;
      crashPoint('receive.mid-body');
      if (this.#size - this.#held >= CHECKPOINT_BYTES) await this.#keep();
    });
  }

  rewind(): Promise<void> {
    return this.#turn(async () => {
      this.#assertOpen();
      await this.#rewind();
    });
  }

  end(options: { expectedSha256?: string; modifiedAt?: number } = {}): Promise<Entry | PartialState> {
    return this.#turn(async () => {
      this.#assertOpen();
      try {
        if (this.#size === this.total) return await this.#publish(options);
        await this.#keep();
        return { held: this.#held, total: this.total };
      } finally {
        this.#state = 'ended';
        this.#release();
      }
    });
  }

  leave(): Promise<void> {
    return this.#endWith('ended');
  }

  /** Another request goes on with this upload: keeps what came, and takes no more. */
  supersede(): Promise<void> {
    return this.#endWith('superseded');
  }

  /** Ends it for a reason that its client hears with the next step. Nothing of the upload is kept, earlier parts included. */
  revoke(error: GatewayError): Promise<void> {
    return this.#turn(async () => {
      if (this.#state !== 'open') return;
      this.#state = 'ended';
      this.#revoked = error;
      try {
        await this.#parts.ledger.commit([endPartial(this.#plan), abandoned(this.#plan)]);
        await this.#parts.store.remove(this.#row.contentId);
      } finally {
        this.#release();
      }
    });
  }

  async #publish(options: { expectedSha256?: string; modifiedAt?: number }): Promise<Entry> {
    const { store, ledger, publisher } = this.#parts;
    // Once complete, a content takes no more bytes: what can be refused is refused before, and the last part sent again.
    const plan = await publisher
      .plan(this.#plan.session, this.#plan.path, this.#parts.condition)
      .catch(async (error) => {
        await this.#rewind();
        throw error;
      });
    try {
      const content = await this.#complete(plan, options.expectedSha256);
      // From here on the ledger counts it; for a moment nobody does, rather than both.
      this.#parts.room.end();
      return await publisher.publish(plan, content, { modifiedAt: options.modifiedAt, commands: [endPartial(plan)] });
    } catch (error) {
      // An outcome that is not known may have published it.
      if (!(error instanceof GatewayError) || error.code === 'broken') throw error;
      await ledger.commit([endPartial(plan), abandoned(plan)]);
      await store.remove(this.#row.contentId);
      throw error;
    }
  }

  async #complete(plan: UploadPlan, sha256: string | undefined): Promise<CompletedContent> {
    try {
      return await this.#parts.store.complete(this.#row, { size: this.total, ...(sha256 !== undefined && { sha256 }) });
    } catch (error) {
      throw this.#parts.gate.failed(plan.session, 'publish', plan.path, plan.rule, asGatewayError(error));
    }
  }

  async #rewind(): Promise<void> {
    await this.#parts.store.truncate(this.#row, this.offset);
    this.#parts.room.shrink(this.offset);
    this.#size = this.offset;
    await this.#keep();
  }

  /** Makes what came durable, then has the ledger say so. */
  async #keep(): Promise<void> {
    if (this.#size === this.#held) return;
    const { contentId, path } = this.#row;
    const size = this.#size;
    await this.#parts.store.sync(this.#row);
    crashPoint('receive.part-synced');
    const principal = principalName(this.#plan.session.principal);
    const { ledger, room } = this.#parts;
    room.counted(Math.max(size, this.#held));
    try {
      await ledger.commit([{ kind: 'advancePartial', principal, path, contentId, size }]);
      this.#held = size;
    } finally {
      room.counted(this.#held);
    }
  }

  /** Takes no more, and has ended once what came is kept. */
  #endWith(state: 'ended' | 'superseded'): Promise<void> {
    return this.#turn(async () => {
      if (this.#state !== 'open') return;
      this.#state = state;
      try {
        await this.#keep();
      } finally {
        this.#release();
      }
    });
  }

  #release(): void {
    this.#parts.room.end();
    this.#parts.ended();
    this.#done.resolve();
  }

  #assertOpen(): void {
    if (this.#revoked !== undefined) throw this.#revoked;
    if (this.#state === 'superseded') {
      throw new GatewayError('unavailable', 'another request goes on with this upload; ask how far it is');
    }
    if (this.#state === 'ended') throw new GatewayError('bad-request', 'this upload has ended');
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.then(ignore, ignore);
    return result;
  }
}

function ignore(): void {}
