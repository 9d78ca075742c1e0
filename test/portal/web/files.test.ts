import { expect, test } from 'vitest';
import type { Entry, Folder } from '../../../src/portal/schemas/files.ts';
import { groupByFlow } from '../../../src/portal/web/pages/files/overview-model.ts';
import { moveTo, NOTHING_CHOSEN, sorted, startingWith, toggle } from '../../../src/portal/web/pages/files/selection.ts';
import { indentJson, indentXml, tokensOfJson, tokensOfXml } from '../../../src/portal/web/pages/files/shown-text.ts';

function entry(path: string, kind: Entry['kind'] = 'file', size = 0, modified = '2026-11-28T10:00:00Z'): Entry {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const nothing = { etag: null, frozen: null, rights: [], delivery: null, sha256: null };
  return { name, path, kind, size, modified, ...nothing };
}

function folder(path: string, names: readonly string[], kind: Entry['kind'] = 'folder'): Folder {
  const items = names.map((name) => entry(`${path}/${name}`, kind));
  return { path, rights: [], kind: 'folder', flow: null, environment: null, items, next: null };
}

const namesOf = (rows: readonly Entry[]) => rows.map(({ name }) => name);

test('folders stand first, and names in the order that people read', () => {
  const entries = ['/f10.csv', '/f9.csv', '/É.csv', '/e.csv'].map((path) => entry(path));
  const all = [...entries, entry('/z', 'folder')];
  expect(namesOf(sorted(all, '', { by: 'name', down: false }, 'fr-BE'))).toEqual([
    'z',
    'e.csv',
    'É.csv',
    'f9.csv',
    'f10.csv',
  ]);
  expect(namesOf(sorted(all, 'F1', { by: 'name', down: false }, 'fr-BE'))).toEqual(['f10.csv']);
});

test('files are sorted by size and by time, both ways', () => {
  const all = [
    entry('/a', 'file', 30, '2026-01-02T00:00:00Z'),
    entry('/b', 'file', 10, '2026-01-03T00:00:00Z'),
    entry('/c', 'file', 20, '2026-01-01T00:00:00Z'),
  ];
  expect(namesOf(sorted(all, '', { by: 'size', down: false }, 'en'))).toEqual(['b', 'c', 'a']);
  expect(namesOf(sorted(all, '', { by: 'modified', down: true }, 'en'))).toEqual(['b', 'a', 'c']);
});

test('the keyboard goes from row to row, chooses a range, and one more or less', () => {
  const rows = ['/a', '/b', '/c', '/d'].map((path) => entry(path));
  const second = moveTo(NOTHING_CHOSEN, rows, 1, 'alone');
  expect([...second.chosen]).toEqual(['b']);
  const range = moveTo(second, rows, 3, 'range');
  expect([...range.chosen]).toEqual(['b', 'c', 'd']);
  expect([...moveTo(range, rows, 0, 'range').chosen]).toEqual(['a', 'b']); // from where it began
  const less = toggle(range, 'c');
  expect([[...less.chosen], less.at]).toEqual([['b', 'd'], 'c']);
  expect(moveTo(second, rows, 99, 'focus')).toEqual({ ...second, at: 'd' });
  expect(moveTo(second, [], 0, 'alone')).toBe(second);
  expect(startingWith(rows, 2, 'A')).toBe(0);
  expect(startingWith(rows, 0, 'x')).toBe(-1);
});

test('folders of one flow belong together, those that take every flow are one, and shared ones stand by themselves', () => {
  const tops = [
    folder('/IN', ['WLAT', 'ADRM']),
    folder('/INTEST', ['ADRM']),
    folder('/OUT', ['ADRM']),
    folder('/SHARED', ['work']),
  ];
  expect(groupByFlow(tops)).toEqual({
    flows: [
      {
        code: 'ADRM',
        places: [
          { purpose: 'inR', path: '/IN/ADRM' },
          { purpose: 'outR', path: '/OUT/ADRM' },
          { purpose: 'inT', path: '/INTEST/ADRM' },
        ],
      },
      { code: 'WLAT', places: [{ purpose: 'inR', path: '/IN/WLAT' }] },
    ],
    others: ['/SHARED/work'],
  });
  const flat = [folder('/IN', ['a.csv'], 'file'), folder('/OUT', [], 'file')];
  expect(groupByFlow(flat).flows).toEqual([
    {
      code: undefined,
      places: [
        { purpose: 'inR', path: '/IN' },
        { purpose: 'outR', path: '/OUT' },
      ],
    },
  ]);
});

test('JSON is shown with indents, and what is cut as it is', () => {
  expect(indentJson('{"a":[1,true]}')).toBe('{\n  "a": [\n    1,\n    true\n  ]\n}');
  expect(indentJson('{"a":[1,')).toBe('{"a":[1,');
  expect(tokensOfJson('{"a": "b\\"c", "n": -1.5e3, "t": null}')).toEqual([
    { kind: 'mark', text: '{' },
    { kind: 'name', text: '"a"' },
    { kind: 'mark', text: ':' },
    { kind: 'plain', text: ' ' },
    { kind: 'text', text: '"b\\"c"' },
    { kind: 'mark', text: ',' },
    { kind: 'plain', text: ' ' },
    { kind: 'name', text: '"n"' },
    { kind: 'mark', text: ':' },
    { kind: 'plain', text: ' ' },
    { kind: 'number', text: '-1.5e3' },
    { kind: 'mark', text: ',' },
    { kind: 'plain', text: ' ' },
    { kind: 'name', text: '"t"' },
    { kind: 'mark', text: ':' },
    { kind: 'plain', text: ' ' },
    { kind: 'word', text: 'null' },
    { kind: 'mark', text: '}' },
  ]);
});

test('XML is shown with one element a line, and no character is lost', () => {
  const xml = '<?xml version="1.0"?><a b="1"><c>text</c><d/><!-- no --></a>';
  expect(indentXml(xml)).toBe('<?xml version="1.0"?>\n<a b="1">\n  <c>text</c>\n  <d/>\n  <!-- no -->\n</a>');
  const shown = tokensOfXml(xml)
    .map(({ text }) => text)
    .join('');
  expect(shown).toBe(xml);
});
