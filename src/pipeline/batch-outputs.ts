import type { Charset } from '../domain/charset.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { PartnerId } from '../domain/principal.ts';
import { codecOf, type TextCodec } from '../formats/charsets.ts';
import type { FieldMask, RecordWriter, Value } from '../formats/record-format.ts';
import type { ContentRef, ContentStore, ContentUpload } from '../storage/content-store.ts';
import type { BatchOutput } from './batch.ts';
import type { ActReference } from './route.ts';

/** Characters collected before they are written; 200 open outputs then take a few tens of megabytes. */
const BUFFER_CHARACTERS = 64 * 1024;

/** One content that grows by text. `write` only collects; the batch calls `drain` between chunks of its input. */
export class TextContent {
  readonly #store: ContentStore;
  readonly #codec: TextCodec;
  #upload: ContentUpload | undefined;
  #buffer = '';
  #written = 0;

  constructor(store: ContentStore, charset: Charset = 'utf-8') {
    this.#store = store;
    this.#codec = codecOf(charset);
  }

  write(text: string): void {
    this.#buffer += text;
  }

  /** Writes what was collected once it is worth it. @throws GatewayError `out-of-space` */
  async drain(): Promise<void> {
    if (this.#buffer.length >= BUFFER_CHARACTERS) await this.#flush();
  }

  /** Durable on return. Errors of fsync are thrown as they are. */
  async complete(): Promise<ContentRef> {
    const upload = await this.#flush();
    return this.#store.complete(upload, { size: this.#written });
  }

  /** Gives up: nothing is left of it. */
  async abandon(): Promise<void> {
    if (this.#upload !== undefined) await this.#store.remove(this.#upload.contentId);
  }

  async #flush(): Promise<ContentUpload> {
    this.#upload ??= await this.#store.begin();
    const bytes = this.#codec.encode(this.#buffer);
    this.#buffer = '';
    if (bytes.length > 0) await this.#store.writePart(this.#upload, this.#written, bytes);
    this.#written += bytes.length;
    return this.#upload;
  }
}

type Output = {
  readonly content: TextContent;
  readonly writer: RecordWriter;
  readonly acts: Map<string, ActReference>;
  records: number;
};

/** The outputs of one batch, one per receiver, each begun with its first record. */
export class BatchOutputs {
  readonly #store: ContentStore;
  readonly #writerFor: (receiver: PartnerId) => RecordWriter;
  readonly #outputs = new Map<PartnerId, Output>();

  constructor(store: ContentStore, writerFor: (receiver: PartnerId) => RecordWriter) {
    this.#store = store;
    this.#writerFor = writerFor;
  }

  append(receiver: PartnerId, values: readonly Value[], mask: FieldMask, acts: readonly ActReference[]): void {
    const output = this.#outputs.get(receiver) ?? this.#begin(receiver);
    output.content.write(output.writer.record(values, mask));
    output.records += 1;
    for (const act of acts) if (!output.acts.has(act.id)) output.acts.set(act.id, act);
  }

  async drain(): Promise<void> {
    for (const output of this.#outputs.values()) await output.content.drain();
  }

  /** By receiver id, all durable on return. */
  async complete(): Promise<readonly BatchOutput[]> {
    const completed: BatchOutput[] = [];
    const sorted = [...this.#outputs].sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [receiver, { content, writer, acts, records }] of sorted) {
      const authorizations = [...acts.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
      content.write(writer.end());
      completed.push({ receiver, content: await content.complete(), records, authorizations });
      crashPoint('route.between');
    }
    if (completed.length > 0) crashPoint('route.last');
    return completed;
  }

  async abandon(): Promise<void> {
    for (const output of this.#outputs.values()) await output.content.abandon();
  }

  #begin(receiver: PartnerId): Output {
    const writer = this.#writerFor(receiver);
    const output: Output = {
      content: new TextContent(this.#store, writer.charset),
      writer,
      acts: new Map(),
      records: 0,
    };
    output.content.write(writer.begin());
    this.#outputs.set(receiver, output);
    if (this.#outputs.size === 1) crashPoint('route.first-output');
    return output;
  }
}
