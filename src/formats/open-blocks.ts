import type { LayoutVersion } from '../domain/flow.ts';
import type { FlowFormat } from '../domain/format.ts';
import { hasPlainRows } from './block-rows.ts';
import { DelimitedBlocks, DelimitedCutter } from './delimited-blocks.ts';
import { recordFormat } from './open-format.ts';
import type { BlockCutter, BlockEnds, BlockPlan, BlockReader } from './record-block.ts';
import type { FileFacts, HeaderValues, RecordSink } from './record-format.ts';

const LF = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

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
  if (format.kind !== 'delimited' || !';,|\t'.includes(format.separator)) return undefined;
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const mark = bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const firstEnd = bytes.indexOf(LF) + 1;
  if (firstEnd === 0) return undefined;
  const found = layoutIn(format, layouts, facts, bytes.subarray(0, firstEnd));
  if (found === undefined || !hasPlainRows(found.layout)) return undefined;
  const start = format.header ? firstEnd : mark;
  return {
    format,
    ...found,
    environment: facts.environment,
    facts,
    start,
    head: Uint8Array.from(head.subarray(0, start)),
  };
}

/** A reader of chunks of this file, for one thread. */
export function blockReader(plan: BlockPlan): BlockReader {
  if (plan.format.kind !== 'delimited') throw new TypeError('no blocks of this format');
  return new DelimitedBlocks(plan, plan.format);
}

export function blockCutter({ format }: BlockPlan): BlockCutter {
  if (format.kind !== 'delimited') throw new TypeError('no blocks of this format');
  return new DelimitedCutter(format.separator);
}

/** Most formats have no trailer: there is nothing to agree with. */
export function blockEnds(_plan: BlockPlan): BlockEnds {
  return { add: () => {}, agree: true };
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
