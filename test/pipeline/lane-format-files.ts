import fc from 'fast-check';
import { type CharacterClass, type Charset, canBeWritten } from '../../src/domain/charset.ts';
import type { Field, FieldType, Flow, LayoutVersion } from '../../src/domain/flow.ts';
import {
  type Columns,
  type FixedWidthShape,
  type FlowFormat,
  type OutputFormat,
  widthOf,
} from '../../src/domain/format.ts';
import { codecOf } from '../../src/formats/charsets.ts';
import { recordWriter } from '../../src/formats/open-format.ts';
import type { Value } from '../../src/formats/record-format.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { HOLDERS_OF_LINES, PERSONS, REPLACED, REPLACEMENT } from './lane-files.ts';
import { ADRM, ADRM_ACT, ADRM_TASK, date } from './run-batch-fixture.ts';

/** One layout with a field of each kind, files of it in each format, and receivers that want it in others. */

/** Everybody is known to all receivers, some of them for a time. */
export const LINES: readonly string[] = PERSONS.flatMap((person, index) =>
  person === REPLACED
    ? [`${person};;;;;;;${REPLACEMENT}`]
    : ['10;0;010;0;2010-01-01', '7;0;101;0;2019-04-01', '25;0;102;0;1999-12-31'].map(
        (line, at) => `${person};${line};${(index + at) % 3 === 0 ? '2030-01-01' : ''};`,
      ),
);

export const INPUTS = ['delimited', 'fixed-width', 'fixed-width-cp500', 'json-lines', 'xml', 'xml-latin1'] as const;
export type Input = (typeof INPUTS)[number];

type Place = readonly [field: Field, first: number, last: number];

function placesOf(dateForm: 'yyyy-MM-dd' | 'yyyyMMdd', point: '.' | ','): readonly Place[] {
  const day: FieldType = { kind: 'date', form: dateForm };
  const text = (maxLength: number): FieldType => ({ kind: 'text', maxLength });
  const field = (name: string, type: FieldType, required = false): Field => ({ name, type, required });
  const fields: readonly (readonly [Field, number])[] = [
    [field('no', { kind: 'integer', maxDigits: 7 }, true), 7],
    [field('ssin', { kind: 'insz' }, true), 11],
    [field('day', day, true), 10],
    [field('end', day), 10],
    [field('kind', { kind: 'code', values: ['A;R', 'NAM', 'D<E'] }, true), 3],
    [field('status', { kind: 'code', values: ['0', '1', '12'] }), 2],
    [field('where.street', text(12), true), 12],
    [field('where.no', { kind: 'integer', maxDigits: 4 }), 5],
    [field('where.box', text(4)), 6],
    [field('amount', { kind: 'cents', maxDigits: 9, signed: false }, true), 9],
    [field('change', { kind: 'cents', maxDigits: 6, signed: true }), 8],
    [field('price', { kind: 'decimal', maxDigits: 5, decimals: 2, point, signed: false }), 8],
    [field('employer', { kind: 'kbo' }), 10],
    [field('renewed', { kind: 'insz' }), 11],
    [field('quality', { kind: 'digits', length: 3 }), 4],
    [field('since', day), 10],
    [field('until', day), 10],
    [field('flag', { kind: 'boolean' }), 5],
  ];
  let next = 2;
  return fields.map(([one, width]) => {
    const first = next;
    next += width;
    return [one, first, next - 1];
  });
}

const RECORD_LENGTH = 160;
const NOTE: Columns = { first: 144, last: 150 };
const SUMS = [
  { field: 'amount', columns: { first: 9, last: 14 } },
  { field: 'ssin', columns: { first: 15, last: 27 } },
];

function fixed(charset: FixedWidthShape['charset'], lineEnd: FixedWidthShape['lineEnd'], hasSums: boolean) {
  return {
    kind: 'fixed-width',
    ...{ charset, lineEnd, recordLength: RECORD_LENGTH, recordType: { first: 1, last: 1 }, detail: { type: 'D' } },
    trailer: { type: 'T', count: { first: 2, last: 8 }, sums: hasSums ? SUMS : [] },
  } as const satisfies FixedWidthShape;
}

const XML = { kind: 'xml', root: 'Forms', record: 'Form' } as const;

const FORMATS: Readonly<Record<Input, FlowFormat>> = {
  delimited: { kind: 'delimited', separator: ';', header: true, charset: 'utf-8' },
  'fixed-width': fixed('iso-8859-1', 'crlf', true),
  'fixed-width-cp500': fixed('cp500', 'nel', true),
  'json-lines': { kind: 'json-lines' },
  xml: XML,
  'xml-latin1': XML,
};

function layoutOf(places: readonly Place[]): LayoutVersion {
  return {
    version: '1',
    validFrom: date('2020-01-01'),
    fields: places.map(([field, first, last]) => ({ ...field, columns: { first, last } })),
    roles: {
      ...{ number: 'no', person: 'ssin', periodBegin: 'day', periodEnd: 'end', replacedBy: 'renewed' },
      ...{ quality: 'quality', qualityBegin: 'since', qualityEnd: 'until' },
    },
    periods: [{ begin: 'day', end: 'end' }],
    totals: [],
    births: [],
  };
}

