import type { LayoutVersion } from '../domain/flow.ts';
import type { FlowFormat } from '../domain/format.ts';
import { hasPlainRows } from './block-rows.ts';
import { DelimitedBlocks, DelimitedCutter } from './delimited-blocks.ts';
import { FixedWidthBlocks, FixedWidthCutter, TrailerEnds } from './fixed-width-blocks.ts';
import { JsonBlocks, LineCutter } from './json-blocks.ts';
import { recordFormat } from './open-format.ts';
import type { BlockCutter, BlockEnds, BlockPlan, BlockReader } from './record-block.ts';
import type { FileFacts, HeaderValues, RecordFormat, RecordSink } from './record-format.ts';
import { lineEndBytes } from './records-of-length.ts';
import { XmlBlocks, XmlCutter } from './xml-blocks.ts';

const LF = 0x0a;
const TAG_END = 0x3e;
const ASCII = /^[ -~]*$/;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Of these no character is part of a number or a date. */
const SEPARATORS = ';,|\t';

/**
 * How a file is read in blocks, told by its first bytes.
 * @param head the beginning of the file; some 64 KiB are enough for any header
 * @returns undefined where the record-at-a-time path has to read this file
 */
export function planBlocks(
  format: FlowFormat,
  layouts: readonly LayoutVersion[],
  facts: FileFacts,
  head: Uint8Array,
): BlockPlan | undefined {
  if (!canBeBlocks(format)) return undefined;
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const reading = recordFormat(format, layouts, facts);
  const found = format.kind === 'xml' ? xmlHead(reading, bytes) : firstRow(format, reading, bytes);
  if (found === undefined || !hasPlainRows(found.layout)) return undefined;
  // Where a record may stand inside another one, the end of neither is told by its name.
  if (format.kind === 'xml' && found.layout.fields.some(({ name }) => name.split('.').includes(format.record))) {
    return undefined;
  }
  const { environment } = facts;
  return { format, ...found, environment, facts, head: Uint8Array.from(bytes.subarray(0, found.start)) };
}

/** A reader of chunks of this file, for one thread. */
export function blockReader(plan: BlockPlan): BlockReader {
  switch (plan.format.kind) {
    case 'delimited':
      return new DelimitedBlocks(plan, plan.format);
    case 'fixed-width':
      return new FixedWidthBlocks(plan, plan.format);
    case 'xml':
      return new XmlBlocks(plan, plan.format);
    case 'json-lines':
      return new JsonBlocks(plan);
  }
}

export function blockCutter({ format }: BlockPlan): BlockCutter {
  switch (format.kind) {
    case 'delimited':
      return new DelimitedCutter(format.separator);
    case 'fixed-width':
      return new FixedWidthCutter(format);
    case 'xml':
      return new XmlCutter(format);
    case 'json-lines':
      return new LineCutter();
  }
}

/** Only fixed width has a trailer; elsewhere there is nothing to agree with. */
export function blockEnds({ format, layout }: BlockPlan): BlockEnds {
  return format.kind === 'fixed-width' ? new TrailerEnds(layout, format) : { add: () => {}, agree: true };
}

function canBeBlocks(format: FlowFormat): boolean {
  switch (format.kind) {
    case 'delimited':
      return SEPARATORS.includes(format.separator);
    case 'fixed-width':
      // Only there the byte of the next-line character is also one of text.
      return (format.lineEnd !== 'nel' || format.charset !== 'windows-1252') && ASCII.test(format.detail?.type ?? '');
    case 'xml':
      return format.repeats === undefined; // there an element is several records
    case 'json-lines':
      return true;
  }
}

type Head = { readonly layout: LayoutVersion; readonly header: HeaderValues; readonly start: number };

/** Reads the header, or the first record where a file has none. */
function firstRow(format: FlowFormat, reading: RecordFormat, bytes: Buffer): Head | undefined {
  const mark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const isByLength = format.kind === 'fixed-width' && format.charset !== 'utf-8';
  const end = isByLength
    ? format.recordLength + lineEndBytes(format.charset, format.lineEnd).length
    : bytes.indexOf(LF) + 1;
  if (end === 0 || end > bytes.length) return undefined;
  const listener = new HeadListener();
  // Three bytes are needed to see whether there is a byte order mark.
  reading.parse(bytes.subarray(0, Math.max(end, BYTE_ORDER_MARK.length)), listener);
  const hasHeader = format.kind === 'delimited' ? format.header : format.kind === 'fixed-width' && !!format.header;
  return listener.head(hasHeader ? end : isByLength ? 0 : mark);
}

/** Reads tag after tag to the one that begins the root. */
function xmlHead(reading: RecordFormat, bytes: Buffer): Head | undefined {
  const listener = new HeadListener();
  let from = 0;
  for (let end = bytes.indexOf(TAG_END) + 1; end > 0 && !listener.isDone; end = bytes.indexOf(TAG_END, end) + 1) {
    reading.parse(bytes.subarray(from, end), listener);
    from = end;
  }
  return listener.head(from);
}

class HeadListener implements RecordSink {
  #found: Omit<Head, 'start'> | undefined;
  #isFaulty = false;

  get isDone(): boolean {
    return this.#found !== undefined || this.#isFaulty;
  }

  head(start: number): Head | undefined {
    return this.#found === undefined || this.#isFaulty ? undefined : { ...this.#found, start };
  }

  layout(layout: LayoutVersion, header: HeaderValues): void {
    this.#found = { layout, header };
  }

  record(): void {}

  error(): void {
    this.#isFaulty = true;
  }
}
