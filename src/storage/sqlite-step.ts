import { nameOf, parentOf, type VPath } from '../domain/vpath.ts';
import type { LedgerCommand, Usage } from './commands.ts';
import type { Parameters, Sql } from './sql.ts';
import type { Writing } from './sqlite-writing.ts';

/** What a command works in: one call inside the open transaction. `versions` and `counters` become its result. */
export type Step = {
  readonly sql: Sql;
  /** The ledger's clock, ms. */
  readonly now: number;
  readonly versions: Record<string, number>;
  readonly counters: Record<string, number>;
  readonly writing: Writing;
  /** What the call has added to areas so far; `settleUsage` writes it down. */
  readonly added: Map<VPath, Usage>;
};

export function newStep(writing: Writing, now: number): Step {
  return { sql: writing.sql, now, versions: {}, counters: {}, writing, added: new Map() };
}

export type Command<K extends LedgerCommand['kind']> = Extract<LedgerCommand, { readonly kind: K }>;

/** Rows below a path, at any depth: its children, and all folders between `path/` and what follows every `path/…`. */
export const BELOW = '(folder = $root OR (folder >= $first AND folder < $last))';

/** The parameters of `BELOW`. */
export function below(path: VPath): Parameters {
  return { root: path, ...pathsBelow(path) };
}

/** Whole paths below a path are those from `first` up to but not including `last`; "0" is the character after "/". */
export function pathsBelow(path: VPath): { readonly first: string; readonly last: string } {
  const root = path === '/' ? '' : path;
  return { first: `${root}/`, last: `${root}0` };
}

export function keyOf(path: VPath): Parameters {
  return { folder: parentOf(path), name: nameOf(path) };
}
