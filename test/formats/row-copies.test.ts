import { expect, test } from 'vitest';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import type { FlowFormat } from '../../src/domain/format.ts';
import { parseDate } from '../../src/domain/period.ts';
import { blockReader, planBlocks } from '../../src/formats/open-blocks.ts';
import { rowWriter } from '../../src/formats/open-rows.ts';
import { PLAIN, PLAIN_BEYOND_ASCII } from '../../src/formats/record-block.ts';
import { NO_HEADER } from '../../src/formats/record-format.ts';
import { wordsOf } from '../../src/formats/row-bytes.ts';
import { GrowingBytes } from '../../src/storage/growing-bytes.ts';

const DATE: FieldType = { kind: 'date', form: 'yyyy-MM-dd' };
const TEXT: FieldType = { kind: 'text', maxLength: 20 };
const field = (name: string, type: FieldType, required = true): Field => ({ name, type, required });

const LAYOUT: LayoutVersion = {
  version: '1',
  validFrom: parseDate('2020-01-01') ?? never(),
  fields: [
    field('no', { kind: 'integer', maxDigits: 7 }),
    field('ssin', { kind: 'insz' }),
    field('kind', { kind: 'code', values: ['A', 'B'] }, false),
    field('period.begin', DATE),
    field('period.end', DATE, false),
    field('where.street', TEXT, false),
    field('where.at.no', { kind: 'integer', maxDigits: 4 }, false),
    field('where.at.box', TEXT, false),
    field('ref', TEXT),
  ],
  roles: { person: 'ssin', periodBegin: 'period.begin', periodEnd: 'period.end' },
  periods: [],
  totals: [],
  births: [],
};

/** What a receiver gets that may have everything but these fields. The lines come twice: the first ones teach how they are put together. */
function written(lines: readonly string[], ...without: readonly string[]): string {
  return rewritten({ kind: 'json-lines' }, [...lines, ...lines].map((line) => `${line}\n`).join(''), without);
}

/** The same of elements. */
function elements(records: readonly string[], ...without: readonly string[]): string {
  return rewritten(
    { kind: 'xml', root: 'Notices', record: 'Form' },
    `<Notices>${[...records, ...records].join('')}</Notices>`,
    without,
  );
}

function rewritten(flow: FlowFormat, text: string, without: readonly string[]): string {
  const sender = { sector: 25, type: 0 };
  const file = Buffer.from(text);
  const plan = planBlocks(flow, [LAYOUT], { environment: 'R', sender }, file) ?? never();
  const block = blockReader(plan).read(file.subarray(plan.start), true) ?? never();
  const half = block.count / 2;
  const plain = [...block.plain.subarray(half, block.count)];
  expect(plain.every((one) => one === PLAIN || one === PLAIN_BEYOND_ASCII)).toBe(true);
  const mask = LAYOUT.fields.map(({ name }) => !without.includes(name));
  const receivedOn = LAYOUT.validFrom;
  const facts = {
    layoutVersion: '1',
    environment: 'R',
    sender,
    receiver: sender,
    receivedOn,
    header: NO_HEADER,
  } as const;
  const none = () => never();
  const line = { quality: none, begin: none, hasEnd: none, end: none };
  const positions = [...LAYOUT.fields.keys()];
  const output = { output: undefined, flow, layout: LAYOUT, fileMask: mask, facts };
  const writer = rowWriter({ ...output, from: LAYOUT, positions, mask, line }, undefined) ?? never();
  const to = new GrowingBytes(8);
  for (let row = half; row < block.count; row += 1) {
    writer.write({ block, words: wordsOf(block.bytes) }, row, 0, to);
  }
  return to.view().toString();
}

function never(): never {
  throw new Error('this is not there');
}

const WHOLE =
  '{"no":1,"ssin":"74031295170","kind":"A","period":{"begin":"2026-01-05","end":"2026-01-31"},"where":{"street":"Kerkstraat","at":{"no":7,"box":"b"}},"ref":"R-1"}';

test('JSON lines: a row is copied with what stands between its members', () => {
  expect(written([WHOLE])).toBe(`${WHOLE}\n`);
});

test('JSON lines: members that a receiver may not have are left out, at the edge of an object and in the middle of the record', () => {
  expect(written([WHOLE], 'kind', 'period.end', 'where.street', 'where.at.box')).toBe(
    '{"no":1,"ssin":"74031295170","period":{"begin":"2026-01-05"},"where":{"at":{"no":7}},"ref":"R-1"}\n',
  );
  expect(written([WHOLE], 'no', 'ssin', 'kind', 'where.at.no')).toBe(
    '{"period":{"begin":"2026-01-05","end":"2026-01-31"},"where":{"street":"Kerkstraat","at":{"box":"b"}},"ref":"R-1"}\n',
  );
  expect(written([WHOLE], 'no', 'period.begin', 'where.at.no', 'where.at.box', 'ref')).toBe(
    '{"ssin":"74031295170","kind":"A","period":{"end":"2026-01-31"},"where":{"street":"Kerkstraat"}}\n',
  );
});

