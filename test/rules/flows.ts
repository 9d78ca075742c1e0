import type { Field, FieldRoles, FieldType, Flow, LayoutVersion } from '../../src/domain/flow.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import { formatFor, inColumns } from './formats.ts';
import type { Random } from './random.ts';
import { INSTITUTIONS, LEVEL_VALUES } from './world.ts';

/** Random flows of one code: which roles a record has, in which format, and how its fields fall into blocks. */

const field = (name: string, type: FieldType, required: Field['required'] = false): Field => ({ name, type, required });
const text = (maxLength: number): FieldType => ({ kind: 'text', maxLength });
const DAY: FieldType = { kind: 'date', form: 'yyyy-MM-dd' };

const CORE = [
  field('no', { kind: 'integer', maxDigits: 7 }, true),
  field('ssin', { kind: 'insz' }, true),
  field('day', DAY, true),
];
/** Groups of fields that a layout may have, with what they mean. */
const GROUPS: readonly { readonly fields: readonly Field[]; readonly roles?: Partial<FieldRoles> }[] = [
  { fields: [field('end', DAY)], roles: { periodEnd: 'end' } },
  { fields: [field('renewed', { kind: 'insz' })], roles: { replacedBy: 'renewed' } },
  { fields: [field('street', text(12)), field('nis', { kind: 'digits', length: 5 }, true)] },
  { fields: [field('kind', { kind: 'code', values: ['ADR', 'NAM'] }, true)] },
  { fields: [field('company', { kind: 'kbo' })] },
  {
    fields: [field('quality', { kind: 'digits', length: 3 }), field('since', DAY), field('until', DAY)],
    roles: { quality: 'quality', qualityBegin: 'since', qualityEnd: 'until' },
  },
  { fields: [field('birth', { kind: 'incomplete-date', form: 'yyyy-MM-dd' })] },
  {
    fields: ['a', 'b', 'total'].map((name) => field(name, { kind: 'cents', maxDigits: 6, signed: true })),
  },
];
/** What makes a record more than a row of the lane. */
const RICH: typeof GROUPS = [
  { fields: [field('employer', { kind: 'kbo' })], roles: { employer: 'employer' } },
  { fields: [field('app', text(8))], roles: { application: 'app' } },
  { fields: [field('user', text(8))], roles: { user: 'user' } },
  { fields: [field('ask', { kind: 'code', values: LEVEL_VALUES })], roles: { question: 'ask' } },
  { fields: [field('info', text(8), true)], roles: { information: 'info' } },
  { fields: [field('ref', text(10), true)], roles: { reference: 'ref' } },
];
const FOLLOWING = [
  { fields: [field('cancels', text(10))], roles: { cancels: 'cancels' } },
  { fields: [field('status', { kind: 'integer', maxDigits: 1 }, true)], changes: true },
];
const NAMING: typeof GROUPS = [
  { fields: [field('to', { kind: 'institution' })], roles: { receiver: 'to' } },
  {
    fields: [field('to', { kind: 'sector' }), field('type', { kind: 'sector' })],
    roles: { receiverSector: 'to', receiverType: 'type' },
  },
  { fields: [field('to', { kind: 'kbo' })], roles: { receiverKbo: 'to' } },
  { fields: [field('to', text(10))], roles: { receiverPartner: 'to' } },
];

function layoutOf(chance: Random, kind: Flow['kind'], isPlain: boolean, isNamed: boolean): LayoutVersion {
  const groups = [...GROUPS.filter(() => chance.chance(0.6))];
  if (!isPlain) groups.push(...RICH.filter(() => chance.chance(0.35)));
  if (kind === 'message' && isNamed) groups.push(chance.of(NAMING));
  const has = (name: string) => groups.some(({ fields }) => fields.some((one) => one.name === name));
  const following = has('ref') ? FOLLOWING.filter(() => chance.chance(0.6)) : [];
  const changes = following.some((one) => 'changes' in one);
  const fields = [...CORE, ...groups.flatMap((group) => group.fields), ...following.flatMap((group) => group.fields)];
  const roles = Object.assign(
    {},
    ...groups.map((group) => group.roles ?? {}),
    ...following.map(({ roles }) => roles ?? {}),
  );
  return {
    version: '1',
    validFrom: '2020-01-01' as IsoDate,
    fields,
    roles: { number: 'no', person: 'ssin', periodBegin: 'day', ...roles },
    ...(changes ? { changes: { field: 'status', values: ['1', '3'] } } : {}),
    periods: [
      ...(has('end') && chance.chance(0.6) ? [{ begin: 'day', end: 'end' }] : []),
      ...(has('since') && chance.chance(0.5) ? [{ begin: 'since', end: 'until' }] : []),
    ],
    totals: has('total') ? [{ sum: ['a', 'b'], equals: 'total' }] : [],
    births: has('birth') ? [{ date: 'birth', insz: 'ssin' }] : [],
  };
}