/** One field more, and one less. */
function secondOf(first: LayoutVersion): LayoutVersion {
  const fields = first.fields.filter(({ name }) => name !== 'flag');
  return {
    ...first,
    version: '2',
    fields: [...fields, { name: 'note', type: { kind: 'text', maxLength: 5 }, required: false, columns: NOTE }],
  };
}

/** The same fields in other forms. */
function thirdOf(first: LayoutVersion, other: readonly Place[]): LayoutVersion {
  return {
    ...first,
    version: '3',
    fields: first.fields.map((field, index) => ({ ...field, type: other[index]?.[0].type ?? field.type })),
  };
}

function outputs(places: readonly Place[]): readonly (OutputFormat | undefined)[] {
  const own = Object.fromEntries(places.map(([{ name }, first, last]) => [name, { first, last }]));
  const columns = { ...own, note: NOTE };
  // The same fields from the other end.
  const turned = Object.fromEntries(
    Object.entries(columns).map(([name, { first, last }]) => [name, { first: 154 - last, last: 154 - first }]),
  );
  return [
    undefined,
    undefined,
    { kind: 'delimited', separator: ',', header: true, charset: 'iso-8859-15' },
    { kind: 'delimited', separator: ';', header: false, charset: 'utf-8' },
    { ...fixed('iso-8859-1', 'crlf', true), columns },
    { ...fixed('cp500', 'nel', true), columns: turned, recordType: { first: 154, last: 160 } },
    { ...fixed('utf-8', 'lf', false), columns: turned, recordType: { first: 155, last: 156 } },
    { ...XML, charset: 'utf-8' },
    { ...XML, charset: 'iso-8859-1' },
    { kind: 'json-lines' },
  ];
}

export type Planned = { readonly task: Omit<BatchTask, 'contents'>; readonly layout: LayoutVersion };

export function plannedFor(input: Input): fc.Arbitrary<Planned> {
  return fc
    .record({ form: fc.constantFrom('yyyy-MM-dd' as const, 'yyyyMMdd' as const), point: fc.constantFrom('.', ',') })
    .chain(({ form, point }) => {
      const places = placesOf(form, point as '.' | ',');
      const first = layoutOf(places);
      const third = thirdOf(
        first,
        placesOf(form === 'yyyyMMdd' ? 'yyyy-MM-dd' : 'yyyyMMdd', point === '.' ? ',' : '.'),
      );
      const output = fc.constantFrom(...outputs(places));
      const version = fc.constantFrom(undefined, undefined, undefined, '1', '2', '3');
      return fc
        .record({
          outputs: fc.array(output, { minLength: 3, maxLength: 3 }),
          characters: fc.constantFrom(undefined, 'ascii' as const, 'iso-8859-1' as const, 'iso-8859-15' as const),
          versions: fc.array(version, { minLength: 3, maxLength: 3 }),
          blocks: fc.array(fc.subarray(['place', 'money', 'quality', 'rest']), { minLength: 3, maxLength: 3 }),
          senderLine: fc.constantFrom('none' as const, 'required' as const),
        })
        .map((chosen) => {
          const layouts = [first, secondOf(first), third].map((one) => heldTo(one, chosen.characters));
          const outputs = chosen.outputs.map((one) => writable(one, chosen.characters ?? charsetOf(FORMATS[input])));
          return { layout: layouts[0] ?? first, task: taskOf(input, layouts, { ...chosen, outputs }) };
        });
    });
}

function charsetOf(format: FlowFormat | OutputFormat): Charset {
  return 'charset' in format ? (format.charset ?? 'utf-8') : 'utf-8';
}

/** As the configuration asks: no receiver takes a charset that lacks what may come in. */
function writable(output: OutputFormat | undefined, sent: CharacterClass | Charset): OutputFormat | undefined {
  return output !== undefined && canBeWritten(sent, charsetOf(output)) ? output : undefined;
}

function heldTo(layout: LayoutVersion, characters: CharacterClass | undefined): LayoutVersion {
  if (characters === undefined) return layout;
  const fields = layout.fields.map((field) =>
    field.type.kind === 'text' ? { ...field, type: { ...field.type, characters } } : field,
  );
  return { ...layout, fields };
}

type Chosen = {
  readonly outputs: readonly (OutputFormat | undefined)[];
  readonly versions: readonly (string | undefined)[];
  readonly blocks: readonly string[][];
  readonly senderLine: 'none' | 'required';
};

