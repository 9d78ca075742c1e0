import Papa from 'papaparse';
import { SaxesParser } from 'saxes';
import type { FlowFormat } from '../domain/format.ts';

const CHUNK_BYTES = 64 * 1024;

/** Reads some records of a file by the usual library, as it is. @throws Error where it reads another number of them */
export type Peer = { readonly name: string; readonly read: () => void };

/** The libraries for a format. @param bytes a file of this many records */
export async function peersFor(format: FlowFormat, bytes: Buffer, records: number): Promise<readonly Peer[]> {
  const hearing = (name: string, read: () => number): Peer => ({
    name,
    read: () => {
      const count = read();
      if (count !== records) throw new Error(`${name} read ${count} records of ${records}`);
    },
  });
  switch (format.kind) {
    case 'delimited': {
      const { parse } = await import('csv-parse/sync');
      const encoding = format.charset === 'utf-8' ? 'utf8' : 'latin1';
      const delimiter = format.separator;
      return [
        hearing('csv-parse', () => parse(bytes, { delimiter, from_line: 2, encoding }).length),
        hearing('papaparse', () => {
          const { data } = Papa.parse<string[]>(bytes.toString(encoding), { delimiter, skipEmptyLines: true });
          return data.length - 1;
        }),
      ];
    }
    case 'xml':
      return [hearing('saxes alone', () => saxesAlone(bytes, format.record))];
    case 'json-lines':
      return [hearing('JSON.parse alone', () => jsonAlone(bytes))];
    case 'fixed-width':
      return [];
  }
}

/** What the parser itself takes: no layout, no values, no limits. */
function saxesAlone(bytes: Buffer, record: string): number {
  const parser = new SaxesParser({ xmlns: true });
  let records = 0;
  parser.on('opentag', (tag) => {
    if (tag.local === record) records += 1;
  });
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    parser.write(bytes.toString('utf8', from, from + CHUNK_BYTES));
  }
  parser.close();
  return records;
}

function jsonAlone(bytes: Buffer): number {
  const lines = bytes.toString().split('\n');
  return lines.filter((line) => line !== '' && typeof JSON.parse(line) === 'object').length;
}
