import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import type { FlowFile, LayoutFile } from './schema-flow.ts';
import type { Path } from './yaml-file.ts';

export type TypeName = LayoutFile['fields'][number]['type'];

/** A field that one layout must have, of one of the types. */
export function fieldProblems(
  flow: ReadFile<FlowFile>,
  index: number,
  inside: Path,
  name: string,
  types: readonly TypeName[],
): Problem[] {
  const fields = flow.value.layouts[index]?.fields ?? [];
  const field = fields.find((one) => one.name === name);
  const path = ['layouts', index, ...inside];
  if (field === undefined) {
    const names = fields.map((one) => one.name);
    return [flow.places.at(path, `this layout has no field "${name}"`, choose(name, names, 'field'))];
  }
  if (types.includes(field.type)) return [];
  const message = `the field "${name}" is of type ${field.type}; needed is ${types.join(' or ')}`;
  return [flow.places.at(path, message, 'name another field, or correct its type')];
}
