import { goodRows, HEADER, MUTATION, mutations, row } from './adrm.ts';
import { put, type RecordTable } from './case.ts';

const STREET = 'A..50';
const quoted = put(MUTATION, 'Proefstraat', '"Laan ""Twee""; bis"');

/** Rows that are wrong by how they are built. */
export const ADRM_ROWS: RecordTable = {
  theme: 'rows',
  flow: 'ADRM',
  file: (rows) => mutations(...rows),
  causes: [
    {
      cause: 'a number of columns that is not the header’s',
      twin: MUTATION,
      cases: [
        ['one too few', put(MUTATION, ';ADR;', ';'), ['record', '000050', '15/16']],
        ['one too many', put(MUTATION, ';ADR;', ';ADR;;'), ['record', '000050', '17/16']],
        ['a separator behind the last', `${MUTATION};`, ['record', '000050', '17/16']],
        ['an empty line', '', ['record', '000050', '1/16']],
        ['spaces alone', '   ', ['record', '000050', '1/16']],
        [
          'a separator inside a street without quotes',
          put(MUTATION, 'straat', '; straat'),
          ['record', '000050', '17/16'],
        ],
        ['a row cut off in its middle', MUTATION.slice(0, 60), ['record', '000050', '6/16']],
        ['two rows on one line', `${MUTATION};${MUTATION}`, ['record', '000050', '32/16']],
      ],
    },
    {
      cause: 'a line that is no row',
      twin: MUTATION,
      cases: [
        ['a row with commas', MUTATION.replaceAll(';', ','), ['record', '000050', '1/16']],
        ['a row with tabs', MUTATION.replaceAll(';', '\t'), ['record', '000050', '1/16']],
        ['a comment', '# end of the file', ['record', '000050', '1/16']],
        ['a trailer with a count', 'T;12', ['record', '000050', '2/16']],
        ['the end of a DOS file', '\x1a', ['record', '000050', '1/16']],
        ['JSON', '{"record_no":1}', ['record', '000050', '"']],
        ['a row in quotes as a whole', `"${MUTATION}"`, ['record', '000050', '1/16']],
      ],
    },
    {
      cause: 'a second header, as where two files were joined',
      twin: MUTATION,
      cases: [
        [
          'as it is',
          HEADER,
          ['record_no', '000050', 'N..7'],
          ['ticket', '000050', 'UUID'],
          ['ssin', 'MSG00011', 'N11'],
          ['ssin_replaced_by', 'MSG00011', 'N11'],
          ['mutation_code', '000050', 'ADR|NAM|DEC'],
          ['effective_date', 'MSG00008', 'YYYY-MM-DD'],
          ['postal_code', '000050', 'A..10'],
          ['municipality_nis', '000050', 'N5'],
          ['country_nis', '000050', 'N5'],
          ['source', '000050', 'RR|KSZ'],
          ['quality_code', '000050', 'N3'],
          ['quality_begin', 'MSG00008', 'YYYY-MM-DD'],
          ['quality_end', 'MSG00008', 'YYYY-MM-DD'],
        ],
        ['a byte order mark before a row', `\ufeff${MUTATION}`, ['record_no', '000050', 'N..7']],
      ],
    },
    {
      cause: 'quotes in the wrong place',
      twin: quoted,
      cases: [
        ['text behind the closing quote', put(MUTATION, 'Proefstraat', '"Proef"straat'), ['record', '000050', '"']],
        ['a space behind the closing quote', put(MUTATION, 'Proefstraat', '"Proefstraat" '), ['record', '000050', '"']],
        ['a space before the opening quote', put(MUTATION, 'Proefstraat', ' "Proefstraat"'), ['record', '000050', '"']],
        ['a quote inside text without quotes', put(MUTATION, 'Proefstraat', 'Proef"straat'), ['record', '000050', '"']],
        ['a quote escaped by a backslash', put(MUTATION, 'Proefstraat', '"Proef\\"straat"'), ['record', '000050', '"']],
        ['doubled quotes outside', put(MUTATION, 'Proefstraat', '""Proefstraat""'), ['record', '000050', '"']],
        [
          'single quotes around a separator',
          put(MUTATION, 'Proefstraat', "'Proef;straat'"),
          ['record', '000050', '17/16'],
        ],
        ['a quote as the last character', `${MUTATION}2019-04-02"`, ['record', '000050', '"']],
      ],
    },
    {
      cause: 'a carriage return that ends no line',
      twin: put(MUTATION, 'Proefstraat', '"Proef\rstraat"'),
      cases: [
        ['before the row', `\r${MUTATION}`, ['record', '000050', 'CR']],
        ['inside a text', put(MUTATION, 'Proefstraat', 'Proef\rstraat'), ['record', '000050', 'CR']],
        ['behind a closing quote', put(MUTATION, 'Proefstraat', '"Proefstraat"\r'), ['record', '000050', 'CR']],
        ['in an empty column', put(MUTATION, ';12;;', ';12;\r;'), ['record', '000050', 'CR']],
        [
          'in a row that has quotes too',
          `${put(MUTATION, 'Proefstraat', '"Proefstraat"')}\r\r`,
          ['record', '000050', 'CR'],
        ],
        ['two rows with one between them', `${MUTATION}\r${MUTATION}`, ['record', '000050', 'CR']],
      ],
    },
    {
      cause: 'more than one line without quotes around it',
      twin: put(MUTATION, 'Proefstraat', '"Proef\nstraat"'),
      cases: [
        ['the head of a row', put(MUTATION, 'Proefstraat', 'Proef').slice(0, 72), ['record', '000050', '7/16']],
        ['its tail', 'straat;12;;1000;21004;00150;RR;010;2019-04-01;', ['record', '000050', '10/16']],
      ],
    },
    {
      cause: 'a row longer than a record may be',
      twin: MUTATION,
      cases: [
        ['a street of a mebibyte', row({ street: 'x'.repeat(1024 * 1024) }), ['record', '000050', '> 1048576']],
        ['separators of a mebibyte', ';'.repeat(1024 * 1024 + 1), ['record', '000050', '> 1048576']],
      ],
    },
    {
      cause: 'several faults at once are told together',
      twin: MUTATION,
      cases: [
        [
          'number, date and code',
          row({ ssin: '74031295199', mutation_code: 'ADX', effective_date: '2026-02-30' }),
          ['ssin', 'MSG00011', 'N11'],
          ['mutation_code', '000050', 'ADR|NAM|DEC'],
          ['effective_date', 'MSG00008', 'YYYY-MM-DD'],
        ],
        [
          'a column that is missing and a period that is reversed',
          row({ street: '', quality_begin: '2020-01-02', quality_end: '2020-01-01' }),
          ['street', '000050', STREET],
          ['quality_end', 'MSG00008', '2020-01-01 < 2020-01-02'],
        ],
        [
          'everything empty',
          ';'.repeat(15),
          ['record_no', '000050', 'N..7'],
          ['ticket', '000050', 'UUID'],
          ['ssin', '000050', 'N11'],
          ['mutation_code', '000050', 'ADR|NAM|DEC'],
          ['effective_date', '000050', 'YYYY-MM-DD'],
          ['street', '000050', STREET],
          ['house_no', '000050', 'A..10'],
          ['postal_code', '000050', 'A..10'],
          ['municipality_nis', '000050', 'N5'],
          ['country_nis', '000050', 'N5'],
          ['source', '000050', 'RR|KSZ'],
          ['quality_code', '000050', 'N3'],
          ['quality_begin', '000050', 'YYYY-MM-DD'],
        ],
      ],
    },
  ],
};

/** A line of ten million bytes between two that are right: the file is larger than what is read before the receipt. */
export const ADRM_LONG_LINE: RecordTable = {
  theme: 'a long line',
  flow: 'ADRM',
  file: (rows) => mutations(...rows, ...goodRows(1)),
  causes: [
    {
      cause: 'a line of 10 MB',
      twin: MUTATION,
      cases: [
        ['text alone', 'x'.repeat(10_000_000), ['record', '000050', '> 1048576']],
        [
          'a quoted street',
          row({ street: `"${'x'.repeat(900_000)}";${'y'.repeat(9_000_000)}` }),
          ['record', '000050', '> 1048576'],
        ],
      ],
    },
  ],
};
