import type { Clock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { KeptContent } from './content-commands.ts';
import { type ByteSource, ContentReadable, sourceOf } from './content-read.ts';
import {
  type ByteRange,
  type Bytes,
  type CompletedContent,
  type ContentRef,
  type ContentStore,
  type ContentUpload,
  type Expected,
  lengthOf,
  mustBeWhole,
  type ReadableContent,
  type ReadsUploads,
  SMALL_BYTES,
} from './content-store.ts';
import { refusalOf } from './disk-errors.ts';
import type { DiskStore } from './disk-store.ts';
import { HeldUpload } from './held-upload.ts';
import type { Ledger } from './ledger.ts';

/** Memory of all small uploads that have not ended; more of them go to the disk. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
const SWEEP_PAGE = 1000;

export type SmallStoreOptions = {
  readonly disk: DiskStore;
  /** Where small contents lie once they are named; a thread that is handed their bytes needs none. */
  readonly ledger?: { readonly ledger: Pick<Ledger, 'read' | 'commit'>; readonly clock: Clock } | undefined;
};

/**
 * Holds what comes in until it is complete or no longer small. What stays small never makes a file: its bytes are handed
 * to the caller, whose commit makes them durable. The rest is the disk's.
 */
export class SmallStore implements ContentStore, ReadsUploads {
  readonly #disk: DiskStore;
  readonly #kept: SmallStoreOptions['ledger'];
  readonly #held = new Map<string, HeldUpload>();
  /** Uploads that became too large, or must outlive this store: from their first byte on, the disk has them. */
  readonly #moved = new Map<string, Promise<void>>();
  #heldBytes = 0;

  constructor({ disk, ledger }: SmallStoreOptions) {
    this.#disk = disk;
    this.#kept = ledger;
  }

  async begin({ onDisk = false }: { readonly onDisk?: boolean } = {}): Promise<ContentUpload> {
    if (onDisk) return this.#disk.begin();
    const contentId = this.#disk.newId();
    this.#held.set(contentId, new HeldUpload());
    return { contentId };
  }

  async writePart(upload: ContentUpload, offset: number, bytes: Bytes): Promise<void> {
    mustBeWhole(offset, 'an offset');
    const held = this.#heldFor(upload, offset + lengthOf(bytes));
    if (held !== undefined) return this.#change(held, () => held.write(offset, bytes));
    await this.#moved.get(upload.contentId);
    await this.#notIfKept(upload, () => this.#disk.writePart(upload, offset, bytes));
  }

  async readPart(upload: ContentUpload, offset: number, length: number): Promise<Buffer> {
    mustBeWhole(offset, 'an offset');
    const held = this.#held.get(upload.contentId);
    if (held !== undefined) return Buffer.from(held.view().subarray(offset, offset + length));
    await this.#moved.get(upload.contentId);
    return this.#disk.readPart(upload, offset, length);
  }

  async truncate(upload: ContentUpload, size: number): Promise<void> {
    mustBeWhole(size, 'a size');
    const held = this.#heldFor(upload, size);
    if (held !== undefined) return this.#change(held, () => held.truncate(size));
    await this.#moved.get(upload.contentId);
    await this.#notIfKept(upload, () => this.#disk.truncate(upload, size));
  }

  async sync(upload: ContentUpload): Promise<void> {
    this.#move(upload.contentId);
    await this.#moved.get(upload.contentId);
    await this.#disk.sync(upload);
  }

  async complete(upload: ContentUpload, expected: Expected = {}): Promise<CompletedContent> {
    const { contentId } = upload;
    const held = this.#held.get(contentId);
    if (held !== undefined) {
      const completed = held.complete(contentId, expected);
      this.#forget(contentId);
      return completed;
    }
    await this.#moved.get(contentId);
    try {
      const ref = await this.#disk.complete(upload, expected);
      this.#forget(contentId);
      return ref;
    } catch (error) {
      return this.#completedBefore(contentId, expected, error);
    }
  }

  read({ contentId, bytes }: ReadableContent, range?: ByteRange): ContentReadable {
    const open = bytes === undefined ? () => this.#open(contentId) : async () => sourceOf(bytes);
    return new ContentReadable(open, range);
  }