test('JSON lines: rows that are put together in another way are written in the way of the layout', () => {
  const spaced = WHOLE.replaceAll(':', ': ').replaceAll(',', ' ,');
  const turned =
    '{"ref":"R-1","where":{"at":{"box":"b","no":7},"street":"Kerkstraat"},"period":{"end":"2026-01-31","begin":"2026-01-05"},"kind":"A","ssin":"74031295170","no":1}';
  expect(written([WHOLE, spaced, turned, WHOLE])).toBe(`${WHOLE}\n`.repeat(4));
});

test('JSON lines: members without a value stay null or absent, and what is empty is null where it is no text', () => {
  const nulls = WHOLE.replace('"A"', 'null').replace('"2026-01-31"', 'null').replace('"Kerkstraat"', 'null');
  expect(written([nulls])).toBe(`${nulls}\n`);
  expect(written([nulls], 'period.begin', 'ssin')).toBe(
    '{"no":1,"kind":null,"period":{"end":null},"where":{"street":null,"at":{"no":7,"box":"b"}},"ref":"R-1"}\n',
  );
  const absent = '{"no":1,"ssin":"74031295170","period":{"begin":"2026-01-05"},"ref":"R-1"}';
  expect(written([absent])).toBe(`${absent}\n`);
  // The first teaches how a row is put together, the second is put together so.
  const empty = WHOLE.replace('"A"', '""').replace('"2026-01-31"', '""').replace('"Kerkstraat"', '""');
  const asNull = empty.replace('"kind":""', '"kind":null').replace('"end":""', '"end":null');
  expect(written([WHOLE, empty])).toBe(`${WHOLE}\n${asNull}\n`);
});

test('JSON lines: characters beyond ASCII are copied as they are', () => {
  const beyond = WHOLE.replace('Kerkstraat', 'Ruë d’Été');
  expect(written([WHOLE, beyond], 'no')).toBe(`${WHOLE}\n${beyond}\n`.replaceAll('"no":1,', ''));
});

const FORM =
  '<Form><no>1</no><ssin>74031295170</ssin><kind>A</kind><period><begin>2026-01-05</begin><end>2026-01-31</end></period>' +
  '<where><street>Kerkstraat</street><at><no>7</no><box>b</box></at></where><ref>R-1</ref></Form>';

test('XML: an element is copied with what stands between the values, but for what a receiver may not have', () => {
  expect(elements([FORM])).toBe(`${FORM}\n`);
  expect(elements([FORM], 'kind', 'period.end', 'where.street', 'where.at.box')).toBe(
    '<Form><no>1</no><ssin>74031295170</ssin><period><begin>2026-01-05</begin></period><where><at><no>7</no></at></where><ref>R-1</ref></Form>\n',
  );
  expect(elements([FORM], 'no', 'ssin', 'kind', 'where.at.no')).toBe(
    '<Form><period><begin>2026-01-05</begin><end>2026-01-31</end></period>' +
      '<where><street>Kerkstraat</street><at><box>b</box></at></where><ref>R-1</ref></Form>\n',
  );
  expect(elements([FORM], 'period.begin', 'where.at.no', 'where.at.box', 'ref')).toBe(
    '<Form><no>1</no><ssin>74031295170</ssin><kind>A</kind><period><end>2026-01-31</end></period>' +
      '<where><street>Kerkstraat</street></where></Form>\n',
  );
});

test('XML: elements with spaces between their tags are written without', () => {
  const spaced = FORM.replaceAll('><', '>\n  <');
  expect(elements([FORM, spaced, FORM])).toBe(`${FORM}\n`.repeat(3));
});

test('XML: an empty element is left out, with the group that holds no other', () => {
  const empty = FORM.replace('>A<', '><').replace('>7<', '><').replace('>b<', '><');
  const without = FORM.replace('<kind>A</kind>', '').replace('<at><no>7</no><box>b</box></at>', '');
  expect(elements([FORM, empty])).toBe(`${FORM}\n${without}\n`);
  expect(elements([without])).toBe(`${without}\n`);
});

test('XML: a quote in a text is written as a reference, characters beyond ASCII as they are', () => {
  const quoted = FORM.replace('Kerkstraat', 'Ruë "Été"');
  const asReference = FORM.replace('Kerkstraat', 'Ruë &quot;Été&quot;');
  expect(elements([FORM, quoted])).toBe(`${FORM}\n${asReference}\n`);
  expect(elements([FORM, FORM.replace('Kerkstraat', 'Ruë')], 'ref')).toBe(
    `${FORM}\n${FORM.replace('Kerkstraat', 'Ruë')}\n`.replaceAll('<ref>R-1</ref>', ''),
  );
});
