import { randomUUID } from 'node:crypto';
import { GatewayError } from '../domain/errors.ts';
import { principalName, type Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { LedgerCommand, LockRow } from '../storage/commands.ts';
import { keeping, refOf } from '../storage/content-commands.ts';
import { arrivalCommands } from './arrivals.ts';
import type { Lock, Locks } from './files.ts';
import { isHeld, mustHoldLocks } from './lock-checks.ts';
import { findPlace, needsParentRow, placeBelow, visiblePath } from './places.ts';
import type { Publisher, PublisherParts } from './publisher.ts';
import type { UploadPlan } from './upload.ts';

type LockParts = PublisherParts & { readonly publisher: Publisher };

type Wanted = Pick<LockRow, 'depth' | 'scope' | 'owner'> & { readonly seconds: number };

/** Takes, refreshes and ends write locks; the ledger keeps them, and every change asks it (RFC 4918 §7). */
export class LockDesk implements Locks {
  readonly #parts: LockParts;

  constructor(parts: LockParts) {
    this.#parts = parts;
  }

  async take(session: Session, path: VPath, wanted: Wanted): Promise<{ lock: Lock; created: boolean }> {
    const row = await this.#parts.rows.rowIfAny(session, path);
    return row?.kind === 'folder'
      ? { lock: await this.#takeFolder(session, path, wanted), created: false }
      : this.#takeFile(session, path, wanted);
  }

  async refresh(session: Session, path: VPath, seconds: number): Promise<Lock> {
    const rule = await this.#parts.gate.pass(session, 'stat', path);
    const { ledgerPath } = placeBelow(this.#parts.generation.value, session, path);
    const lock = (await this.#rowsOn(ledgerPath)).find((candidate) => isHeld(session, candidate));
    if (lock === undefined) throw this.#parts.gate.failed(session, 'refresh-lock', path, rule, notLocked());
    const [principal, forMs] = [principalName(session.principal), this.#lasting(seconds)];
    const refresh = { kind: 'refreshLock' as const, token: lock.token, principal, path: ledgerPath, forMs };
    await this.#parts.changes.commit({ session, action: 'refresh-lock', path, rule, commands: async () => [refresh] });
    return lockOf(session, { ...lock, until: this.#parts.clock.now() + forMs });
  }

  async release(session: Session, path: VPath, token: string): Promise<void> {
    const rule = await this.#parts.gate.pass(session, 'stat', path);
    const commands = async (): Promise<readonly LedgerCommand[]> => {
      const { ledgerPath } = placeBelow(this.#parts.generation.value, session, path);
      return [{ kind: 'releaseLock', token, principal: principalName(session.principal), path: ledgerPath }];
    };
    await this.#parts.changes.commit({ session, action: 'unlock', path, rule, commands });
  }

  async on(session: Session, path: VPath): Promise<readonly Lock[]> {
    const ledgerPath = this.#visible(session, path);
    return ledgerPath === undefined ? [] : (await this.#rowsOn(ledgerPath)).map((row) => lockOf(session, row));
  }

  async within(session: Session, folder: VPath): Promise<readonly Lock[]> {
    const ledgerPath = this.#visible(session, folder);
    if (ledgerPath === undefined) return [];
    const now = this.#parts.clock.now();
    const rows = await this.#parts.ledger.read({ kind: 'locksIn', folder: ledgerPath, now });
    return rows.map((row) => lockOf(session, row));
  }

  async covers(session: Session, path: VPath, token: string): Promise<boolean> {
    const ledgerPath = this.#visible(session, path);
    return ledgerPath !== undefined && (await this.#rowsOn(ledgerPath)).some((row) => row.token === token);
  }

  async #takeFolder(session: Session, path: VPath, wanted: Wanted): Promise<Lock> {
    const rule = await this.#parts.gate.pass(session, 'overwrite', path);
    const { ledgerPath } = placeBelow(this.#parts.generation.value, session, path);
    return this.#commit({ session, path, rule }, ledgerPath, wanted, []);
  }

  async #takeFile(session: Session, path: VPath, wanted: Wanted): Promise<{ lock: Lock; created: boolean }> {
    const { target, ...plan } = await this.#parts.publisher.plan(session, path, 'any', 'lock');
    const created = target?.entry === undefined;
    const before = created ? await this.#emptyFile(plan) : [];
    return { lock: await this.#commit(plan, plan.place.ledgerPath, wanted, before), created };
  }

  /** RFC 4918 §7.3: a name that is locked before anything stands there becomes an empty file. */
  async #emptyFile({ session, place }: UploadPlan): Promise<readonly LedgerCommand[]> {
    const { store, generation, clock } = this.#parts;
    const content = await store.complete(await store.begin());
    const [path, at] = [place.ledgerPath, clock.now()];
    const parentMustExist = needsParentRow(place);
    return [
      mustHoldLocks(session, path, 'name'),
      ...keeping([content]),
      { kind: 'publish', path, content: refOf(content), expect: 'absent', parentMustExist, at },
      ...arrivalCommands(session, place, 0, generation.value, at),
    ];
  }

  async #commit(
    { session, path, rule }: Pick<UploadPlan, 'session' | 'path' | 'rule'>,
    ledgerPath: VPath,
    { seconds, ...wanted }: Wanted,
    before: readonly LedgerCommand[],
  ): Promise<Lock> {
    const forMs = this.#lasting(seconds);
    const principal = principalName(session.principal);
    const lock = { token: `urn:uuid:${randomUUID()}`, path: ledgerPath, principal, ...wanted };
    const maxOfPrincipal = this.#parts.generation.value.limits.maxLocksPerPrincipal;
    const commands = async () => [...before, { kind: 'takeLock' as const, lock, forMs, maxOfPrincipal }];
    const details = { scope: wanted.scope, depth: wanted.depth, seconds: forMs / 1000 };
    await this.#parts.changes.commit({ session, action: 'lock', path, rule, details, commands });
    return lockOf(session, { ...lock, until: this.#parts.clock.now() + forMs });
  }

  #lasting(seconds: number): number {
    return Math.min(seconds, this.#parts.generation.value.limits.maxLockSeconds) * 1000;
  }

  /** The ledger path, where this principal may see what stands there; locks of others are not overseen. */
  #visible(session: Session, path: VPath): VPath | undefined {
    const place = findPlace(this.#parts.generation.value, session, path);
    if (place === undefined || place.kind === 'virtual' || place.kind === 'overseen') return undefined;
    return this.#parts.gate.allows(session, 'stat', path) ? place.ledgerPath : undefined;
  }

  #rowsOn(path: VPath): Promise<readonly LockRow[]> {
    return this.#parts.ledger.read({ kind: 'locksOn', path, now: this.#parts.clock.now() });
  }
}

/** A token is nobody else's business: who knows it could speak for its owner (RFC 4918 §6.5). */
function lockOf(session: Session, { path, token, ...lock }: LockRow): Lock {
  const own = lock.principal === principalName(session.principal);
  return { ...lock, root: visiblePath(session, path) ?? path, token: own ? token : undefined };
}

function notLocked(): GatewayError {
  return new GatewayError('not-locked', 'the request shows no token of a lock that covers this name');
}
