import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

export type Row = Readonly<Record<string, SQLOutputValue>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

/** A statement, and its parameters in the order of their numbers. */
type Prepared = { readonly statement: StatementSync; readonly names: readonly string[] };

const PARAMETER = /\$([A-Za-z]\w*)/g;

/** One connection with its prepared statements, each prepared once. Statements name their parameters (`$path`). */
export class Sql {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

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
    const { statement, names } = this.#prepare(text);
    return Number(statement.run(...valuesOf(names, parameters)).changes);
  }

  get(text: string, parameters: Parameters = {}): Row | undefined {
    const { statement, names } = this.#prepare(text);
    return statement.get(...valuesOf(names, parameters));
  }

  /** The row of a statement that always has one. */
  one(text: string, parameters: Parameters = {}): Row {
    const row = this.get(text, parameters);
    if (row === undefined) throw new Error(`no row from: ${text}`);
    return row;
  }

  all(text: string, parameters: Parameters = {}): readonly Row[] {
    const { statement, names } = this.#prepare(text);
    return statement.all(...valuesOf(names, parameters));
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** Parameters get numbers: node:sqlite takes half as long to bind those as to look for names. */
  #prepare(text: string): Prepared {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    const names: string[] = [];
    const numbered = text.replace(PARAMETER, (_whole, name: string) => {
      if (!names.includes(name)) names.push(name);
      return `?${names.indexOf(name) + 1}`;
    });
    const prepared = { statement: this.#database.prepare(numbered), names };
    this.#statements.set(text, prepared);
    return prepared;
  }
}

/** @throws Error where a parameter has no value: SQLite would take it for NULL */
function valuesOf(names: readonly string[], parameters: Parameters): readonly SQLInputValue[] {
  return names.map((name) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`no value for the parameter ${name}`);
    return value;
  });
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
