import { existsSync } from 'node:fs';
import { GatewayError } from '../domain/errors.ts';
import type { Ledger } from './ledger.ts';
import type { Answer, Query } from './queries.ts';
import { openForReading } from './sqlite-open.ts';
import { answer } from './sqlite-queries.ts';

/**
 * Opens the ledger for looking alone, for commands: beside a running gateway or without one. Runs in the calling thread.
 * @throws GatewayError `bad-request` where there is no ledger
 */
export function openSqliteReader(file: string): Pick<Ledger, 'read' | 'close'> {
  if (!existsSync(file)) throw new GatewayError('bad-request', `there is no ledger at ${file}`);
  const sql = openForReading(file);
  return {
    read: async <Q extends Query>(query: Q) => parseAnswer<Q>(answer(sql, query)),
    close: async () => sql.close(),
  };
}

/** What the query answers is what its type promises. */
function parseAnswer<Q extends Query>(value: unknown): Answer<Q> {
  return value as Answer<Q>;
}
