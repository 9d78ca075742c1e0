import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { OpenStores } from '../directory/open-stores.ts';
import { SyntheticPersons } from './generate-persons.ts';

/** The same persons in node:sqlite, one blob each; as JSON. */
export type SqliteFigures = {
  readonly loadSeconds: number;
  readonly bytes: number;
  readonly openSeconds: number;
  readonly oneByOne: number;
  readonly sorted: number;
  readonly loadPeakMB: number;
};

const LOOKUPS = 500_000;
const KIB_PER_MB = 1024;
const PER_TRANSACTION = 1_000_000;
const DOSSIER_BYTES = 9;

/** Rows in the order of their keys, as values that are packed already: the best case of a load. */
async function load(folder: string, file: string): Promise<number> {
  const stores = new OpenStores(join(folder, 'R'));
  const store = stores.current();
  if (store === undefined) throw new Error('there is no store');
  const start = performance.now();
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096');
  database.exec('CREATE TABLE persons (key INTEGER PRIMARY KEY, dossiers BLOB NOT NULL) STRICT');
  const insert = database.prepare('INSERT INTO persons VALUES (?, ?)');
  let rows = 0;
  database.exec('BEGIN');
  for (const { key, value } of store.persons.getRange({})) {
    insert.run(key.readUInt32BE(0), value.subarray(1));
    rows += 1;
    if (rows % PER_TRANSACTION === 0) database.exec('COMMIT; BEGIN');
  }
  database.exec('COMMIT');
  database.close();
  await stores.close();
  return (performance.now() - start) / 1000;
}

function lookUp(database: DatabaseSync, keys: Uint32Array, expected: number): number {
  const select = database.prepare('SELECT dossiers FROM persons WHERE key = ?');
  const start = performance.now();
  let found = 0;
  for (const key of keys) {
    const value = select.get(key)?.dossiers;
    if (value instanceof Uint8Array) found += Math.floor(value.length / DOSSIER_BYTES);
  }
  if (found !== expected) throw new Error(`${found} dossiers instead of ${expected}`);
  return Math.round((keys.length * 1000) / (performance.now() - start));
}

if (import.meta.main) {
  const [folder = '', file = '', count = '', seed = ''] = process.argv.slice(2);
  const loadSeconds = await load(folder, file);
  const loadPeakMB = Math.round(process.resourceUsage().maxRSS / KIB_PER_MB);
  const start = performance.now();
  const database = new DatabaseSync(file, { readOnly: true });
  database.prepare('SELECT dossiers FROM persons WHERE key = 0').get();
  const openSeconds = (performance.now() - start) / 1000;
  const persons = new SyntheticPersons({ persons: Number(count), seed: Number(seed) });
  const keys = new Uint32Array(LOOKUPS);
  let expected = 0;
  for (let index = 0; index < LOOKUPS; index += 1) {
    const person = persons.random(index, 991) % persons.persons;
    keys[index] = persons.keyOf(person);
    expected += persons.linesOf(person);
  }
  const oneByOne = Math.max(lookUp(database, keys, expected), lookUp(database, keys, expected));
  keys.sort();
  const sorted = lookUp(database, keys, expected);
  const figures: SqliteFigures = { loadSeconds, bytes: statSync(file).size, openSeconds, oneByOne, sorted, loadPeakMB };
  process.stdout.write(JSON.stringify(figures));
}
