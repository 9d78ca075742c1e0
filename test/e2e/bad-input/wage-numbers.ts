import { bytes, type FileCause, numbered, type RecordCase, type RecordTable } from './case.ts';
import { FORM, lines, wageRow } from './wage.ts';

const { signed, unsigned, rsz, institution, name } = FORM;
const WAGE = wageRow();

/** Rows in windows-1252 without a header: amounts, totals, numbers of employers, texts of one line. */
export const WAGD_NUMBERS: RecordTable = {
  theme: 'numbers',
  flow: 'WAGD',
  // Of the characters beyond ASCII only these two stand in the rows.
  file: (rows) => bytes(lines(rows).replaceAll('ë', '%eb').replaceAll('Œ', '%8c').replaceAll('é', '%e9')),
  causes: [
    {
      cause: 'an amount in another notation',
      twin: wageRow({ net: '-0000700,25', gross: '0,00' }),
      cases: [
        ['a point', wageRow({ net: '1800.50' }), ['net', '000050', signed]],
        ['a point between thousands', wageRow({ net: '1.800,50' }), ['net', '000050', signed]],
        ['a space between thousands', wageRow({ net: '1 800,50' }), ['net', '000050', signed]],
        ['a plus', wageRow({ net: '+1800,50' }), ['net', '000050', signed]],
        ['a minus behind it', wageRow({ net: '1800,50-' }), ['net', '000050', signed]],
        ['an exponent', wageRow({ net: '18,005e2' }), ['net', '000050', signed]],
        ['brackets, as accountants write', wageRow({ net: '(1800,50)' }), ['net', '000050', signed]],
        ['a sign of the euro', wageRow({ net: 'EUR 1800,50' }), ['net', '000050', signed]],
      ],
    },
    {
      cause: 'an amount with other decimals or too many digits',
      twin: WAGE,
      cases: [
        ['none', wageRow({ net: '1800' }), ['net', '000050', signed]],
        ['one', wageRow({ net: '1800,5' }), ['net', '000050', signed]],
        ['three', wageRow({ net: '1800,505' }), ['net', '000050', signed]],
        ['nothing before the point', wageRow({ net: ',50' }), ['net', '000050', signed]],
        ['nothing behind the point', wageRow({ net: '1800,' }), ['net', '000050', signed]],
        ['eight digits before the point', wageRow({ gross: '12345678,00' }), ['gross', '000050', unsigned]],
        ['two points', wageRow({ tax: '700,25,00' }), ['tax', '000050', unsigned]],
        ['negative where that has no sense', wageRow({ tax: '-700,25' }), ['tax', '000050', unsigned]],
      ],
    },
    {
      cause: 'a total that does not add up',
      twin: wageRow({ net: '-0,01', tax: '0,02', gross: '0,01' }),
      cases: [
        ['by one cent', wageRow({ gross: '2500,76' }), ['gross', '000050', '2500.76 ≠ 2500.75']],
        [
          'since the parts are negative',
          wageRow({ net: '-1800,50', gross: '1100,25' }),
          ['gross', '000050', '1100.25 ≠ -1100.25'],
        ],
        ['a part in another unit', wageRow({ net: '180050,00' }), ['gross', '000050', '2500.75 ≠ 180750.25']],
        ['zero', wageRow({ gross: '0,00' }), ['gross', '000050', '0.00 ≠ 2500.75']],
      ],
    },
    {
      cause: 'cents that are no whole number',
      twin: wageRow({ bonus: '-000000001' }),
      cases: [
        ['a fraction', wageRow({ bonus: '123,45' }), ['bonus', '000050', '±N..9']],
        ['two signs', wageRow({ bonus: '--1' }), ['bonus', '000050', '±N..9']],
        ['a sign alone', wageRow({ bonus: '-' }), ['bonus', '000050', '±N..9']],
        ['ten digits', wageRow({ bonus: '1234567890' }), ['bonus', '000050', '±N..9']],
        ['a space behind the sign', wageRow({ bonus: '- 1' }), ['bonus', '000050', '±N..9']],
        ['a punched sign of a mainframe', wageRow({ bonus: '1234N' }), ['bonus', '000050', '±N..9']],
        ['not a number', wageRow({ bonus: 'NaN' }), ['bonus', '000050', '±N..9']],
      ],
    },
    {
      cause: 'a number of an enterprise that can not be one',
      twin: wageRow({ employer: '1999001239' }),
      cases: [
        ['check digits', wageRow({ employer: '0900000100' }), ['employer', 'MSG00011', 'N10']],
        ['a business unit', wageRow({ employer: '2900000147' }), ['employer', 'MSG00011', 'N10']],
        ['nine digits with a check that fails', wageRow({ employer: '090000014' }), ['employer', 'MSG00011', 'N10']],
        ['97 in place of the check', wageRow({ employer: '0900000097' }), ['employer', 'MSG00011', 'N10']],
        ['eleven digits', wageRow({ employer: '09000001470' }), ['employer', 'MSG00011', 'N10']],
        ['of another country', wageRow({ employer: 'NL900000147' }), ['employer', 'MSG00011', 'N10']],
        ['a letter', wageRow({ employer: '09OOOOO147' }), ['employer', 'MSG00011', 'N10']],
      ],
    },
    {
      cause: 'a number at the RSZ that can not be one',
      twin: wageRow({ rsz: '5123456789' }),
      cases: [
        ['another first digit', wageRow({ rsz: '1234567890' }), ['rsz', '000050', rsz]],
        ['a temporary one that begins with 52', wageRow({ rsz: '5223456789' }), ['rsz', '000050', rsz]],
        ['nine digits', wageRow({ rsz: '012345678' }), ['rsz', '000050', rsz]],
        ['eleven digits', wageRow({ rsz: '01234567890' }), ['rsz', '000050', rsz]],
        ['hyphens', wageRow({ rsz: '012-345678' }), ['rsz', '000050', rsz]],
      ],
    },
    {
      cause: 'an institution or sector that can not be one',
      twin: wageRow({ payer: '999/999', branch: '0' }),
      cases: [
        ['four digits', wageRow({ payer: '1200/0' }), ['payer', '000050', institution]],
        ['no type', wageRow({ payer: '12' }), ['payer', '000050', institution]],
        ['a hyphen', wageRow({ payer: '12-0' }), ['payer', '000050', institution]],
        ['a third part', wageRow({ payer: '12/0/1' }), ['payer', '000050', institution]],
        ['a sector of four digits', wageRow({ branch: '1000' }), ['branch', '000050', 'N..3']],
        ['a negative sector', wageRow({ branch: '-1' }), ['branch', '000050', 'N..3']],
        ['a sector with its type', wageRow({ branch: '18/0' }), ['branch', '000050', 'N..3']],
      ],
    },
    {
      cause: 'a text of one line that has more',
      twin: wageRow({ name: '%80uro' }),
      cases: [
        ['a tab', wageRow({ name: 'Zo\té' }), ['name', '000050', name]],
        ['a line end between quotes', wageRow({ name: '"Zo\né"' }), ['name', '000050', name]],
        ['a carriage return between quotes', wageRow({ name: '"Zo\ré"' }), ['name', '000050', name]],
        ['NUL', wageRow({ name: 'Zo\0é' }), ['name', '000050', name]],
        ['a backspace', wageRow({ name: 'Zo\bé' }), ['name', '000050', name]],
        ['21 letters', wageRow({ name: 'é'.repeat(21) }), ['name', '000050', name]],
      ],
    },
    {
      cause: 'a text of another form than its pattern',
      twin: wageRow({ ref: 'X-~' }),
      cases: [
        ['a small letter', wageRow({ ref: 'w-~' }), ['ref', '000050', 'A..12 ascii']],
        ['the pattern and more', wageRow({ ref: 'W-~x' }), ['ref', '000050', 'A..12 ascii']],
        ['nothing behind the hyphen', wageRow({ ref: 'W-' }), ['ref', '000050', 'A..12 ascii']],
        ['a letter with an accent', wageRow({ ref: 'é-~' }), ['ref', '000050', 'A..12 ascii']],
        ['thirteen characters', wageRow({ ref: 'W-12345678901' }), ['ref', '000050', 'A..12 ascii']],
      ],
    },
    {
      cause: 'half of a group',
      twin: wageRow({ 'address.street': '', 'address.zip': '' }),
      cases: [
        ['a street without its code', wageRow({ 'address.zip': '' }), ['address.zip', '000050', 'N4']],
        ['a code without its street', wageRow({ 'address.street': '' }), ['address.street', '000050', name]],
      ],
    },
    {
      cause: 'neither true nor false',
      twin: wageRow({ fulltime: 'false' }),
      cases: [
        ['in capitals', wageRow({ fulltime: 'TRUE' }), ['fulltime', '000050', 'true|false']],
        ['a digit', wageRow({ fulltime: '1' }), ['fulltime', '000050', 'true|false']],
        ['a letter', wageRow({ fulltime: 'J' }), ['fulltime', '000050', 'true|false']],
        ['yes', wageRow({ fulltime: 'yes' }), ['fulltime', '000050', 'true|false']],
      ],
    },
    {
      cause: 'a reference that another record of the file has',
      twin: wageRow({ ref: 'T-1' }),
      cases: [
        ['the same once more', wageRow({ ref: 'T-1', net: '1800,51', gross: '2500,76' }), ['ref', '000050', 'T-1']],
      ],
    },
  ],
};

