import type { Charset } from '../domain/charset.ts';
import {
  CHARSET_UNSUPPORTED,
  type FileError,
  LAYOUT_INVALID,
  type RecordFault,
  type RecordSink,
  structureFault,
  type Value,
  WHOLE_FILE,
  WHOLE_RECORD,
} from './record-format.ts';
import type { RowSink } from './rows.ts';

/** Hears the rows of one file and numbers its records. A row longer than the limit comes as `undefined`. */
export class RecordEvents implements RowSink {
  stopped = false;
  readonly #onRow: (text: string | undefined, sink: RecordSink) => void;
  readonly #charset: Charset;
  #sink: RecordSink;
  #number = 0;

  constructor(charset: Charset, onRow: (text: string | undefined, sink: RecordSink) => void) {
    this.#charset = charset;
    this.#onRow = onRow;
    this.#sink = NO_SINK;
  }

  /** Sends what is heard from now on to this sink. */
  into(sink: RecordSink): this {
    this.#sink = sink;
    return this;
  }

  row(text: string): void {
    this.#onRow(text, this.#sink);
  }

  rowTooLong(): void {
    this.#onRow(undefined, this.#sink);
  }

  wrongBytes(): void {
    this.fail({ field: WHOLE_FILE, code: CHARSET_UNSUPPORTED, detail: `#${this.#number + 1}, ${this.#charset}` });
  }

  quoteNeverCloses(): void {
    this.fail({
      field: WHOLE_FILE,
      code: LAYOUT_INVALID,
      detail: `" #${this.#number + 1}`,
    });
  }

  fail(error: FileError): void {
    this.stopped = true;
    this.#sink.error(error);
  }

  record(values: readonly Value[], faults: readonly RecordFault[]): void {
    this.#number += 1;
    this.#sink.record({ number: this.#number, values, faults });
  }

  /** A record that could not be taken apart. */
  unreadable(detail: string): void {
    this.record([], [structureFault(WHOLE_RECORD, detail)]);
  }
}

const NO_SINK: RecordSink = { layout: () => {}, record: () => {}, error: () => {} };
