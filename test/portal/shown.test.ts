import { expect, test } from 'vitest';
import { shown } from '../../src/portal/files/shown.ts';
import type { Preview } from '../../src/portal/schemas/files.ts';

type Case = readonly [what: string, name: string, bytes: Buffer, isCut: boolean, wanted: Partial<Preview>];

const CASES: readonly Case[] = [
  ['UTF-8', 'a.txt', Buffer.from('één'), false, { kind: 'text', charset: 'utf-8', text: 'één' }],
  [
    'UTF-8 that is cut in a character',
    'a.txt',
    Buffer.from('één').subarray(0, 3),
    true,
    { charset: 'utf-8', text: 'é' },
  ],
  [
    'a character that is cut at the end of the file',
    'a.txt',
    Buffer.from('né').subarray(0, 2),
    false,
    { charset: 'iso-8859-1', text: 'nÃ' },
  ],
  ['Latin-1', 'a.txt', Buffer.from('één', 'latin1'), false, { charset: 'iso-8859-1', text: 'één' }],
  ['UTF-16 with its mark', 'a.txt', Buffer.from('\ufeffab', 'utf16le'), false, { charset: 'utf-16le', text: 'ab' }],
  ['a mark of UTF-8', 'a.txt', Buffer.from('\ufeffab'), false, { charset: 'utf-8', text: 'ab' }],
  ['nothing', 'a.txt', Buffer.alloc(0), false, { kind: 'text', text: '' }],
  ['a NUL', 'a.txt', Buffer.from('a\0b'), false, { kind: 'binary', charset: null }],
  ['a picture by another name', 'a.csv', Buffer.from('89504e470d0a1a0a', 'hex'), false, { kind: 'binary' }],
  ['a table by its name', 'a.CSV', Buffer.from('x'), false, { kind: 'csv', rows: [['x']] }],
  [
    'a table by what stands in it',
    'a',
    Buffer.from('a;b;c\n1;2;3\n'),
    false,
    {
      kind: 'csv',
      rows: [
        ['a', 'b', 'c'],
        ['1', '2', '3'],
      ],
    },
  ],
  [
    'a table without its cut line',
    'a.csv',
    Buffer.from('a;b\n1;2\n3;'),
    true,
    {
      rows: [
        ['a', 'b'],
        ['1', '2'],
      ],
      truncated: true,
    },
  ],
  ['quotes and a line end in a cell', 'a.csv', Buffer.from('a,"b\nc"\n'), false, { rows: [['a', 'b\nc']] }],
  ['lines with a comma are no table', 'a.txt', Buffer.from('one, two\nthree\n'), false, { kind: 'text' }],
  ['XML', 'a.txt', Buffer.from(' <?xml version="1.0"?><a/>'), false, { kind: 'xml' }],
  ['XML without a declaration', 'a', Buffer.from('<Form>'), true, { kind: 'xml' }],
  ['a smaller-than is no XML', 'a.txt', Buffer.from('< 5'), false, { kind: 'text' }],
  ['JSON by what it is', 'a', Buffer.from('[1,2]'), false, { kind: 'json' }],
  ['JSON lines that are cut', 'a', Buffer.from('{"a":1}\n{"b'), true, { kind: 'json' }],
  ['a bracket is no JSON', 'a.txt', Buffer.from('[sic]'), false, { kind: 'text' }],
];

for (const [what, name, bytes, isCut, wanted] of CASES) {
  test(`a preview of ${what}`, () => {
    expect(shown(name, bytes, isCut)).toMatchObject(wanted);
  });
}

test('a long table shows its first 200 rows, and says that there are more', () => {
  const { rows, truncated } = shown('a.csv', Buffer.from('a;b\n'.repeat(300)), false);
  expect([rows?.length, truncated]).toEqual([200, true]);
  expect(shown('a.csv', Buffer.from('a;b\n'.repeat(199)), false)).toMatchObject({ truncated: false });
});
