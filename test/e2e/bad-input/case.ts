/** One fault as the answer must tell it; the detail stands in brackets behind its sentence, and is absent where there is none. */
export type Fault = readonly [field: string, code: string, detail?: string];

/** A record that is refused with exactly these faults, in this order. `~` stands for digits of its number, see `numbered`. */
export type RecordCase = readonly [what: string, record: string, ...faults: Fault[]];

/** Records that differ in a value and not in what is wrong with them: at most eight. Their twin is accepted. */
export type RecordCause = { readonly cause: string; readonly twin: string; readonly cases: readonly RecordCase[] };

/** Records that are handed in together, in one file: each twin and, behind it, what differs from it only in a fault. */
export type RecordTable = {
  readonly theme: string;
  readonly flow: string;
  readonly causes: readonly RecordCause[];
  /** The file of these records. */
  readonly file: (records: readonly string[]) => string | Uint8Array;
};

/** A file that is refused as a whole with exactly this code and detail. */
export type FileCase = readonly [what: string, bytes: string | Uint8Array, code: string, detail?: string];

export type FileCause = {
  readonly cause: string;
  readonly flow: string;
  /** Differs only in the fault, and all of it is accepted. */
  readonly twin: string | Uint8Array;
  readonly cases: readonly FileCase[];
  /** Where the answer stands: of large files only the beginning is read before the receipt. */
  readonly in?: 'notification';
};

/** The record with its number in place of the tildes, with zeros before it where there are several. */
export function numbered(record: string, number: number): string {
  return record.replace(/~+/g, (place) => String(number).padStart(place.length, '0'));
}

/** One place of a text changed. @throws Error where the text does not have it */
export function put(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`${JSON.stringify(text)} does not hold ${JSON.stringify(from)}`);
  return text.replace(from, () => to);
}

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Bytes among text: each `%xx` is one byte. */
export function bytes(text: string): Buffer {
  const pieces = text.split(/((?:%[0-9a-f]{2})+)/);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 1 ? Buffer.from(piece.replaceAll('%', ''), 'hex') : Buffer.from(piece),
    ),
  );
}
