import type { ChunkResult } from './lane-messages.ts';
import type { RecordDesk } from './record-desk.ts';

type Counted = Pick<ChunkResult, 'totals' | 'informationCount' | 'unknownCount'>;

/** Counts the records that were decided by codes and bytes; `RecordDesk` counts its own. */
export class LaneCounts {
  accepted = 0;
  refused = 0;
  withoutReceiver = 0;
  unknown = 0;
  #before = { accepted: 0, refused: 0, withoutReceiver: 0, information: 0, unknown: 0 };

  /** What both counted since the last time this was asked. */
  since({ totals, informationCount, unknownCount }: RecordDesk): Counted {
    const before = this.#before;
    const now = {
      accepted: this.accepted + totals.accepted,
      refused: this.refused + totals.refused,
      withoutReceiver: this.withoutReceiver + totals.withoutReceiver,
      information: informationCount,
      unknown: this.unknown + unknownCount,
    };
    this.#before = now;
    const accepted = now.accepted - before.accepted;
    const refused = now.refused - before.refused;
    const withoutReceiver = now.withoutReceiver - before.withoutReceiver;
    return {
      totals: { total: accepted + refused, accepted, refused, withoutReceiver },
      informationCount: now.information - before.information,
      unknownCount: now.unknown - before.unknown,
    };
  }
}
