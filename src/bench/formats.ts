import { createHash } from 'node:crypto';
import { SaxesParser } from 'saxes';
import { dateOf } from '../domain/period.ts';
import { codecOf } from '../formats/charsets.ts';
import { type OutputPlan, recordFormat, recordWriter } from '../formats/open-format.ts';
import type { RecordSink, RecordWriter, Value } from '../formats/record-format.ts';
import { RECORD_FILES, type RecordFile } from './record-files.ts';
import { asTable, type Figure, judge, machine, type Result, writeSection } from './report.ts';

const RECORDS = 200_000;
/** Peers, and XML, are slow enough for a tenth of them to be a measure. */
const FEWER_RECORDS = 20_000;
const CHUNK_BYTES = 64 * 1024;
/** Half of them warm the compiler up; the best is seldom among those. */
const ROUNDS = { full: 16, quick: 8 };
const MIB = 1024 * 1024;
const SENDER = { sector: 12, type: 0 };

type Timed = { readonly perSecond: number; readonly cpuSeconds: number };

/** Reading and writing records of each format in one thread, from and to memory; the checks of their values not included. */
export async function benchFormats(quick: boolean): Promise<readonly Result[]> {
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  const figures: Figure[] = [];
  for (const file of RECORD_FILES) {
    const count = file.format.kind === 'xml' ? FEWER_RECORDS : RECORDS;
    const bytes = bytesOf(file, count);
    assertReadsBack(file, bytes);
    const read = best(rounds, count, () => readAll(file, bytes, count));
    figures.push(figure(`read-${file.name}`, read, await peersOf(file, rounds)));
    const written = recordsOf(file, count);
    figures.push(
      figure(
        `write-${file.name}`,
        best(rounds, count, () => writeAll(file, written)),
        {},
      ),
    );
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

/** The usual library for the same bytes, in the same process and round. */
async function peersOf(file: RecordFile, rounds: number): Promise<Readonly<Record<string, number>>> {
  const { format } = file;
  const bytes = bytesOf(file, FEWER_RECORDS);
  const measured = (work: () => void) => Math.round(best(rounds, FEWER_RECORDS, work).perSecond);
  if (format.kind === 'delimited') {
    const { parse } = await import('csv-parse/sync');
    const encoding = format.charset === 'utf-8' ? 'utf8' : 'latin1';
    const work = () => {
      const rows = parse(bytes, { delimiter: format.separator, from_line: 2, encoding });
      if (rows.length !== FEWER_RECORDS) throw new Error('csv-parse read another number of records');
    };
    return { 'csv-parse': measured(work) };
  }
  if (format.kind === 'xml') return { 'saxes alone': measured(() => saxesAlone(bytes, format.record)) };
  if (format.kind === 'json-lines') return { 'JSON.parse alone': measured(() => jsonAlone(bytes)) };
  return {};
}

/** What the parser itself takes: no layout, no values, no limits. */
function saxesAlone(bytes: Buffer, record: string): void {
  const parser = new SaxesParser({ xmlns: true });
  let records = 0;
  parser.on('opentag', (tag) => {
    if (tag.local === record) records += 1;
  });
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    parser.write(bytes.toString('utf8', from, from + CHUNK_BYTES));
  }
  parser.close();
  if (records !== FEWER_RECORDS) throw new Error('saxes read another number of records');
}

function jsonAlone(bytes: Buffer): void {
  const lines = bytes.toString().split('\n');
  const records = lines.filter((line) => line !== '' && typeof JSON.parse(line) === 'object');
  if (records.length !== FEWER_RECORDS) throw new Error('JSON.parse read another number of records');
}

function section(results: readonly Result[]): string {
  const peers = results.flatMap(({ case: name, value, peers: beside }) =>
    Object.entries(beside).map(
      ([peer, figures]) => `| ${name} | ${peer} | ${figures} | ${(value / figures).toFixed(1)} |`,
    ),
  );
  return [
    `${machine()}. One thread; ${RECORDS} records of each format (${FEWER_RECORDS} in XML and for peers), in chunks of 64 KiB; the best of ${ROUNDS.full} rounds.`,
    asTable(results, 'the process'),
    ['| Case | Peer | Its records/s | Ours, times that |', '|---|---|---|---|', ...peers].join('\n'),
  ].join('\n\n');
}
