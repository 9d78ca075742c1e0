import { GatewayError } from './errors.ts';
import type { FindingCode } from './finding.ts';
import type { Environment } from './flow.ts';
import type { AccessMethod, PartnerId, Principal } from './principal.ts';
import type { VPath } from './vpath.ts';

/** 13 characters 0-9A-Z, never reused. */
export type Ticket = string & { readonly __ticket: unique symbol };

export type SubmissionState =
  | 'receiving'
  | 'received'
  | 'checking'
  | 'accepted'
  | 'partially-accepted'
  | 'rejected'
  | 'quarantined'
  | 'cancelled';

export const NEXT: Readonly<Record<SubmissionState, readonly SubmissionState[]>> = {
  receiving: ['received', 'cancelled'],
  received: ['checking', 'rejected', 'cancelled'],
  checking: ['accepted', 'partially-accepted', 'rejected', 'quarantined'],
  quarantined: ['received', 'rejected'],
  accepted: [],
  'partially-accepted': [],
  rejected: [],
  cancelled: [],
};

/** Whether nothing can become of it any more. */
export function isFinal(state: SubmissionState): boolean {
  return NEXT[state].length === 0;
}

/** One file of a submission as it was when it was received. */
export type SubmittedFile = {
  readonly role: 'data' | 'FI' | 'FS' | 'GO' | 'TD';
  readonly path: VPath;
  readonly contentId: string;
  readonly size: number;
  readonly sha256: string;
};

/** A content that answers carry, kept so that the same file gets the same answer again. */
export type AnswerFile = {
  readonly name: string;
  readonly contentId: string;
  readonly size: number;
  readonly sha256: string;
};

export type RecordTotals = {
  readonly total: number;
  readonly accepted: number;
  readonly refused: number;
  readonly withoutReceiver: number;
};

/** One logical file handed in. Times are milliseconds since the epoch. */
export type Submission = {
  readonly ticket: Ticket;
  readonly partner: PartnerId;
  readonly principal: Principal;
  /** How it came in; unknown of what an earlier version of the program received. */
  readonly accessMethod?: AccessMethod | undefined;
  /** `unknown` where no flow was found. */
  readonly flow: string;
  readonly environment: Environment;
  readonly fileName: string;
  readonly sha256: string;
  readonly files: readonly SubmittedFile[];
  readonly receivedAt: number;
  readonly generation: string;
  readonly state: SubmissionState;
  readonly errors: readonly { readonly code: FindingCode; readonly text: string }[];
  readonly records?: RecordTotals | undefined;
  readonly receipt: readonly AnswerFile[];
  readonly notification: readonly AnswerFile[];
  /** The number of its lot, where the flow has them. */
  readonly lot?: number | undefined;
  /** One line per record: what was decided, and by what right. */
  readonly recordLog?: Omit<AnswerFile, 'name'> | undefined;
  readonly answeredAt?: number | undefined;
};

const BASE36_TIME_DIGITS = 8; // milliseconds since the epoch until the year 2059
const RANDOM_DIGITS = 5;

/**
 * A ticket from the time and 32 random bits: eight base-36 digits of milliseconds, five random ones. The ledger refuses
 * one it has seen before.
 */
export function newTicket(now: number, random: number): Ticket {
  const time = Math.trunc(now).toString(36).padStart(BASE36_TIME_DIGITS, '0').slice(-BASE36_TIME_DIGITS);
  const tail = (random % 36 ** RANDOM_DIGITS).toString(36).padStart(RANDOM_DIGITS, '0');
  return `${time}${tail}`.toUpperCase() as Ticket;
}

/** @throws GatewayError `bad-request` for what is no ticket */
export function parseTicket(text: string | undefined): Ticket {
  if (text === undefined || !/^[0-9A-Z]{13}$/.test(text)) {
    throw new GatewayError('bad-request', 'a ticket has 13 characters of 0-9 and A-Z');
  }
  return text as Ticket;
}
