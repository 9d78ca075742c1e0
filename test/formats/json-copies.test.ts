import { expect, test } from 'vitest';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
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
  const flow = { kind: 'json-lines' } as const;
  const sender = { sector: 25, type: 0 };
  const file = Buffer.from([...lines, ...lines].map((line) => `${line}\n`).join(''));
  const plan = planBlocks(flow, [LAYOUT], { environment: 'R', sender }, file) ?? never();
  const block = blockReader(plan).read(file, true) ?? never();
  const plain = [...block.plain.subarray(lines.length, block.count)];
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
  for (let row = lines.length; row < block.count; row += 1) {
    writer.write({ block, words: wordsOf(block.bytes) }, row, 0, to);
  }
  return to.view().toString();
}

function never(): never {
  throw new Error('this is not there');
}

const WHOLE =
  '{"no":1,"ssin":"74031295170","kind":"A","period":{"begin":"2026-01-05","end":"2026-01-31"},"where":{"street":"Kerkstraat","at":{"no":7,"box":"b"}},"ref":"R-1"}';

test('a row is copied with what stands between its members', () => {
  expect(written([WHOLE])).toBe(`${WHOLE}\n`);
});

test('members that a receiver may not have are left out, at the edge of an object and in the middle of the record', () => {
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

test('rows that are put together in another way are written in the way of the layout', () => {
  const spaced = WHOLE.replaceAll(':', ': ').replaceAll(',', ' ,');
  const turned =
    '{"ref":"R-1","where":{"at":{"box":"b","no":7},"street":"Kerkstraat"},"period":{"end":"2026-01-31","begin":"2026-01-05"},"kind":"A","ssin":"74031295170","no":1}';
  expect(written([WHOLE, spaced, turned, WHOLE])).toBe(`${WHOLE}\n`.repeat(4));
});

test('members without a value stay null or absent, and what is empty is null where it is no text', () => {
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

test('characters beyond ASCII are copied as they are', () => {
  const beyond = WHOLE.replace('Kerkstraat', 'Ruë d’Été');
  expect(written([WHOLE, beyond], 'no')).toBe(`${WHOLE}\n${beyond}\n`.replaceAll('"no":1,', ''));
});
