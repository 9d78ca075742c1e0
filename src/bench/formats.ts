import { createHash } from 'node:crypto';
import { dateOf } from '../domain/period.ts';
import { codecOf } from '../formats/charsets.ts';
import { type OutputPlan, recordFormat, recordWriter } from '../formats/open-format.ts';
import type { RecordSink, RecordWriter, Value } from '../formats/record-format.ts';
import { assertBlocksReadBack, mostOthers, quotedBytes, readBlocks, withFaultsAndQuotes } from './formats-blocks.ts';
import { peersFor } from './formats-peers.ts';
import { signGibibyte } from './formats-signature.ts';
import { BLOCK_FILES, RECORD_FILES, type RecordFile } from './record-files.ts';
import { asTable, type Figure, judge, machine, type Result, writeSection } from './report.ts';

const RECORDS = 200_000;
/** Peers, and XML, are slow enough for a tenth of them to be a measure. */
const FEWER_RECORDS = 20_000;
const CHUNK_BYTES = 64 * 1024;
/** Half of them warm the compiler up; the best is seldom among those. */
const ROUNDS = { full: 16, quick: 8 };
const SIGNATURES = 3;
const MEMORY_RECORDS = 8_000_000;
const MIB = 1024 * 1024;
const SENDER = { sector: 12, type: 0 };

type Timed = { readonly perSecond: number; readonly cpuSeconds: number };

/** Reading and writing records of each format in one thread, from and to memory; and signing a large file. */
export async function benchFormats(quick: boolean): Promise<readonly Result[]> {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  const figures: Figure[] = [...(await blockFigures(rounds)), await signatureFigure(SIGNATURES)];
  for (const file of RECORD_FILES) {
    const count = file.format.kind === 'xml' ? FEWER_RECORDS : RECORDS;
    const bytes = bytesOf(file, count);
    assertReadsBack(file, bytes);
    const read = best(rounds, count, () => readAll(file, bytes, count));
    figures.push(figure(`read-${file.name}`, read, await peersOf(file, bytesOf(file, FEWER_RECORDS), rounds)));
    const records = recordsOf(file, count);
    const write = best(rounds, count, () => writeAll(file, records));
    figures.push(figure(`write-${file.name}`, write, {}));
  }
  const results = await judge('formats', figures);
  if (!quick) await writeSection('formats', section(results));
  return results;
}

function figure(name: string, { perSecond, cpuSeconds }: Timed, peers: Figure['peers']): Figure {
  const peakMB = Math.round(process.memoryUsage().rss / MIB);
  return { case: name, value: Math.round(perSecond), unit: 'records/s', cpuSeconds, peakMB, peers };
}

/** The best of some rounds: what else the machine does only ever slows one down. */
function best(rounds: number, records: number, work: () => void): Timed {
  let seconds = Number.POSITIVE_INFINITY;
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    work();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  const { user, system } = process.cpuUsage(before);
  return { perSecond: records / seconds, cpuSeconds: (user + system) / 1e6 };
}

function planOf({ format, layout }: RecordFile): OutputPlan {
  const facts = { layoutVersion: '1', environment: 'R', sender: SENDER, receiver: SENDER } as const;
  return {
    output: undefined,
    flow: format,
    layout,
    fileMask: layout.fields.map(() => true),
    facts: { ...facts, receivedOn: dateOf(0), header: new Map() },
  };
}

function recordsOf({ record }: RecordFile, count: number): readonly (readonly Value[])[] {
  return Array.from({ length: count }, (_, index) => record(index + 1));
}

function writeAll(file: RecordFile, records: readonly (readonly Value[])[]): void {
  const plan = planOf(file);
  const writer = recordWriter(plan);
  const codec = codecOf(writer.charset);
  let [text, bytes] = [writer.begin(), 0];
  for (const record of records) {
    text += writer.record(record, plan.fileMask);
    if (text.length > CHUNK_BYTES) {
      bytes += codec.encode(text).length;
      text = '';
    }
  }
  bytes += codec.encode(text + writer.end()).length;
  if (bytes < records.length) throw new Error('nothing was written');
}

function bytesOf(file: RecordFile, count: number): Buffer {
  const plan = planOf(file);
  const writer: RecordWriter = recordWriter(plan);
  const codec = codecOf(writer.charset);
  const parts = [codec.encode(writer.begin())];
  for (let number = 1; number <= count; number += 1) {
    parts.push(codec.encode(writer.record(file.record(number), plan.fileMask)));
  }
  parts.push(codec.encode(writer.end()));
  return Buffer.concat(parts);
}

