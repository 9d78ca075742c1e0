/**
 * One element of DER (X.690 §8.1): where its contents begin and end. For long lists, where building objects for every
 * element would hold up the event loop.
 */
export type DerElement = {
  readonly tag: number;
  readonly start: number;
  readonly contents: number;
  readonly end: number;
};

export const TAG = {
  ...{ boolean: 0x01, integer: 0x02, objectIdentifier: 0x06, utcTime: 0x17, generalizedTime: 0x18 },
  ...{ sequence: 0x30, set: 0x31 },
} as const;

const MAX_LENGTH_BYTES = 4;

/** The element at `offset`, which must end at or before `limit`; undefined where it does not, or is not DER. */
export function derElement(bytes: Uint8Array, offset: number, limit: number): DerElement | undefined {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  let contents = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > MAX_LENGTH_BYTES) return undefined;
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[contents + index] ?? 0);
    contents += count;
  }
  const end = contents + length;
  return end <= limit ? { tag, start: offset, contents, end } : undefined;
}

/** The elements inside another; undefined where they do not fill it exactly. */
export function derChildren(bytes: Uint8Array, parent: DerElement): readonly DerElement[] | undefined {
  const children: DerElement[] = [];
  for (let offset = parent.contents; offset < parent.end; ) {
    const child = derElement(bytes, offset, parent.end);
    if (child === undefined) return undefined;
    children.push(child);
    offset = child.end;
  }
  return children;
}

/** The bytes of an INTEGER as hex without leading zero bytes. */
export function serialHex(integer: Uint8Array): string {
  return Buffer.from(integer)
    .toString('hex')
    .replace(/^(?:00)+(?=.)/, '');
}
