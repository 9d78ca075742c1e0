/**
 * The first field that cannot be a member or element, because another is inside it: `period` beside `period.begin`.
 * @returns both names
 */
export function valueAndGroup(names: readonly string[]): readonly [value: string, inside: string] | undefined {
  const values = new Set(names);
  for (const name of names) {
    const parts = name.split('.');
    for (let length = 1; length < parts.length; length += 1) {
      const group = parts.slice(0, length).join('.');
      if (values.has(group)) return [group, name];
    }
  }
  return undefined;
}
