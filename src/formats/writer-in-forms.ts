import type { Form } from './field-forms.ts';
import { isPresent } from './field-types.ts';
import type { FieldMask, RecordWriter, Value } from './record-format.ts';

/** Gives a writer each value in the form it is to be written in. */
export class WriterInForms implements RecordWriter {
  readonly #writer: RecordWriter;
  readonly #forms: readonly (Form | undefined)[];

  /** @param forms by position in the layout; undefined where the value is written as it is */
  constructor(writer: RecordWriter, forms: readonly (Form | undefined)[]) {
    this.#writer = writer;
    this.#forms = forms;
  }

  get charset() {
    return this.#writer.charset;
  }

  get totals() {
    return this.#writer.totals;
  }

  begin(): string {
    return this.#writer.begin();
  }

  record(values: readonly Value[], mask: FieldMask): string {
    const written = values.map((value, index) => {
      const form = this.#forms[index];
      return form !== undefined && isPresent(value) ? form(value) : value;
    });
    return this.#writer.record(written, mask);
  }

  end(): string {
    return this.#writer.end();
  }
}
