import type { DeliveryState } from '../domain/delivery.ts';
import type { Environment } from '../domain/flow.ts';
import type { PartnerId } from '../domain/principal.ts';

/** What becomes of deliveries in their mailboxes. */
export type DeliveryCommand =
  /**
   * Bytes of a content were sent to its receiver, half open. When every byte of the data of a delivery was, it is picked up.
   * A content that is no delivery's data, or not any more, is left.
   */
  | {
      readonly kind: 'recordSent';
      readonly contentId: string;
      readonly from: number;
      readonly to: number;
      readonly at: number;
    }
  /**
   * A delivery waits to be picked up again, from its first byte on. @throws `not-found`, `precondition-failed` where its state
   * is not `from`
   */
  | { readonly kind: 'redeliver'; readonly id: string; readonly from: DeliveryState; readonly at: number };

export type DeliveryQuery =
  | { readonly kind: 'delivery'; readonly id: string }
  /** Whose data this content is, where it waits to be picked up by this partner. */
  | { readonly kind: 'awaitedBy'; readonly partner: PartnerId; readonly contentId: string }
  /** Entries that any of these contents has anywhere. */
  | { readonly kind: 'namesOf'; readonly contentIds: readonly string[] }
  /** The earliest submission of a flow received before that is quarantined, or was, or (`orChecking`) waits to be checked. */
  | {
      readonly kind: 'unansweredBefore';
      readonly flow: string;
      readonly environment: Environment;
      readonly receivedAt: number;
      readonly orChecking: boolean;
    };