  async remove(contentId: string): Promise<void> {
    const moved = this.#moved.get(contentId);
    const wasHeld = this.#held.has(contentId);
    this.#forget(contentId);
    if (wasHeld) return;
    await moved?.catch(ignore);
    await this.#disk.remove(contentId);
    if ((await this.#find(contentId)) === undefined) return;
    await this.#kept?.ledger.commit([{ kind: 'dropContents', contentIds: [contentId] }]);
  }

  async sweep(
    isNamed: (contentIds: readonly string[]) => Promise<ReadonlySet<string>>,
    graceMs: number,
  ): Promise<number> {
    return (await this.#disk.sweep(isNamed, graceMs)) + (await this.#sweepKept(isNamed, graceMs));
  }

  async #sweepKept(
    isNamed: (contentIds: readonly string[]) => Promise<ReadonlySet<string>>,
    graceMs: number,
  ): Promise<number> {
    if (this.#kept === undefined) return 0;
    const { ledger, clock } = this.#kept;
    const until = clock.now() - graceMs;
    let removed = 0;
    let after: number | undefined = 0;
    while (after !== undefined) {
      const page: readonly KeptContent[] = await ledger.read({ kind: 'keptContents', after, limit: SWEEP_PAGE });
      after = page.at(-1)?.position;
      const old = page.filter(({ keptAt }) => keptAt <= until).map(({ contentId }) => contentId);
      if (old.length === 0) continue;
      const named = await isNamed(old);
      const contentIds = old.filter((contentId) => !named.has(contentId));
      if (contentIds.length > 0) await ledger.commit([{ kind: 'dropContents', contentIds }]);
      removed += contentIds.length;
    }
    return removed;
  }

  /** The upload, where it is held and stays small at this size. */
  #heldFor({ contentId }: ContentUpload, end: number): HeldUpload | undefined {
    const held = this.#held.get(contentId);
    if (held === undefined) return undefined;
    const room = end <= held.heldBytes || this.#heldBytes + end <= MAX_HELD_BYTES;
    if (end <= SMALL_BYTES && room) return held;
    this.#move(contentId);
    return undefined;
  }

  #change(held: HeldUpload, change: () => void): void {
    const before = held.heldBytes;
    change();
    this.#heldBytes += held.heldBytes - before;
  }

  /** What is asked of it from now on waits for the disk, in the order it was asked. */
  #move(contentId: string): void {
    const held = this.#held.get(contentId);
    if (held === undefined) return;
    this.#forget(contentId);
    const moved = this.#disk.beginAs(contentId).then((upload) => this.#disk.writePart(upload, 0, held.view()));
    moved.catch(ignore); // met by whoever goes on with it
    this.#moved.set(contentId, moved);
  }

  #forget(contentId: string): void {
    this.#heldBytes -= this.#held.get(contentId)?.heldBytes ?? 0;
    this.#held.delete(contentId);
    this.#moved.delete(contentId);
  }

  async #open(contentId: string): Promise<ByteSource> {
    const bytes = await this.#find(contentId);
    return bytes === undefined ? this.#disk.open(contentId) : sourceOf(bytes);
  }

  async #find(contentId: string): Promise<Uint8Array | undefined> {
    const found = await this.#kept?.ledger.read({ kind: 'contents', contentIds: [contentId] });
    return found?.get(contentId);
  }

  /** @throws `precondition-failed` for a content that the ledger has: nobody writes to it any more */
  async #notIfKept<T>({ contentId }: ContentUpload, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      if (!isMissing(error) || (await this.#find(contentId)) === undefined) throw error;
      throw new GatewayError('precondition-failed', 'a finished file is never written again; send it as a new one');
    }
  }

  async #completedBefore(contentId: string, expected: Expected, error: unknown): Promise<ContentRef> {
    const bytes = isMissing(error) ? await this.#find(contentId) : undefined;
    if (bytes === undefined) throw error;
    const again = new HeldUpload();
    again.write(0, bytes);
    const { bytes: _, ...ref } = again.complete(contentId, expected);
    return ref;
  }
}

function isMissing(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal instanceof GatewayError && refusal.code === 'content-missing';
}

function ignore(): void {}
