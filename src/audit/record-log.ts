import type { Insz } from '../domain/insz.ts';
import { personKey } from '../domain/person-key.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { GrowingBytes } from '../storage/growing-bytes.ts';

/**
 * The record log of one batch: what became of each of its records, in the order of the file. Its digest and counts stand in
 * one audit line; `record-log-reader.ts` reads it. A record takes some ten bytes, so that the log of 8 million is 80 MB.
 *
 *     log       "SLUISRL1" | uint32 length | head as JSON | entries; all numbers little endian
 *     entry     uint8 tag: bits 0–1 outcome | bit 2 a person follows | bit 3 codes follow | bits 4–7 number of receivers
 *               uint32 person (domain/person-key.ts)
 *               uint8 number of codes, then each as uint8 length and ASCII
 *               each receiver: varint place in head.receivers | varint acts, bit n for the nth of this receiver's
 *                 authorizations in the head | varint filtered blocks, bit n for the nth of head.blocks | uint16 quality
 *     extended  uint8 tag 3 | varint length | JSON of a LoggedRecord: what an entry has no room for
 *     varint    seven bits a byte, the lowest first, the eighth bit set where another byte follows
 *
 * Entries count from record 1; an extended entry of record 0 says why the file was refused as a whole.
 */
export const RECORD_LOG_MAGIC = Buffer.from('SLUISRL1');

export type ActReference = { readonly id: string; readonly version: number };

/** What every decision of the batch was made with, and the tables that entries refer to. */
export type RecordLogHead = {
  readonly batch: string;
  readonly flow: string;
  readonly environment: string;
  readonly sender: string;
  readonly receivedAt: number;
  readonly generation: string;
  readonly directoryVersion: string;
  readonly layoutVersion: string;
  /** Where records name an employer. */
  readonly mandatesVersion?: string | undefined;
  readonly authorizations: readonly ActReference[];
  readonly receivers: readonly { readonly receiver: PartnerId; readonly authorizations: readonly ActReference[] }[];
  /** Data blocks that may be filtered. */
  readonly blocks: readonly string[];
};

/** What became of one record. `record` counts from 1. */
export type RecordOutcome = {
  readonly record: number;
  /** The person concerned, where the record names one. */
  readonly insz?: Insz | undefined;
  readonly replacedBy?: Insz | undefined;
  readonly outcome: 'accepted' | 'refused' | 'without-receiver';
  /** Codes of all its faults and remarks; empty where there were none. */
  readonly codes: readonly string[];
  readonly receivers: readonly RecordReceiver[];
  /** Receivers of the original that may get nothing any more. */
  readonly heldBack?: readonly string[] | undefined;
};

export type RecordReceiver = {
  readonly receiver: PartnerId;
  readonly authorization: ActReference;
  /** Further acts that add data blocks. */
  readonly alsoAuthorizations?: readonly ActReference[] | undefined;
  /** The quality by which the receiver knows the person; empty where its line is gone. */
  readonly quality: string;
  /** Data blocks this receiver may not have and did not get. */
  readonly filtered: readonly string[];
};

export const OUTCOMES = ['accepted', 'refused', 'without-receiver'] as const satisfies RecordOutcome['outcome'][];
export const EXTENDED = 3;
export const HAS_PERSON = 0x04;
export const HAS_CODES = 0x08;
export const RECEIVERS_SHIFT = 4;
export const MOST_RECEIVERS = 15;
/** In place of a quality, where there is none. */
export const NO_QUALITY = 0xffff;

const MOST_BITS = 28;
const MOST_CODES = 255;
const UINT32_BYTES = 4;
const VARINT_BYTES = 5;
const RECEIVER_BYTES = 3 * VARINT_BYTES + 2;
/** Members of an outcome that an entry has no room for. */
const BESIDE = ['replacedBy', 'heldBack'] as const satisfies (keyof RecordOutcome)[];

/** The bytes a record log begins with. */
export function recordLogHead(head: RecordLogHead): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(UINT32_BYTES);
  length.writeUInt32LE(json.length);
  return Buffer.concat([RECORD_LOG_MAGIC, length, json]);
}

/** Writes the entries of one log; the same outcome gives the same bytes, whoever writes it. */
export class RecordLogEntries {
  readonly #receivers: ReadonlyMap<string, { readonly index: number; readonly acts: ReadonlyMap<string, number> }>;
  readonly #blocks: ReadonlyMap<string, number>;

