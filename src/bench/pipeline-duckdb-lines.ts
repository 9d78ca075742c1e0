import { DuckDBDataChunk, DuckDBInstance, type DuckDBVector, UINTEGER, USMALLINT, UTINYINT } from '@duckdb/node-api';
import { type SyntheticDirectory, type SyntheticLine, SyntheticPersons } from './generate-persons.ts';

const ROWS = 2048;
const DAY_MS = 86_400_000;
const COLUMNS = [UINTEGER, USMALLINT, UTINYINT, USMALLINT, USMALLINT, USMALLINT] as const;
/** In place of the day on which a line ends, where it does not. */
export const OPEN_DAY = 65_535;

/** Fills the table `lines` of a database: the person lines of a synthetic directory. Days count from 1970-01-01. */
export async function loadLines(database: string, plan: SyntheticDirectory): Promise<number> {
  const instance = await DuckDBInstance.create(database);
  const connection = await instance.connect();
  await connection.run(
    'CREATE TABLE lines (person UINTEGER, sector USMALLINT, type UTINYINT, quality USMALLINT, begins USMALLINT, ends USMALLINT)',
  );
  const appender = await connection.createAppender('lines');
  const rows = new LineRows((chunk) => appender.appendDataChunk(chunk));
  const persons = new SyntheticPersons(plan);
  const line: SyntheticLine = { sector: 0, type: 0, quality: 0, beginYear: 0, beginMonth: 0, endYear: 0 };
  let lines = 0;
  for (let person = 0; person < plan.persons; person += 1) {
    const key = persons.keyOf(person);
    const count = persons.linesOf(person);
    for (let index = 0; index < count; index += 1) {
      persons.line(person, index, line);
      rows.add(key, line);
    }
    lines += count;
  }
  rows.end();
  appender.flushSync();
  appender.closeSync();
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
  return lines;
}

/** Rows on their way into the table, a vector of them at a time. */
class LineRows {
  readonly #append: (chunk: DuckDBDataChunk) => void;
  readonly #chunk = DuckDBDataChunk.create(COLUMNS, ROWS);
  #vectors = vectorsOf(this.#chunk);
  readonly #waiting = COLUMNS.map(() => new Uint32Array(ROWS));
  #rows = 0;

  constructor(append: (chunk: DuckDBDataChunk) => void) {
    this.#append = append;
  }

  add(person: number, { sector, type, quality, beginYear, beginMonth, endYear }: SyntheticLine): void {
    const begins = Date.UTC(beginYear, beginMonth - 1, 1) / DAY_MS;
    const ends = endYear === 0 ? OPEN_DAY : Date.UTC(endYear, 11, 31) / DAY_MS;
    [person, sector, type, quality, begins, ends].forEach((value, column) => {
      const values = this.#waiting[column];
      if (values !== undefined) values[this.#rows] = value;
    });
    this.#rows += 1;
    if (this.#rows === ROWS) this.#write();
  }

  end(): void {
    if (this.#rows === 0) return;
    this.#chunk.rowCount = this.#rows;
    this.#vectors = vectorsOf(this.#chunk);
    this.#write();
  }

  #write(): void {
    this.#vectors.forEach((vector, column) => {
      const values = this.#waiting[column];
      for (let row = 0; row < this.#rows; row += 1) vector.setItem(row, values?.[row] ?? 0);
      vector.flush();
    });
    this.#append(this.#chunk);
    this.#rows = 0;
  }
}

function vectorsOf(chunk: DuckDBDataChunk): readonly DuckDBVector<number>[] {
  return COLUMNS.map((_, column) => chunk.getColumnVector(column) as DuckDBVector<number>);
}
