import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Field, FieldType, LayoutVersion } from '../../src/domain/flow.ts';
import type { XmlShape } from '../../src/domain/format.ts';
import { XmlFormat } from '../../src/formats/xml.ts';
import { type Collected, collect, cut, textLayout } from './collect.ts';

const TEXT: FieldType = { kind: 'text', maxLength: 100 };
const field = (name: string, type: FieldType = TEXT): Field => ({ name, type, required: false });

const LAYOUT: LayoutVersion = {
  ...textLayout(['x']),
  fields: [field('no', { kind: 'integer', maxDigits: 3 }), field('who.name'), field('who.born'), field('note')],
};
const SHAPE: XmlShape = { kind: 'xml', root: 'All', record: 'One' };
const VERSIONED: XmlShape = { ...SHAPE, namespace: 'urn:x', versionAttribute: 'v' };

const GOOD = '<One><no>1</no><who><name>Jan</name><born>1974</born></who><note>n</note></One>';
const GOOD_VALUES = ['1', 'Jan', '1974', 'n'];

function read(xml: string | Uint8Array, shape = SHAPE, layouts = [LAYOUT]): Collected {
  return collect(new XmlFormat(shape, layouts), [Buffer.from(xml)]);
}
const valuesOf = (collected: Collected) => collected.records.map(({ values }) => values);
const faultsOf = (record: string) =>
  read(`<All>${record}${GOOD}</All>`).records.map(({ faults }) => faults.map(({ field: name }) => name));
const errorOf = (xml: string | Uint8Array, shape = SHAPE) =>
  read(xml, shape).errors.map(({ code, detail }) => `${code} ${detail}`);

describe('records', () => {
  test('are the children of the root; a field is the path of its elements', () => {
    expect(valuesOf(read(`<All>\n ${GOOD}\n ${GOOD}\n</All>\n`))).toEqual([GOOD_VALUES, GOOD_VALUES]);
  });

  const texts: readonly [string, string, readonly unknown[]][] = [
    ['what is absent has no value', '<One><note>n</note></One>', [undefined, undefined, undefined, 'n']],
    ['an empty element has an empty one', '<One><no/><note></note></One>', ['', undefined, undefined, '']],
    ['spaces around a number are not part of it', '<One><no> 1\n</no></One>', ['1', undefined, undefined, undefined]],
    ['spaces around a text are', '<One><note> n </note></One>', [undefined, undefined, undefined, ' n ']],
    [
      'entities, character numbers, CDATA and comments',
      '<One><note>&lt;a&amp;b&#233;<!-- c --><![CDATA[<d>]]></note></One>',
      [undefined, undefined, undefined, '<a&bé<d>'],
    ],
    ['line ends become LF', '<One><note>a\r\nb</note></One>', [undefined, undefined, undefined, 'a\nb']],
  ];
  test.each(texts)('%s', (_title, record, values) => {
    const { records, errors } = read(`<All>${record}</All>`);
    expect([records.map((one) => one.values), records[0]?.faults, errors]).toEqual([[values], [], []]);
  });

  const faults: readonly [string, string, readonly string[]][] = [
    ['an unknown element', '<One><x><y>1</y></x><no>1</no></One>', ['x']],
    ['an unknown element in a group', '<One><who><age>5</age></who></One>', ['who.age']],
    ['an element twice', '<One><no>1</no><no>2</no></One>', ['no']],
    ['a group twice', '<One><who/><who/></One>', ['who']],
    ['elements in another order', '<One><note>n</note><no>1</no></One>', ['no']],
    ['elements of a group in another order', '<One><who><born>1</born><name>n</name></who></One>', ['who.name']],
    ['text in a group', '<One>x<who>y</who></One>', ['record', 'who']],
    ['an element inside a value', '<One><no>1<b/></no></One>', ['no.b']],
    ['an attribute', '<One a="1"><no b="2">1</no></One>', ['@a', 'no@b']],
    ['an element of another namespace', '<One xmlns:o="urn:o"><o:no>1</o:no></One>', ['no']],
  ];
  test.each(faults)('%s is a fault of that record alone', (_title, record, expected) => {
    expect(faultsOf(record)).toEqual([expected, []]);
  });

  test('a namespace is one whatever its prefix', () => {
    const good = '<p:All xmlns:p="urn:x" v="1"><q:One xmlns:q="urn:x"><p:no>1</p:no></q:One></p:All>';
    expect(valuesOf(read(good, VERSIONED))).toEqual([['1', undefined, undefined, undefined]]);
    expect(valuesOf(read('<All xmlns="urn:x" v="1"><One><no>1</no></One></All>', VERSIONED))).toHaveLength(1);
  });

  test('a record of another form than the layout tells a limited number of faults', () => {
    const many = Array.from({ length: 500 }, (_, index) => `<f${index}/>`).join('');
    expect(faultsOf(`<One>${many}</One>`)[0]).toHaveLength(50);
  });
});

