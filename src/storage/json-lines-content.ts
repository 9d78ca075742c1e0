import type { ContentRef, ContentStore, ContentUpload } from './content-store.ts';

/** Characters collected before they are written. */
const BUFFER_CHARACTERS = 64 * 1024;

/** One content of JSON lines (a JSON value and a line feed each), written one line at a time through a buffer. */
export class JsonLinesContent<T> {
  readonly #store: ContentStore;
  readonly #upload: ContentUpload;
  #buffer = '';
  #written = 0;
  #lines = 0;

  /** For `begin`. */
  private constructor(store: ContentStore, upload: ContentUpload) {
    this.#store = store;
    this.#upload = upload;
  }

  /** @throws GatewayError `out-of-space` */
  static async begin<T>(store: ContentStore): Promise<JsonLinesContent<T>> {
    return new JsonLinesContent<T>(store, await store.begin());
  }

  /** Lines appended so far. */
  get lines(): number {
    return this.#lines;
  }

  /** To be awaited before the next one. @throws GatewayError `out-of-space` */
  async append(value: T): Promise<void> {
    this.#buffer += `${JSON.stringify(value)}\n`;
    this.#lines += 1;
    if (this.#buffer.length >= BUFFER_CHARACTERS) await this.#flush();
  }

  /** The content with every line, durable on return. Errors of fsync are thrown as they are. */
  async complete(): Promise<ContentRef> {
    await this.#flush();
    return this.#store.complete(this.#upload, { size: this.#written });
  }

  /** Gives up: nothing is left of it. */
  abandon(): Promise<void> {
    return this.#store.remove(this.#upload.contentId);
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#buffer);
    this.#buffer = '';
    if (bytes.length === 0) return;
    await this.#store.writePart(this.#upload, this.#written, bytes);
    this.#written += bytes.length;
  }
}
