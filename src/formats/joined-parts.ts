import type { LayoutVersion } from '../domain/flow.ts';
import {
  type FileError,
  type HeaderValues,
  LAYOUT_INVALID,
  type ParsedRecord,
  type RecordSink,
  WHOLE_FILE,
} from './record-format.ts';

/**
 * Between the readers of a set's parts, each a whole file of the format, and a sink that hears one file: records are
 * numbered on, all parts follow one version of the layout and say the same in their headers, and a fault of the file says
 * in which part it is: `2/3: `.
 */
export class JoinedParts implements RecordSink {
  readonly #sink: RecordSink;
  readonly #count: number;
  #part = 0;
  #before = 0;
  #last = 0;
  #first: { readonly layout: LayoutVersion; readonly header: HeaderValues } | undefined;
  #failed = false;

  constructor(sink: RecordSink, count: number) {
    this.#sink = sink;
    this.#count = count;
  }

  /** What comes now is of the next part. */
  next(): void {
    this.#part += 1;
    this.#before = this.#last;
  }

  layout(layout: LayoutVersion, header: HeaderValues): void {
    if (this.#first === undefined) {
      this.#first = { layout, header };
      this.#sink.layout(layout, header);
      return;
    }
    const first = this.#first;
    const other = [...header].find(([name, value]) => first.header.get(name) !== value);
    if (layout.version !== first.layout.version) this.#differs(`${layout.version} ≠ ${first.layout.version}`);
    else if (other !== undefined) this.#differs(`${other[0]} ≠ ${first.header.get(other[0])}`);
  }

  record(record: ParsedRecord): void {
    if (this.#failed) return;
    this.#last = this.#before + record.number;
    this.#sink.record(this.#before === 0 ? record : { ...record, number: this.#last });
  }

  error(error: FileError): void {
    if (this.#failed) return;
    this.#failed = true;
    if (this.#count === 1) this.#sink.error(error);
    else this.#sink.error({ ...error, detail: `${this.#part}/${this.#count}: ${error.detail ?? '∅'}` });
  }

  #differs(detail: string): void {
    this.error({ field: WHOLE_FILE, code: LAYOUT_INVALID, detail });
  }
}
