import { describe, expect, test } from 'vitest';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import type { XmlShape } from '../../src/domain/format.ts';
import { planBlocks } from '../../src/formats/open-blocks.ts';
import { XmlFormat } from '../../src/formats/xml.ts';
import { type Collected, collect, textLayout } from './collect.ts';

const TEXT: FieldType = { kind: 'text', maxLength: 100 };
const field = (name: string): Field => ({ name, type: TEXT, required: false });
const LAYOUT: LayoutVersion = {
  ...textLayout(['x']),
  fields: ['no', 'who.ssin', 'who.name.first', 'note'].map(field),
};
const SHAPE: XmlShape = { kind: 'xml', root: 'All', record: 'One', repeats: 'who' };

function read(...records: readonly string[]): Collected {
  return collect(new XmlFormat(SHAPE, [LAYOUT]), [Buffer.from(`<All>${records.join('\n')}</All>`)]);
}
const who = (ssin: string, first = '') =>
  `<who><ssin>${ssin}</ssin>${first && `<name><first>${first}</first></name>`}</who>`;
const recordsOf = ({ records }: Collected) => records.map(({ number, values }) => [number, ...values]);
const faultsOf = ({ records }: Collected) =>
  records.map(({ faults }) => faults.map(({ field: name, detail }) => `${name} ${detail}`));

describe('a group that repeats', () => {
  test('makes a record of each occurrence, with what stands before and behind it, numbered on', () => {
    const read3 = read(`<One><no>7</no>${who('1', 'An')}${who('2')}<note>n</note></One>`, `<One>${who('3')}</One>`);
    expect(recordsOf(read3)).toEqual([
      [1, '7', '1', 'An', 'n'],
      [2, '7', '2', undefined, 'n'],
      [3, undefined, '3', undefined, undefined],
    ]);
    expect(faultsOf(read3)).toEqual([[], [], []]);
  });

  test('that is not there leaves one record without it', () => {
    expect(recordsOf(read('<One><no>7</no></One>'))).toEqual([[1, '7', undefined, undefined, undefined]]);
  });

  test('has its faults for itself; one around it is a fault of all its records', () => {
    const wrong = `<who><age>1</age><ssin>2</ssin></who>`;
    expect(faultsOf(read(`<One>${who('1')}${wrong}${who('3')}</One>`))).toEqual([[], ['who.age ∅'], []]);
    expect(faultsOf(read(`<One><x/>${who('1')}${who('2')}</One>`))).toEqual([['x ∅'], ['x ∅']]);
    expect(faultsOf(read(`<One>${who('1')}<no>1</no></One>`))).toEqual([['no < who']]);
  });

  test('stands in one place: an occurrence behind another element, or an inner element twice, is a fault', () => {
    expect(faultsOf(read(`<One>${who('1')}<note>n</note>${who('2')}</One>`))).toEqual([['who 2×']]);
    expect(faultsOf(read(`<One><who><name/><name/></who>${who('2')}</One>`))).toEqual([['who.name 2×'], []]);
  });

  test('is read record by record, not in blocks', () => {
    const head = Buffer.from('<All><One><no>1</no><who><ssin>74031295170</ssin><day>2026-01-05</day></who></One>');
    const facts = { environment: 'R', sender: { sector: 25, type: 0 } } as const;
    const fields: Field[] = [
      field('no'),
      { name: 'who.ssin', type: { kind: 'insz' }, required: true },
      { name: 'who.day', type: { kind: 'date', form: 'yyyy-MM-dd' }, required: true },
    ];
    const layout = { ...LAYOUT, fields, roles: { person: 'who.ssin', periodBegin: 'who.day' } };
    expect(planBlocks(SHAPE, [layout], facts, head)).toBeUndefined();
    expect(planBlocks({ ...SHAPE, repeats: undefined }, [layout], facts, head)).toBeDefined();
  });

  test('has at most a thousand occurrences', () => {
    const many = (count: number) => read(`<One>${who('1').repeat(count)}</One>`);
    expect(faultsOf(many(1000)).flat()).toEqual([]);
    const { records } = many(1001);
    expect([records.length, records.every(({ faults }) => faults[0]?.detail === '> 1000')]).toEqual([1000, true]);
  });
});
