import { valueAndGroup } from '../domain/field-path.ts';
import { widestOf } from '../domain/field-width.ts';
import { widthOf } from '../domain/format.ts';
import { fieldOf } from './flow-fields.ts';
import { choose, type Problem } from './problems.ts';
import type { ReadFile } from './read-file.ts';
import {
  columnProblems,
  type FixedWidthFile,
  MOST_SUM_DIGITS,
  type Placed,
  shapeProblems,
} from './references-columns.ts';
import type { FlowFile, LayoutFile } from './schema-flow.ts';
import type { Path, Places } from './yaml-file.ts';

type FieldFile = LayoutFile['fields'][number];

/** Types whose values are digits alone, so that a trailer can add them up. */
const SUMMED: readonly FieldFile['type'][] = ['integer', 'cents', 'digits', 'insz'];

/** A format and the layouts it reads go together. */
export function formatProblems(flow: ReadFile<FlowFile>): Problem[] {
  const { places, value } = flow;
  const { format, layouts } = value;
  if (format.kind === 'fixed-width') {
    return [
      ...shapeProblems(places, ['format'], format),
      ...layouts.flatMap((layout, index) => detailProblems(places, layout, index, format)),
      ...layouts.flatMap((layout) => sumProblems(places, ['format'], format, layout.fields)),
      ...headerVersionProblems(flow, format),
    ];
  }
  const columns = layouts.flatMap((layout, index) =>
    layout.fields.flatMap((field, position) =>
      field.columns === undefined
        ? []
        : [
            places.at(
              fieldPath(index, position, 'columns'),
              `${format.kind} records have no columns`,
              'leave this out',
            ),
          ],
    ),
  );
  if (format.kind === 'delimited') return columns;
  return [
    ...columns,
    ...treeProblems(flow),
    ...(format.kind === 'xml' ? [...rootVersionProblems(flow), ...repeatProblems(flow)] : []),
  ];
}

/** Sums of a trailer name fields that hold digits. */
export function sumProblems(
  places: Places,
  path: Path,
  format: FixedWidthFile,
  fields: readonly FieldFile[],
): Problem[] {
  return (format.trailer?.sums ?? []).flatMap(({ field: name }, index): Problem[] => {
    const at = [...path, 'trailer', 'sums', index, 'field'];
    const field = fields.find((one) => one.name === name);
    if (field === undefined) {
      const names = fields.filter((one) => SUMMED.includes(one.type)).map((one) => one.name);
      return [places.at(at, `a layout has no field "${name}"`, choose(name, names, 'field'))];
    }
    if (field.type === 'digits' && field.length > MOST_SUM_DIGITS) {
      const message = `the field "${name}" has ${field.length} digits; a sum is exact up to ${MOST_SUM_DIGITS}`;
      return [places.at(at, message, 'leave this sum out')];
    }
    if (SUMMED.includes(field.type) && !(field.type === 'cents' && field.signed)) return [];
    const message = `the field "${name}" is of type ${field.type}; a sum needs digits without a sign`;
    return [places.at(at, message, 'name another field, or correct its type')];
  });
}

function detailProblems(places: Places, layout: LayoutFile, index: number, format: FixedWidthFile): Problem[] {
  const problems: Problem[] = [];
  const placed: Placed[] = [];
  for (const [position, field] of layout.fields.entries()) {
    const { name, columns } = field;
    if (columns === undefined) {
      const message = `the field "${name}" has no columns`;
      problems.push(places.at(fieldPath(index, position, 'name'), message, 'add "columns", as in 2-8'));
      continue;
    }
    const path = fieldPath(index, position, 'columns');
    placed.push({ columns, what: `the field "${name}"`, path });
    const widest = widestOf(fieldOf(field).type);
    if (widthOf(columns) < widest) {
      const message = `the field "${name}" has up to ${widest} characters and ${widthOf(columns)} columns`;
      problems.push(places.at(path, message, 'give it more columns, or correct its type'));
    }
  }
  return [...problems, ...columnProblems(places, placed, format)];
}

/** Two layouts of one day are told apart by what the file says. */
function headerVersionProblems({ places, value }: ReadFile<FlowFile>, format: FixedWidthFile): Problem[] {
  const field = format.header?.fields.find((one) => one.is === 'version');
  if (field === undefined) {
    if (!overlap(value.layouts)) return [];
    const remedy = 'add a field of the header with "is: version", or end one layout before the other begins';
    return [
      places.atKey(['layouts'], 'two layouts are valid at once, and no header says which a file follows', remedy),
    ];
  }
  return value.layouts.flatMap(({ version }, index) =>
    version.length <= widthOf(field.columns)
      ? []
      : [
          places.at(
            ['layouts', index, 'version'],
            `version "${version}" does not fit the header`,
            `write up to ${widthOf(field.columns)} characters`,
          ),
        ],
  );
}

function rootVersionProblems({ places, value }: ReadFile<FlowFile>): Problem[] {
  if (value.format.kind !== 'xml' || value.format.versionAttribute !== undefined || !overlap(value.layouts)) return [];
  const remedy = 'add "versionAttribute", or end one layout before the other begins';
  return [places.atKey(['layouts'], 'two layouts are valid at once, and nothing says which a file follows', remedy)];
}

/** What is of one record alone must stand in the group that makes one: who it is about, its number and references. */
const OF_ONE_RECORD = ['person', 'number', 'reference', 'cancels', 'questionTicket'] as const;

function repeatProblems({ places, value }: ReadFile<FlowFile>): Problem[] {
  const { format, layouts } = value;
  if (format.kind !== 'xml' || format.repeats === undefined) return [];
  const inside = `${format.repeats}.`;
  return layouts.flatMap(({ fields, roles }, index): Problem[] => {
    if (!fields.some(({ name }) => name.startsWith(inside))) {
      const message = `no field stands inside "${format.repeats}"`;
      return [places.at(['format', 'repeats'], message, 'name a group, as period is of period.begin')];
    }
    return OF_ONE_RECORD.filter((role) => roles[role]?.startsWith(inside) === false).map((role) => {
      const message = `"${roles[role]}" would be the same for every "${format.repeats}" of an element`;
      return places.at(['layouts', index, 'roles', role], message, `name a field inside "${format.repeats}"`);
    });
  });
}

function treeProblems({ places, value }: ReadFile<FlowFile>): Problem[] {
  return value.layouts.flatMap((layout, index) => {
    const names = layout.fields.map((field) => field.name);
    const clash = valueAndGroup(names);
    if (clash === undefined) return [];
    const message = `"${clash[0]}" is a value, and "${clash[1]}" would be inside it`;
    return [places.at(fieldPath(index, names.indexOf(clash[0]), 'name'), message, 'rename one of the two')];
  });
}

const LATER = '9999-12-31';

function overlap(layouts: readonly LayoutFile[]): boolean {
  return layouts.some((one, index) =>
    layouts.some(
      (other, position) =>
        position > index &&
        one.validFrom <= (other.validUntil ?? LATER) &&
        other.validFrom <= (one.validUntil ?? LATER),
    ),
  );
}

function fieldPath(layout: number, position: number, key: string): Path {
  return ['layouts', layout, 'fields', position, key];
}
