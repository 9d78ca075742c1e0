import type { ActReference } from '../audit/record-log.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { FieldMask, RecordWriter, TotalsPart, Value } from '../formats/record-format.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { BatchOutput } from './batch.ts';
import { BatchContent } from './batch-content.ts';
import { inGroups } from './in-groups.ts';

/** The disk syncs several together in little more time than one. */
const COMPLETED_AT_ONCE = 16;

type Output = {
  readonly content: BatchContent;
  readonly writer: RecordWriter;
  readonly acts: Map<string, ActReference>;
  records: number;
};

/** What is told of records that were written elsewhere; `totals` for the trailer. */
export type AppendedRecords = {
  readonly records: number;
  readonly acts: readonly ActReference[];
  readonly totals: TotalsPart | undefined;
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

  /** Records that were written elsewhere, in the charset of the output. */
  appendBytes(receiver: PartnerId, bytes: Uint8Array, { records, acts, totals }: AppendedRecords): void {
    const output = this.#outputs.get(receiver) ?? this.#begin(receiver);
    output.content.append(bytes);
    output.records += records;
    if (totals !== undefined) output.writer.totals?.addPart(totals);
    for (const act of acts) if (!output.acts.has(act.id)) output.acts.set(act.id, act);
  }

  *contents(): Generator<BatchContent> {
    for (const { content } of this.#outputs.values()) yield content;
  }

  async drain(): Promise<void> {
    await Promise.all(Array.from(this.#outputs.values(), (output) => output.content.drain()));
  }

  /** By receiver id, all complete on return. */
  async complete(): Promise<readonly BatchOutput[]> {
    const sorted = [...this.#outputs].sort(([one], [other]) => (one < other ? -1 : 1));
    const completed = await inGroups(
      sorted,
      COMPLETED_AT_ONCE,
      async ([receiver, { content, writer, acts, records }]) => {
        const authorizations = [...acts.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
        content.write(writer.end());
        const output: BatchOutput = { receiver, content: await content.complete(), records, authorizations };
        crashPoint('route.between');
        return output;
      },
    );
    if (completed.length > 0) crashPoint('route.last');
    return completed;
  }

  async abandon(): Promise<void> {
    for (const output of this.#outputs.values()) await output.content.abandon();
  }

  #begin(receiver: PartnerId): Output {
    const writer = this.#writerFor(receiver);
    const output: Output = {
      content: new BatchContent(this.#store, writer.charset),
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
