import type { DeliveryState } from '../domain/delivery.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { SubmissionState, Ticket } from '../domain/submission.ts';
import type { ChainedLine, PartialRow } from './commands.ts';

/** What pages ask of many things at once. */
export type PortalQuery =
  /** What is held of all uploads of a principal, by path. */
  | { readonly kind: 'partialsOf'; readonly principal: string; readonly limit: number }
  /** Deliveries to a partner whose data is one of these contents. */
  | { readonly kind: 'deliveriesOf'; readonly partner: PartnerId; readonly contentIds: readonly string[] }
  | { readonly kind: 'statesOf'; readonly tickets: readonly Ticket[] }
  /** The number of the latest audit line; 0 where there is none. */
  | { readonly kind: 'lastAuditLine' }
  /** Lines that carry this reference, at most 20. Reads the whole log: for commands alone. */
  | { readonly kind: 'auditLinesOf'; readonly reference: string };

export type PortalAnswers = {
  readonly partialsOf: readonly PartialRow[];
  readonly deliveriesOf: readonly { readonly contentId: string; readonly id: string; readonly state: DeliveryState }[];
  readonly statesOf: readonly { readonly ticket: Ticket; readonly state: SubmissionState }[];
  readonly lastAuditLine: number;
  readonly auditLinesOf: readonly ChainedLine[];
};
