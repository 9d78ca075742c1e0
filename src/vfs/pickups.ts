import type { Readable } from 'node:stream';
import type { Clock } from '../domain/clock.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { CountsHanded } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';

type Parts = { readonly ledger: Ledger; readonly clock: Clock };

/** Notes which bytes of deliveries their receivers got: a delivery is picked up when it was sent whole, in whatever pieces. */
export class Pickups {
  readonly #parts: Parts;
  readonly #running = new Set<Promise<unknown>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Follows one reading of a content by a partner until its stream is closed. @param from its first byte */
  async follow(body: Readable & CountsHanded, partner: PartnerId, contentId: string, from: number): Promise<void> {
    const { ledger } = this.#parts;
    if (!(await ledger.read({ kind: 'awaitedBy', partner, contentId }))) return;
    body.once('close', () => this.#record(contentId, from, from + body.handedBytes));
  }

  /** What was read until now is noted when this returns. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** A note that fails is made good by the next reading, or by a reminder too many. */
  #record(contentId: string, from: number, to: number): void {
    const { ledger, clock } = this.#parts;
    if (to <= from) return;
    const noting: Promise<unknown> = ledger
      .commit([{ kind: 'recordSent', contentId, from, to, at: clock.now() }])
      .catch(() => undefined)
      .finally(() => this.#running.delete(noting));
    this.#running.add(noting);
  }
}
