import { expect } from 'vitest';
import type { Environment, LayoutVersion } from '../../src/domain/flow.ts';
import type { FlowFormat } from '../../src/domain/format.ts';
import { birthOfInsz } from '../../src/domain/insz.ts';
import { codecOf } from '../../src/formats/charsets.ts';
import { blockCutter, blockEnds, blockReader, planBlocks } from '../../src/formats/open-blocks.ts';
import { recordFormat } from '../../src/formats/open-format.ts';
import {
  ABSENT,
  type BlockPlan,
  NOT_PLAIN,
  NULL,
  OPEN_END,
  PLAIN,
  type RecordBlock,
} from '../../src/formats/record-block.ts';
import type { ParsedRecord, Value } from '../../src/formats/record-format.ts';
import { RecordRules } from '../../src/pipeline/record-rules.ts';
import { collect } from './collect.ts';

export type TestFile = {
  readonly format: FlowFormat;
  readonly layouts: readonly LayoutVersion[];
  readonly environment: Environment;
  readonly bytes: Uint8Array;
  /** How many bytes come at a time. */
  readonly pieces: readonly number[];
};

/** How blocks read a file; `left` where they leave it to the record-at-a-time path, `faulty` where that refuses it whole. */
export type Told = { readonly left: boolean; readonly faulty: boolean; readonly rows: number; readonly plain: number };

const SENDER = { sector: 12, type: 0 };
const DAY_MS = 86_400_000;

/** Reads a file both ways and expects the same of each of its records, in the same order. */
export function readBothWays({ format, layouts, environment, bytes, pieces }: TestFile): Told {
  const facts = { environment, sender: SENDER };
  const slow = collect(recordFormat(format, layouts, facts), [bytes]);
  const plan = planBlocks(format, layouts, facts, bytes);
  const faulty = slow.errors.length > 0;
  if (plan === undefined) return { left: true, faulty, rows: 0, plain: 0 };
  expect(slow.layouts).toEqual([plan.layout.version]);
  const rules = new RecordRules(plan.layout, environment);
  const ends = blockEnds(plan);
  let [rows, plain] = [0, 0];
  for (const block of blocksOf(structuredClone(plan), bytes, pieces)) {
    if (block === undefined) return { left: true, faulty, rows, plain };
    for (let row = 0; row < block.count; row += 1) {
      const wanted = slow.records[rows];
      rows += 1;
      expect(block.record(row, rows)).toEqual(wanted);
      if (wanted !== undefined && block.plain[row] !== NOT_PLAIN) {
        plain += 1;
        expectSame(block, row, wanted, rules);
      }
    }
    ends.add(structuredClone(block.end));
  }
  expect(rows).toBe(slow.records.length);
  // What is wrong with a file as a whole, only the record-at-a-time path tells.
  expect(ends.agree).toBe(!faulty);
  return { left: faulty, faulty, rows, plain };
}

function expectSame(block: RecordBlock, row: number, wanted: ParsedRecord, rules: RecordRules): void {
  const values = Array.from({ length: block.fields }, (_, field) => valueIn(block, row, field));
  expect(values).toEqual(wanted.values);
  const isAscii = values.every((value) => Buffer.from(value ?? '').length === (value ?? '').length);
  expect(block.plain[row] === PLAIN).toBe(isAscii);
  const result = rules.check(wanted);
  if (!result.ok) throw new Error(`a plain row is refused: ${JSON.stringify(result.faults)} of ${wanted.values}`);
  const { person, period, warnings } = result.record;
  expect(warnings).toEqual([]);
  const isFrom2000 = (birthOfInsz(person)?.year ?? 0) >= 2000;
  expect(block.persons[row]).toBe(Number(person.slice(0, 9)) + (isFrom2000 ? 1_000_000_000 : 0));
  expect(block.periodBegins[row]).toBe(dayOf(period.begin));
  expect(block.periodEnds[row]).toBe(period.end === undefined ? OPEN_END : dayOf(period.end));
}

function valueIn(block: RecordBlock, row: number, field: number): Value {
  const at = row * block.fields + field;
  const start = block.starts[at] ?? 0;
  if (start === ABSENT) return undefined;
  if (start === NULL) return null;
  const bytes = Buffer.from(block.bytes.subarray(start, block.ends[at]));
  return codecOf(block.charset).decoderFor(bytes)?.(bytes, 0, bytes.length);
}

function dayOf(date: string): number {
  const day = (Date.parse(`${date}T00:00:00Z`) - Date.UTC(1900, 0, 1)) / DAY_MS;
  return Math.max(-1, Math.min(OPEN_END, day));
}

/** Reads as the pipeline does: pieces come in, whole records go to the reader, in memory that is used again. */
function* blocksOf(
  plan: BlockPlan,
  bytes: Uint8Array,
  pieces: readonly number[],
): Generator<RecordBlock | undefined, void> {
  const cutter = blockCutter(plan);
  const reader = blockReader(plan);
  let from = plan.start;
  let until = plan.start;
  for (const piece of pieces) {
    until = Math.min(bytes.length, until + piece);
    if (until === bytes.length) break;
    const size = cutter.cut(bytes.subarray(from, until));
    if (size === 0) continue;
    const chunk = Uint8Array.from(bytes.subarray(from, from + size));
    yield reader.read(chunk, false);
    chunk.fill(0x21);
    from += size;
  }
  yield reader.read(Uint8Array.from(bytes.subarray(from)), true);
}
