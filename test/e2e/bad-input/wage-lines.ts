import { bytes, type FileCause, numbered, type RecordTable } from './case.ts';
import { FORM, lines, wageLine } from './wage.ts';

const WAGE = wageLine();
const { signed, unsigned, name } = FORM;
const GAP = '238-240 = ∅';

/** Lines of 240 characters in UTF-8: what columns make of a value of each type. */
export const WAGE_RECORDS: RecordTable = {
  theme: 'lines',
  flow: 'WAGE',
  file: lines,
  causes: [
    {
      cause: 'fixed width: an amount in its columns',
      twin: wageLine({ net: '-1800,50', tax: '1800,50', gross: '0,00' }),
      cases: [
        ['behind spaces', wageLine({ net: '    1800,50' }), ['net', '000050', signed]],
        ['before spaces', wageLine({ net: '1800,50    ' }), ['net', '000050', signed]],
        ['its sign behind the zeros', wageLine({ net: '000-1800,50' }), ['net', '000050', signed]],
        ['its sign at the end', wageLine({ net: '0001800,50-' }), ['net', '000050', signed]],
        ['a point', wageLine({ net: '00001800.50' }), ['net', '000050', signed]],
        ['no point', wageLine({ net: '00000180050' }), ['net', '000050', signed]],
        ['blank', wageLine({ net: ' '.repeat(11) }), ['net', '000050', signed]],
        ['negative where that has no sense', wageLine({ tax: '-000700,25' }), ['tax', '000050', unsigned]],
      ],
    },
    {
      cause: 'fixed width: a text with characters beyond its class',
      twin: wageLine({ name: 'Œuvré “€” ž' }),
      cases: [
        ['a letter of another alphabet', wageLine({ name: 'Зоя' }), ['name', '000050', name]],
        ['a letter and its accent apart', wageLine({ name: 'Zoe\u0308' }), ['name', '000050', name]],
        ['a snowman', wageLine({ name: '☃' }), ['name', '000050', name]],
        ['a space without width', wageLine({ name: 'Zo\u200bé' }), ['name', '000050', name]],
        ['a byte order mark', wageLine({ name: '\ufeffZoé' }), ['name', '000050', name]],
        ['the sign of what could not be read', wageLine({ name: 'Zo\ufffd' }), ['name', '000050', name]],
        ['a control of C1', wageLine({ name: 'Zo\u0080' }), ['name', '000050', name]],
        ['a line separator', wageLine({ 'address.street': 'Laan\u20281' }), ['address.street', '000050', name]],
      ],
    },
    {
      cause: 'fixed width: a value of another type',
      twin: wageLine({ rsz: '0000000000', birth: '', hired: '00000000', id: '' }),
      cases: [
        ['a day', wageLine({ begin: '20250931' }), ['begin', 'MSG00008', 'YYYYMMDD']],
        ['an incomplete date', wageLine({ hired: '20190012' }), ['hired', 'MSG00008', FORM.hired]],
        ['a quarter', wageLine({ quarter: '2025Q5' }), ['quarter', 'MSG00008', FORM.quarter]],
        ['true in capitals', wageLine({ fulltime: 'TRUE' }), ['fulltime', '000050', 'true|false']],
        ['an institution of zeros', wageLine({ payer: '0000000' }), ['payer', '000050', FORM.institution]],
        ['half of an address', wageLine({ 'address.zip': '' }), ['address.zip', '000050', 'N4']],
        ['a UUID that is cut', wageLine({ id: '7d1c0b8e-0000-4000-8000-00000000077 ' }), ['id', '000050', 'UUID']],
        ['a code of the other half of its name', wageLine({ contract: 'FIX' }), ['contract', '000050', 'OPEN|FIXED']],
      ],
    },
    {
      cause: 'fixed width: something behind the last column',
      twin: WAGE,
      cases: [
        ['a letter', `${WAGE.slice(0, -1)}x`, ['record', '000050', GAP]],
        ['a tab', `${WAGE.slice(0, -3)}\t  `, ['record', '000050', GAP]],
        ['a space that does not break', `${WAGE.slice(0, -1)}\u00a0`, ['record', '000050', GAP]],
      ],
    },
  ],
};

const GOOD = lines([numbered(WAGE, 1), numbered(WAGE, 2)]);

/** Files of WAGE that are wrong as a whole. */
export const WAGE_FILES: readonly FileCause[] = [
  {
    cause: 'fixed width in UTF-8: lines of another length',
    flow: 'WAGE',
    twin: `\ufeff${GOOD.replaceAll('\n', '\r\n')}`,
    cases: [
      ['a character too few', GOOD.slice(1), '312', '#1 239/240'],
      ['a character too many', GOOD.replace('\n', ' \n'), '312', '#1 241/240'],
      ['an empty line', `${GOOD}\n`, '312', '#3 0/240'],
      ['240 bytes that are fewer characters', lines([WAGE.slice(0, -3)]).replaceAll('~', '1'), '312', '#1 237/240'],
      ['both lines in one', GOOD.replace('\n', ''), '312', '#1 480/240'],
      ['more than any line may have', `${GOOD}${'x'.repeat(721)}\n`, '312', '#3 > 240'],
      ['a byte order mark twice', `\ufeff\ufeff${GOOD}`, '312', '#1 241/240'],
      ['CR alone', GOOD.replaceAll('\n', '\r'), '312', '#1 481/240'],
    ],
  },
  {
    cause: 'fixed width in UTF-8: bytes and characters it may not have',
    flow: 'WAGE',
    twin: GOOD,
    cases: [
      ['ISO-8859-1', Buffer.from(GOOD.replaceAll('Œ', 'O'), 'latin1'), '138', '#1, utf-8'],
      [
        'an overlong slash in the second line',
        bytes(`${lines([numbered(WAGE, 1)])}%c0%af${numbered(WAGE, 2).slice(2)}`),
        '138',
        '#2, utf-8',
      ],
      ['a picture of two code units', GOOD.replace('Laan 1', '😀an 1'), '138', '#1, utf-8'],
      [
        'cut inside a character',
        bytes(`${lines([numbered(WAGE, 1)])}${numbered(WAGE, 2).slice(0, 159)}%c3`),
        '138',
        '#2, utf-8',
      ],
      ['UTF-16', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), '138', '#1, utf-8'],
    ],
  },
  {
    cause: 'fixed width in UTF-8: no record',
    flow: 'WAGE',
    twin: GOOD,
    cases: [['no byte', '', '134']],
  },
];
