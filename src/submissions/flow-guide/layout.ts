import type { Field, Flow, LayoutVersion } from '../../domain/flow.ts';
import type { Language } from '../../domain/partner.ts';
import { notation } from '../../formats/field-notation.ts';
import { meaningIn } from '../../texts/field-meanings.ts';
import { type Say, sayIn } from '../../texts/flow-say.ts';
import { columnsText } from './fixed-width.ts';
import { changeWords } from './kind.ts';
import { code, list, table } from './markdown.ts';

/** What fields mean, by layout version and name: what stands behind them in the configuration. */
export type Meanings = ReadonlyMap<string, ReadonlyMap<string, string>>;

const ROLES: ReadonlyMap<string, 'role-unique' | 'role-own' | 'role-filled' | 'role-employer'> = new Map([
  ['reference', 'role-unique'],
  ['quality', 'role-own'],
  ['qualityBegin', 'role-own'],
  ['qualityEnd', 'role-own'],
  ['replacedBy', 'role-filled'],
  ['employer', 'role-employer'],
]);

/** What the words of a page depend on. */
export type Wording = { readonly meanings: Meanings; readonly language: Language };

/** One field as a partner must know it. */
export type FieldRow = {
  /** Column, place among the columns, `element` or `member` in the language of the reader. */
  readonly position: string;
  readonly name: string;
  readonly form: string;
  readonly required: 'yes' | 'no' | 'with its group';
  readonly meaning: string;
  /** The data block it is in; undefined where it goes to nobody. */
  readonly block: string | undefined;
};

/** One version of the layout: its fields, and what they must be to each other. */
export function layoutSection(flow: Flow, layout: LayoutVersion, wording: Wording): string {
  const { version, validFrom, validUntil } = layout;
  const until = validUntil === undefined ? '' : ` until ${validUntil}`;
  const rules = rulesOf(layout, wording.language);
  return [
    `### Version ${version}, for files received from ${validFrom}${until}`,
    table(
      ['Position', 'Field', 'Form', 'Required', 'Meaning', 'Data block'],
      fieldRows(flow, layout, wording).map(({ position, name, form, required, meaning, block }) => [
        ...[position, code(name), form, required, meaning],
        block ?? 'goes to nobody',
      ]),
    ),
    ...(rules.length === 0 ? [] : [list(rules)]),
  ].join('\n\n');
}

/** The fields of a layout, in its order. */
export function fieldRows(flow: Flow, layout: LayoutVersion, { meanings, language }: Wording): readonly FieldRow[] {
  const say = sayIn(language);
  return layout.fields.map((field, index) => {
    const said = meanings.get(layout.version)?.get(field.name);
    const roles = Object.entries(layout.roles).flatMap(([role, name]) => {
      const text = name === field.name ? ROLES.get(role) : undefined;
      return text === undefined ? [] : [say(text)];
    });
    const meaning = [...(said === undefined ? [] : [meaningIn(said, language)]), ...roles];
    // Without the person and the day nothing can be decided, whatever the layout says.
    const isNeeded = field.required === true || [layout.roles.person, layout.roles.periodBegin].includes(field.name);
    return {
      position: positionOf(flow, { field, index }, say),
      name: field.name,
      form: notation(field.type),
      required: isNeeded ? 'yes' : field.required === 'in-group' ? 'with its group' : 'no',
      meaning: joined([...new Set(meaning)], say),
      block: flow.blocks.find(({ fields }) => fields.includes(field.name))?.name,
    };
  });
}

function joined([first = '', ...rest]: readonly string[], say: Say): string {
  return rest.reduce((one, other) => say('both', { one, other }), first);
}

type Placed = { readonly field: Field; readonly index: number };

function positionOf({ format }: Flow, { field: { columns }, index }: Placed, say: Say): string {
  if (columns !== undefined) return columnsText(columns);
  if (format.kind === 'delimited') return String(index + 1);
  return say(format.kind === 'xml' ? 'element' : 'member');
}

/** What the fields of a record must be to each other, a sentence each. */
export function rulesOf(layout: LayoutVersion, language: Language): readonly string[] {
  const say = sayIn(language);
  const { periods, roles, totals, births } = layout;
  const own = roles.periodEnd === undefined ? [] : [{ begin: roles.periodBegin, end: roles.periodEnd }];
  const pairs = new Map([...periods, ...own].map((pair) => [`${pair.begin} ${pair.end}`, pair]));
  return [
    ...[...pairs.values()].map(({ begin, end }) => say('rule-period', { begin: code(begin), end: code(end) })),
    ...totals.map(({ sum, equals }) => say('rule-total', { sum: sum.map(code).join(' + '), equals: code(equals) })),
    ...births.map(({ date, insz }) => say('rule-birth', { date: code(date), insz: code(insz) })),
    ...changeWords(layout, say),
  ];
}
