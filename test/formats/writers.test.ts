import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import type { FlowFormat, OutputFormat } from '../../src/domain/format.ts';
import { dateOf } from '../../src/domain/period.ts';
import { codecOf } from '../../src/formats/charsets.ts';
import { type OutputPlan, recordFormat, recordWriter } from '../../src/formats/open-format.ts';
import type { Value } from '../../src/formats/record-format.ts';
import { collect, textLayout } from './collect.ts';

const field = (name: string, type: FieldType, from: number, to: number): Field => ({
  name,
  type,
  required: false,
  columns: { first: from, last: to },
});

const LAYOUT: LayoutVersion = {
  ...textLayout(['x']),
  fields: [
    field('no', { kind: 'integer', maxDigits: 5 }, 2, 6),
    field('text', { kind: 'text', maxLength: 12, characters: 'iso-8859-1' }, 7, 18),
    field('sum.cents', { kind: 'cents', maxDigits: 6, signed: true }, 19, 25),
    field('sum.decimal', { kind: 'decimal', maxDigits: 3, decimals: 2, point: ',', signed: false }, 26, 31),
    field('day', { kind: 'date', form: 'yyyyMMdd' }, 32, 39),
    field('maybe', { kind: 'incomplete-date', form: 'yyyy-MM-dd' }, 40, 49),
    field('code', { kind: 'digits', length: 3 }, 50, 52),
  ],
};
const COLUMNS = Object.fromEntries(LAYOUT.fields.map(({ name, columns = { first: 1, last: 1 } }) => [name, columns]));
const ALL = LAYOUT.fields.map(() => true);
const receivedOn = dateOf(Date.UTC(2026, 0, 20));

const FIXED_SHAPE = {
  kind: 'fixed-width',
  recordLength: 60,
  recordType: { first: 1, last: 1 },
  detail: { type: 'D' },
  trailer: { type: 'T', count: { first: 2, last: 8 }, sums: [] },
} as const;

function plan(flow: FlowFormat, output: OutputFormat | undefined): OutputPlan {
  return {
    output,
    flow,
    layout: LAYOUT,
    fileMask: ALL,
    facts: {
      layoutVersion: '1',
      environment: 'R',
      sender: { sector: 12, type: 0 },
      receiver: { sector: 11, type: 0 },
      receivedOn,
      header: new Map(),
    },
  };
}

function bytesOf(one: OutputPlan, records: readonly (readonly Value[])[], mask = ALL): Buffer {
  const writer = recordWriter(one);
  const text = writer.begin() + records.map((record) => writer.record(record, mask)).join('') + writer.end();
  return codecOf(writer.charset).encode(text);
}

const RECORD = ['7', 'é "x"', '-50', '1.50', '2026-01-05', '1974-00-00', '010'];
const textOf = (flow: FlowFormat, output?: OutputFormat, records = [RECORD]) =>
  bytesOf(plan(flow, output), records).toString();

const CSV = { kind: 'delimited', separator: ';', header: true, charset: 'utf-8' } as const;
const JSON_LINES = { kind: 'json-lines' } as const;
const XML = { kind: 'xml', root: 'A', record: 'B', charset: 'utf-8' } as const;