  constructor(head: RecordLogHead) {
    this.#receivers = new Map(
      head.receivers.map(({ receiver, authorizations }, index) => [
        receiver,
        { index, acts: new Map(authorizations.map((act, place) => [nameOf(act), place])) },
      ]),
    );
    this.#blocks = new Map(head.blocks.map((name, place) => [name, place]));
  }

  append(outcome: RecordOutcome, to: GrowingBytes): void {
    const begin = to.length;
    if (isShort(outcome)) {
      appendEntry(outcome, to);
      if (outcome.receivers.every((one) => this.#append(one, to))) return;
      to.length = begin;
    }
    appendExtended(outcome, to);
  }

  /**
   * One receiver in an entry.
   * @returns undefined where the tables of the head do not have it
   */
  receiver(one: Omit<RecordReceiver, 'quality'>, quality: number): Buffer | undefined {
    const bytes = Buffer.alloc(RECEIVER_BYTES);
    const end = this.#write(one, quality, bytes, 0);
    return end === undefined ? undefined : bytes.subarray(0, end);
  }

  /** @returns false where the tables of the head do not have it, or its quality is none */
  #append(one: RecordReceiver, to: GrowingBytes): boolean {
    if (one.quality !== '' && !/^\d{3}$/.test(one.quality)) return false;
    to.reserve(RECEIVER_BYTES);
    const end = this.#write(one, one.quality === '' ? NO_QUALITY : Number(one.quality), to.bytes, to.length);
    if (end === undefined) return false;
    to.length = end;
    return true;
  }

  #write(one: Omit<RecordReceiver, 'quality'>, quality: number, bytes: Buffer, start: number): number | undefined {
    const known = this.#receivers.get(one.receiver);
    const names = [nameOf(one.authorization)];
    for (const act of one.alsoAuthorizations ?? []) names.push(nameOf(act));
    const acts = bitsOf(names, known?.acts);
    const filtered = bitsOf(one.filtered, this.#blocks);
    if (known === undefined || acts === undefined || filtered === undefined) return undefined;
    let at = writeVarint(bytes, start, known.index);
    at = writeVarint(bytes, at, acts);
    at = writeVarint(bytes, at, filtered);
    return bytes.writeUInt16LE(quality, at);
  }
}

/** Whether an entry has room for all of an outcome but its receivers. */
function isShort(outcome: RecordOutcome): boolean {
  if (outcome.record === 0 || outcome.receivers.length > MOST_RECEIVERS) return false;
  const others = BESIDE.some((key) => outcome[key] !== undefined);
  return !others && outcome.codes.length <= MOST_CODES && outcome.codes.every(isShortAscii);
}

function appendEntry({ insz, codes, outcome, receivers }: RecordOutcome, to: GrowingBytes): void {
  const tag =
    OUTCOMES.indexOf(outcome) |
    (insz === undefined ? 0 : HAS_PERSON) |
    (codes.length === 0 ? 0 : HAS_CODES) |
    (receivers.length << RECEIVERS_SHIFT);
  to.reserve(1 + UINT32_BYTES);
  to.length = to.bytes.writeUInt8(tag, to.length);
  if (insz !== undefined) to.length = to.bytes.writeUInt32LE(personKey(insz), to.length);
  if (codes.length > 0) appendCodes(codes, to);
}

function appendExtended(outcome: RecordOutcome, to: GrowingBytes): void {
  const json = Buffer.from(JSON.stringify(outcome));
  to.reserve(1 + VARINT_BYTES);
  to.length = to.bytes.writeUInt8(EXTENDED, to.length);
  to.length = writeVarint(to.bytes, to.length, json.length);
  to.append(json);
}

/** The codes of an entry; each is ASCII. */
export function appendCodes(codes: readonly string[], to: GrowingBytes): void {
  to.reserve(1 + codes.reduce((sum, code) => sum + 1 + code.length, 0));
  to.length = to.bytes.writeUInt8(codes.length, to.length);
  for (const code of codes) {
    to.length = to.bytes.writeUInt8(code.length, to.length);
    to.length += to.bytes.write(code, to.length, 'latin1');
  }
}

export function writeVarint(bytes: Buffer, at: number, value: number): number {
  let rest = value;
  let next = at;
  for (; rest > 0x7f; rest >>>= 7) next = bytes.writeUInt8((rest & 0x7f) | 0x80, next);
  return bytes.writeUInt8(rest, next);
}

/** Undefined where one of them is not known, or has no bit. */
function bitsOf(names: readonly string[], known: ReadonlyMap<string, number> | undefined): number | undefined {
  let bits = 0;
  for (const name of names) {
    const place = known?.get(name) ?? MOST_BITS;
    if (place >= MOST_BITS) return undefined;
    bits |= 1 << place;
  }
  return bits;
}

function nameOf({ id, version }: ActReference): string {
  return `${id} ${version}`;
}

function isShortAscii(code: string): boolean {
  return /^[ -~]{1,255}$/.test(code);
}
