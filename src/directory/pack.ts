import type { Institution } from '../domain/partner.ts';
import { dateOf, type IsoDate, parseDate } from '../domain/period.ts';
import type { PersonKey } from '../domain/person-key.ts';
import type { Dossier } from './directory.ts';

/**
 * How a person lies in the store; all numbers big endian.
 *
 *     key     uint32 person key (domain/person-key.ts)
 *     value   uint8 kind | kind 1: dossiers of 9 bytes each, sorted by their bytes
 *                        | kind 2: uint32 key of the number that replaces this one
 *                        | kind 3: nothing; the number is cancelled
 *     dossier 10 bits sector | 10 bits institution type | 10 bits quality | 10 bits phase | uint16 begin | uint16 end
 *
 * Days count from 1900-01-01; end 65535 is open.
 */
export const KEY_BYTES = 4;
export const DOSSIER_BYTES = 9;

/** Sector, institution type, quality and phase each have ten bits. */
export const MAX_PART = 999;
export const PART_BITS = 10;
export const PART_MASK = 0x3ff;

export const KIND_DOSSIERS = 1;
export const KIND_REPLACED = 2;
export const KIND_CANCELLED = 3;
/** The end of a dossier that is open. */
export const OPEN_END = 0xffff;
const DAY_MS = 86_400_000;
const FIRST_DAY_MS = Date.UTC(1900, 0, 1);

/** The last day a dossier may name; the day after it stands for "open". */
export const LAST_DAY = 0xfffe;

/** Days since 1900-01-01; undefined where the day doesn't exist or doesn't fit. */
export function dayNumber(date: string): number | undefined {
  const parsed = parseDate(date);
  if (parsed === undefined) return undefined;
  const day = (Date.parse(`${parsed}T00:00:00Z`) - FIRST_DAY_MS) / DAY_MS;
  return day >= 0 && day <= LAST_DAY ? day : undefined;
}

/** A dossier in numbers; days as `dayNumber` has them, an absent end is open. */
export type DossierNumbers = {
  readonly institution: Institution;
  readonly quality: number;
  readonly phase: number;
  readonly begin: number;
  readonly end: number | undefined;
};

/** Writes one dossier at an offset. */
export function packDossier(target: Uint8Array, offset: number, dossier: DossierNumbers): void {
  const { sector, type } = dossier.institution;
  const end = dossier.end ?? OPEN_END;
  target[offset] = sector >> 2;
  target[offset + 1] = ((sector & 0x3) << 6) | (type >> 4);
  target[offset + 2] = ((type & 0xf) << 4) | (dossier.quality >> 6);
  target[offset + 3] = ((dossier.quality & 0x3f) << 2) | (dossier.phase >> 8);
  target[offset + 4] = dossier.phase & 0xff;
  target[offset + 5] = dossier.begin >> 8;
  target[offset + 6] = dossier.begin & 0xff;
  target[offset + 7] = end >> 8;
  target[offset + 8] = end & 0xff;
}

export function unpackDossier(value: Buffer, offset: number): DossierNumbers {
  const high = value.readUInt16BE(offset);
  const middle = value.readUInt16BE(offset + 2);
  const end = value.readUInt16BE(offset + 7);
  return {
    institution: { sector: high >> 6, type: ((high & 0x3f) << 4) | (middle >> 12) },
    quality: (middle >> 2) & 0x3ff,
    phase: ((middle & 0x3) << 8) | (value[offset + 4] ?? 0),
    begin: value.readUInt16BE(offset + 5),
    end: end === OPEN_END ? undefined : end,
  };
}

/** Sector and institution type of a packed dossier: sector << 10 | type. */
export function institutionBits(value: Uint8Array, offset: number): number {
  return ((value[offset] ?? 0) << 12) | ((value[offset + 1] ?? 0) << 4) | ((value[offset + 2] ?? 0) >> 4);
}

/** Quality and phase of a packed dossier: quality << 10 | phase. */
export function qualityBits(value: Uint8Array, offset: number): number {
  return (((value[offset + 2] ?? 0) & 0xf) << 16) | ((value[offset + 3] ?? 0) << 8) | (value[offset + 4] ?? 0);
}

/** The value of a person with these packed dossiers, which may be none. */
export function dossiersValue(dossiers: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([KIND_DOSSIERS]), dossiers]);
}

/** The value of a number that another one replaces. */
export function replacedValue(by: PersonKey): Buffer {
  return Buffer.concat([Buffer.from([KIND_REPLACED]), keyBytes(by)]);
}

/** The value of a number that was cancelled. */
export function cancelledValue(): Buffer {
  return Buffer.from([KIND_CANCELLED]);
}

export function keyBytes(key: PersonKey): Buffer {
  const bytes = Buffer.allocUnsafe(KEY_BYTES);
  bytes.writeUInt32BE(key, 0);
  return bytes;
}

/** Days since 1900-01-01 as a date. */
export function dateOfDay(day: number): IsoDate {
  return dateOf(FIRST_DAY_MS + day * DAY_MS);
}

export type Unpacked =
  | { readonly kind: 'dossiers'; readonly dossiers: readonly Dossier[] }
  | { readonly kind: 'replaced'; readonly by: PersonKey }
  | { readonly kind: 'cancelled' };

/** Makes dossiers of numbers; keeps the dates and codes it made, so that a lookup makes few new strings. */
export class DossierWords {
  readonly #dates = new Map<number, IsoDate>();
  readonly #qualities = new Map<number, string>();

  dossier({ institution, quality, phase, begin, end }: DossierNumbers): Dossier {
    const first = this.#date(begin);
    const period = end === undefined ? { begin: first } : { begin: first, end: this.#date(end) };
    return { institution, quality: this.#quality(quality), phase, period };
  }

  #quality(code: number): string {
    const known = this.#qualities.get(code);
    if (known !== undefined) return known;
    const quality = code.toString().padStart(3, '0');
    this.#qualities.set(code, quality);
    return quality;
  }

  #date(day: number): IsoDate {
    const known = this.#dates.get(day);
    if (known !== undefined) return known;
    const date = dateOfDay(day);
    this.#dates.set(day, date);
    return date;
  }
}

/** Reads values of the store. */
export class Unpacker {
  readonly #words = new DossierWords();

  /** @throws TypeError where the bytes are not a value of this store */
  unpack(value: Buffer, length: number): Unpacked {
    if (value[0] === KIND_REPLACED && length === 1 + KEY_BYTES) return { kind: 'replaced', by: value.readUInt32BE(1) };
    if (value[0] === KIND_CANCELLED && length === 1) return { kind: 'cancelled' };
    if (value[0] !== KIND_DOSSIERS || (length - 1) % DOSSIER_BYTES !== 0) {
      throw new TypeError('the reference directory holds a value of an unknown kind');
    }
    const dossiers: Dossier[] = [];
    for (let offset = 1; offset < length; offset += DOSSIER_BYTES) {
      dossiers.push(this.#words.dossier(unpackDossier(value, offset)));
    }
    return { kind: 'dossiers', dossiers };
  }
}
