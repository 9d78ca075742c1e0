import type { LayoutVersion } from '../domain/flow.ts';
import type { FlowFormat } from '../domain/format.ts';
import { hasPlainRows } from './block-rows.ts';
import { DelimitedBlocks, DelimitedCutter } from './delimited-blocks.ts';
import { FixedWidthBlocks, FixedWidthCutter, TrailerEnds } from './fixed-width-blocks.ts';
import { recordFormat } from './open-format.ts';
import type { BlockCutter, BlockEnds, BlockPlan, BlockReader } from './record-block.ts';
import type { FileFacts, HeaderValues, RecordSink } from './record-format.ts';
import { lineEndBytes } from './records-of-length.ts';

const LF = 0x0a;
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
  const first = firstRecord(format, bytes);
  if (first === undefined || first.end > bytes.length) return undefined;
  // Three bytes are needed to see whether there is a byte order mark.
  const found = layoutIn(format, layouts, facts, bytes.subarray(0, Math.max(first.end, BYTE_ORDER_MARK.length)));
  if (found === undefined || !hasPlainRows(found.layout)) return undefined;
  const { environment } = facts;
  return {
    format,
    ...found,
    environment,
    facts,
    start: first.start,
    head: Uint8Array.from(bytes.subarray(0, first.start)),
  };
}

/** A reader of chunks of this file, for one thread. */
export function blockReader(plan: BlockPlan): BlockReader {
  switch (plan.format.kind) {
    case 'delimited':
      return new DelimitedBlocks(plan, plan.format);
    case 'fixed-width':
      return new FixedWidthBlocks(plan, plan.format);
    default:
      throw new TypeError('no blocks of this format');
  }
}

export function blockCutter({ format }: BlockPlan): BlockCutter {
  switch (format.kind) {
    case 'delimited':
      return new DelimitedCutter(format.separator);
    case 'fixed-width':
      return new FixedWidthCutter(format);
    default:
      throw new TypeError('no blocks of this format');
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
    default:
      return false;
  }
}

/** Where the records begin, and where what has to be read before that is known ends. */
function firstRecord(format: FlowFormat, bytes: Buffer): { readonly start: number; readonly end: number } | undefined {
  const mark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  if (format.kind === 'fixed-width' && format.charset !== 'utf-8') {
    const end = format.recordLength + lineEndBytes(format.charset, format.lineEnd).length;
    return { start: format.header === undefined ? 0 : end, end };
  }
  const end = bytes.indexOf(LF) + 1;
  const hasHeader =
    format.kind === 'delimited' ? format.header : format.kind === 'fixed-width' && format.header !== undefined;
  return end === 0 ? undefined : { start: hasHeader ? end : mark, end };
}

function layoutIn(
  format: FlowFormat,
  layouts: readonly LayoutVersion[],
  facts: FileFacts,
  head: Uint8Array,
): { readonly layout: LayoutVersion; readonly header: HeaderValues } | undefined {
  let found: { readonly layout: LayoutVersion; readonly header: HeaderValues } | undefined;
  let isFaulty = false;
  const sink: RecordSink = {
    layout: (layout, header) => {
      found = { layout, header };
    },
    record: () => {},
    error: () => {
      isFaulty = true;
    },
  };
  recordFormat(format, layouts, facts).parse(head, sink);
  return isFaulty ? undefined : found;
}
