import { createHash } from 'node:crypto';
import { codecOf } from '../formats/charsets.ts';
import { isPresent } from '../formats/field-types.ts';
import { blockCutter, blockEnds, blockReader, planBlocks } from '../formats/open-blocks.ts';
import { NOT_PLAIN, type RecordBlock } from '../formats/record-block.ts';
import type { Value } from '../formats/record-format.ts';
import type { RecordFile } from './record-files.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;
const FACTS = { environment: 'R', sender: { sector: 12, type: 0 } } as const;

/** Hears every block, in order. */
type Heard = (block: RecordBlock, firstNumber: number) => void;

/**
 * Reads a file in blocks; rows that are not plain record by record.
 * @throws Error where it has another number of records, or more than `others` that are not plain
 */
export function readBlocks(
  file: RecordFile,
  bytes: Buffer,
  count: number,
  others: number,
  heard: Heard = () => {},
): void {
  const plan = planBlocks(file.format, [file.layout], FACTS, bytes.subarray(0, 64 * 1024));
  if (plan === undefined) throw new Error(`${file.name} is not read in blocks`);
  const [cutter, reader, ends] = [blockCutter(plan), blockReader(plan), blockEnds(plan)];
  let [records, unusual] = [0, 0];
  for (let from = plan.start; from < bytes.length; ) {
    const isLast = from + CHUNK_BYTES >= bytes.length;
    const next = isLast ? bytes.length : from + cutter.cut(bytes.subarray(from, from + CHUNK_BYTES));
    const block = reader.read(bytes.subarray(from, next), isLast);
    if (block === undefined) throw new Error(`${file.name} was left to the record-at-a-time path`);
    for (let row = 0; row < block.count; row += 1) {
      if (block.plain[row] !== NOT_PLAIN) continue;
      unusual += 1;
      block.record(row, records + row + 1);
    }
    heard(block, records + 1);
    ends.add(block.end);
    records += block.count;
    from = next;
  }
  if (records !== count || unusual > others || !ends.agree) {
    throw new Error(`${file.name}: ${records} records, ${unusual} not plain, the trailer ${ends.agree}`);
  }
}

/** Every value that was written comes back: digests of both sides, days in one form. */
export function assertBlocksReadBack(file: RecordFile, bytes: Buffer, count: number, others: number): void {
  const [read, wanted] = [createHash('sha256'), createHash('sha256')];
  const line = (values: readonly Value[]) => `${values.map((value) => (value ?? '').replaceAll('-', '')).join(';')}\n`;
  readBlocks(file, bytes, count, others, (block, firstNumber) => {
    for (let row = 0; row < block.count; row += 1) {
      const { values } = block.plain[row] === NOT_PLAIN ? block.record(row, firstNumber + row) : plainRow(block, row);
      read.update(line(values));
      wanted.update(line(file.record(firstNumber + row)));
    }
  });
  if (read.digest('hex') !== wanted.digest('hex')) throw new Error(`${file.name}: other values than were written`);
}

function plainRow(block: RecordBlock, row: number): { readonly values: readonly Value[] } {
  const { bytes, charset, fields, starts, ends } = block;
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const encoding = charset === 'utf-8' ? 'utf8' : 'latin1';
  const values = Array.from({ length: fields }, (_, field) => {
    const at = row * fields + field;
    return data.toString(encoding, starts[at], ends[at]);
  });
  return { values };
}

/** One mutation in a hundred has an INSZ that is none, one in two hundred a day that does not exist; streets are quoted now and then. */
export function withFaultsAndQuotes(file: RecordFile): RecordFile {
  const [ssin, day] = ['ssin', 'effective_date'].map((name) =>
    file.layout.fields.findIndex((field) => field.name === name),
  );
  return {
    ...file,
    record: (number) => {
      const values = [...file.record(number)];
      if (number % 100 === 1 && ssin !== undefined) values[ssin] = '74031295171';
      if (number % 200 === 2 && day !== undefined) values[day] = '2026-02-30';
      return values;
    },
  };
}

export function mostOthers(count: number): number {
  return Math.ceil(count / 100) + Math.ceil(count / 200) + 1;
}

/** A file of these records whose texts are quoted in one of four. */
export function quotedBytes(file: RecordFile, count: number): Buffer {
  if (file.format.kind !== 'delimited') throw new TypeError('only delimited text has quotes');
  const { separator, charset } = file.format;
  const street = file.layout.fields.findIndex(({ name }) => name === 'street');
  const lines = [file.layout.fields.map(({ name }) => name).join(separator)];
  for (let number = 1; number <= count; number += 1) {
    const values = file.record(number).map((value, index) => {
      return index === street && number % 4 === 0 && isPresent(value) ? `"${value}"` : (value ?? '');
    });
    lines.push(values.join(separator));
  }
  return codecOf(charset).encode(`${lines.join('\n')}\n`);
}
