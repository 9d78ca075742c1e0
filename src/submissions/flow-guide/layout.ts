import type { Field, Flow, LayoutVersion } from '../../domain/flow.ts';
import { notation } from '../../formats/field-notation.ts';
import { columnsText } from './fixed-width.ts';
import { changeWords } from './kind.ts';
import { code, list, table } from './markdown.ts';

/** What fields mean, by layout version and name: what stands behind them in the configuration. */
export type Meanings = ReadonlyMap<string, ReadonlyMap<string, string>>;

const ROLES: Readonly<Record<string, string>> = {
  reference: 'unique among the records of a sender',
  quality: 'each receiver gets its own',
  qualityBegin: 'each receiver gets its own',
  qualityEnd: 'each receiver gets its own',
  replacedBy: 'filled in for receivers',
  employer: 'the sender is this employer, or has a mandate of it for this flow on the day of receipt',
};

/** One field as a partner must know it. */
export type FieldRow = {
  /** Column, place among the columns, `element` or `member`. */
  readonly position: string;
  readonly name: string;
  readonly form: string;
  readonly required: 'yes' | 'no' | 'with its group';
  readonly meaning: string;
  /** The data block it is in; undefined where it goes to nobody. */
  readonly block: string | undefined;
};

/** One version of the layout: its fields, and what they must be to each other. */
export function layoutSection(flow: Flow, layout: LayoutVersion, meanings: Meanings): string {
  const { version, validFrom, validUntil } = layout;
  const until = validUntil === undefined ? '' : ` until ${validUntil}`;
  const rules = rulesOf(layout);
  return [
    `### Version ${version}, for files received from ${validFrom}${until}`,
    table(
      ['Position', 'Field', 'Form', 'Required', 'Meaning', 'Data block'],
      fieldRows(flow, layout, meanings).map(({ position, name, form, required, meaning, block }) => [
        ...[position, code(name), form, required, meaning],
        block ?? 'goes to nobody',
      ]),
    ),
    ...(rules.length === 0 ? [] : [list(rules)]),
  ].join('\n\n');
}

/** The fields of a layout, in its order. */
export function fieldRows(flow: Flow, layout: LayoutVersion, meanings: Meanings): readonly FieldRow[] {
  return layout.fields.map((field, index) => {
    const roles = Object.entries(layout.roles).filter(([, name]) => name === field.name);
    const said = meanings.get(layout.version)?.get(field.name);
    const meaning = [said, ...roles.map(([role]) => ROLES[role])].filter((text) => text !== undefined);
    // Without the person and the day nothing can be decided, whatever the layout says.
    const isNeeded = field.required === true || [layout.roles.person, layout.roles.periodBegin].includes(field.name);
    return {
      position: positionOf(flow, field, index),
      name: field.name,
      form: notation(field.type),
      required: isNeeded ? 'yes' : field.required === 'in-group' ? 'with its group' : 'no',
      meaning: [...new Set(meaning)].join('; '),
      block: flow.blocks.find(({ fields }) => fields.includes(field.name))?.name,
    };
  });
}

function positionOf({ format }: Flow, { columns }: Field, index: number): string {
  if (columns !== undefined) return columnsText(columns);
  if (format.kind === 'delimited') return String(index + 1);
  return format.kind === 'xml' ? 'element' : 'member';
}

/** What the fields of a record must be to each other, a sentence each. */
export function rulesOf(layout: LayoutVersion): readonly string[] {
  const { periods, roles, totals, births } = layout;
  const own = roles.periodEnd === undefined ? [] : [{ begin: roles.periodBegin, end: roles.periodEnd }];
  const pairs = new Map([...periods, ...own].map((pair) => [`${pair.begin} ${pair.end}`, pair]));
  return [
    ...[...pairs.values()].map(({ begin, end }) => `${code(end)} is not before ${code(begin)}.`),
    ...totals.map(({ sum, equals }) => `${sum.map(code).join(' + ')} is ${code(equals)}.`),
    ...births.map(({ date, insz }) => `${code(date)} is the birth date in ${code(insz)}.`),
    ...changeWords(layout),
  ];
}
