import fc from 'fast-check';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ADRM, ADRM_ACT, ADRM_TASK, SECTORS } from './run-batch-fixture.ts';

/** Random directories, acts and files of addresses: mostly right, and wrong in every way a row can be. */

export const PERSONS = [
  '74031295170',
  '85113098277',
  '00022993779',
  '68451597725',
  '12070496422',
  '74031289925',
] as const;
export const [REPLACED, REPLACEMENT] = ['68451597725', '00022993779'];
const HOLDERS = ['10;0', '7;0', '7;1', '11;0', '25;0', '12;3'] as const;
/** Institutions that know some of them. */
export const HOLDERS_OF_LINES = [
  { sector: 10, type: 0 },
  { sector: 7, type: 0 },
  { sector: 7, type: 1 },
  { sector: 25, type: 0 },
] as const;
const QUALITIES = ['010', '101', '102', '999'] as const;
const DAYS = ['1999-12-31', '2010-01-01', '2019-04-01', '2026-01-05', '2026-12-31'] as const;

const line = fc
  .tuple(
    fc.constantFrom(...PERSONS),
    fc.constantFrom(...HOLDERS),
    fc.constantFrom('010', '101', '102'),
    fc.constantFrom(...DAYS.slice(0, 3)),
    fc.constantFrom('', '2025-12-31', '2026-01-05', '2030-01-01'),
  )
  .map(([person, holder, quality, begin, end]) => `${person};${holder};${quality};0;${begin};${end};`);

/** What a person has, and one who has another number now. */
export const DIRECTORY = fc
  .array(line, { minLength: 4, maxLength: 24 })
  .map((lines) => withoutOverlap(lines))
  .map((lines) => [
    ...lines.filter((one) => !one.startsWith(REPLACED)),
    ...(lines.some((one) => one.startsWith(REPLACEMENT)) ? [] : [`${REPLACEMENT};;;;;;;`]),
    `${REPLACED};;;;;;;${REPLACEMENT}`,
  ]);

/** Two lines of a person, sector and quality may not overlap. */
function withoutOverlap(lines: readonly string[]): readonly string[] {
  const byKey = new Map(lines.map((one) => [one.replace(/^(\d+;\d+);\d+(;\d+).*/, '$1$2'), one]));
  return [...byKey.values()];
}

const receiver = fc.record({
  institution: fc.constantFrom(
    { sector: 10, type: 0 },
    { sector: 7, type: 0 },
    { sector: 7, type: 1 },
    { sector: 11, type: 205 },
    { sector: 25, type: 0 },
  ),
  qualities: fc.subarray([...QUALITIES], { minLength: 1 }),
  blocks: fc.subarray(['key', 'address', 'origin', 'quality']),
});

const FORMATS: readonly BatchTask['receivers'][number]['output'][] = [
  undefined,
  { kind: 'delimited', separator: ';', header: false, charset: 'utf-8' },
  { kind: 'json-lines' },
];

export const TASK: fc.Arbitrary<Omit<BatchTask, 'contents'>> = fc
  .record({
    acts: fc.array(fc.array(receiver, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    environment: fc.constantFrom('R', 'R', 'R', 'S', 'T'),
    senderLine: fc.constantFrom('none', 'none', 'required'),
    format: fc.constantFrom(...FORMATS, undefined),
  })
  .map(({ acts, environment, senderLine, format }) => ({
    ...ADRM_TASK,
    environment,
    flow: { ...ADRM, senderLine },
    sectors: SECTORS.map((sector) =>
      sector.number === 11 ? { ...sector, managingInstitution: ADRM_TASK.receivers[2]?.partner } : sector,
    ),
    authorizations: acts.map((receivers, index) => ({ ...ADRM_ACT, id: `act-${index}`, receivers })),
    receivers: ADRM_TASK.receivers.map((one, index) => (index === 1 ? { ...one, output: format } : one)),
  }));

const HEADER =
  'record_no;ticket;ssin;ssin_replaced_by;mutation_code;effective_date;street;house_no;box;postal_code;municipality_nis;country_nis;source;quality_code;quality_begin;quality_end';
const UUID = '7d1c0b8e-0000-4000-8000-000000000001';
const often = <T>(usual: T, ...others: readonly T[]) =>
  fc.constantFrom(...Array.from({ length: 60 }, () => usual), ...others);

const row = fc
  .tuple(
    often('1', '', 'x', '0012345', '12345678'),
    often(UUID, 'not-a-uuid', ''),
    fc.constantFrom(...PERSONS, ...PERSONS, '74031295171', ''),
    often('', '00022993779', '12070496422', '1'),
    often('ADR', 'NAM', 'XXX'),
    fc.constantFrom('2026-01-05', '2019-04-01', '2026-02-30', '1899-12-31', '2150-01-01', '2025-12-31'),
    often(
      'Kaai',
      'Rue de l’Église',
      'Rue de l’Église',
      '"Kaai"',
      '"Kaai"',
      '"Kaai; achter"',
      '"a ""b"""',
      '\ufeffKaai',
      '',
      'a"b',
    ),
    often('12', 'bis', '12345678901'),
    often('', 'B'),
    often('1000', '"1000"'),
    often('21004', '2100'),
    often('00150', '150x'),
    often('RR', 'KSZ', 'ZZ'),
    often('010', '777'),
    often('2019-04-01', '2019-02-29'),
    often('', '2026-12-31', '2001-01-01'),
  )
  .map((values) => values.join(';'));

/** Some rows are none. */
const anyRow = fc.oneof({ weight: 20, arbitrary: row }, { weight: 1, arbitrary: fc.constantFrom('', 'a;b', '"open') });

export const FILE: fc.Arbitrary<string> = fc
  .record({
    rows: fc.array(anyRow, { minLength: 1, maxLength: 60 }),
    lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
    isEnded: fc.boolean(),
    mark: often('', '\ufeff'),
  })
  .map(({ rows, lineEnd, isEnded, mark }) => `${mark}${[HEADER, ...rows].join(lineEnd)}${isEnded ? lineEnd : ''}`);
