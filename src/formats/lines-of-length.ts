import { codecOf } from './charsets.ts';
import type { LengthSink } from './records-of-length.ts';
import { PlainRowEnds, type RowSink, RowSplitter } from './rows.ts';

/** Bytes of one character of the Basic Multilingual Plane in UTF-8. */
const MOST_BYTES = 3;

/**
 * Cuts UTF-8 into lines of so many characters, with LF or CRLF. Columns of fixed width are an affair of old systems:
 * characters beyond the Basic Multilingual Plane, which count differently everywhere, are not taken.
 */
export class LinesOfLength {
  readonly #rows: RowSplitter;
  readonly #length: number;

  constructor(recordLength: number) {
    this.#length = recordLength;
    this.#rows = new RowSplitter(new PlainRowEnds(), codecOf('utf-8'), recordLength * MOST_BYTES);
  }

  parse(chunk: Uint8Array, sink: LengthSink): void {
    this.#rows.parse(chunk, this.#rowsInto(sink));
  }

  end(sink: LengthSink): void {
    this.#rows.end(this.#rowsInto(sink));
  }

  #rowsInto(sink: LengthSink): RowSink {
    const length = this.#length;
    return {
      get stopped() {
        return sink.stopped;
      },
      row(text) {
        if (/[\ud800-\udfff]/.test(text)) sink.wrongBytes();
        else if (text.length === length) sink.record(text);
        else sink.wrongLength(`${text.length}/${length}`);
      },
      rowTooLong: () => sink.wrongLength(`> ${length}`),
      wrongBytes: () => sink.wrongBytes(),
      quoteNeverCloses: () => {},
    };
  }
}
