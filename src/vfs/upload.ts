import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { RuleRef, Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Expectation } from '../storage/commands.ts';
import {
  type Bytes,
  type CompletedContent,
  type ContentStore,
  type ContentUpload,
  lengthOf,
  type ReadsUploads,
} from '../storage/content-store.ts';
import type { Entry, Upload } from './files.ts';
import type { Keeping } from './keeping.ts';
import type { StoredPlace } from './places.ts';
import type { Allowance } from './quota.ts';
import type { Room } from './room.ts';

/** What an upload needs to know of the name it is for; decided before the first byte. */
export type UploadPlan = {
  readonly session: Session;
  readonly path: VPath;
  readonly place: StoredPlace;
  readonly expect: Expectation;
  readonly replaces: boolean;
  readonly maxBytes: number;
  /** What counts for its path; undefined where nothing does. */
  readonly allowance: Allowance | undefined;
  /** So many bytes it may have of that, as the ledger knows what lies there. */
  readonly roomBytes: number;
  /** The rule that let it begin. */
  readonly rule: RuleRef;
};

/** What the vfs does for an upload: publish it in one commit, write a refusal down, and forget it when it ends. */
export type UploadHost = {
  readonly store: ContentStore & ReadsUploads;
  publish(plan: UploadPlan, content: CompletedContent, modifiedAt: number | undefined): Promise<Entry>;
  /** Writes down that its bytes were refused, and gives the error back. */
  refused(plan: UploadPlan, error: GatewayError): GatewayError;
  ended(plan: UploadPlan, upload: StagedUpload): void;
};

/** Bytes on their way into a staged content that nobody can see. */
export class StagedUpload implements Upload {
  readonly replaces: boolean;
  readonly resumed: boolean;
  readonly #plan: UploadPlan;
  readonly #content: ContentUpload;
  readonly #room: Room;
  readonly #host: UploadHost;
  readonly #keeping: Keeping | undefined;
  #size: number;
  #state: 'open' | 'committed' | 'aborted' | 'left' = 'open';
  #isRefused = false;
  /** Why it was ended from outside. */
  #revoked: GatewayError | undefined;
  /** The step in hand, which never rejects. */
  #busy: Promise<unknown> = Promise.resolve();
  #ended: Promise<void> | undefined;

  /**
   * @param keeping where what came before a cut is kept
   * @param heldBytes it goes on with so many
   */
  constructor(
    plan: UploadPlan,
    content: ContentUpload,
    room: Room,
    host: UploadHost,
    keeping?: Keeping,
    heldBytes?: number,
  ) {
    this.replaces = plan.replaces;
    this.resumed = heldBytes !== undefined;
    this.#size = heldBytes ?? 0;
    this.#keeping = keeping;
    this.#plan = plan;
    this.#content = content;
    this.#room = room;
    this.#host = host;
  }

  get size(): number {
    return this.#size;
  }

  async write(offset: number, bytes: Bytes): Promise<void> {
    this.#assertOpen();
    const end = offset + lengthOf(bytes);
    if (offset < 0) throw new GatewayError('bad-request', 'an offset is not negative');
    await this.#taking(end, async () => {
      if (this.#size === 0) crashPoint('receive.first-byte');
      this.#size = Math.max(this.#size, end);
      await this.#keeping?.changes(offset);
      await this.#host.store.writePart(this.#content, offset, bytes);
    });
    crashPoint('receive.mid-body');
    if (this.#state === 'open') await this.#keeping?.wrote(offset, end);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    this.#assertOpen();
    return this.#host.store.readPart(this.#content, offset, length);
  }

