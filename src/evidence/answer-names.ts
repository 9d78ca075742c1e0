import type { Environment } from '../domain/flow.ts';
import type { Ticket } from '../domain/submission.ts';

/** Names of answer files. Source: docs/domain.md §1. */

/** FO holds the answer, FS its signature, GO is empty and comes last. */
export type RszKind = 'FO' | 'FS' | 'GO';

/** A numbered part of an answer that was too long for one file; absent where it is whole. */
export type Part = { readonly number: number; readonly of: number };

const HUB_SENDER_NUMBER = '999999'; // sender of answers
const SERIAL_DIGITS = 5;
const SERIALS = 36 ** SERIAL_DIGITS - 1; // never all zeros

/** `FO.ACRF.999999.20110701.00001.T`. @param content four letters; `at` milliseconds since the epoch; UTC day */
export function rszName(kind: RszKind, content: string, at: number, serial: string, environment: Environment): string {
  const date = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
  return [kind, content, HUB_SENDER_NUMBER, date, serial, environment].join('.');
}

/** Five positions 0-9A-Z of a counter that begins at 1; after 60,466,175 it begins anew. */
export function serialOf(counter: number): string {
  if (!Number.isSafeInteger(counter) || counter < 1) throw new RangeError('a serial counts from 1');
  const value = ((counter - 1) % SERIALS) + 1;
  return value.toString(36).toUpperCase().padStart(SERIAL_DIGITS, '0');
}

/** `<original>.<ticket>.receipt.json` */
export function receiptName(original: string, ticket: Ticket): string {
  return `${original}.${ticket}.receipt.json`;
}

/** `<original>.<ticket>.notification.json`, or `….notification.2of3.json` */
export function notificationName(original: string, ticket: Ticket, part?: Part): string {
  const number = part === undefined ? '' : `.${part.number}of${part.of}`;
  return `${original}.${ticket}.notification${number}.json`;
}

/** `<delivered file>.manifest.json` */
export function manifestName(file: string): string {
  return `${file}.manifest.json`;
}

/** The DER signature that stands beside a file. */
export function signatureName(file: string): string {
  return `${file}.p7s`;
}

/** A file of a set that comes back; the JSON receipt of a GO is named after that GO and is none. */
const OF_SET = /^(?:FO|FS|GO)\.[A-Z0-9]{4}\.\d{6}\.\d{8}\.[0-9A-Z]{5}\.[RTS]$/;

export function isOfAnswerSet(name: string): boolean {
  return OF_SET.test(name);
}

/** The name of the signature of an answer: `FS.…` of `FO.…`, else `….p7s`. */
export function signatureNameOf(name: string): string {
  return isOfAnswerSet(name) ? `FS.${name.slice(3)}` : signatureName(name);
}

// ReferenceNbr holds 20 characters: the ticket, a hyphen, and six for the record. docs/domain.md §1
const LAST_IN_DIGITS = 999_999;
/** `A00000`, the first of six positions 0-9A-Z that begin with a letter. */
const FIRST_WITH_LETTER = 10 * 36 ** 5;
const LAST_RECORD = LAST_IN_DIGITS + (36 ** 6 - FIRST_WITH_LETTER);

/**
 * The ticket of a record, of at most 20 characters; of the file itself for record 0. Records up to 999,999 stand in it by their
 * number, those beyond from `A00000` on in 0-9A-Z.
 * @throws RangeError for what is no record, and beyond 1,573,120,575
 */
export function recordTicket(ticket: Ticket, record: number): string {
  if (!Number.isSafeInteger(record) || record < 0 || record > LAST_RECORD)
    throw new RangeError('no record has this number');
  if (record === 0) return ticket;
  if (record <= LAST_IN_DIGITS) return `${ticket}-${record}`;
  return `${ticket}-${(record - LAST_IN_DIGITS - 1 + FIRST_WITH_LETTER).toString(36).toUpperCase()}`;
}

/** The number of a record, from what stands behind the hyphen of its ticket; undefined where no record is told so. */
export function recordNumber(text: string): number | undefined {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  if (!/^[A-Z][0-9A-Z]{5}$/.test(text)) return undefined;
  return Number.parseInt(text, 36) - FIRST_WITH_LETTER + LAST_IN_DIGITS + 1;
}
