import type { ParsedRecord, RecordFormat, RecordSink } from './record-format.ts';

/** Reads single rows by the format of their file, as it stands in the middle of one. */
export class RowAlone {
  readonly #format: RecordFormat;
  readonly #sink: RecordSink;
  #found: ParsedRecord[] = [];
  #isFaulty = false;

  /** @param before what the format has to have read before, and what it gave is not told */
  constructor(format: RecordFormat, before: Uint8Array) {
    this.#format = format;
    this.#sink = {
      layout: () => {},
      record: (record) => this.#found.push(record),
      error: () => {
        this.#isFaulty = true;
      },
    };
    this.#feed(before);
  }

  /**
   * The one record in these bytes; undefined where they hold none yet. Its number says nothing.
   * @throws TypeError where they hold something else, which who cut them has seen before
   */
  read(bytes: Uint8Array): ParsedRecord | undefined {
    const record = this.tryToRead(bytes);
    if (record === 'faulty') throw new TypeError('bytes of one record were not one');
    return record;
  }

  /** The same; after `faulty` nothing more can be read. */
  tryToRead(bytes: Uint8Array): ParsedRecord | 'faulty' | undefined {
    const found = this.#feed(bytes);
    return this.#isFaulty || found.length > 1 ? 'faulty' : found[0];
  }

  #feed(bytes: Uint8Array): readonly ParsedRecord[] {
    this.#format.parse(bytes, this.#sink);
    const found = this.#found;
    this.#found = [];
    return found;
  }
}
