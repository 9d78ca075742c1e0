import type { Field, LayoutVersion } from '../domain/flow.ts';
import { codecOf } from './charsets.ts';
import { type MemberLeaf, type MemberTree, memberTree, readMembers } from './json-members.ts';
import { RecordEvents } from './record-events.ts';
import {
  type FieldMask,
  LAYOUT_INVALID,
  NO_HEADER,
  type RecordFormat,
  type RecordSink,
  type RecordWriter,
  type Value,
  WHOLE_FILE,
} from './record-format.ts';
import { MAX_RECORD_BYTES, PlainRowEnds, RowSplitter } from './rows.ts';

export type JsonLinesOptions = { readonly maxRecordBytes?: number };

/** JSON has none; columns of other formats may. */
const LEADING_ZEROS = /^(-?)0+(?=\d)/;

/**
 * One JSON object (RFC 8259) per line. A line that is no object, an unknown or doubled member, and a value of another
 * JSON type than the layout's are faults of their record.
 */
export class JsonLinesFormat implements RecordFormat {
  readonly name = 'json-lines';
  readonly #rows: RowSplitter;
  readonly #layouts: readonly LayoutVersion[];
  readonly #events: RecordEvents;
  readonly #maxRecordBytes: number;
  #tree: MemberTree | undefined;
  #fields: readonly Field[] = [];

  /** @param layouts the versions valid for this file, the preferred one first; the first line chooses among them */
  constructor(options: JsonLinesOptions, layouts: readonly LayoutVersion[]) {
    this.#layouts = layouts;
    this.#maxRecordBytes = options.maxRecordBytes ?? MAX_RECORD_BYTES;
    this.#rows = new RowSplitter(new PlainRowEnds(), codecOf('utf-8'), this.#maxRecordBytes);
    this.#events = new RecordEvents('utf-8', (text, sink) => this.#row(text, sink));
  }

  parse(chunk: Uint8Array, sink: RecordSink): void {
    this.#rows.parse(chunk, this.#events.into(sink));
  }

  end(sink: RecordSink): void {
    this.#rows.end(this.#events.into(sink));
  }

  #row(text: string | undefined, sink: RecordSink): void {
    const tree = this.#tree ?? this.#begin(text, sink);
    if (tree === undefined) return;
    if (text === undefined) {
      this.#events.unreadable(`> ${this.#maxRecordBytes}`);
      return;
    }
    const members = readMembers(text, tree, this.#fields.length);
    if (typeof members === 'string') this.#events.unreadable(members);
    else this.#events.record(members.values, members.faults);
  }

  #begin(text: string | undefined, sink: RecordSink): MemberTree | undefined {
    const layout = this.#layouts.find((candidate) => text !== undefined && fits(text, candidate)) ?? this.#layouts[0];
    if (layout === undefined) {
      this.#events.fail({ field: WHOLE_FILE, code: LAYOUT_INVALID, detail: undefined });
      return undefined;
    }
    this.#fields = layout.fields;
    this.#tree = memberTree(layout.fields);
    sink.layout(layout, NO_HEADER);
    return this.#tree;
  }
}

function fits(text: string, layout: LayoutVersion): boolean {
  const members = readMembers(text, memberTree(layout.fields), layout.fields.length);
  return typeof members !== 'string' && members.faults.length === 0;
}

/** Writes the members of the masks; a member without value stays as the sender wrote it, absent or null. */
export class JsonLinesWriter implements RecordWriter {
  readonly charset = 'utf-8';
  readonly totals = undefined;
  readonly #tree: MemberTree;
  readonly #fileMask: FieldMask;

  constructor(layout: LayoutVersion, fileMask: FieldMask) {
    this.#tree = memberTree(layout.fields);
    this.#fileMask = fileMask;
  }

  begin(): string {
    return '';
  }

  record(values: readonly Value[], mask: FieldMask): string {
    return `${this.#object(this.#tree, values, mask) ?? '{}'}\n`;
  }

  end(): string {
    return '';
  }

  /** Undefined where nothing of the object may be written or is there. */
  #object(tree: MemberTree, values: readonly Value[], mask: FieldMask): string | undefined {
    let text = '';
    for (const [name, node] of tree) {
      const value = node instanceof Map ? this.#object(node, values, mask) : this.#scalar(node, values, mask);
      if (value !== undefined) text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${value}`;
    }
    return text === '' ? undefined : `${text}}`;
  }

  #scalar(leaf: MemberLeaf, values: readonly Value[], mask: FieldMask): string | undefined {
    if (mask[leaf.index] !== true || this.#fileMask[leaf.index] !== true) return undefined;
    const value = values[leaf.index];
    if (value === undefined) return undefined;
    // An empty column of another format is a member without value, unless it is a text.
    if (value === null || (value === '' && !leaf.isText)) return 'null';
    if (leaf.kind === 'string') return JSON.stringify(value);
    return leaf.kind === 'number' ? value.replace(LEADING_ZEROS, '$1') : value;
  }
}
