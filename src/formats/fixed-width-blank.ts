import { type FixedWidthShape, type OutputFormat, widthOf } from '../domain/format.ts';
import { codecOf } from './charsets.ts';
import { copyBytes, copyWords, isAsciiText, type RowTarget, wordsOf } from './row-bytes.ts';

export type FixedWidthOutput = OutputFormat & { readonly kind: 'fixed-width' };

const SPACE = 0x20;

/** A record in which nothing stands but its type and its line end. */
export class BlankRecord {
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #words: DataView;
  /** What becomes of each byte, where the charset has ASCII elsewhere. */
  readonly #translation: Uint8Array | undefined;

  constructor(bytes: Uint8Array, translation: Uint8Array | undefined) {
    this.length = bytes.length;
    this.#bytes = bytes;
    this.#words = wordsOf(bytes);
    this.#translation = translation;
  }

  /** Puts one down; answers where it begins. */
  begin(to: RowTarget): number {
    to.reserve(this.length);
    if (this.#translation === undefined) copyWords(this.#words, 0, this.length, to.words, to.length);
    else copyBytes(this.#bytes, 0, this.length, to.bytes, to.length);
    return to.length;
  }

  /** The record is written. */
  end(to: RowTarget): void {
    const translation = this.#translation;
    const end = to.length + this.length;
    if (translation !== undefined) {
      const target = to.bytes;
      for (let at = to.length; at < end; at += 1) target[at] = translation[target[at] ?? 0] ?? 0;
    }
    to.length = end;
  }
}

const LINE_ENDS = { crlf: '\r\n', lf: '\n', nel: '\x85', none: '' } as const;

/** @returns undefined where its type or line end is none of it for certain */
export function blankRecord({
  charset,
  recordLength,
  lineEnd,
  recordType,
  detail,
}: FixedWidthOutput): BlankRecord | undefined {
  // Of one byte, and not of the text of a charset, it is in EBCDIC alone.
  if (lineEnd === 'nel' && charset !== 'cp500') return undefined;
  const ends = Buffer.from(LINE_ENDS[lineEnd], 'latin1');
  const bytes = new Uint8Array(recordLength + ends.length).fill(SPACE, 0, recordLength);
  bytes.set(ends, recordLength);
  if (recordType !== undefined && detail !== undefined) {
    if (!isAsciiText(detail.type) || detail.type.length > widthOf(recordType)) return undefined;
    bytes.set(Buffer.from(detail.type), recordType.first - 1);
  }
  return new BlankRecord(bytes, charset === 'cp500' ? toCp500() : undefined);
}

function toCp500(): Uint8Array {
  const latin1 = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1');
  return Uint8Array.from(codecOf('cp500').encode(latin1));
}

/** Rows of CP500 are held in ISO-8859-1. */
export function charsetOfRows({ charset }: FixedWidthShape): string {
  return charset === 'cp500' ? 'iso-8859-1' : charset;
}
