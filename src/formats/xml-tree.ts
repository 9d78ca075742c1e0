import type { Field } from '../domain/flow.ts';

/** An element that holds the value of a field. */
export type XmlLeaf = {
  readonly kind: 'leaf';
  readonly index: number;
  readonly place: number;
  /** Whether spaces around the value are part of it. */
  readonly isText: boolean;
};

/** An element that holds others, in their order. */
export type XmlGroup = { readonly kind: 'group'; readonly place: number; readonly children: Map<string, XmlNode> };

export type XmlNode = XmlLeaf | XmlGroup;

/**
 * The elements of one record: `period.begin` is an element `begin` inside an element `period`. Their order is that of the
 * layout.
 * @throws TypeError where one field name is also the parent of another, which the configuration refuses before
 */
export function xmlTree(fields: readonly Field[]): XmlGroup {
  const root: XmlGroup = { kind: 'group', place: 0, children: new Map() };
  for (const [index, field] of fields.entries()) {
    const path = field.name.split('.');
    const last = path.pop() ?? '';
    let group = root;
    for (const part of path) {
      const known = group.children.get(part);
      const next = known ?? { kind: 'group', place: group.children.size, children: new Map() };
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