describe('faults of the whole file', () => {
  const cases: readonly [string, string, string, XmlShape?][] = [
    ['a tag that does not close', '<All><One></All>', '102 '],
    ['a file cut off', `<All>${GOOD}`, '102 '],
    ['no XML', 'no;ssin\n1;2\n', '102 '],
    ['an entity that is not known', '<All><One><note>&x;</note></One></All>', '102 '],
    ['a document type', `<!DOCTYPE All SYSTEM "file:///etc/passwd"><All>${GOOD}</All>`, '102 '],
    ['entities that multiply', '<!DOCTYPE All [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><All>&b;</All>', '102 '],
    ['a prefix that nobody declared', '<All><x:One/></All>', '102 '],
    ['an attribute twice', '<All a="1" a="2"/>', '102 '],
    ['a second root', '<All/><All/>', '102 '],
    ['a control character', '<All>\u0001</All>', '102 '],
    ['text before the root, told where it begins', '\n\n  no;ssin\n1;2\n', '102 3:3'],
    ['a second byte order mark', '\ufeff\ufeff<All/>', '102 1:1'],
    ['another root', `<Alle>${GOOD}</Alle>`, '312 #1 ≠ <All>'],
    ['a root of no namespace', `<All v="1">${GOOD}</All>`, '312 #1 ≠ <All xmlns="urn:x">', VERSIONED],
    ['an element beside the records', `<All>${GOOD}<Two/></All>`, '312 #2 ≠ <One>'],
    ['text beside the records', `<All>${GOOD} x</All>`, '312 #2 ∅'],
    ['an attribute of the root', `<All x="1">${GOOD}</All>`, '312 #1 @x'],
    ['a version that is not valid', `<All xmlns="urn:x" v="2"/>`, '088 @v ≠ 1', VERSIONED],
    ['no version', `<All xmlns="urn:x"/>`, '088 @v ≠ 1', VERSIONED],
    ['too deep', `<All><One>${'<a>'.repeat(40)}`, '312 #1 > 32'],
    ['UTF-16', '<?xml version="1.0" encoding="UTF-16"?><All/>', '138 #1, utf-8|iso-8859-1'],
  ];
  test.each(cases)('%s', (_title, xml, error, shape) => {
    expect(errorOf(xml, shape)).toEqual([expect.stringContaining(error)]);
  });

  test('attributes that say nothing about records are taken', () => {
    const xml = `<All xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="a.xsd">${GOOD}</All>`;
    expect([errorOf(xml), valuesOf(read(xml))]).toEqual([[], [GOOD_VALUES]]);
  });

  test('no bytes at all are no fault of XML', () => {
    expect(read('')).toEqual({ layouts: [], records: [], errors: [] });
  });
});

