import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

/** One connection with its prepared statements, each prepared once. Statements name their parameters (`$path`). */
export class Sql {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Whether a transaction is open; SQLite ends one by itself after some errors. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Statements without parameters, of which no result is wanted. */
  exec(text: string): void {
    this.#database.exec(text);
  }

  /** @returns the number of rows changed */
  run(text: string, parameters: Parameters = {}): number {
    return Number(this.#prepare(text).run(parameters).changes);
  }

  get(text: string, parameters: Parameters = {}): Row | undefined {
    return this.#prepare(text).get(parameters);
  }

  /** The row of a statement that always has one. */
  one(text: string, parameters: Parameters = {}): Row {
    const row = this.get(text, parameters);
    if (row === undefined) throw new Error(`no row from: ${text}`);
    return row;
  }

  all(text: string, parameters: Parameters = {}): readonly Row[] {
    return this.#prepare(text).all(parameters);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(text: string): StatementSync {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new Error(`column ${column} holds no text`);
  return value;
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new Error(`column ${column} holds no integer`);
  return value;
}

export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new Error(`column ${column} holds no bytes`);
  return value;
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column);
}

export function optionalInteger(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : integer(row, column);
}

/** `errcode` of node:sqlite without its extension bits (https://www.sqlite.org/rescode.html); undefined for other errors. */
export function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;
}

export const SQLITE = {
  BUSY: 5,
  NOMEM: 7,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  NOTADB: 26,
} as const;
