import type { Institution } from '../domain/partner.ts';
import type { PersonKey } from '../domain/person-key.ts';
import { KEY_BYTES, PART_BITS, PART_MASK } from './pack.ts';

/** What lies beside one dossier: the day of its last change (pack.ts) and who inscribed it; undefined where nobody said. */
export type LineDetail = { readonly lastChange: number | undefined; readonly inscriber: Institution | undefined };

/** What lies beside a person: of its dossiers, in their order, or nothing; and the numbers it replaces. */
export type Beside = { readonly details: readonly LineDetail[]; readonly replaces: readonly PersonKey[] };

export const NOTHING_BESIDE: Beside = { details: [], replaces: [] };

/** uint16 day of the last change | uint24 sector << 10 | type of the inscriber; all bits set: not known */
export const DETAIL_BYTES = 5;
export const NO_DAY = 0xffff;
export const NO_INSCRIBER = 0xff_ffff;
const HEAD_BYTES = 2;

/** uint16 number of details | details | uint32 keys of the numbers it replaces */
export function besideValue({ details, replaces }: Beside): Buffer {
  const value = Buffer.alloc(HEAD_BYTES + details.length * DETAIL_BYTES + replaces.length * KEY_BYTES);
  let offset = value.writeUInt16BE(details.length, 0);
  for (const { lastChange, inscriber } of details) {
    offset = value.writeUInt16BE(lastChange ?? NO_DAY, offset);
    const code = inscriber === undefined ? NO_INSCRIBER : (inscriber.sector << PART_BITS) | inscriber.type;
    offset = value.writeUIntBE(code, offset, 3);
  }
  for (const key of replaces) offset = value.writeUInt32BE(key, offset);
  return value;
}

export function readBeside(value: Buffer | undefined): Beside {
  if (value === undefined) return NOTHING_BESIDE;
  const details: LineDetail[] = [];
  const count = value.readUInt16BE(0);
  let offset = HEAD_BYTES;
  for (; details.length < count; offset += DETAIL_BYTES) details.push(readDetail(value, offset));
  const replaces: PersonKey[] = [];
  for (; offset < value.length; offset += KEY_BYTES) replaces.push(value.readUInt32BE(offset));
  return { details, replaces };
}

export function readDetail(value: Buffer, offset: number): LineDetail {
  const day = value.readUInt16BE(offset);
  const code = value.readUIntBE(offset + 2, 3);
  return {
    lastChange: day === NO_DAY ? undefined : day,
    inscriber: code === NO_INSCRIBER ? undefined : { sector: code >>> PART_BITS, type: code & PART_MASK },
  };
}
