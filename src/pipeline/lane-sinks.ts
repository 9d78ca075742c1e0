import type { ActReference } from '../audit/record-log.ts';
import type { PartnerId } from '../domain/principal.ts';
import { codecOf, type TextCodec } from '../formats/charsets.ts';
import type { FieldMask, RecordWriter, Value, WrittenTotals } from '../formats/record-format.ts';
import { GrowingBytes } from '../storage/growing-bytes.ts';
import type { ChunkOutput } from './lane-messages.ts';

const FIRST_OUTPUT_BYTES = 4096;

/** What one receiver gets of the chunk at hand. */
export class LaneOutput {
  readonly receiver: PartnerId;
  readonly bytes = new GrowingBytes(FIRST_OUTPUT_BYTES);
  /** Of its trailer, if it has one: what `append` and rows written as bytes add up to. */
  readonly totals: WrittenTotals | undefined;
  readonly #writer: RecordWriter;
  readonly #codec: TextCodec;
  readonly #acts = new Map<string, ActReference>();
  records = 0;
  /** Acts of the records written as bytes: few lists, each used by thousands of records. */
  readonly #usedActs = new Set<readonly ActReference[]>();
  #lastActs: readonly ActReference[] | undefined;

  constructor(receiver: PartnerId, writer: RecordWriter) {
    this.receiver = receiver;
    this.totals = writer.totals;
    this.#writer = writer;
    this.#codec = codecOf(writer.charset);
  }

  /** One record by the writer of the receiver's format. */
  append(values: readonly Value[], mask: FieldMask, acts: readonly ActReference[]): void {
    this.bytes.append(this.#codec.encode(this.#writer.record(values, mask)));
    this.records += 1;
    this.#addActs(acts);
  }

  /** A record was written into `bytes`. */
  wrote(acts: readonly ActReference[]): void {
    this.records += 1;
    if (acts === this.#lastActs) return;
    this.#lastActs = acts;
    this.#usedActs.add(acts);
  }

  #addActs(acts: readonly ActReference[]): void {
    for (const act of acts) if (!this.#acts.has(act.id)) this.#acts.set(act.id, act);
  }

  /** What the chunk adds to the output; its bytes were taken before. */
  finish(): ChunkOutput {
    const { receiver, records } = this;
    const bytes = this.bytes.length;
    for (const acts of this.#usedActs) this.#addActs(acts);
    this.#usedActs.clear();
    this.#lastActs = undefined;
    const acts = [...this.#acts.values()];
    this.bytes.length = 0;
    this.records = 0;
    this.#acts.clear();
    return { receiver, bytes, records, acts, totals: this.totals?.take() };
  }
}
