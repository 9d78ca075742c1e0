import { GatewayError } from '../domain/errors.ts';
import { SQLITE, sqliteCode } from './sql.ts';
import type { Failure } from './sqlite-messages.ts';

/** An error as the other thread needs it: what is not a refusal of ours is a broken machine. */
export function failureOf(error: unknown): Failure {
  if (error instanceof GatewayError) {
    return {
      code: error.code,
      message: error.message,
      cause: error.cause === undefined ? undefined : String(error.cause),
      path: error.path,
      detail: error.detail,
    };
  }
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  switch (sqliteCode(error)) {
    case SQLITE.FULL:
      return { code: 'out-of-space', message: 'there is no room for this now; try again later', cause };
    case SQLITE.BUSY:
      return { code: 'unavailable', message: 'the ledger is held by another program; try again later', cause };
    default:
      return { code: 'broken', message: 'the gateway could not do this; the operator has been told', cause };
  }
}
