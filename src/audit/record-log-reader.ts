import { inszOfKey } from '../domain/person-key.ts';
import {
  EXTENDED,
  HAS_CODES,
  HAS_PERSON,
  NO_QUALITY,
  OUTCOMES,
  RECEIVERS_SHIFT,
  RECORD_LOG_MAGIC,
  type RecordLogHead,
  type RecordOutcome,
  type RecordReceiver,
} from './record-log.ts';

const UINT32_BYTES = 4;

/**
 * Reads a record log (its layout stands in `record-log.ts`), in pieces of any size; memory does not grow with it. For one
 * record ask `find`; it passes over the others at some ten million a second.
 *
 *     const log = new RecordLogReader(store.read(submission.recordLog.contentId));
 *     const head = await log.head();      // generation, directory version, layout, acts in force
 *     const outcome = await log.find(17); // outcome, codes, receivers with act, quality and filtered blocks
 */
export class RecordLogReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #isAtEnd = false;
  #head: RecordLogHead | undefined;
  #record = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** @throws TypeError where this is no record log, as all methods do */
  async head(): Promise<RecordLogHead> {
    if (this.#head !== undefined) return this.#head;
    const fixed = RECORD_LOG_MAGIC.length + UINT32_BYTES;
    await this.#need(fixed);
    if (!this.#bytes.subarray(0, RECORD_LOG_MAGIC.length).equals(RECORD_LOG_MAGIC)) throw damaged();
    const length = this.#bytes.readUInt32LE(RECORD_LOG_MAGIC.length);
    await this.#need(fixed + length);
    this.#head = parseHead(this.#bytes.toString('utf8', fixed, fixed + length));
    this.#at = fixed + length;
    return this.#head;
  }

  /** Every record from where reading stands. */
  async *outcomes(): AsyncGenerator<RecordOutcome> {
    const head = await this.head();
    for (let entry = await this.#next(); entry !== undefined; entry = await this.#next()) {
      yield outcomeOf(entry, head, this.#numberOf(entry));
    }
  }

  /** One record, from 1, or 0 for the file; undefined where the log has none of this number. Each reader finds once. */
  async find(record: number): Promise<RecordOutcome | undefined> {
    const head = await this.head();
    for (let entry = await this.#next(); entry !== undefined; entry = await this.#next()) {
      const number = this.#numberOf(entry);
      if (number === record) return outcomeOf(entry, head, number);
    }
    return undefined;
  }

  #numberOf(entry: Entry): number {
    if (entry.isExtended && parseOutcome(entry).record === 0) return 0;
    this.#record += 1;
    return this.#record;
  }

  async #next(): Promise<Entry | undefined> {
    for (;;) {
      const entry = entryAt(this.#bytes, this.#at);
      if (entry !== undefined) {
        this.#at = entry.end;
        return entry;
      }
      const isMore = await this.#more();
      if (isMore) continue;
      if (this.#at < this.#bytes.length) throw damaged();
      return undefined;
    }
  }

  async #need(bytes: number): Promise<void> {
    while (this.#bytes.length < bytes) if (!(await this.#more())) throw damaged();
  }

  async #more(): Promise<boolean> {
    if (this.#isAtEnd) return false;
    const next = await this.#pieces.next();
    if (next.done === true) {
      this.#isAtEnd = true;
      return false;
    }
    this.#bytes = Buffer.concat([this.#bytes.subarray(this.#at), next.value]);
    this.#at = 0;
    return true;
  }
}

/** Where an entry stands; what it says is read only of those that somebody asks for. */
type Entry = {
  readonly bytes: Buffer;
  readonly isExtended: boolean;
  /** Behind the tag, or where the JSON of an extended entry begins. */
  readonly from: number;
  readonly end: number;
};

/** Undefined where the bytes end before the entry does. */
function entryAt(bytes: Buffer, start: number): Entry | undefined {
  const tag = bytes[start];
  if (tag === undefined) return undefined;
  let at = start + 1;
  if ((tag & 0x03) === EXTENDED) {
    const from = behindVarint(bytes, at);
    const end = from + varintAt(bytes, at);
    return from > bytes.length || end > bytes.length ? undefined : { bytes, isExtended: true, from, end };
  }
  if ((tag & HAS_PERSON) !== 0) at += UINT32_BYTES;
  if ((tag & HAS_CODES) !== 0) {
    const codes = bytes[at] ?? 0;
    at += 1;
    for (let code = 0; code < codes; code += 1) at += 1 + (bytes[at] ?? 0);
  }
  for (let receiver = tag >> RECEIVERS_SHIFT; receiver > 0; receiver -= 1) {
    for (let part = 0; part < 3; part += 1) at = behindVarint(bytes, at);
    at += 2;
  }
  return at > bytes.length ? undefined : { bytes, isExtended: false, from: start + 1, end: at };
}

/** Past the end of the bytes where they end within it. */
function behindVarint(bytes: Buffer, start: number): number {
  let at = start;
  while (((bytes[at] ?? 0) & 0x80) !== 0) at += 1;
  return at + 1;
}

function varintAt(bytes: Buffer, start: number): number {
  let value = 0;
  let shift = 0;
  for (let at = start; ; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    value |= (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return value >>> 0;
  }
}

function outcomeOf(entry: Entry, head: RecordLogHead, record: number): RecordOutcome {
  if (entry.isExtended) return parseOutcome(entry);
  const { bytes } = entry;
  const tag = bytes[entry.from - 1] ?? 0;
  const outcome = OUTCOMES[tag & 0x03];
  if (outcome === undefined) throw damaged();
  let at = entry.from;
  let insz: RecordOutcome['insz'];
  if ((tag & HAS_PERSON) !== 0) {
    insz = inszOfKey(bytes.readUInt32LE(at));
    at += UINT32_BYTES;
  }
  const codes: string[] = [];
  if ((tag & HAS_CODES) !== 0) {
    const count = bytes.readUInt8(at);
    at += 1;
    for (let code = 0; code < count; code += 1) {
      const end = at + 1 + bytes.readUInt8(at);
      codes.push(bytes.toString('latin1', at + 1, end));
      at = end;
    }
  }
  const receivers: RecordReceiver[] = [];
  for (let left = tag >> RECEIVERS_SHIFT; left > 0; left -= 1) {
    const acts = behindVarint(bytes, at);
    const filtered = behindVarint(bytes, acts);
    const quality = behindVarint(bytes, filtered);
    receivers.push(
      receiverOf(head, varintAt(bytes, at), varintAt(bytes, acts), {
        filtered: varintAt(bytes, filtered),
        quality: bytes.readUInt16LE(quality),
      }),
    );
    at = quality + 2;
  }
  return { record, ...(insz === undefined ? {} : { insz }), outcome, codes, receivers };
}

function receiverOf(
  head: RecordLogHead,
  place: number,
  acts: number,
  rest: { readonly filtered: number; readonly quality: number },
): RecordReceiver {
  const known = head.receivers[place];
  const [authorization, ...others] = chosen(known?.authorizations ?? [], acts);
  if (known === undefined || authorization === undefined) throw damaged();
  return {
    receiver: known.receiver,
    authorization,
    ...(others.length === 0 ? {} : { alsoAuthorizations: others }),
    quality: rest.quality === NO_QUALITY ? '' : String(rest.quality).padStart(3, '0'),
    filtered: chosen(head.blocks, rest.filtered),
  };
}

function chosen<T>(all: readonly T[], bits: number): readonly T[] {
  return all.filter((_, place) => place < 32 && (bits & (1 << place)) !== 0);
}

function parseHead(json: string): RecordLogHead {
  return JSON.parse(json) as RecordLogHead;
}

function parseOutcome({ bytes, from, end }: Entry): RecordOutcome {
  return JSON.parse(bytes.toString('utf8', from, end)) as RecordOutcome;
}

function damaged(): TypeError {
  return new TypeError('this content is no whole record log');
}
