import type { LayoutVersion } from '../../src/domain/flow.ts';
import { parseDate } from '../../src/domain/period.ts';
import type { FileError, ParsedRecord, RecordFormat, RecordSink } from '../../src/formats/record-format.ts';

/** Everything one file gave, in order. */
export type Collected = {
  readonly layouts: string[];
  readonly records: ParsedRecord[];
  readonly errors: FileError[];
};

export function collect(format: RecordFormat, chunks: Iterable<Uint8Array>): Collected {
  const collected: Collected = { layouts: [], records: [], errors: [] };
  const sink: RecordSink = {
    layout: (layout) => collected.layouts.push(layout.version),
    record: (record) => collected.records.push(record),
    error: (error) => collected.errors.push(error),
  };
  for (const chunk of chunks) {
    // The reader may not hold on to a chunk: it is overwritten once it was read.
    const copy = Uint8Array.from(chunk);
    format.parse(copy, sink);
    copy.fill(0x21);
  }
  format.end(sink);
  return collected;
}

/** Cuts bytes at these places, each taken modulo the length. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((one, other) => one - other);
  const chunks: Uint8Array[] = [];
  let from = 0;
  for (const place of [...sorted, bytes.length]) {
    chunks.push(bytes.subarray(from, place));
    from = place;
  }
  return chunks;
}

export function textLayout(names: readonly string[], version = '1'): LayoutVersion {
  const validFrom = parseDate('2020-01-01');
  if (validFrom === undefined) throw new Error('no such day');
  return {
    version,
    validFrom,
    fields: names.map((name) => ({ name, type: { kind: 'text', maxLength: 100 }, required: false })),
    roles: { person: names[0] ?? '', periodBegin: names[0] ?? '' },
    periods: [],
    totals: [],
    births: [],
  };
}
