import type { Flow, LayoutVersion } from '../domain/flow.ts';
import { dateOf, includesDay } from '../domain/period.ts';

/** The versions valid on the day of receipt, the newest first, else as they are listed; two may be valid at once. `receivedAt` in milliseconds. */
export function layoutsInForce(flow: Flow, receivedAt: number): readonly LayoutVersion[] {
  const day = dateOf(receivedAt);
  return flow.layouts
    .filter(({ validFrom, validUntil }) => includesDay({ begin: validFrom, end: validUntil }, day))
    .toSorted((one, other) => Number(one.validFrom < other.validFrom) - Number(one.validFrom > other.validFrom));
}