describe('charsets', () => {
  const latin1 = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<All><One><note>é</note></One></All>';
  const utf8 = '<?xml version="1.0"?><All><One><note>é€</note></One></All>';

  test('UTF-8, with or without byte order mark, and ISO-8859-1 where the file declares it', () => {
    expect(valuesOf(read(utf8))[0]?.[3]).toBe('é€');
    expect(valuesOf(read(`\ufeff${utf8}`))[0]?.[3]).toBe('é€');
    expect(valuesOf(read(Buffer.from(latin1, 'latin1')))[0]?.[3]).toBe('é');
  });

  const wrong: readonly [string, Uint8Array, string][] = [
    [
      'ISO-8859-1 that is not declared',
      Buffer.from(`<All>${GOOD}<One><note>é</note></One></All>`, 'latin1'),
      '138 #2, utf-8',
    ],
    ['windows-1252 declared as ISO-8859-1', Buffer.from(latin1.replace('é', '\x80'), 'latin1'), '138 #1, iso-8859-1'],
    ['UTF-8 cut inside a character at the end', Buffer.from(`<All>${GOOD}</All>\xe2\x82`, 'latin1'), '138 #2, utf-8'],
    ['a byte order mark and another declaration', Buffer.from(`\ufeff${latin1}`), '138 #1, utf-8|iso-8859-1'],
    ['UTF-16 without a mark', Buffer.from(utf8, 'utf16le'), '138 #1, utf-8|iso-8859-1'],
    ['UTF-16 without a mark, the other way round', Buffer.from(utf8, 'utf16le').swap16(), '138 #1, utf-8|iso-8859-1'],
    ['UTF-16 that is not declared', Buffer.from(`\ufeff${utf8}`, 'utf16le'), '138 #1, utf-8'],
  ];
  test.each(wrong)('%s is refused', (_title, bytes, error) => {
    expect(errorOf(bytes)).toEqual([error]);
  });
});

describe('sizes', () => {
  const MIB = 1024 * 1024;

  test('a record of more than a mebibyte is refused, and the next is read', () => {
    const long = `<One>${`<x>${'y'.repeat(1000)}</x>`.repeat(1100)}</One>`;
    expect(
      read(`<All>${long}${GOOD}</All>`).records.map(({ values, faults }) => [values.length, faults[0]?.detail]),
    ).toEqual([
      [0, '> 1048576'],
      [4, undefined],
    ]);
  });

  const endless: readonly (readonly [title: string, begin: string, piece: string])[] = [
    ['a text', '<All><One><note>', 'a'],
    ['a comment', '<All><!-- ', '>'],
    ['a tag', '<All><One ', ' '],
    ['a CDATA section', '<All><One><note><![CDATA[', '>'],
    ['a processing instruction', '<All><?x ', '>'],
    ['nothing', '', 'a'],
  ];
  test.each(endless)('%s without end is given up', (_title, begin, piece) => {
    const format = new XmlFormat(SHAPE, [LAYOUT]);
    const { errors } = collect(format, [Buffer.from(begin), ...Array(40).fill(Buffer.from(piece.repeat(65_536)))]);
    expect(errors.map(({ code, detail }) => `${code} ${detail}`)).toEqual(['312 #1 > 1048576']);
  });

  test('memory stays flat, however many records there are', () => {
    const chunk = Buffer.from(GOOD.repeat(1000));
    const format = new XmlFormat(SHAPE, [LAYOUT]);
    let records = 0;
    const count = () => {
      records += 1;
    };
    const sink = { layout: () => {}, record: count, error: () => {} };
    format.parse(Buffer.from('<All>'), sink);
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    for (let index = 0; index < 200; index += 1) format.parse(chunk, sink);
    format.parse(Buffer.from('</All>'), sink);
    format.end(sink);
    expect(records).toBe(200_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * MIB);
  });
});

describe('any XML, cut anywhere', () => {
  const piece = fc.constantFrom(
    GOOD,
    '<One>',
    '</One>',
    '<no>1</no>',
    '<note>é€</note>',
    '<x/>',
    '<!-- > -->',
    '<![CDATA[>]]>',
    '&amp;',
    ' ',
    '\xff',
    '<',
  );
  test('gives the same whole, cut, or byte by byte', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 6 }), (list, places) => {
        const bytes = Buffer.concat(
          ['<All>', ...list, '</All>'].map((one) => Buffer.from(one, one === '\xff' ? 'latin1' : 'utf8')),
        );
        const make = () => new XmlFormat(SHAPE, [LAYOUT]);
        const once = collect(make(), [bytes]);
        expect(collect(make(), cut(bytes, places))).toEqual(once);
        const bytewise = Array.from(bytes, (byte) => Uint8Array.of(byte));
        expect(collect(make(), bytewise)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });
});
