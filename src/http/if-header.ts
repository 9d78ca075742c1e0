import { GatewayError } from '../domain/errors.ts';

/** One condition of a list: the state must be there, or with `Not` must not be. */
export type IfCondition =
  | { readonly kind: 'token'; readonly negated: boolean; readonly token: string }
  | { readonly kind: 'etag'; readonly negated: boolean; readonly etag: string; readonly weak: boolean };

/** All conditions of one list must hold; `tag` is the resource they speak of, absent for the request's own. */
export type IfList = { readonly tag: string | undefined; readonly conditions: readonly IfCondition[] };

const MAX_LISTS = 100;

const SPACE = /[ \t]*/y;
const TAG = /<([a-z][a-z0-9+.-]*:[\x21-\x3b\x3d\x3f-\x7e]*|\/[\x21-\x3b\x3d\x3f-\x7e]*)>/iy;
const TOKEN = /<([a-z][a-z0-9+.-]*:[\x21-\x3b\x3d\x3f-\x7e]+)>/iy;
const ETAG = /\[[ \t]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*\]/y;
const NOT = /not(?=[ \t<[])/iy;

/**
 * The `If` header: `If = 1*No-tag-list | 1*Tagged-list`, `List = "(" 1*Condition ")"` (RFC 4918 §10.4.2).
 * @throws GatewayError `bad-request` for anything that does not follow the grammar
 */
export function parseIf(header: string): readonly IfList[] {
  const reader = new Reader(header);
  const lists: IfList[] = [];
  const tagged = reader.sees('<');
  let tag: string | undefined;
  while (!reader.atEnd()) {
    if (reader.sees('<')) {
      if (!tagged) throw malformed();
      tag = reader.take(TAG)[1];
      lists.push(readList(reader, tag));
      continue;
    }
    lists.push(readList(reader, tag));
    if (lists.length > MAX_LISTS) throw new GatewayError('bad-request', `an If header has at most ${MAX_LISTS} lists`);
  }
  if (lists.length === 0) throw malformed();
  return lists;
}

function readList(reader: Reader, tag: string | undefined): IfList {
  reader.expect('(');
  const conditions: IfCondition[] = [];
  while (!reader.sees(')')) conditions.push(readCondition(reader));
  reader.expect(')');
  if (conditions.length === 0) throw malformed();
  return { tag, conditions };
}

function readCondition(reader: Reader): IfCondition {
  const negated = reader.tryTake(NOT) !== undefined;
  const etag = reader.tryTake(ETAG);
  if (etag) return { kind: 'etag', negated, etag: etag[2] ?? '', weak: etag[1] !== undefined };
  return { kind: 'token', negated, token: reader.take(TOKEN)[1] ?? '' };
}

function malformed(): GatewayError {
  return new GatewayError('bad-request', 'the If header is malformed');
}

/** Reads a header from left to right, passing over white space between its parts. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skipSpace();
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  sees(character: string): boolean {
    return this.#text[this.#at] === character;
  }

  expect(character: string): void {
    if (!this.sees(character)) throw malformed();
    this.#at += 1;
    this.#skipSpace();
  }

  /** @param pattern sticky */
  tryTake(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    this.#skipSpace();
    return found;
  }

  take(pattern: RegExp): RegExpExecArray {
    const found = this.tryTake(pattern);
    if (found === undefined) throw malformed();
    return found;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }
}
