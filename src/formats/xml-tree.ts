import type { Field } from '../domain/flow.ts';

/** An element that holds the value of a field. */
export type XmlLeaf = {
  readonly kind: 'leaf';
  readonly index: number;
  readonly place: number;
  /** Whether spaces around the value are part of it. */
  readonly isText: boolean;
};

/** An element that holds others, in their order. `repeats`: it may occur several times, one behind the other. */
export type XmlGroup = {
  readonly kind: 'group';
  readonly place: number;
  readonly children: Map<string, XmlNode>;
  readonly repeats: boolean;
};

export type XmlNode = XmlLeaf | XmlGroup;

/**
 * The elements of one record: `period.begin` is an element `begin` inside an element `period`. Their order is that of the
 * layout.
 * @param repeats the path of the group that may occur several times
 * @throws TypeError where one field name is also the parent of another, which the configuration refuses before
 */
export function xmlTree(fields: readonly Field[], repeats?: string): XmlGroup {
  const root = newGroup(0, false);
  for (const [index, field] of fields.entries()) {
    const path = field.name.split('.');
    const last = path.pop() ?? '';
    let group = root;
    for (const [depth, part] of path.entries()) {
      const known = group.children.get(part);
      const isRepeated = path.slice(0, depth + 1).join('.') === repeats;
      const next: XmlNode = known ?? newGroup(group.children.size, isRepeated);
      if (next.kind !== 'group') throw new TypeError(`${field.name}: ${part} is a value and a group`);
      group.children.set(part, next);
      group = next;
    }
    if (group.children.has(last)) throw new TypeError(`${field.name} stands in the layout twice`);
    const place = group.children.size;
    group.children.set(last, { kind: 'leaf', index, place, isText: field.type.kind === 'text' });
  }
  return root;
}

function newGroup(place: number, repeats: boolean): XmlGroup {
  return { kind: 'group', place, children: new Map(), repeats };
}

/** Positions of the values inside a group. */
export function leavesOf({ children }: XmlGroup): readonly number[] {
  return [...children.values()].flatMap((node) => (node.kind === 'leaf' ? [node.index] : leavesOf(node)));
}