function taskOf(input: Input, layouts: readonly LayoutVersion[], { outputs, versions, blocks, senderLine }: Chosen) {
  const flow: Flow = {
    ...ADRM,
    format: FORMATS[input],
    senderLine,
    layouts,
    blocks: [
      { name: 'key', fields: ['no', 'ssin', 'day', 'end', 'kind', 'renewed'] },
      { name: 'place', fields: ['where.street', 'where.no', 'where.box'] },
      { name: 'money', fields: ['amount', 'change', 'price'] },
      { name: 'quality', fields: ['quality', 'since', 'until'] },
      { name: 'rest', fields: ['status', 'employer', 'flag', 'note'] },
    ],
  };
  const receivers = HOLDERS_OF_LINES.map((institution, index) => ({
    ...{ institution, qualities: ['010', '101', '102'], blocks: blocks[index % 3] ?? [] },
  }));
  return {
    ...ADRM_TASK,
    flow,
    authorizations: [{ ...ADRM_ACT, receivers }],
    receivers: ADRM_TASK.receivers.map((one, index) => {
      const [output, outputVersion] = [outputs[index], versions[index]];
      return { ...one, ...(output && { output }), ...(outputVersion && { outputVersion }) };
    }),
  };
}

const often = <T>(usual: readonly T[], ...others: readonly T[]) =>
  fc.constantFrom(...Array.from({ length: 40 }, () => usual).flat(), ...others);

const none = [undefined, null, ''] as const;

const record: fc.Arbitrary<readonly Value[]> = fc.tuple(
  often<Value>(['1', '77', '1234567'], '0012', '', 'x'),
  fc.constantFrom<Value>(...PERSONS, ...PERSONS, '74031295171'),
  often<Value>(['2026-01-05', '2019-04-01'], '2026-02-30', '1899-12-31', ''),
  often<Value>([...none, '2026-12-31'], '2001-01-01'),
  often<Value>(['A;R', 'NAM', 'D<E'], 'XXX'),
  often<Value>([...none, '0', '12'], '2'),
  often<Value>(['Kaai', 'a, b;c', 'rue "X"', 'a\\b', 'R&D <3>', 'É té', ' x', '12'], '', 'x€y', 'y  ', '\ufeffKaai'),
  often<Value>([...none, '7', '0', '1200'], '0007', '-1'),
  often<Value>([...none, 'B', 'b"', '0'], 'Bbbbb'),
  often<Value>(['0', '5', '123456789'], '0000123', '', '-5'),
  often<Value>([...none, '-5', '0', '-123456', '99'], '-0', '1e3'),
  often<Value>([...none, '1.50', '0.00', '12345.67'], '1.5'),
  often<Value>([...none, '0912345673'], '0912345674', 'BE0912345673'),
  often<Value>([undefined, null, ''], '00022993779'),
  often<Value>([...none, '010', '777'], '1'),
  often<Value>([...none, '2019-04-01'], '2019-02-29'),
  often<Value>([...none, '2026-12-31']),
  often<Value>([...none, 'true', 'false'], 'maybe'),
);

const RECORDS = fc.array(record, { minLength: 1, maxLength: 50 });

/** A file as its sender may write it: some values are wrong, and sometimes one byte of it is another. */
export function fileOf(input: Input, { task, layout }: Planned): fc.Arbitrary<Buffer> {
  const { format: flow } = task.flow;
  const charset = flow.kind === 'fixed-width' ? flow.charset : input === 'xml-latin1' ? 'iso-8859-1' : 'utf-8';
  const all = layout.fields.map(() => true);
  const sender = task.sender.institution;
  const facts = {
    ...{ layoutVersion: '1', environment: task.environment, sender, receiver: sender },
    ...{ receivedOn: date('2026-01-20'), header: new Map<string, string>() },
  };
  return fc
    .record({ records: RECORDS, at: fc.nat(), byte: fc.nat(255), isSpoiled: often([false], true) })
    .map(({ records, at, byte, isSpoiled }) => {
      const writer = recordWriter({ output: undefined, flow, layout, fileMask: all, facts });
      const lines = records.map((values) => writer.record(fitting(values, layout, flow, charset), all));
      const text = `${writer.begin()}${lines.join('')}${writer.end()}`;
      const declared = input === 'xml-latin1' ? text.replace('UTF-8', 'ISO-8859-1') : text;
      const bytes = Buffer.from(codecOf(charset).encode(declared));
      if (isSpoiled) bytes[at % bytes.length] = byte;
      return bytes;
    });
}

/** What cannot be written in this format at all is written otherwise. */
function fitting(values: readonly Value[], { fields }: LayoutVersion, flow: FlowFormat, charset: Charset) {
  return values.map((value, index) => {
    if (value === undefined || value === null) return value;
    const { name, columns } = fields[index] ?? { name: '' };
    const written = charset === 'utf-8' ? value : value.replace(/[^\0-\x7f\xa0-\xff]/g, 'e');
    if (flow.kind !== 'fixed-width' || columns === undefined) return written;
    // A sum of something else than digits is a fault of the file.
    return name === 'amount' && !/^\d+$/.test(written) ? '5' : written.slice(0, widthOf(columns));
  });
}