const GOOD = lines([numbered(WAGE, 1), numbered(WAGE, 2)]).replaceAll('Zoë Œuvré', 'Zo%eb');
const named = (text: string) => bytes(GOOD.replace('Zo%eb', text));

/** Files of WAGD that are wrong as a whole. */
export const WAGD_FILES: readonly FileCause[] = [
  {
    cause: 'bytes that windows-1252 has no character for',
    flow: 'WAGD',
    twin: named('%80 %8c %9e'),
    cases: [
      ['0x81', named('%81'), '138', '#1, windows-1252'],
      ['0x8D', named('%8d'), '138', '#1, windows-1252'],
      ['0x8F', named('%8f'), '138', '#1, windows-1252'],
      ['0x90', named('%90'), '138', '#1, windows-1252'],
      ['0x9D in UTF-8', named('%e2%80%9d'), '138', '#1, windows-1252'],
      ['a byte order mark of UTF-8', bytes(`%ef%bb%bf${GOOD}`), '138', '#1, windows-1252'],
      ['in the last line, which has no end', bytes(`${GOOD}1|%81`), '138', '#3, windows-1252'],
    ],
  },
  {
    cause: 'a file without a header that is not whole',
    flow: 'WAGD',
    twin: named('"Zo%eb"'),
    cases: [
      ['no byte', '', '134'],
      ['a quote that never closes in its first line', named('"Zo%eb'), '312', '" #1'],
      ['a quote that never closes in its last', bytes(`${GOOD}3|"`), '312', '" #3'],
    ],
  },
];

/** Rows that are taken, with a word about what was put right or should be known. */
export const WAGD_REMARKS: readonly RecordCase[] = [
  ['an enterprise as in an address', wageRow({ employer: 'BE0900000147' }), ['employer', 'MSG00011', '0900000147']],
  ['nine digits of an enterprise', wageRow({ employer: '900000147' }), ['employer', 'MSG00011', '0900000147']],
  ['an enterprise with points', wageRow({ employer: '0900.000.147' }), ['employer', 'MSG00011', '0900000147']],
  [
    'a person whose number was replaced',
    wageRow({ ssin: '68451597725', birth: '1968-05-15' }),
    ['ssin', 'MSG00006', '00022993779'],
  ],
];

export const wages = (rows: readonly string[]): string => lines(rows).replaceAll('Zoë Œuvré', 'Zoe');
