import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import { principalName, type Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { PartialRow } from '../storage/commands.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { HeldPart, PartialState, PartUpload, WriteCondition } from './files.ts';
import { PartTransfer } from './part-transfer.ts';
import { abandoned, endPartial } from './partial-commands.ts';
import { visiblePath } from './places.ts';
import type { Publisher, PublisherParts } from './publisher.ts';
import type { Rooms } from './room.ts';
import type { RunningTransfers } from './running.ts';
import { assertSize, type UploadPlan } from './upload.ts';

export type PartialParts = PublisherParts & {
  readonly publisher: Publisher;
  readonly rooms: Rooms;
  /** Bytes begin to come, and have ended to come, for a ledger path. */
  readonly began: (path: VPath) => void;
  readonly ended: (path: VPath) => void;
  readonly elsewhere: Elsewhere;
  readonly running: RunningTransfers;
};

type Wanted = { readonly condition: WriteCondition; readonly offset: number; readonly total: number };

/** How long a question waits for a request that brings bytes to end. */
const ENDING_MS = 500;

/** Hidden uploads that are gone on with, one per principal and path; they outlive connections and restarts. */
export class PartialDesk {
  readonly #parts: PartialParts;
  readonly #running = new Map<string, PartTransfer>();

  constructor(parts: PartialParts) {
    this.#parts = parts;
  }

  async held(session: Session, path: VPath): Promise<PartialState | undefined> {
    const plan = await this.#parts.publisher.plan(session, path, 'any');
    const key = keyOf(plan);
    const running = (await this.heldHere(key)) ?? (await this.#parts.elsewhere.held(key));
    if (running !== undefined) return running;
    const row = await this.#row(plan);
    return row && { held: row.size, total: row.total };
  }

  /** How far an upload is that runs here. */
  async heldHere(key: string): Promise<PartialState | undefined> {
    const running = this.#running.get(key);
    if (running === undefined) return undefined;
    // Who asks has often just lost the connection it comes in by: it ends in a moment, and then the answer stays true.
    await Promise.race([running.done, delay(ENDING_MS)]);
    return this.#running.get(key) === running ? { held: running.size, total: running.total } : undefined;
  }

  /** Ends an upload that runs here; what came of it is kept. */
  async supersede(key: string): Promise<void> {
    await this.#running.get(key)?.supersede();
  }

  async resume(session: Session, path: VPath, wanted: Wanted): Promise<PartUpload> {
    const { publisher, gate } = this.#parts;
    const plan = await publisher.plan(session, path, wanted.condition);
    try {
      await this.supersede(keyOf(plan));
      await this.#parts.elsewhere.supersede(keyOf(plan));
      const found = await this.#row(plan);
      // One of unknown size can be gone on with too, or begun anew: its client may not know that there is one.
      const anew = found === undefined || (found.total === undefined && wanted.offset === 0);
      const row = anew ? await this.#begin(plan, wanted, found) : await this.#goOn(plan, found, wanted);
      return this.#start(plan, { ...row, total: wanted.total }, wanted.condition);
    } catch (error) {
      throw gate.failed(session, 'upload-part', path, plan.rule, asGatewayError(error));
    }
  }

  async inspect(session: Session, path: VPath): Promise<HeldPart | undefined> {
    const plan = await this.#parts.publisher.plan(session, path, 'any');
    // What still comes by another request only adds to it.
    if ((await this.heldHere(keyOf(plan))) === undefined) await this.#parts.elsewhere.held(keyOf(plan));
    const row = await this.#row(plan);
    if (row === undefined) return undefined;
    try {
      const sha256 = await digestOf(this.#parts.store, row);
      return { path, held: row.size, total: row.total, touchedAt: row.touchedAt, sha256 };
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'content-missing') return undefined;
      throw error;
    }
  }

  async heldBy(session: Session, limit: number): Promise<readonly Omit<HeldPart, 'sha256'>[]> {
    const principal = principalName(session.principal);
    const rows = await this.#parts.ledger.read({ kind: 'partialsOf', principal, limit });
    return rows.flatMap(({ path: ledgerPath, size, total, touchedAt }) => {
      const path = visiblePath(session, ledgerPath);
      const mayGoOn =
        path !== undefined &&
        (this.#parts.gate.allows(session, 'create', path) || this.#parts.gate.allows(session, 'overwrite', path));
      return path !== undefined && mayGoOn ? [{ path, held: size, total, touchedAt }] : [];
    });
  }

  async abandon(session: Session, path: VPath): Promise<boolean> {
    const plan = await this.#parts.publisher.plan(session, path, 'any');
    await this.supersede(keyOf(plan));
    await this.#parts.elsewhere.supersede(keyOf(plan));
    const row = await this.#row(plan);
    if (row === undefined) return false;
    await this.#parts.ledger.commit([endPartial(plan), abandoned(plan)]);
    await this.#parts.store.remove(row.contentId);
    return true;
  }

  #row({ session, place }: UploadPlan): Promise<PartialRow | undefined> {
    const principal = principalName(session.principal);
    return this.#parts.ledger.read({ kind: 'partial', principal, path: place.ledgerPath });
  }

  async #begin(plan: UploadPlan, { offset, total }: Wanted, before?: PartialRow): Promise<PartialRow> {
    const { store, changes, generation, clock } = this.#parts;
    if (offset !== 0 && plan.replaces) {
      throw new GatewayError('bad-request', 'a file is never changed in part; send it whole, or in parts from byte 0');
    }
    if (offset !== 0) throw wrongOffset(0);
    await this.#assertFits(plan, total);
    const { session, path, place, rule } = plan;
    const { contentId } = await store.begin({ onDisk: true });
    const owner = { principal: principalName(session.principal), path: place.ledgerPath };
    const maxOfPrincipal = generation.value.limits.maxPartialUploadsPerPrincipal;
    const begin = { kind: 'beginPartial' as const, ...owner, contentId, total, maxOfPrincipal };
    const commands = async () => [...(before === undefined ? [] : [endPartial(plan)]), begin];
    await changes.commit({ session, action: 'begin-parts', path, rule, details: { total }, commands });
    const now = clock.now();
    return { ...owner, contentId, size: 0, total, base: undefined, startedAt: now, touchedAt: now };
  }

  async #goOn(plan: UploadPlan, row: PartialRow, { offset, total }: Wanted): Promise<PartialRow> {
    if (row.total !== undefined && total !== row.total) {
      throw new GatewayError('bad-request', `the file was announced with ${row.total} bytes, not ${total}`);
    }
    if (offset !== row.size) throw wrongOffset(row.size);
    await this.#assertFits(plan, total);
    try {
      // What came after the last bytes that are held for sure may be anything.
      await this.#parts.store.truncate({ contentId: row.contentId }, row.size);
      return row;
    } catch (error) {
      const gone = error instanceof GatewayError && ['content-missing', 'precondition-failed'].includes(error.code);
      if (!gone) throw error;
      await this.#parts.ledger.commit([endPartial(plan), abandoned(plan)]);
      throw wrongOffset(0);
    }
  }

  async #assertFits(plan: UploadPlan, total: number): Promise<void> {
    assertSize(plan, total);
    await this.#parts.rooms.mustHave(plan, total);
  }

  #start(plan: UploadPlan, row: PartialRow & { readonly total: number }, condition: WriteCondition): PartTransfer {
    const key = keyOf(plan);
    const { running } = this.#parts;
    const transfer = new PartTransfer(plan, row, {
      ...this.#parts,
      room: this.#parts.rooms.of(plan, row.size),
      condition,
      ended: () => {
        running.ended(transfer);
        if (this.#running.get(key) === transfer) this.#running.delete(key);
        this.#parts.elsewhere.partsEnded(key);
        this.#parts.ended(plan.place.ledgerPath);
      },
    });
    this.#running.set(key, transfer);
    running.began(transfer, {
      ...{ session: plan.session, path: plan.path, action: plan.replaces ? 'overwrite' : 'create' },
      bytes: () => transfer.size,
      stop: (error) => void transfer.revoke(error).catch(() => undefined),
    });
    this.#parts.elsewhere.partsBegan(key);
    this.#parts.began(plan.place.ledgerPath);
    return transfer;
  }
}

/** SHA-256 of the bytes that are held for sure. */
async function digestOf(store: PartialParts['store'], { contentId, size }: PartialRow): Promise<string> {
  const hash = createHash('sha256');
  if (size > 0) for await (const piece of store.read({ contentId }, { start: 0, end: size })) hash.update(piece);
  return hash.digest('hex');
}

/** Of a principal and a ledger path. */
export function keyOf({ session, place }: Pick<UploadPlan, 'session' | 'place'>): string {
  return `${principalName(session.principal)} ${place.ledgerPath}`;
}

function wrongOffset(held: number): GatewayError {
  return new GatewayError('wrong-offset', `go on at byte ${held}, which is the first that is missing`);
}
