import type { SaxesTagNS } from 'saxes';
import { type ParsedRecord, type RecordFault, structureFault, type Value, WHOLE_RECORD } from './record-format.ts';
import { leavesOf, type XmlGroup, type XmlLeaf, type XmlNode } from './xml-tree.ts';

/** The namespace of `xmlns` attributes (Namespaces in XML 1.0 §3). */
export const XMLNS = 'http://www.w3.org/2000/xmlns/';

const MAX_FIELD_NAME = 64; // as the field names of faults in docs/domain.md §2
const MAX_OCCURRENCES = 1000; // an element of a record takes memory for each of its fields
const MAX_FAULTS = 50; // of one record: a form of another kind would else tell each of its elements
/** What an element should not have; words of no language. */
const NOTHING = '∅';
const DOUBLED = '2×';
const BLANK = /^[ \t\r\n]*$/;
const BLANKS_AROUND = /^[ \t\r\n]+|[ \t\r\n]+$/g;

type Open = {
  readonly group: XmlGroup;
  readonly path: string;
  /** Places of the elements that were there, in the order they came. */
  readonly seen: number[];
  last: number;
  lastName: string;
};

/** What stood in one occurrence of the group that repeats. */
type Occurrence = { readonly values: ReadonlyMap<number, Value>; readonly faults: readonly RecordFault[] };

/**
 * One record while it is read, or several where a group repeats: then each occurrence is one, with what stands around it. Elements must be those of the layout, in its order, each at most once, without attributes; a
 * fault concerns the record alone. What stands in an element that is not known is not read.
 */
export class XmlRecord {
  readonly #namespace: string;
  readonly #values: Value[];
  readonly #shared: RecordFault[] = [];
  readonly #occurrences: Occurrence[] = [];
  /** Faults inside the occurrence that is open. */
  #own: RecordFault[] | undefined;
  readonly #open: Open[];
  #leaf: { readonly leaf: XmlLeaf; readonly path: string; text: string } | undefined;
  /** Elements open inside one that is not read. */
  #skipped = 0;

  constructor(tree: XmlGroup, fieldCount: number, namespace: string, tag: SaxesTagNS) {
    this.#namespace = namespace;
    this.#values = new Array<Value>(fieldCount).fill(undefined);
    this.#open = [opened(tree, '')];
    this.#attributes(tag, '');
  }

  /** An element begins. */
  begin(tag: SaxesTagNS): void {
    if (this.#skipped > 0) {
      this.#skipped += 1;
      return;
    }
    const inside = this.#open.at(-1);
    if (this.#leaf !== undefined || inside === undefined) {
      this.#skip(`${this.#leaf?.path ?? ''}.${tag.local}`, NOTHING);
      return;
    }
    const path = inside.path === '' ? tag.local : `${inside.path}.${tag.local}`;
    const node = tag.uri === this.#namespace ? inside.group.children.get(tag.local) : undefined;
    if (node === undefined) this.#skip(path, NOTHING);
    else if (inside.seen.includes(node.place) && !isNextOccurrence(node, inside)) this.#skip(path, DOUBLED);
    else if (this.#occurrences.length >= MAX_OCCURRENCES && isRepeated(node)) this.#skip(path, `> ${MAX_OCCURRENCES}`);
    else {
      if (node.place < inside.last) this.#fault(path, `< ${inside.lastName}`);
      else {
        inside.last = node.place;
        inside.lastName = tag.local;
      }
      inside.seen.push(node.place);
      if (isRepeated(node)) this.#own = [];
      this.#attributes(tag, path);
      if (node.kind === 'leaf') this.#leaf = { leaf: node, path, text: '' };
      else this.#open.push(opened(node, path));
    }
  }

  text(text: string): void {
    if (this.#skipped > 0) return;
    if (this.#leaf !== undefined) this.#leaf.text += text;
    else if (!BLANK.test(text)) this.#fault(this.#open.at(-1)?.path || WHOLE_RECORD, NOTHING);
  }

  /** An element ends, which is not the one of the record. */
  end(): void {
    if (this.#skipped > 0) this.#skipped -= 1;
    else if (this.#leaf === undefined) {
      const closed = this.#open.pop()?.group;
      if (closed?.repeats === true) this.#occurred(closed);
    } else {
      const { leaf, text } = this.#leaf;
      // Only texts have spaces of their own; XML Schema takes them off every other type too (whiteSpace=collapse).
      this.#values[leaf.index] = leaf.isText ? text : text.replace(BLANKS_AROUND, '');
      this.#leaf = undefined;
    }
  }

  /** @param number of the first record it holds */
  done(number: number): readonly ParsedRecord[] {
    if (this.#occurrences.length === 0) return [{ number, values: this.#values, faults: this.#shared }];
    return this.#occurrences.map(({ values, faults }, index) => ({
      number: number + index,
      values: this.#values.map((value, at) => (values.has(at) ? values.get(at) : value)),
      faults: [...this.#shared, ...faults],
    }));
  }

  /** Keeps what the occurrence holds, and makes room for the next. */
  #occurred(group: XmlGroup): void {
    const values = new Map(leavesOf(group).map((index) => [index, this.#values[index]]));
    for (const index of values.keys()) this.#values[index] = undefined;
    this.#occurrences.push({ values, faults: this.#own ?? [] });
    this.#own = undefined;
  }

  #attributes({ attributes }: SaxesTagNS, path: string): void {
    for (const name in attributes) {
      if (attributes[name]?.uri !== XMLNS) this.#fault(`${path}@${name}`, NOTHING);
    }
  }

  #skip(path: string, detail: string): void {
    this.#skipped = 1;
    this.#fault(path, detail);
  }

  #fault(field: string, detail: string): void {
    const name = field.slice(0, MAX_FIELD_NAME);
    const faults = this.#own ?? this.#shared;
    if (faults.length >= MAX_FAULTS || faults.some((fault) => fault.field === name)) return;
    faults.push(structureFault(name, detail));
  }
}

function isRepeated(node: XmlNode): boolean {
  return node.kind === 'group' && node.repeats;
}

/** Occurrences stand one behind the other. */
function isNextOccurrence(node: XmlNode, { last }: Open): boolean {
  return isRepeated(node) && node.place === last;
}

function opened(group: XmlGroup, path: string): Open {
  return { group, path, seen: [], last: -1, lastName: '' };
}
