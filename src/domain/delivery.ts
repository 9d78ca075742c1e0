import type { Environment } from './flow.ts';
import type { PartnerId } from './principal.ts';
import type { AnswerFile, Ticket } from './submission.ts';
import type { VPath } from './vpath.ts';

export type DeliveryState = 'pending' | 'delivered' | 'picked-up' | 'removed' | 'expired';

/** One file placed in one mailbox. `sequence` is gap-free per flow, environment and receiver, from 1. */
export type Delivery = {
  readonly id: string;
  readonly ticket: Ticket;
  readonly receiver: PartnerId;
  readonly flow: string;
  readonly environment: Environment;
  readonly sequence: number;
  readonly folder: VPath;
  readonly files: readonly AnswerFile[];
  readonly records: number;
  readonly state: DeliveryState;
};
