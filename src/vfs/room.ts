import { randomUUID } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { principalName } from '../domain/principal.ts';
import { areaOf } from '../domain/tree.ts';
import type { Ledger } from '../storage/ledger.ts';
import { type Allowance, overQuota, roomFor } from './quota.ts';
import type { UnderWay } from './under-way.ts';
import type { UploadPlan } from './upload.ts';

/** What the ledger said of the room is believed until an upload has taken this share of it: it is asked often where little is left. */
const BELIEVED_SHARE = 1 / 64;

type Parts = {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly underWay: UnderWay;
};

type Planned = Pick<UploadPlan, 'session' | 'place' | 'allowance' | 'roomBytes'>;

/** What uploads may still take of the quota: beside what lies there, the bytes of all other uploads that are under way count. */
export class Rooms {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param countedBytes of it that the ledger counts: it goes on with so many */
  of(plan: Planned, countedBytes: number): Room {
    return new Room(plan, countedBytes, this.#parts);
  }

  /** Whether a file of this size could come in now; nothing is counted for it. @throws GatewayError `over-quota` */
  async mustHave({ allowance, roomBytes }: Planned, size: number): Promise<void> {
    if (allowance === undefined) return;
    if (size > roomBytes || size > roomBytes - (await this.#parts.underWay.of(allowance.areas))) throw overQuota();
  }
}

/** The room of one upload: asked for before its bytes are written, and counted until it ends or the ledger counts them. */
export class Room {
  readonly #id = randomUUID();
  readonly #plan: Planned;
  readonly #parts: Parts;
  /** Bytes of the file there is room for, and those of them that the ledger counts. */
  #heldBytes: number;
  #countedBytes: number;
  /** The file may have so many, were nothing else under way; and of which size it was when the ledger said so. */
  #mostBytes: number;
  #saidAtBytes: number;
  #hasEnded = false;

  constructor(plan: Planned, countedBytes: number, parts: Parts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#heldBytes = countedBytes;
    this.#countedBytes = countedBytes;
    this.#mostBytes = plan.roomBytes;
    this.#saidAtBytes = countedBytes;
  }

  /** Has room for a file of this size. @returns undefined where it had that already. @throws GatewayError `over-quota` */
  hold(size: number): Promise<void> | undefined {
    const { allowance } = this.#plan;
    return allowance === undefined || size <= this.#heldBytes ? undefined : this.#more(size, allowance);
  }

  /** The file was cut to this size. */
  shrink(size: number): void {
    if (size >= this.#heldBytes) return;
    this.#heldBytes = size;
    this.#set();
  }

  /** So many bytes of it are counted by the ledger now. */
  counted(bytes: number): void {
    if (bytes === this.#countedBytes) return;
    this.#countedBytes = bytes;
    this.#set();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#heldBytes = 0;
    this.#set();
  }

  async #more(size: number, allowance: Allowance): Promise<void> {
    if (size - this.#saidAtBytes > (this.#mostBytes - size) * BELIEVED_SHARE) await this.#ask(size, allowance);
    if (await this.#take(size, allowance)) return;
    // Something may have gone meanwhile.
    await this.#ask(size, allowance);
    if (!(await this.#take(size, allowance))) throw overQuota();
  }

  async #take(size: number, { areas }: Allowance): Promise<boolean> {
    const area = areaOf(this.#plan.place.ledgerPath);
    if (area === undefined || this.#hasEnded) return true;
    const bytes = Math.max(0, size - this.#countedBytes);
    const maxBytes = this.#mostBytes - this.#countedBytes;
    const taken = await this.#parts.underWay.take({ upload: this.#id, area, bytes }, { areas, maxBytes });
    if (taken && !this.#hasEnded) this.#heldBytes = size;
    return taken;
  }

  async #ask(size: number, allowance: Allowance): Promise<void> {
    const { session, place } = this.#plan;
    const [path, principal] = [place.ledgerPath, principalName(session.principal)];
    const now = this.#parts.clock.now();
    const target = await this.#parts.ledger.read({ kind: 'target', path, areas: allowance.areas, now, principal });
    this.#mostBytes = roomFor(allowance, target);
    this.#saidAtBytes = size;
  }

  #set(): void {
    const area = areaOf(this.#plan.place.ledgerPath);
    if (this.#plan.allowance === undefined || area === undefined) return;
    const bytes = Math.max(0, this.#heldBytes - this.#countedBytes);
    this.#parts.underWay.set({ upload: this.#id, area, bytes });
  }
}
