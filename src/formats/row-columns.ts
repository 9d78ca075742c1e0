import { widestOf } from '../domain/field-width.ts';
import type { DateForm, Field, FieldType, LayoutVersion } from '../domain/flow.ts';
import { widthOf } from '../domain/format.ts';
import { isDate } from './field-forms.ts';
import type { OutputPlan } from './open-format.ts';
import { positionOf } from './plain-conditions.ts';
import type { LineBytes } from './row-bytes.ts';

/** How the bytes of a value become those that are written. */
export const AS_IT_IS = 0;
/** `yyyyMMdd` → `yyyy-MM-dd`, and back. */
export const WITH_HYPHENS = 1;
export const WITHOUT_HYPHENS = 2;
/** A decimal comma becomes a point. */
export const WITH_POINT = 3;

export type ByteForm = typeof AS_IT_IS | typeof WITH_HYPHENS | typeof WITHOUT_HYPHENS | typeof WITH_POINT;

export type LinePart = 'quality' | 'begin' | 'end';

/** Where the value of a field comes from. `field`: its place in the layout of the file. */
export type RowColumn =
  | { readonly from: 'row'; readonly field: number; readonly form: ByteForm }
  /** The receiver's own line. */
  | { readonly from: 'line'; readonly field: number; readonly part: LinePart; readonly form: DateForm }
  /** No value, and no member either where the record has none. */
  | { readonly from: 'nothing'; readonly field: number }
  /** The layout of the file does not have this field. */
  | { readonly from: 'nowhere' };

export type RowPlan = OutputPlan & {
  /** The layout of the file; the other is as the receiver gets it. */
  readonly from: LayoutVersion;
  /** By field of the layout that is written: its place in the layout of the file, or -1. */
  readonly positions: readonly number[];
  /** The fields of these rows, by field of the layout that is written. */
  readonly mask: readonly boolean[];
  readonly line: LineBytes;
};

const QUALITY_DIGITS = 3;

/**
 * The columns of the rows of one plan, by field of the layout that is written.
 * @returns undefined where a value may have to be written as no range of the row has it
 */
export function rowColumns(plan: RowPlan): readonly RowColumn[] | undefined {
  const columns: RowColumn[] = [];
  for (const [index, field] of plan.layout.fields.entries()) {
    const column = columnOf(plan, field, plan.positions[index] ?? -1);
    if (column === undefined) return undefined;
    columns.push(column);
  }
  return columns;
}

function columnOf(plan: RowPlan, field: Field, position: number): RowColumn | undefined {
  const source = plan.from.fields[position];
  if (source === undefined) return { from: 'nowhere' };
  // A value is right by the rules of its own layout.
  if (JSON.stringify(source.type) !== JSON.stringify(field.type)) return undefined;
  const part = linePartOf(plan.from, position);
  if (part !== undefined) return { from: 'line', field: position, part, form: dayForm(plan, field) };
  // Rows of replaced persons are not written here, and nobody else's number is replaced.
  if (source.name === plan.from.roles.replacedBy) return { from: 'nothing', field: position };
  return { from: 'row', field: position, form: byteForm(plan, field) };
}

function linePartOf(layout: LayoutVersion, position: number): LinePart | undefined {
  const { quality, qualityBegin, qualityEnd } = layout.roles;
  const isAt = (name: string | undefined) => name !== undefined && positionOf(layout, name) === position;
  if (isAt(quality)) return 'quality';
  if (isAt(qualityBegin)) return 'begin';
  return isAt(qualityEnd) ? 'end' : undefined;
}

/** As days of the receiver's line are written in this field. */
function dayForm(plan: RowPlan, field: Field): DateForm {
  const { type } = field;
  return type.kind === 'date' || type.kind === 'incomplete-date' ? writtenForm(plan, field, type.form) : 'yyyy-MM-dd';
}

function byteForm(plan: RowPlan, field: Field): ByteForm {
  const { type } = field;
  if (plan.output === undefined) return AS_IT_IS;
  if (type.kind === 'decimal') return type.point === ',' ? WITH_POINT : AS_IT_IS;
  if (type.kind !== 'date' && type.kind !== 'incomplete-date') return AS_IT_IS;
  const written = writtenForm(plan, field, type.form);
  if (written === type.form) return AS_IT_IS;
  return written === 'yyyyMMdd' ? WITHOUT_HYPHENS : WITH_HYPHENS;
}

/** In the form of the flow, or in that of a receiver with a format of its own. */
function writtenForm({ output }: RowPlan, { name }: Field, form: DateForm): DateForm {
  if (output === undefined) return form;
  const columns = output.kind === 'fixed-width' ? output.columns[name] : undefined;
  return columns !== undefined && widthOf(columns) === 'yyyyMMdd'.length ? 'yyyyMMdd' : 'yyyy-MM-dd';
}

/** The most characters that stand in this column. */
export function widestIn(column: RowColumn, { type }: Field): number {
  switch (column.from) {
    case 'row':
      if (isDate(type)) return Math.max(widestOf(type), column.form === WITH_HYPHENS ? 'yyyy-MM-dd'.length : 0);
      return widestOf(type);
    case 'line':
      return column.part === 'quality' ? QUALITY_DIGITS : column.form.length;
    default:
      return 0;
  }
}

/** Whether a value of this type may hold one of these characters. */
export function mayHold(type: FieldType, special: RegExp): boolean {
  switch (type.kind) {
    case 'text':
      return true;
    case 'code':
      return type.values.some((value) => special.test(value));
    case 'decimal':
      return special.test(type.point);
    default:
      return false;
  }
}