  async truncate(size: number): Promise<void> {
    this.#assertOpen();
    if (size < 0) throw new GatewayError('bad-request', 'a size is not negative');
    await this.#taking(size, async () => {
      await this.#keeping?.changes(size);
      await this.#host.store.truncate(this.#content, size);
    });
    this.#keeping?.cut(size);
    this.#room.shrink(size);
    this.#size = size;
  }

  async commit(options: { expectedSize?: number; expectedSha256?: string; modifiedAt?: number } = {}): Promise<Entry> {
    this.#assertOpen();
    this.#state = 'committed';
    crashPoint('receive.last-byte');
    try {
      const expected = {
        ...(options.expectedSize !== undefined && { size: options.expectedSize }),
        ...(options.expectedSha256 !== undefined && { sha256: options.expectedSha256 }),
      };
      const content = await this.#taking(this.#size, () => this.#host.store.complete(this.#content, expected));
      // From here on the ledger counts it; for a moment nobody does, rather than both.
      this.#room.end();
      return await this.#host.publish(this.#plan, content, options.modifiedAt);
    } catch (error) {
      // An outcome that is not known may have named the content: the sweeper decides, not this upload.
      if (error instanceof GatewayError && error.code !== 'broken') await this.#giveUp();
      throw asGatewayError(error);
    } finally {
      this.#end();
    }
  }

  async abort(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'aborted';
    this.#end();
    await this.#giveUp();
  }

  /** Ends it for a reason that its client hears with the next step. What came is removed once the step in hand is done. */
  async revoke(error: GatewayError): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'aborted';
    this.#revoked = error;
    await this.#busy;
    this.#end();
    await this.#giveUp();
  }

  async sync(): Promise<void> {
    this.#assertOpen();
    await (this.#keeping?.sync() ?? this.#host.store.sync(this.#content));
  }

  leave(): Promise<void> {
    const keeping = this.#keeping;
    if (keeping === undefined || !keeping.isAllowed) return this.abort();
    if (this.#state === 'open') {
      this.#state = 'left';
      this.#ended = this.#leave(keeping);
    }
    return this.#ended ?? Promise.resolve();
  }

  /** Its client sends nothing any more, so that another connection of its principal may go on with it. */
  get hasStalled(): boolean {
    return this.#state === 'open' && this.#keeping?.hasStalled === true;
  }

  /** Resolves when it was left and what came is kept; undefined while it is not being left. */
  get leaving(): Promise<void> | undefined {
    return this.#ended;
  }

  /** Bytes that somebody could go on with. */
  get keepableBytes(): number {
    return this.#keeping?.keepableBytes ?? 0;
  }

  async #leave(keeping: Keeping): Promise<void> {
    try {
      if (!(await keeping.keep())) await this.#giveUp();
      // What lies beyond is not gone on with: it would take place on the disk that counts for nobody.
      else if (this.#size > keeping.heldBytes) await this.#host.store.truncate(this.#content, keeping.heldBytes);
    } finally {
      this.#end();
    }
  }

  #end(): void {
    this.#room.end();
    this.#host.ended(this.#plan, this);
  }

  async #giveUp(): Promise<void> {
    await this.#keeping?.giveUp();
    await this.#host.store.remove(this.#content.contentId);
  }

  /** Does a step that makes the file this large. The log gets one line, however often a client goes on after a refusal. */
  async #taking<T>(size: number, step: () => Promise<T>): Promise<T> {
    try {
      assertSize(this.#plan, size);
      const stepping = this.#holding(size, step);
      this.#busy = stepping.catch(() => undefined);
      return await stepping;
    } catch (thrown) {
      if (this.#revoked !== undefined) throw this.#revoked;
      const error = asGatewayError(thrown);
      if (this.#isRefused) throw error;
      this.#isRefused = true;
      throw this.#host.refused(this.#plan, error);
    }
  }

  #holding<T>(size: number, step: () => Promise<T>): Promise<T> {
    const holding = this.#room.hold(size);
    if (holding === undefined) return step();
    return holding.then(() => {
      // It may have ended meanwhile.
      this.#assertOpen();
      return step();
    });
  }

  #assertOpen(): void {
    if (this.#revoked !== undefined) throw this.#revoked;
    if (this.#state === 'left') {
      throw new GatewayError('unavailable', 'another connection goes on with this upload');
    }
    if (this.#state !== 'open') throw new GatewayError('bad-request', 'this upload has ended');
  }
}

/** @throws GatewayError `too-large` */
export function assertSize({ maxBytes }: Pick<UploadPlan, 'maxBytes'>, size: number): void {
  if (!Number.isSafeInteger(size) || size > maxBytes) {
    throw new GatewayError('too-large', `a file may have at most ${maxBytes} bytes here`, {
      detail: `max. ${maxBytes} bytes`,
    });
  }
}
