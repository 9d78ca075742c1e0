import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { XmlShape } from '../../src/domain/format.ts';
import { readBothWays, type Told } from './blocks-against-records.ts';
import { EVERY_TYPE, FIELDS, pieces, similarRows, soundRow } from './rows-of-every-type.ts';

type Element = { [name: string]: Element | string };

/** How the elements of one record are written. */
type Style = {
  readonly prefix: '' | 'n:';
  /** What stands for a value that is not there. */
  readonly empty: 'absent' | 'empty' | 'closed';
  readonly space: string;
  readonly text: 'plain' | 'cdata' | 'numbers';
  readonly odd: string;
};

const NAMESPACE = 'urn:sluis:test';
const SHAPE: XmlShape = {
  kind: 'xml',
  root: 'Notices',
  record: 'Form',
  namespace: NAMESPACE,
  versionAttribute: 'version',
};

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(']]>', ']]&gt;');

function text(value: string, how: Style['text']): string {
  if (how === 'cdata') return `<![CDATA[${value.replaceAll(']]>', '')}]]>`;
  return how === 'numbers' ? value.replace(/[a-z]/g, (one) => `&#${one.charCodeAt(0)};`) : escaped(value);
}

function form(values: readonly string[], style: Style): string {
  const root: Element = {};
  for (const [index, value] of values.entries()) {
    if (value === '' && style.empty === 'absent') continue;
    const path = (FIELDS[index]?.name ?? '').split('.');
    const last = path.pop() ?? '';
    const [group] = path;
    const known = group === undefined ? root : root[group];
    const inside: Element = typeof known === 'object' ? known : {};
    inside[last] = text(value, value === '' ? 'plain' : style.text);
    if (group !== undefined) root[group] = inside;
  }
  return element('Form', root, style) + style.space;
}

function element(name: string, content: Element | string, style: Style): string {
  const { prefix, space } = style;
  if (content === '' && style.empty === 'closed') return `<${prefix}${name}/>`;
  if (typeof content === 'string') return `<${prefix}${name}>${content}</${prefix}${name}>`;
  const parts = Object.entries(content).map(([child, inside]) => space + element(child, inside, style));
  return `<${prefix}${name}>${parts.join('')}${name === 'Form' ? style.odd : ''}${space}</${prefix}${name}>`;
}

const style: fc.Arbitrary<Style> = fc.record({
  prefix: fc.constantFrom('' as const, '' as const, 'n:' as const),
  empty: fc.constantFrom('absent' as const, 'empty' as const, 'closed' as const),
  space: fc.constantFrom('', '\n  ', '\r\n'),
  text: fc.constantFrom('plain' as const, 'plain' as const, 'plain' as const, 'cdata' as const, 'numbers' as const),
  odd: fc.constantFrom('', '', '', '', '<!-- </Form> -->', '<seq>1</seq>', 'x', '<y a="1>"/>'),
});

const BETWEEN = [
  '',
  '',
  '',
  '<!-- between <Form> and </Form> -->',
  '<?pi x?>',
  'x',
  '<Form/>',
  '<Other/>',
  '<Form a="b">',
];

/** Forms written mostly alike, with something between them now and then. */
const forms = fc
  .tuple(similarRows, style, fc.array(style, { maxLength: 2 }), fc.constantFrom(...BETWEEN), fc.nat(3))
  .map(([rows, how, others, between, at]) => {
    const all = rows.map((row, index) => form(row, others[index - 2] ?? how));
    return [...all.slice(0, at), between, ...all.slice(at)].join('');
  });

const head = (encoding: string) =>
  `<?xml version="1.0" encoding="${encoding}"?>\n<!-- a > b -->\n<Notices xmlns="${NAMESPACE}" xmlns:n="${NAMESPACE}" version="1">`;

function read(
  content: string,
  sizes: readonly number[],
  encoding: 'utf-8' | 'iso-8859-1' = 'utf-8',
  end = '</Notices>\n',
): Told {
  const whole = head(encoding) + content + end;
  const bytes = encoding === 'utf-8' ? Buffer.from(whole) : Buffer.from(whole.replace(/[^\0-\xff]/g, '?'), 'latin1');
  return readBothWays({ format: SHAPE, layouts: [EVERY_TYPE], environment: 'R', bytes, pieces: sizes });
}