function feed(file: RecordFile, bytes: Buffer, sink: RecordSink): void {
  const format = recordFormat(file.format, [file.layout], { environment: 'R', sender: SENDER });
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    format.parse(bytes.subarray(from, from + CHUNK_BYTES), sink);
  }
  format.end(sink);
}

function readAll(file: RecordFile, bytes: Buffer, count: number): void {
  let [records, faults] = [0, 0];
  feed(file, bytes, {
    layout: () => {},
    record: (record) => {
      records += 1;
      faults += record.faults.length;
    },
    error: ({ code, detail }) => {
      throw new Error(`${file.name}: ${code} ${detail}`);
    },
  });
  if (records !== count || faults > 0) throw new Error(`${file.name}: ${records} records, ${faults} faults`);
}

/** Every value that was written comes back: digests of both sides, days in one form. */
function assertReadsBack(file: RecordFile, bytes: Buffer): void {
  const [read, wanted] = [createHash('sha256'), createHash('sha256')];
  const line = (values: readonly Value[]) => `${values.map((value) => (value ?? '').replaceAll('-', '')).join(';')}\n`;
  feed(file, bytes, {
    layout: () => {},
    record: ({ number, values }) => {
      read.update(line(values));
      wanted.update(line(file.record(number)));
    },
    error: ({ code, detail }) => {
      throw new Error(`${file.name}: ${code} ${detail}`);
    },
  });
  if (read.digest('hex') !== wanted.digest('hex')) throw new Error(`${file.name}: other values than were written`);
}

/** The usual libraries for the same bytes, in the same process and round. */
async function peersOf(file: RecordFile, bytes: Buffer, rounds: number): Promise<Readonly<Record<string, number>>> {
  const figures: Record<string, number> = {};
  for (const { name, read } of await peersFor(file.format, bytes, FEWER_RECORDS)) {
    figures[name] = Math.round(best(rounds, FEWER_RECORDS, read).perSecond);
  }
  return figures;
}

/** Reading in blocks, the checks of all values included. */
async function blockFigures(rounds: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const plainFile of BLOCK_FILES) {
    const isDelimited = plainFile.format.kind === 'delimited';
    const file = isDelimited ? withFaultsAndQuotes(plainFile) : plainFile;
    const written = (count: number) => (isDelimited ? quotedBytes(file, count) : bytesOf(file, count));
    const bytes = written(RECORDS);
    // The first record of XML and JSON lines teaches how they are put together.
    const others = isDelimited ? mostOthers(RECORDS) : 1;
    assertBlocksReadBack(file, bytes, RECORDS, others);
    const read = () => readBlocks(file, bytes, RECORDS, others);
    const timed = best(rounds, RECORDS, read);
    figures.push(figure(`blocks-${file.name}`, timed, await peersOf(file, written(FEWER_RECORDS), rounds)));
    if (file.name === 'delimited') figures.push(memoryGrowth(read));
  }
  return figures;
}

/** Eight million records: the memory of the process behind the last of them, over that behind the first million. */
function memoryGrowth(read: () => void): Figure {
  const before = process.cpuUsage();
  let early = 0;
  for (let records = RECORDS; records <= MEMORY_RECORDS; records += RECORDS) {
    read();
    if (records === MEMORY_RECORDS / 8) early = process.memoryUsage().rss;
  }
  const { user, system } = process.cpuUsage(before);
  const late = process.memoryUsage().rss;
  const cpuSeconds = (user + system) / 1e6;
  const value = Math.round((late / early) * 100) / 100;
  return {
    case: 'blocks-delimited-memory',
    value,
    unit: 'times',
    cpuSeconds,
    peakMB: Math.round(late / MIB),
    peers: {},
  };
}

async function signatureFigure(rounds: number): Promise<Figure> {
  const value = await signGibibyte(rounds);
  const peakMB = Math.round(process.memoryUsage().rss / MIB);
  return { case: 'sign-1gib', value, unit: 'CPU-s', cpuSeconds: value, peakMB, peers: {} };
}

function section(results: readonly Result[]): string {
  const peers = results.flatMap(({ case: name, value, peers: beside }) =>
    Object.entries(beside).map(
      ([peer, figures]) => `| ${name} | ${peer} | ${figures} | ${(value / figures).toFixed(1)} |`,
    ),
  );
  return [
    `${machine()}. One thread; ${RECORDS} records of each format (${FEWER_RECORDS} of XML record by record, and for peers), in chunks of 64 KiB, blocks of 4 MiB; the best of ${ROUNDS.full} rounds.`,
    asTable(results, 'the process'),
    ['| Case | Peer | Its records/s | Ours, times that |', '|---|---|---|---|', ...peers].join('\n'),
  ].join('\n\n');
}
