import type { Charset } from '../domain/charset.ts';
import { codecOf, type TextCodec } from '../formats/charsets.ts';
import type { CompletedContent, ContentStore, ContentUpload } from '../storage/content-store.ts';
import { GrowingBytes } from '../storage/growing-bytes.ts';

/** Characters or bytes collected before they are written; 200 open outputs then take a few tens of megabytes. */
const ENOUGH = 64 * 1024;
/** Of the page cache: what begins and ends with one is written in half the time. */
const PAGE_BYTES = 4096;
/** Most contents of small batches need no more. */
const FIRST_BYTES = 4 * 1024;

/**
 * One content that grows by text and bytes. Both are only collected; the batch calls `drain` between chunks of its input, and
 * waits for it.
 */
export class BatchContent {
  readonly #store: ContentStore;
  readonly #codec: TextCodec;
  #upload: ContentUpload | undefined;
  readonly #bytes = new GrowingBytes(FIRST_BYTES);
  #text = '';
  #written = 0;
  #synced = 0;

  constructor(store: ContentStore, charset: Charset = 'utf-8') {
    this.#store = store;
    this.#codec = codecOf(charset);
  }

  write(text: string): void {
    this.#text += text;
  }

  /** In the charset of this content. The bytes are copied. */
  append(bytes: Uint8Array): void {
    this.#settleText();
    this.#bytes.append(bytes);
  }

  /** Writes what was collected once it is worth it. @throws GatewayError `out-of-space` */
  async drain(): Promise<void> {
    if (this.#text.length + this.#bytes.length >= ENOUGH) await this.#flush(PAGE_BYTES);
  }

  /** Bytes that were written and need not be durable yet. */
  get unsynced(): number {
    return this.#written - this.#synced;
  }

  /** What was written so far is durable on return. Errors of fsync are thrown as they are. */
  async sync(): Promise<void> {
    if (this.#upload === undefined) return;
    this.#synced = this.#written;
    await this.#store.sync(this.#upload);
  }

  /** Durable on return, unless it is small. Errors of fsync are thrown as they are. */
  async complete(): Promise<CompletedContent> {
    const upload = await this.#flush();
    return this.#store.complete(upload, { size: this.#written });
  }

  /** Gives up: nothing is left of it. */
  async abandon(): Promise<void> {
    if (this.#upload !== undefined) await this.#store.remove(this.#upload.contentId);
  }

  #settleText(): void {
    if (this.#text === '') return;
    this.#bytes.append(this.#codec.encode(this.#text));
    this.#text = '';
  }

  /** @param unit as many times of it are written as there are */
  async #flush(unit = 1): Promise<ContentUpload> {
    this.#upload ??= await this.#store.begin();
    this.#settleText();
    const bytes = this.#bytes;
    const ready = bytes.length - ((this.#written + bytes.length) % unit);
    if (ready > 0) await this.#store.writePart(this.#upload, this.#written, bytes.view().subarray(0, ready));
    this.#written += ready;
    bytes.drop(ready);
    return this.#upload;
  }
}
