import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DelimitedFormat, DelimitedWriter } from '../../src/formats/delimited.ts';
import { type Collected, collect, cut, textLayout } from './collect.ts';

const LAYOUT = textLayout(['a', 'b', 'c']);
const HEADER = 'a;b;c\n';

function read(text: string | Uint8Array, options: { header?: boolean; maxRecordBytes?: number } = {}): Collected {
  const format = new DelimitedFormat({ separator: ';', charset: 'utf-8', header: true, ...options }, [LAYOUT]);
  return collect(format, [Buffer.from(text)]);
}

const rows = (collected: Collected) =>
  collected.records.map(({ values, faults }) => (values.length > 0 ? values : faults.map((fault) => fault.code)));

describe('reading delimited records', () => {
  const cases: readonly [string, string, unknown][] = [
    [
      'plain rows',
      '1;2;3\n4;5;6\n',
      [
        ['1', '2', '3'],
        ['4', '5', '6'],
      ],
    ],
    ['a last row without line end', '1;2;3', [['1', '2', '3']]],
    [
      'CRLF',
      '1;2;3\r\n4;5;6\r\n',
      [
        ['1', '2', '3'],
        ['4', '5', '6'],
      ],
    ],
    ['empty columns', ';;\n', [['', '', '']]],
    ['quoted fields', '"1";"2;2";3\n', [['1', '2;2', '3']]],
    ['doubled quotes', '"1""1";"""";3\n', [['1"1', '"', '3']]],
    ['an empty quoted field', '"";2;""\n', [['', '2', '']]],
    [
      'line ends inside quotes',
      '"1\r\n1";"2\n";3\n4;5;6\n',
      [
        ['1\r\n1', '2\n', '3'],
        ['4', '5', '6'],
      ],
    ],
    ['a quote that closes at the end of the file', '1;2;"3"', [['1', '2', '3']]],
    ['too few fields', '1;2\n4;5;6\n', [['000050'], ['4', '5', '6']]],
    ['too many fields', '1;2;3;4\n', [['000050']]],
    ['an empty line', '1;2;3\n\n4;5;6\n', [['1', '2', '3'], ['000050'], ['4', '5', '6']]],
    ['text after a closing quote', '"1"x;2;3\n4;5;6\n', [['000050'], ['4', '5', '6']]],
    ['a quote inside an unquoted field', '1"1;2;3\n4;5;6\n', [['000050'], ['4', '5', '6']]],
    ['non-ASCII text', 'é;€;𝒳\n', [['é', '€', '𝒳']]],
  ];
  test.each(cases)('%s', (_title, text, expected) => {
    expect(rows(read(HEADER + text))).toEqual(expected);
  });

  test('records count from 1, faulty ones included', () => {
    expect(read(`${HEADER}1;2;3\n1\n1;2;3\n`).records.map((record) => record.number)).toEqual([1, 2, 3]);
  });

  test('a byte order mark is no part of the first name', () => {
    expect(rows(read(`\ufeff${HEADER}1;2;3\n`))).toEqual([['1', '2', '3']]);
  });

  test('a file without header begins with a record', () => {
    expect(rows(read('1;2;3\n', { header: false }))).toEqual([['1', '2', '3']]);
  });
});

describe('faults of the whole file', () => {
  const cases: readonly [string, string | Uint8Array, string][] = [
    ['a missing column', 'a;b\n1;2\n', '312'],
    ['a column with another name', 'a;b;d\n1;2;3\n', '312'],
    ['columns in another order', 'a;c;b\n1;2;3\n', '312'],
    ['a column too many', 'a;b;c;d\n', '312'],
    ['a row in place of the header', '1;2;3\n', '312'],
    ['a quote that never closes', `${HEADER}1;"2;3\n4;5;6\n`, '312'],
    ['a quote that closes and opens again at the end', `${HEADER}1;2;"3""`, '312'],
    ['invalid UTF-8', Buffer.concat([Buffer.from(`${HEADER}1;2;`), Buffer.from([0xc3, 0x28, 0x0a])]), '138'],
    ['an overlong form', Buffer.concat([Buffer.from(`${HEADER}1;2;`), Buffer.from([0xc0, 0xaf, 0x0a])]), '138'],
    ['a sequence cut off by the end', Buffer.concat([Buffer.from(`${HEADER}1;2;`), Buffer.from([0xe2, 0x82])]), '138'],
    ['a surrogate in UTF-8', Buffer.concat([Buffer.from(HEADER), Buffer.from([0xed, 0xa0, 0x80, 0x0a])]), '138'],
  ];
  test.each(cases)('%s', (_title, text, code) => {
    const { errors } = read(text);
    expect(errors.map((error) => error.code)).toEqual([code]);
  });

  test('a header that lacks columns names them, and repeats nothing of the file', () => {
    expect(read('74031295170;x\n').errors[0]?.detail).toBe('a, b, c');
  });

  test('nothing follows the fault of a file', () => {
    const bytes = Buffer.concat([Buffer.from(`${HEADER}1;2;3\n`), Buffer.from([0xff, 0x0a]), Buffer.from('4;5;6\n')]);
    expect(rows(read(bytes))).toEqual([['1', '2', '3']]);
  });

  test('the header chooses among the layouts that are valid', () => {
    const format = new DelimitedFormat({ separator: ';', charset: 'utf-8', header: true }, [
      textLayout(['x', 'y'], '2'),
      LAYOUT,
    ]);
    const { layouts, records } = collect(format, [Buffer.from(`${HEADER}1;2;3\n`)]);
    expect({ layouts, count: records.length }).toEqual({ layouts: ['1'], count: 1 });
  });
});