describe('one record, in each format', () => {
  const header = 'no;text;sum.cents;sum.decimal;day;maybe;code\n';
  test('as its flow has it, dates and decimals keep the form of the flow', () => {
    expect(textOf(CSV)).toBe(`${header}7;"é ""x""";-50;1,50;20260105;1974-00-00;010\n`);
  });

  test('as a receiver wants it, they have the one form', () => {
    expect(textOf(JSON_LINES, CSV)).toBe(`${header}7;"é ""x""";-50;1.50;2026-01-05;1974-00-00;010\n`);
    expect(textOf(CSV, JSON_LINES)).toBe(
      '{"no":7,"text":"é \\"x\\"","sum":{"cents":-50,"decimal":"1.50"},"day":"2026-01-05","maybe":"1974-00-00","code":"010"}\n',
    );
    expect(textOf(CSV, XML)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<A>\n<B><no>7</no><text>é &quot;x&quot;</text><sum><cents>-50</cents>' +
        '<decimal>1.50</decimal></sum><day>2026-01-05</day><maybe>1974-00-00</maybe><code>010</code></B>\n</A>\n',
    );
    const fixed = { ...FIXED_SHAPE, charset: 'utf-8', lineEnd: 'lf', columns: COLUMNS } as const;
    expect(textOf(CSV, fixed)).toBe(
      `${'D00007é "x"       -000050001.50202601051974-00-00010'.padEnd(60)}\n${'T0000001'.padEnd(60)}\n`,
    );
  });

  test('what is absent stays absent', () => {
    const absent: readonly Value[] = ['7', '', undefined, null, '', '', '010'];
    const records = [absent];
    expect(bytesOf(plan(CSV, undefined), records).toString()).toBe(`${header}7;;;;;;010\n`);
    expect(bytesOf(plan(CSV, JSON_LINES), records).toString()).toBe(
      '{"no":7,"text":"","sum":{"decimal":null},"day":null,"maybe":null,"code":"010"}\n',
    );
    expect(bytesOf(plan(CSV, XML), records).toString()).toContain('<B><no>7</no><code>010</code></B>');
  });

  test('zeros in front of a number go into no JSON', () => {
    expect(bytesOf(plan(CSV, JSON_LINES), [['007', '', '-050']]).toString()).toContain(
      '{"no":7,"text":"","sum":{"cents":-50}',
    );
    expect(bytesOf(plan(CSV, JSON_LINES), [['000']]).toString()).toContain('{"no":0');
  });

  test('a character that ISO-8859-1 lacks goes into XML by its number', () => {
    const xml = bytesOf(plan(CSV, { ...XML, charset: 'iso-8859-1' }), [['1', 'é€𝒳\r\n<&>']]);
    expect(xml.toString('latin1')).toBe(
      '<?xml version="1.0" encoding="ISO-8859-1"?>\n<A>\n<B><no>1</no><text>é&#8364;&#119987;&#13;\n&lt;&amp;&gt;</text></B>\n</A>\n',
    );
  });

  test('a formula is data, and is not changed', () => {
    const csv = bytesOf(plan(CSV, undefined), [['1', '=1+2', '-5', '', '', '', '']]).toString();
    expect(csv).toBe(`${header}1;=1+2;-5;;;;\n`);
  });

  test('a byte order mark in front of the first value is kept', () => {
    const layout = textLayout(['a']);
    const format = { ...CSV, header: false } as const;
    const writer = recordWriter({ ...plan(format, undefined), layout, fileMask: [true] });
    const { records } = collect(recordFormat(format, [layout], FACTS), [
      Buffer.from(writer.record(['\ufeffx'], [true])),
    ]);
    expect(records[0]?.values).toEqual(['\ufeffx']);
  });
});

const FACTS = { environment: 'R', sender: { sector: 12, type: 0 } } as const;

describe('what was written is read again as it was', () => {
  const latin1 = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)).filter((one) =>
    /[ -~\xa0-\xff]/.test(one),
  );
  const text = fc.string({ unit: fc.constantFrom(...latin1), maxLength: 12 }).map((value) => value.trimEnd());
  const number = (most: number) => fc.integer({ min: 0, max: most }).map(String);
  const records = fc.array(
    fc.tuple(
      number(99_999),
      text,
      fc.integer({ min: -999_999, max: 999_999 }).map(String),
      fc
        .integer({ min: 0, max: 99_999 })
        .map((cents) => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`),
      fc.constantFrom('20260105', '19991231', ''),
      fc.constantFrom('1974-00-00', '1974-03-00', '2000-02-29', ''),
      number(999).map((digits) => digits.padStart(3, '0')),
    ),
    { minLength: 1, maxLength: 5 },
  );
  const formats: readonly FlowFormat[] = [
    CSV,
    { ...CSV, separator: '\t', charset: 'iso-8859-1' },
    { ...FIXED_SHAPE, charset: 'cp500', lineEnd: 'nel' },
    { ...FIXED_SHAPE, charset: 'cp500', lineEnd: 'none' },
    { ...FIXED_SHAPE, charset: 'windows-1252', lineEnd: 'crlf' },
    { ...FIXED_SHAPE, charset: 'utf-8', lineEnd: 'lf' },
    JSON_LINES,
    { kind: 'xml', root: 'A', record: 'B', namespace: 'urn:x"&' },
  ];
  test.each(formats.map((format) => [JSON.stringify(format), format] as const))('%s', (_title, format) => {
    fc.assert(
      fc.property(records, (list) => {
        // A writer takes values in the one form of their types.
        const given = list.map((record) =>
          record.map((value, index) =>
            index === 3 ? value.replace(',', '.') : index === 4 ? value.replace(/^(....)(..)(..)$/, '$1-$2-$3') : value,
          ),
        );
        const read = collect(recordFormat(format, [LAYOUT], FACTS), [bytesOf(plan(format, undefined), given)]);
        expect([read.errors, read.records.flatMap(({ faults }) => faults)]).toEqual([[], []]);
        expect(read.records.map(({ values }) => values.map((value) => value ?? ''))).toEqual(list);
      }),
      { numRuns: 300 },
    );
  });
});
