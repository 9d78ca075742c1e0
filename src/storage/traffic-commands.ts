import type { IsoDate } from '../domain/period.ts';
import type { PartnerId } from '../domain/principal.ts';

/** Bytes of one partner on one day (UTC). */
export type TrafficRow = {
  readonly partner: PartnerId;
  readonly day: IsoDate;
  /** To the gateway, and from it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
};

/** Adds to what was counted of a partner and day. Days before `forgetBefore` go. */
export type TrafficCommand = {
  readonly kind: 'countTraffic';
  readonly rows: readonly TrafficRow[];
  readonly forgetBefore: IsoDate;
};

/** Of days from `from` on, the latest first. */
export type TrafficQuery = { readonly kind: 'traffic'; readonly from: IsoDate; readonly limit: number };