describe('long records', () => {
  const long = { maxRecordBytes: 10 };

  test('a record of exactly the limit passes, one byte more is a fault and the next is read', () => {
    expect(rows(read(`${HEADER}1;2;345678\n1;2;3456789\n4;5;6\n`, long))).toEqual([
      ['1', '2', '345678'],
      ['000050'],
      ['4', '5', '6'],
    ]);
  });

  test('a quoted field that does not close within the limit is a quote that never closes', () => {
    expect(read(`${HEADER}1;"234567890\n";3\n`, long).errors.map((error) => error.code)).toEqual(['312']);
  });
});

/** The format's rules once more, over a whole string, without regard to speed. */
function naive(text: string, columns: number, maxRecordBytes: number): { rows: unknown[]; error: string | undefined } {
  const found: unknown[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const fields: string[] = [];
    let field = '';
    let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
    let wrong = false;
    let ended = false;
    while (at < text.length && at - start <= maxRecordBytes) {
      const char = text[at] ?? '';
      at += 1;
      if (state === 'quoted') {
        if (char !== '"') field += char;
        else if (text[at] === '"' && at - start <= maxRecordBytes) {
          field += '"';
          at += 1;
        } else state = 'closed';
      } else if (char === '\n') {
        ended = true;
        break;
      } else if (char === ';') {
        fields.push(field);
        field = '';
        state = 'start';
      } else if (char === '"' && state === 'start') state = 'quoted';
      else {
        const isOutOfPlace = char === '\r' ? (text[at] ?? '\n') !== '\n' : char === '"' || state === 'closed';
        if (isOutOfPlace) wrong = true;
        if (state === 'start') state = 'plain';
        field += char;
      }
    }
    const overran = !ended && at - start > maxRecordBytes;
    if (state === 'quoted') return { rows: found, error: '312' };
    if (overran) {
      const next = text.indexOf('\n', at);
      at = next < 0 ? text.length : next + 1;
      found.push(['000050']);
      continue;
    }
    // A carriage return inside quotes is data.
    fields.push(text[(ended ? at - 1 : at) - 1] === '\r' ? field.slice(0, -1) : field);
    found.push(wrong || fields.length !== columns ? ['000050'] : fields);
  }
  return { rows: found, error: undefined };
}

describe('any text, cut anywhere', () => {
  const piece = fc.constantFrom(';', '"', '\n', '\r\n', '\r', 'x', 'yy', '""', '";"', ' ');
  const anyText = fc.oneof(fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')));
  const places = fc.array(fc.nat(200), { maxLength: 12 });

  test.each([1024, 12])('gives what the naive reader gives, with records of at most %i bytes', (maxRecordBytes) => {
    fc.assert(
      fc.property(anyText, places, (text, at) => {
        const format = new DelimitedFormat({ separator: ';', charset: 'utf-8', header: false, maxRecordBytes }, [
          LAYOUT,
        ]);
        const collected = collect(format, cut(Buffer.from(text), at));
        const expected = naive(text, 3, maxRecordBytes);
        expect({ rows: rows(collected), error: collected.errors[0]?.code }).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test('gives the same for any bytes, whole or one by one', () => {
    const bytes = fc.array(
      fc.constantFrom(0x3b, 0x22, 0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xef, 0xbb, 0xbf, 0xff),
    );
    fc.assert(
      fc.property(bytes, places, (list, at) => {
        const whole = Uint8Array.from(list);
        const make = () =>
          new DelimitedFormat({ separator: ';', charset: 'utf-8', header: false, maxRecordBytes: 16 }, [LAYOUT]);
        const once = collect(make(), [whole]);
        expect(collect(make(), cut(whole, at))).toEqual(once);
        expect(
          collect(
            make(),
            Array.from(whole, (byte) => Uint8Array.of(byte)),
          ),
        ).toEqual(once);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('writing delimited records', () => {
  const all = [true, true, true];

  test('what was written is read again, whatever it holds', () => {
    const value = fc.string({ unit: fc.constantFrom('a', ';', '"', '\n', '\r\n', 'é', ' ', '𝒳'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value)), (records) => {
        const writer = new DelimitedWriter({ separator: ';', charset: 'utf-8', header: true }, LAYOUT, all);
        const text = writer.begin() + records.map((record) => writer.record(record, all)).join('');
        expect(rows(read(text))).toEqual(records);
      }),
    );
  });

  test('columns outside the mask of the file are in no line, fields outside the mask of a record are empty', () => {
    const writer = new DelimitedWriter({ separator: ';', charset: 'utf-8', header: true }, LAYOUT, [true, false, true]);
    const text =
      writer.begin() + writer.record(['1', '2', '3'], all) + writer.record(['4', '5', '6'], [true, true, false]);
    expect(text).toBe('a;c\n1;3\n4;\n');
  });
});
