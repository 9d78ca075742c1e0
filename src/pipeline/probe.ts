import type { LayoutVersion } from '../domain/flow.ts';
import type { FlowFormat } from '../domain/format.ts';
import { recordFormat } from '../formats/open-format.ts';
import { type FileError, type FileFacts, LAYOUT_UNKNOWN, NO_DATA, type RecordSink } from '../formats/record-format.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { FileFault } from './file-checks.ts';

/** What is read of a file before its receipt, and by what; plain data, so that it can go to a thread. */
export type ProbeJob = {
  readonly content: { readonly contentId: string; readonly size: number };
  /** Of a larger file only so much from its beginning is read. */
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
  const { content, maxBytes, format, layouts, facts } = job;
  if (layouts.length === 0) return { code: LAYOUT_UNKNOWN };
  const reader = recordFormat(format, layouts, facts);
  const found = new FileFaultOnly();
  const isWhole = content.size <= maxBytes;
  for await (const chunk of store.read(content.contentId, isWhole ? undefined : { start: 0, end: maxBytes })) {
    reader.parse(chunk, found);
    if (found.fault !== undefined) return found.fault;
  }
  if (!isWhole) return undefined;
  reader.end(found);
  return found.fault ?? (found.hasRecords ? undefined : { code: NO_DATA });
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
