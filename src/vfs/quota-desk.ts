import type { Session } from '../domain/principal.ts';
import { isIntakeName, type Place } from '../domain/tree.ts';
import { partsOf, type VPath } from '../domain/vpath.ts';
import type { Quota, QuotaState } from './files.ts';
import { findPlace } from './places.ts';
import type { PublisherParts } from './publisher.ts';
import { allowanceOf } from './quota.ts';
import type { UnderWay } from './under-way.ts';

type Parts = Pick<PublisherParts, 'gate' | 'generation' | 'ledger'> & { readonly underWay: UnderWay };

/** Tells how much room there is, where somebody may look (RFC 4331). */
export class QuotaDesk implements Quota {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async of(session: Session, path: VPath): Promise<QuotaState | undefined> {
    const { gate, generation, ledger, underWay } = this.#parts;
    const place = findPlace(generation.value, session, path);
    if (place === undefined || !counts(place, path) || !gate.allows(session, 'stat', path)) return undefined;
    const allowance = allowanceOf(generation.value, session, place);
    if (allowance === undefined) return undefined;
    const { areas, maxBytes } = allowance;
    const [{ bytes }, coming] = await Promise.all([ledger.read({ kind: 'usage', areas }), underWay.of(areas)]);
    const usedBytes = bytes + coming;
    return { usedBytes, availableBytes: Math.max(0, maxBytes - usedBytes) };
  }
}

/** A drive that is mounted asks at its root: what counts there is what its partner may hand in. */
function counts(place: Place, path: VPath): boolean {
  if (place.kind !== 'virtual') return true;
  const [top] = partsOf(path);
  return top === undefined || isIntakeName(top);
}
