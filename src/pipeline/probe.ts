import type { LayoutVersion } from '../domain/flow.ts';
import type { FlowFormat } from '../domain/format.ts';
import { JoinedParts } from '../formats/joined-parts.ts';
import { recordFormat } from '../formats/open-format.ts';
import { type FileError, type FileFacts, LAYOUT_UNKNOWN, NO_DATA, type RecordSink } from '../formats/record-format.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { FileFault } from './file-checks.ts';

/** What is read of a file before its receipt, and by what; plain data, so that it can go to a thread. */
export type ProbeJob = {
  /** One file, or the parts of a set in their order. */
  readonly contents: readonly { readonly contentId: string; readonly size: number }[];
  /** Of what is larger only so much from its beginning is read. */
  readonly maxBytes: number;
  readonly format: FlowFormat;
  readonly layouts: readonly LayoutVersion[];
  readonly facts: FileFacts;
};

/**
 * Looks for what is wrong with a file as a whole: charset, syntax, layout, header and trailer, no data. Records are taken
 * apart and not judged. What stands behind `maxBytes` is left to the check of the records.
 */
export async function probe(job: ProbeJob, store: Pick<ContentStore, 'read'>): Promise<FileFault | undefined> {
  const { contents, maxBytes, format, layouts, facts } = job;
  if (layouts.length === 0) return { code: LAYOUT_UNKNOWN };
  const found = new FileFaultOnly();
  const sink = new JoinedParts(found, contents.length);
  let left = maxBytes;
  for (const { contentId, size } of contents) {
    const reader = recordFormat(format, layouts, facts);
    sink.next();
    const isWhole = size <= left;
    for await (const chunk of store.read(contentId, isWhole ? undefined : { start: 0, end: left })) {
      reader.parse(chunk, sink);
      if (found.fault !== undefined) return found.fault;
    }
    if (!isWhole) return undefined;
    reader.end(sink);
    if (found.fault !== undefined) return found.fault;
    left -= size;
  }
  return found.hasRecords ? undefined : { code: NO_DATA };
}

class FileFaultOnly implements RecordSink {
  fault: FileFault | undefined;
  hasRecords = false;

  layout(): void {
    // whichever it is
  }

  record(): void {
    this.hasRecords = true;
  }

  error({ code, detail }: FileError): void {
    this.fault = { code, detail };
  }
}
