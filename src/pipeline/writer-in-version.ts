import type { Charset } from '../domain/charset.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import type { FieldMask, RecordWriter, Value, WrittenTotals } from '../formats/record-format.ts';

/** Fields of one version of a layout where another has them: by their names. */
export class FieldsByName {
  /** By field of the other version: where this one has it, or -1. */
  readonly positions: readonly number[];

  constructor(from: LayoutVersion, to: LayoutVersion) {
    this.positions = to.fields.map(({ name }) => from.fields.findIndex((field) => field.name === name));
  }

  values(values: readonly Value[]): readonly Value[] {
    return this.positions.map((position) => values[position]);
  }

  /** A field that the other version does not have is there, and empty. */
  mask(mask: FieldMask): FieldMask {
    return this.positions.map((position) => position < 0 || mask[position] === true);
  }
}

/** Writes records of one version of a layout as another version. */
export class WriterInVersion implements RecordWriter {
  readonly charset: Charset;
  readonly totals: WrittenTotals | undefined;
  readonly #writer: RecordWriter;
  readonly #fields: FieldsByName;

  constructor(writer: RecordWriter, fields: FieldsByName) {
    this.charset = writer.charset;
    this.totals = writer.totals;
    this.#writer = writer;
    this.#fields = fields;
  }

  begin(): string {
    return this.#writer.begin();
  }

  record(values: readonly Value[], mask: FieldMask): string {
    return this.#writer.record(this.#fields.values(values), this.#fields.mask(mask));
  }

  end(): string {
    return this.#writer.end();
  }
}
