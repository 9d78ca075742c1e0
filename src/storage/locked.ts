import { GatewayError } from '../domain/errors.ts';
import type { LockRow } from './commands.ts';

/** The refusal of a change that a lock stands against, with the ledger path of the lock. */
export function lockedBy({ path, principal, until }: LockRow): GatewayError {
  const message = `${principal} has locked this until ${new Date(until).toISOString()}; wait until it is free`;
  return new GatewayError('locked', message, { path });
}
