import { principalName, type Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { LedgerCommand, LockReach, LockRow, TargetRow } from '../storage/commands.ts';
import { lockedBy } from '../storage/locked.ts';

/** The precondition of every change: this request holds the locks it reaches (RFC 4918 §7). */
export function mustHoldLocks(session: Session, path: VPath, reach: LockReach): LedgerCommand {
  const principal = principalName(session.principal);
  return { kind: 'mustHoldLocks', path, reach, principal, tokens: session.lockTokens ?? [] };
}

/**
 * The same, looked at before a byte is taken; the commit asks again.
 * @throws GatewayError `locked`, with the ledger path of the lock
 */
export function assertHolds(session: Session, target: TargetRow): void {
  assertOneHeld(session, target.locks);
  if (target.entry === undefined) assertOneHeld(session, target.parentLocks);
}

function assertOneHeld(session: Session, locks: readonly LockRow[]): void {
  const [first] = locks;
  if (first === undefined || locks.some((lock) => isHeld(session, lock))) return;
  throw lockedBy(first);
}

/** Whether a request shows the token of a lock that is its principal's own. */
export function isHeld(session: Session, lock: LockRow): boolean {
  return lock.principal === principalName(session.principal) && (session.lockTokens ?? []).includes(lock.token);
}
