import { GatewayError } from '../domain/errors.ts';
import type { Ticket } from '../domain/submission.ts';
import type { SubmissionPlace } from '../storage/submission-queries.ts';

/** Where the next page of submissions begins, as a client holds it. */
export function cursorOf({ receivedAt, ticket }: SubmissionPlace): string {
  return `${receivedAt}-${ticket}`;
}

/** @throws GatewayError `bad-request` */
export function parseCursor(cursor: string): SubmissionPlace {
  const [, receivedAt, ticket] = /^(\d{1,15})-([0-9A-Z]{13})$/.exec(cursor) ?? [];
  if (receivedAt === undefined || ticket === undefined) {
    throw new GatewayError('bad-request', 'this cursor is none of a list');
  }
  return { receivedAt: Number(receivedAt), ticket: ticket as Ticket };
}