/** A line to register or to end, and what proves who is meant. */
function integrationLayout(chance: Random): LayoutVersion {
  const naming = chance.of(NAMING.slice(0, 2));
  const birth = field('birth', { kind: 'incomplete-date', form: 'yyyy-MM-dd' });
  return {
    version: '1',
    validFrom: '2020-01-01' as IsoDate,
    fields: [
      ...CORE,
      field('end', DAY),
      field('action', { kind: 'code', values: ['REGISTER', 'UNREGISTER'] }, true),
      field('quality', { kind: 'digits', length: 3 }, true),
      field('phase', { kind: 'integer', maxDigits: 3 }),
      ...naming.fields,
      ...[field('card', text(8)), field('last', text(8)), birth],
    ],
    roles: {
      ...{ number: 'no', person: 'ssin', periodBegin: 'day', periodEnd: 'end' },
      ...{ action: 'action', quality: 'quality', phase: 'phase', ...naming.roles },
    },
    periods: [],
    totals: [],
    births: [{ date: 'birth', insz: 'ssin' }],
    ...(chance.chance(0.7) ? { proofs: [['card'], ['last', 'birth']] } : {}),
  };
}

/** The fields, cut into a key and up to four blocks; a field may stand in none. */
function blocksOf(chance: Random, { fields }: LayoutVersion): Flow['blocks'] {
  const names = fields.map(({ name }) => name);
  const key = names.slice(0, 3);
  const others = ['one', 'two', 'three', 'four'].map((name) => ({ name, fields: [] as string[] }));
  for (const name of names.slice(3)) if (!chance.chance(0.05)) chance.of(others).fields.push(name);
  return [{ name: 'key', fields: key }, ...others.filter((block) => block.fields.length > 0)];
}

/** A second layout that is valid too, where a header tells them apart: it has one column more. */
function layoutsOf(chance: Random, first: LayoutVersion, isToldApart: boolean): readonly LayoutVersion[] {
  if (!isToldApart || chance.chance(0.7)) {
    return [{ ...first, validFrom: chance.mostly(first.validFrom, 0.05, '2026-01-21' as IsoDate) }];
  }
  const ended = chance.chance(0.3) ? { validUntil: chance.of(['2026-01-20', '2026-01-19']) as IsoDate } : {};
  const second = { ...first, version: '2', fields: [...first.fields, field('note', text(5))] };
  return [{ ...first, ...ended }, second];
}

export type Kind = 'mutation' | 'message' | 'integration';

export function flowFor(chance: Random, kind: Kind): Flow {
  const isPlain = kind === 'mutation' && chance.chance(0.55);
  const isNamed = chance.chance(0.85);
  const first = kind === 'integration' ? integrationLayout(chance) : layoutOf(chance, kind, isPlain, isNamed);
  const format = formatFor(chance);
  const isToldApart = format.kind === 'delimited' && format.header;
  return {
    code: 'RULE',
    title: 'Rules',
    kind,
    ...(kind === 'message' && !isNamed ? { receiver: chance.of(INSTITUTIONS) } : {}),
    senderLine:
      kind === 'integration'
        ? 'creates'
        : chance.mostly('none', isPlain ? 0.25 : 0.4, 'required', ...(isPlain ? [] : (['creates'] as const))),
    triggers: ['upload'],
    pattern: '^RULE.*$',
    format,
    layouts: layoutsOf(chance, first, isToldApart).map((layout) => ({ ...layout, fields: inColumns(layout.fields) })),
    blocks: blocksOf(chance, first),
    names: 'reusable',
    namesWindowDays: 180,
    refuseSameContent: false,
    order: 'strict',
    purposes: chance.mostly(['P1'], 0.3, ['P1', 'P2']),
    maxFileBytes: 10_000_000_000,
    keepAnsweredSeconds: 60,
    afterQuarantine: 'overtake',
    holdDays: 30,
    remindAfterDays: [7],
    level: 1,
    source: 'flows/RULE.yaml',
  };
}
