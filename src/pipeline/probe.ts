import { setImmediate } from 'node:timers/promises';
import type { LayoutVersion } from '../domain/flow.ts';
import type { FlowFormat } from '../domain/format.ts';
import { JoinedParts } from '../formats/joined-parts.ts';
import { recordFormat } from '../formats/open-format.ts';
import {
  type FileError,
  type FileFacts,
  type HeaderValues,
  LAYOUT_UNKNOWN,
  NO_DATA,
  type RecordSink,
} from '../formats/record-format.ts';
import type { ContentStore, ReadableContent } from '../storage/content-store.ts';
import type { FileFault } from './file-checks.ts';

const SLICE_BYTES = 32 * 1024;

/** What is read of a file before its receipt, and by what; plain data, so that it can go to a thread. */
export type ProbeJob = {
  /** One file, or the parts of a set in their order. */
  readonly contents: readonly (ReadableContent & { readonly size: number })[];
  /** Of what is larger only so much from its beginning is read. */
  readonly maxBytes: number;
  readonly format: FlowFormat;
  readonly layouts: readonly LayoutVersion[];
  readonly facts: FileFacts;
};

/** What reading showed: a fault of the file as a whole; the number of its lot, where its flow has them. */
export type Probed = { readonly fault?: FileFault | undefined; readonly lot?: number | undefined };

/**
 * Looks for what is wrong with a file as a whole: charset, syntax, layout, header and trailer, no data. Records are taken
 * apart and not judged. What stands behind `maxBytes` is left to the check of the records.
 */
export async function probe(job: ProbeJob, store: Pick<ContentStore, 'read'>): Promise<Probed> {
  const { contents, maxBytes, format, layouts, facts } = job;
  if (layouts.length === 0) return { fault: { code: LAYOUT_UNKNOWN } };
  const found = new FileFaultOnly(lotFieldOf(format));
  const sink = new JoinedParts(found, contents.length);
  let left = maxBytes;
  for (const content of contents) {
    const { size } = content;
    const reader = recordFormat(format, layouts, facts);
    sink.next();
    const isWhole = size <= left;
    for await (const chunk of slices(store.read(content, isWhole ? undefined : { start: 0, end: left }))) {
      reader.parse(chunk, sink);
      if (found.fault !== undefined) return found;
    }
    if (!isWhole) return found;
    reader.end(sink);
    if (found.fault !== undefined) return found;
    left -= size;
  }
  return found.hasRecords ? found : { fault: { code: NO_DATA } };
}

/** Between two slices of a large file the thread looks after others. */
export async function* slices(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += SLICE_BYTES) {
      if (start > 0) await setImmediate();
      yield chunk.subarray(start, start + SLICE_BYTES);
    }
  }
}

/** The name of the header's field that numbers the files of a sender. */
function lotFieldOf(format: FlowFormat): string | undefined {
  if (format.kind !== 'fixed-width') return undefined;
  return format.header?.fields.find((field) => field.is === 'lot')?.name;
}

class FileFaultOnly implements RecordSink {
  fault: FileFault | undefined;
  lot: number | undefined;
  hasRecords = false;
  readonly #lotField: string | undefined;

  constructor(lotField: string | undefined) {
    this.#lotField = lotField;
  }

  layout(_layout: LayoutVersion, header: HeaderValues): void {
    const lot = this.#lotField === undefined ? undefined : header.get(this.#lotField);
    if (lot !== undefined) this.lot = Number(lot);
  }

  record(): void {
    this.hasRecords = true;
  }

  error({ code, detail }: FileError): void {
    this.fault = { code, detail };
  }
}
