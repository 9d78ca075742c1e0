import { MUTATION, mutations, row } from './adrm.ts';
import type { RecordTable } from './case.ts';

const STREET = 'A..50';
const DATE = 'YYYY-MM-DD';

/** Rows with a value that its column may not have. */
export const ADRM_VALUES: RecordTable = {
  theme: 'values',
  flow: 'ADRM',
  file: (rows) => mutations(...rows),
  causes: [
    {
      cause: 'a control character in a text',
      twin: row({ street: 'Été\tplein' }),
      cases: [
        ['NUL', row({ street: 'Proef\0straat' }), ['street', '000050', STREET]],
        ['a bell', row({ street: 'Proef\x07straat' }), ['street', '000050', STREET]],
        ['a vertical tab', row({ street: 'Proef\vstraat' }), ['street', '000050', STREET]],
        ['a form feed', row({ street: '\fProefstraat' }), ['street', '000050', STREET]],
        ['an escape sequence', row({ street: '\x1b[31mProefstraat' }), ['street', '000050', STREET]],
        ['DEL', row({ street: 'Proefstraat\x7f' }), ['street', '000050', STREET]],
        ['the next-line control of C1', row({ street: 'Proef\x85straat' }), ['street', '000050', STREET]],
        ['a control of C1', row({ box: '\x9f' }), ['box', '000050', 'A..4']],
      ],
    },
    {
      cause: 'a code point that is no character',
      twin: row({ street: '\ufffdProefstraat' }),
      cases: [
        [
          'U+FFFE, a byte order mark the wrong way round',
          row({ street: '\ufffeProefstraat' }),
          ['street', '000050', STREET],
        ],
        ['U+FFFF', row({ house_no: '12\uffff' }), ['house_no', '000050', 'A..10']],
      ],
    },
    {
      cause: 'a text that is too long',
      twin: row({ street: '😀'.repeat(50) }),
      cases: [
        ['51 letters', row({ street: 'x'.repeat(51) }), ['street', '000050', STREET]],
        ['51 letters of two bytes', row({ street: 'é'.repeat(51) }), ['street', '000050', STREET]],
        ['51 pictures of two code units', row({ street: '😀'.repeat(51) }), ['street', '000050', STREET]],
        ['50 letters and a space', row({ street: `${'x'.repeat(50)} ` }), ['street', '000050', STREET]],
        ['a house number of 11', row({ house_no: '12345678901' }), ['house_no', '000050', 'A..10']],
        ['a box of 5', row({ box: '12345' }), ['box', '000050', 'A..4']],
        ['a postal code of 11', row({ postal_code: 'B-1000-1000' }), ['postal_code', '000050', 'A..10']],
        ['51 with line ends between quotes', row({ street: `"${'x\n'.repeat(25)}x"` }), ['street', '000050', STREET]],
      ],
    },
    {
      cause: 'a value that is missing',
      twin: MUTATION,
      cases: [
        ['the number of the record', row({ record_no: '' }), ['record_no', '000050', 'N..7']],
        ['the ticket', row({ ticket: '' }), ['ticket', '000050', 'UUID']],
        ['the person', row({ ssin: '' }), ['ssin', '000050', 'N11']],
        ['the code', row({ mutation_code: '' }), ['mutation_code', '000050', 'ADR|NAM|DEC']],
        ['the day', row({ effective_date: '' }), ['effective_date', '000050', DATE]],
        ['the street, in empty quotes', row({ street: '""' }), ['street', '000050', STREET]],
        ['the country', row({ country_nis: '' }), ['country_nis', '000050', 'N5']],
        ['the begin of the quality', row({ quality_begin: '' }), ['quality_begin', '000050', DATE]],
      ],
    },
    {
      cause: 'a number of a person that can not be one',
      twin: MUTATION,
      cases: [
        ['check digits', row({ ssin: '74031295199' }), ['ssin', 'MSG00011', 'N11']],
        ['ten digits', row({ ssin: '7403129511' }), ['ssin', 'MSG00011', 'N11']],
        ['two digits swapped', row({ ssin: '74031925170' }), ['ssin', 'MSG00011', 'N11']],
        ['a thirteenth month', row({ ssin: '74131295143' }), ['ssin', 'MSG00011', 'N11']],
        ['31 February', row({ ssin: '85023198281' }), ['ssin', 'MSG00011', 'N11']],
        ['series 000', row({ ssin: '74031200051' }), ['ssin', 'MSG00011', 'N11']],
        ['series 999', row({ ssin: '74031299922' }), ['ssin', 'MSG00011', 'N11']],
        ['all zeros', row({ ssin: '00000000000' }), ['ssin', 'MSG00011', 'N11']],
      ],
    },
    {
      cause: 'a number of a person in another notation',
      twin: MUTATION,
      cases: [
        ['with points', row({ ssin: '74.03.12-951.70' }), ['ssin', 'MSG00011', 'N11']],
        ['with spaces', row({ ssin: '740312 951 70' }), ['ssin', 'MSG00011', 'N11']],
        ['with a space before it', row({ ssin: ' 74031295170' }), ['ssin', 'MSG00011', 'N11']],
        ['with a sign', row({ ssin: '+74031295170' }), ['ssin', 'MSG00011', 'N11']],
        ['with the 2 of the check before it', row({ ssin: '200022993779' }), ['ssin', 'MSG00011', 'N11']],
        ['in Arabic-Indic digits', row({ ssin: '٧٤٠٣١٢٩٥١٧٠' }), ['ssin', 'MSG00011', 'N11']],
        ['in digits of double width', row({ ssin: '７４０３１２９５１７０' }), ['ssin', 'MSG00011', 'N11']],
        ['as a spreadsheet writes it', row({ ssin: '7.40313E+10' }), ['ssin', 'MSG00011', 'N11']],
      ],
    },
    {
      cause: 'a person the directory does not know',
      twin: row({ ssin: '12070496422' }),
      cases: [['the year 1912 in place of 2012', row({ ssin: '12070496490' }), ['ssin', 'MSG00005']]],
    },
    {
      cause: 'a replacing number that can not be one',
      twin: row({ ssin_replaced_by: '85113098277' }),
      cases: [
        ['check digits', row({ ssin_replaced_by: '85113098278' }), ['ssin_replaced_by', 'MSG00011', 'N11']],
        ['a word', row({ ssin_replaced_by: 'NULL' }), ['ssin_replaced_by', 'MSG00011', 'N11']],
        ['a space', row({ ssin_replaced_by: ' ' }), ['ssin_replaced_by', 'MSG00011', 'N11']],
      ],
    },
    {
      cause: 'a day that does not exist',
      twin: row({ effective_date: '2024-02-29' }),
      cases: [
        ['30 February', row({ effective_date: '2026-02-30' }), ['effective_date', 'MSG00008', DATE]],
        ['29 February of no leap year', row({ effective_date: '2025-02-29' }), ['effective_date', 'MSG00008', DATE]],
        ['29 February 1900', row({ effective_date: '1900-02-29' }), ['effective_date', 'MSG00008', DATE]],
        ['31 April', row({ effective_date: '2025-04-31' }), ['effective_date', 'MSG00008', DATE]],
        ['a thirteenth month', row({ effective_date: '2025-13-01' }), ['effective_date', 'MSG00008', DATE]],
        ['month 00', row({ effective_date: '2025-00-10' }), ['effective_date', 'MSG00008', DATE]],
        [
          'day 00, which only incomplete dates have',
          row({ effective_date: '2025-01-00' }),
          ['effective_date', 'MSG00008', DATE],
        ],
        ['day 32', row({ quality_end: '2025-01-32' }), ['quality_end', 'MSG00008', DATE]],
      ],
    },
    {
      cause: 'a day in another notation',
      twin: MUTATION,
      cases: [
        ['without hyphens', row({ effective_date: '20260105' }), ['effective_date', 'MSG00008', DATE]],
        ['the day first', row({ effective_date: '05-01-2026' }), ['effective_date', 'MSG00008', DATE]],
        ['with slashes', row({ effective_date: '2026/01/05' }), ['effective_date', 'MSG00008', DATE]],
        ['without zeros', row({ effective_date: '2026-1-5' }), ['effective_date', 'MSG00008', DATE]],
        ['with a time', row({ effective_date: '2026-01-05T00:00:00' }), ['effective_date', 'MSG00008', DATE]],
        ['with a zone', row({ effective_date: '2026-01-05Z' }), ['effective_date', 'MSG00008', DATE]],
        ['with a space behind it', row({ effective_date: '2026-01-05 ' }), ['effective_date', 'MSG00008', DATE]],
        ['as a number of days', row({ quality_begin: '46027' }), ['quality_begin', 'MSG00008', DATE]],
      ],
    },
    {
      cause: 'a period that ends before it begins',
      twin: row({ quality_begin: '2019-04-01', quality_end: '2019-04-01' }),
      cases: [
        ['the day before', row({ quality_end: '2019-03-31' }), ['quality_end', 'MSG00008', '2019-03-31 < 2019-04-01']],
        [
          'a century before',
          row({ quality_end: '1919-04-01' }),
          ['quality_end', 'MSG00008', '1919-04-01 < 2019-04-01'],
        ],
      ],
    },
    {
      cause: 'a code that is not in the list',
      twin: row({ mutation_code: 'DEC' }),
      cases: [
        ['another word', row({ mutation_code: 'ADX' }), ['mutation_code', '000050', 'ADR|NAM|DEC']],
        ['in small letters', row({ mutation_code: 'adr' }), ['mutation_code', '000050', 'ADR|NAM|DEC']],
        ['with a space behind it', row({ mutation_code: 'ADR ' }), ['mutation_code', '000050', 'ADR|NAM|DEC']],
        ['two of them', row({ mutation_code: 'ADR|NAM' }), ['mutation_code', '000050', 'ADR|NAM|DEC']],
        ['a letter of another alphabet', row({ mutation_code: 'АDR' }), ['mutation_code', '000050', 'ADR|NAM|DEC']],
        ['a property of every object', row({ mutation_code: 'toString' }), ['mutation_code', '000050', 'ADR|NAM|DEC']],
        [
          'with a line separator of Unicode',
          row({ mutation_code: 'ADR\u2028' }),
          ['mutation_code', '000050', 'ADR|NAM|DEC'],
        ],
        ['one of another column', row({ source: 'ADR' }), ['source', '000050', 'RR|KSZ']],
      ],
    },
    {
      cause: 'digits in another number or kind',
      twin: MUTATION,
      cases: [
        ['four of five', row({ municipality_nis: '2100' }), ['municipality_nis', '000050', 'N5']],
        ['six of five', row({ municipality_nis: '210044' }), ['municipality_nis', '000050', 'N5']],
        ['a letter', row({ municipality_nis: '2100A' }), ['municipality_nis', '000050', 'N5']],
        ['a sign', row({ country_nis: '-0150' }), ['country_nis', '000050', 'N5']],
        ['a space', row({ country_nis: ' 0150' }), ['country_nis', '000050', 'N5']],
        ['a point', row({ quality_code: '1.0' }), ['quality_code', '000050', 'N3']],
        ['without the zeros before it', row({ quality_code: '10' }), ['quality_code', '000050', 'N3']],
        ['digits of double width', row({ country_nis: '００１５０' }), ['country_nis', '000050', 'N5']],
      ],
    },
    {
      cause: 'a whole number in an odd notation',
      twin: row({ record_no: '0000012' }),
      cases: [
        ['negative', row({ record_no: '-1' }), ['record_no', '000050', 'N..7']],
        ['with a plus', row({ record_no: '+1' }), ['record_no', '000050', 'N..7']],
        ['with decimals', row({ record_no: '1.0' }), ['record_no', '000050', 'N..7']],
        ['with an exponent', row({ record_no: '1e3' }), ['record_no', '000050', 'N..7']],
        ['hexadecimal', row({ record_no: '0x1F' }), ['record_no', '000050', 'N..7']],
        ['with a space between thousands', row({ record_no: '1 000' }), ['record_no', '000050', 'N..7']],
        ['of eight digits', row({ record_no: '12345678' }), ['record_no', '000050', 'N..7']],
        ['infinite', row({ record_no: 'Infinity' }), ['record_no', '000050', 'N..7']],
      ],
    },
    {
      cause: 'an identifier that is no UUID',
      twin: row({ ticket: '7D1C0B8E-0000-4000-8000-000000000901' }),
      cases: [
        ['in braces', row({ ticket: '{7d1c0b8e-0000-4000-8000-000000000901}' }), ['ticket', '000050', 'UUID']],
        ['without hyphens', row({ ticket: '7d1c0b8e000040008000000000000901' }), ['ticket', '000050', 'UUID']],
        ['with a letter g', row({ ticket: '7d1c0b8g-0000-4000-8000-000000000901' }), ['ticket', '000050', 'UUID']],
        ['a digit too few', row({ ticket: '7d1c0b8e-0000-4000-8000-00000000090' }), ['ticket', '000050', 'UUID']],
        ['as a URN', row({ ticket: 'urn:uuid:7d1c0b8e-0000-4000-8000-000000000901' }), ['ticket', '000050', 'UUID']],
      ],
    },
  ],
};
