import { choose, type Problem } from './problems.ts';
import type { FlowFile, LayoutFile } from './schema-flow.ts';
import type { Path, Places } from './yaml-file.ts';

/** A receiver may want a version that every other one can be written as: it has no field of its own that must be filled. */
export function versionProblems(
  { places, path, flow }: { readonly places: Places; readonly path: Path; readonly flow: FlowFile },
  version: string,
): Problem[] {
  const wanted = flow.layouts.find((layout) => layout.version === version);
  if (wanted === undefined) {
    const versions = flow.layouts.map((layout) => layout.version);
    return [places.at(path, `flow ${flow.code} has no version "${version}"`, choose(version, versions, 'version'))];
  }
  return flow.layouts.flatMap((layout) => {
    const lacking = wanted.fields.find((field) => !canBeFilled(field, layout));
    if (lacking === undefined) return [];
    const message = `version "${layout.version}" of flow ${flow.code} can not fill "${lacking.name}" of version "${version}"`;
    return [places.at(path, message, 'name another version, or make that field not required')];
  });
}

function canBeFilled(field: LayoutFile['fields'][number], from: LayoutFile): boolean {
  const same = from.fields.find(({ name }) => name === field.name);
  return same === undefined ? field.required === false : same.type === field.type;
}
