import type { Transaction } from 'lmdb';
import { KEY_BYTES } from './pack.ts';
import type { Store } from './store.ts';

const VERSION_BYTES = 8;
const HEAD_BYTES = 10;
const MAX_SOURCE_BYTES = 0xffff;

/** What made a version: the ticket of an integration, or `load`; and whom it changed. */
export type LoggedChange = {
  readonly version: bigint;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly source: string;
  readonly persons: Uint32Array;
};

/** uint64 milliseconds | uint16 length | source in UTF-8 | uint32 person keys */
export function logChange(store: Store, { version, at, source, persons }: LoggedChange): void {
  const text = Buffer.from(source).subarray(0, MAX_SOURCE_BYTES);
  const value = Buffer.alloc(HEAD_BYTES + text.length + persons.length * KEY_BYTES);
  value.writeBigUInt64BE(BigInt(at), 0);
  value.writeUInt16BE(text.length, 8);
  text.copy(value, HEAD_BYTES);
  let offset = HEAD_BYTES + text.length;
  for (const person of persons) offset = value.writeUInt32BE(person, offset);
  store.log.putSync(versionKey(version), value);
}

/** The changes after a version, in their order. */
export function* changesSince(store: Store, version: bigint, transaction?: Transaction): Generator<LoggedChange> {
  const start = versionKey(version + 1n);
  for (const { key, value } of store.log.getRange(transaction === undefined ? { start } : { start, transaction })) {
    const length = value.readUInt16BE(8);
    const from = HEAD_BYTES + length;
    const persons = new Uint32Array((value.length - from) / KEY_BYTES);
    for (let index = 0; index < persons.length; index += 1)
      persons[index] = value.readUInt32BE(from + index * KEY_BYTES);
    yield {
      version: key.readBigUInt64BE(0),
      at: Number(value.readBigUInt64BE(0)),
      source: value.toString('utf8', HEAD_BYTES, from),
      persons,
    };
  }
}

/** What made the newest version, and when (milliseconds since 1970). */
export type LastChange = Pick<LoggedChange, 'at' | 'source'>;

export function lastChange(store: Store): LastChange | undefined {
  for (const { value } of store.log.getRange({ reverse: true, limit: 1 })) {
    const end = HEAD_BYTES + value.readUInt16BE(8);
    return { at: Number(value.readBigUInt64BE(0)), source: value.toString('utf8', HEAD_BYTES, end) };
  }
  return undefined;
}

function versionKey(version: bigint): Buffer {
  const key = Buffer.alloc(VERSION_BYTES);
  key.writeBigUInt64BE(version, 0);
  return key;
}