const ENDS = [
  '</Notices>\n',
  '</Notices>\n',
  '</Notices><!-- x -->',
  '</Notices>x',
  '',
  '</Notices></Notices>',
  '</Form>',
];

/** Files read both ways, which must tell the same; how many of their forms were plain, and how many files had no fault. */
function readFiles(encoding: 'utf-8' | 'iso-8859-1', runs: { readonly numRuns: number; readonly seed?: number }) {
  const counts = { plain: 0, sound: 0 };
  fc.assert(
    fc.property(forms, pieces, fc.constantFrom(...ENDS), (content, sizes, tail) => {
      const told = read(
        content,
        sizes.map((size) => size * 8),
        encoding,
        tail,
      );
      counts.plain += told.plain;
      if (told.left) return;
      counts.sound += 1;
      expect(told.faulty).toBe(false);
    }),
    runs,
  );
  return counts;
}

describe.each(['utf-8', 'iso-8859-1'] as const)('XML in %s', (encoding) => {
  test('blocks tell of every form what the record-at-a-time path tells', () => {
    readFiles(encoding, { numRuns: 300 });
  });

  // What chance makes differs from run to run, so only files that are always the same are counted.
  test('forms are plain, and files without a fault, often enough to have been compared', () => {
    const { plain, sound } = readFiles(encoding, { numRuns: 200, seed: 1 });
    expect([plain > 50, sound > 40]).toEqual([true, true]);
  });
});

const HOW: Style = { prefix: '', empty: 'empty', space: '\n', text: 'plain', odd: '' };

test('of forms put together alike, all without a fault are plain but the first', () => {
  fc.assert(
    fc.property(fc.array(soundRow, { minLength: 3, maxLength: 6 }), (rows) => {
      const told = read(rows.map((row) => form(row, HOW)).join(''), []);
      expect(told).toEqual({ left: false, faulty: false, rows: rows.length, plain: rows.length - 1 });
    }),
    { numRuns: 50 },
  );
});

const [SOUND = []] = fc.sample(soundRow, { numRuns: 1, seed: 1 });
const FORM = form(SOUND, HOW);

test.each([
  ['a reference', FORM.replace(/<name>[^<]*/, '<name>&#97;b')],
  [
    'a CDATA section',
    FORM.replace('<ascii>abc', '<ascii><![CDATA[abc]]>').replace('<ascii>a b', '<ascii><![CDATA[a b]]>'),
  ],
  ['spaces around a number', FORM.replace(/<two>\d+/, '<two> 3 ')],
  ['an attribute', FORM.replace('<two>', '<two a="1">')],
  ['an element twice', FORM.replace(/<two>\d+<\/two>/, '<two>3</two><two>3</two>')],
  ['elements in another order', FORM.replace(/(<one>.*<\/one>)\s*(<two>.*<\/two>)/, '$2$1')],
  ['text between elements', FORM.replace('<two>', 'x<two>')],
])('a form with %s is not plain', (_, other) => {
  expect(other).not.toBe(FORM);
  expect(read(FORM + FORM + other + other + FORM, [])).toMatchObject({ left: false, rows: 5, plain: 2 });
});

test.each([
  ['a form that does not end', FORM + FORM.replace('</Form>', ''), '</Notices>'],
  ['an element that is no form', `${FORM}<Other/>`, '</Notices>'],
  ['text between forms', `${FORM}x${FORM}`, '</Notices>'],
  ['a root that does not end', FORM, ''],
  ['text behind the root', FORM, '</Notices>x'],
  ['a reference to nothing', FORM.replace('<ascii>a', '<ascii>&a;'), '</Notices>'],
])('%s: the file is left to the record-at-a-time path', (_, content, end) => {
  expect(read(content, [], 'utf-8', end)).toMatchObject({ left: true, faulty: true });
});

test('where a record may stand inside another one, files are left to the record-at-a-time path', () => {
  const layout = {
    ...EVERY_TYPE,
    fields: [...EVERY_TYPE.fields, { name: 'x.Form', type: { kind: 'uuid' }, required: false }],
  } as const;
  const bytes = Buffer.from(`${head('utf-8')}${FORM}</Notices>`);
  const file = { format: SHAPE, environment: 'R', bytes, pieces: [] } as const;
  expect(readBothWays({ ...file, layouts: [layout] })).toMatchObject({ left: true, faulty: false });
  expect(readBothWays({ ...file, layouts: [EVERY_TYPE] })).toMatchObject({ left: false, faulty: false });
});
