/** Half open: bytes `start` up to but not including `end`. */
export type Range = { readonly start: number; readonly end: number };

/** `whole`: there is no Range header that counts, so the whole file is sent. */
export type Selection =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unsatisfiable' }
  | { readonly kind: 'ranges'; readonly ranges: readonly Range[] };

const MAX_RANGES = 32;
const WHOLE: Selection = { kind: 'whole' };

/**
 * What a Range header selects of `size` bytes: `bytes=0-9`, `bytes=-5` (the last five), `bytes=5-`, or several
 * (RFC 9110 §14.1.2). A malformed or unknown one is ignored (§14.2), and so is one that asks for more than the file
 * holds or in too many parts (§17.15: many or overlapping ranges are an attack).
 */
export function selectRanges(header: string | undefined, size: number): Selection {
  const list = /^bytes=(.+)$/i.exec(header?.trim() ?? '')?.[1];
  if (list === undefined) return WHOLE;
  const ranges: Range[] = [];
  let asked = 0;
  for (const part of list.split(',')) {
    const spec = part.trim();
    if (spec === '') continue;
    const range = readRange(spec, size);
    if (range === 'malformed') return WHOLE;
    asked += 1;
    if (asked > MAX_RANGES) return WHOLE;
    if (range !== undefined) ranges.push(range);
  }
  if (asked === 0) return WHOLE;
  if (ranges.length === 0) return { kind: 'unsatisfiable' };
  const wanted = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  return wanted > size ? WHOLE : { kind: 'ranges', ranges };
}

/** @returns undefined where no byte of the file lies in it */
function readRange(spec: string, size: number): Range | 'malformed' | undefined {
  const suffix = /^-(\d+)$/.exec(spec);
  if (suffix) {
    const length = Math.min(Number(suffix[1]), size);
    return length === 0 ? undefined : { start: size - length, end: size };
  }
  const parts = /^(\d+)-(\d*)$/.exec(spec);
  if (!parts) return 'malformed';
  const start = Number(parts[1]);
  const last = parts[2] === '' ? size - 1 : Number(parts[2]);
  if (parts[2] !== '' && last < start) return 'malformed';
  return start >= size ? undefined : { start, end: Math.min(last, size - 1) + 1 };
}

/** `bytes 0-9/100` (RFC 9110 §14.4). */
export function contentRange({ start, end }: Range, size: number): string {
  return `bytes ${start}-${end - 1}/${size}`;
}
