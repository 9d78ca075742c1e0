import { certificates, crlf, detail, header, trailer } from './bbon.ts';
import { type FileCause, latin1, numbered } from './case.ts';

const [ONE, TWO] = [numbered(detail(), 1), numbered(detail({ amount: '00000000044' }), 2)];
const LINES = certificates([ONE, TWO]);
const [HEADER = '', , , TRAILER = ''] = LINES;
const GOOD = crlf(LINES);
const [AMOUNTS, PERSONS] = ['4123500', '148062590340'];
/** With another header. */
const headed = (values: Parameters<typeof header>[0]) => latin1(crlf(certificates([ONE, TWO], header(values))));
/** With these lines between the header and what is wrong. */
const of = (...lines: readonly string[]) => latin1(crlf([HEADER, ...lines]));

/** Files of BBON that are wrong as a whole. */
export const BBON_FILES: readonly FileCause[] = [
  {
    cause: 'fixed width: lines of another length',
    flow: 'BBON',
    twin: GOOD.slice(0, -2),
    cases: [
      ['a character too few', of(ONE.slice(0, -1), TWO, TRAILER), '312', '#2 99/100'],
      ['a character too many', of(`${ONE} `, TWO, TRAILER), '312', '#2 > 100'],
      ['blanks at the end taken off', of(ONE.trimEnd(), TWO, TRAILER), '312', '#2 87/100'],
      ['an empty line between', of(ONE, '', TWO, TRAILER), '312', '#3 0/100'],
      ['an empty line behind', of(ONE, TWO, TRAILER, ''), '312', '#5 0/100'],
      ['two lines in one', of(`${ONE}${TWO}`, TRAILER), '312', '#2 > 100'],
      ['a header of 80 columns', crlf([HEADER.slice(0, 80), ONE, TWO, TRAILER]), '312', '#1 80/100'],
      [
        'UTF-8, in which a letter has two bytes',
        crlf([HEADER, ONE.replace('REF-0001 ', 'RÉF-0001 '), TWO, TRAILER]),
        '312',
        '#2 > 100',
      ],
    ],
  },
  {
    cause: 'fixed width: a file that is cut off, or has more',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      ['in the header', GOOD.slice(0, 40), '312', '#1 40/100'],
      ['behind the header', GOOD.slice(0, 102), '312', '#2 ∅ ≠ T'],
      ['in a detail', GOOD.slice(0, 102 + 50), '312', '#2 50/100'],
      ['between CR and LF', GOOD.slice(0, 101), '312', '#1 101/100'],
      ['behind the last detail, before its line end', GOOD.slice(0, 304), '312', '#4 ∅ ≠ T'],
      ['in the trailer', GOOD.slice(0, 306 + 36), '312', '#4 36/100'],
      ['the end of a DOS file', `${GOOD}\x1a`, '312', '#5 1/100'],
      ['NUL bytes to the end of a block', `${GOOD}${'\0'.repeat(102)}`, '312', '#5 > 100'],
    ],
  },
  {
    cause: 'fixed width: line ends of another system',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      ['LF', GOOD.replaceAll('\r\n', '\n'), '312', '#1 ≠ CRLF'],
      ['CR', GOOD.replaceAll('\r\n', '\r'), '312', '#1 > 100'],
      ['LF and CR', GOOD.replaceAll('\r\n', '\n\r'), '312', '#1 ≠ CRLF'],
      ['none', GOOD.replaceAll('\r\n', ''), '312', '#1 > 100'],
      ['LF in the last line alone', `${GOOD.slice(0, -2)}\n`, '312', '#4 ≠ CRLF'],
      ['LF in the second line', GOOD.slice(0, 202) + GOOD.slice(203), '312', '#2 ≠ CRLF'],
      ['CR twice', GOOD.replaceAll('\r\n', '\r\r\n'), '312', '#1 > 100'],
    ],
  },
  {
    cause: 'fixed width: a header that is missing, double or displaced',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      ['none', crlf([ONE, TWO, TRAILER]), '312', '#1 "D" ≠ H'],
      ['a trailer first', crlf([TRAILER, ONE, TWO, HEADER]), '312', '#1 "T" ≠ H'],
      ['twice', of(HEADER, ONE, TWO, TRAILER), '312', '#2 "H" ≠ D|T'],
      ['in the middle', of(ONE, HEADER, TWO, TRAILER), '312', '#3 "H" ≠ D|T'],
      ['two files joined', `${GOOD}${GOOD}`, '312', '#5 "H" ≠ ∅'],
      ['in small letters', crlf([`h${HEADER.slice(1)}`, ONE, TWO, TRAILER]), '312', '#1 "h" ≠ H'],
      ['a title before it', crlf(['Certificates'.padEnd(100), HEADER, ONE, TWO, TRAILER]), '312', '#1 "C" ≠ H'],
    ],
  },
  {
    cause: 'fixed width: a header for another file',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      ['of another flow', headed({ flow: 'ADRM' }), '312', '#1 flow ≠ BBON'],
      ['of another version', headed({ version: '02' }), '088', '#1 version ≠ 01'],
      ['of another sector', headed({ sender: '012000' }), '108', '#1 sender_sector 12 ≠ 25'],
      ['of another type of institution', headed({ sender: '025001' }), '108', '#1 sender_type 1 ≠ 0'],
      ['of environment T', headed({ environment: 'T' }), '119', '#1 environment T ≠ R'],
      ['of environment S', headed({ environment: 'S' }), '257', '#1 environment S ≠ R'],
      ['of another length', headed({ length: '0120' }), '312', '#1 record_length 120 ≠ 100'],
    ],
  },
  {
    cause: 'fixed width: a header with columns that are not what they should be',
    flow: 'BBON',
    twin: headed({ lot: '        ' }),
    cases: [
      ['no environment', headed({ environment: ' ' }), '117', '#1 environment R|T|S'],
      ['an environment that is none', headed({ environment: 'P' }), '117', '#1 environment R|T|S'],
      ['a sector of letters', headed({ sender: 'KSZ000' }), '312', '#1 sender_sector N3'],
      ['a sector behind spaces', headed({ sender: ' 25000' }), '312', '#1 sender_sector N3'],
      ['no receiver', headed({ receiver: '      ' }), '312', '#1 receiver_sector N3'],
      ['a day that does not exist', headed({ date: '20260230' }), '312', '#1 date YYYYMMDD'],
      ['a lot with a letter of ISO-8859-1', headed({ lot: 'Été     ' }), '312', '#1 lot A8 ascii'],
      ['something behind its last column', headed({ rest: 'x'.padEnd(60) }), '312', '#1 41-100'],
    ],
  },
  {
    cause: 'fixed width: a trailer that is missing, double or displaced',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      ['none', of(ONE, TWO), '312', '#4 ∅ ≠ T'],
      ['twice', of(ONE, TWO, TRAILER, TRAILER), '312', '#5 "T" ≠ ∅'],
      ['before the last detail', of(ONE, trailer('1', '4123456', '74031295170'), TWO), '312', '#4 "D" ≠ ∅'],
      ['a detail behind it', of(ONE, TWO, TRAILER, ONE), '312', '#5 "D" ≠ ∅'],
      ['in small letters', of(ONE, TWO, `t${TRAILER.slice(1)}`), '312', '#4 "t" ≠ D|T'],
      ['a line of another type', of(ONE, `X${TWO.slice(1)}`, TRAILER), '312', '#3 "X" ≠ D|T'],
      ['a line of blanks', of(ONE, ' '.repeat(100), TWO, TRAILER), '312', '#3 " " ≠ D|T'],
      ['a line that begins with NUL', of(ONE, `\0${TWO.slice(1)}`, TRAILER), '312', '#3 "\\u0000" ≠ D|T'],
    ],
  },
  {
    cause: 'fixed width: a wrong count',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      ['one too many', of(ONE, TWO, trailer('3', AMOUNTS, PERSONS)), '312', '#4 count 3 ≠ 2'],
      ['all lines', of(ONE, TWO, trailer('4', AMOUNTS, PERSONS)), '312', '#4 count 4 ≠ 2'],
      ['a detail lost', of(ONE, TRAILER), '312', '#3 count 2 ≠ 1'],
      ['a detail twice', of(ONE, ONE, TWO, TRAILER), '312', '#5 count 2 ≠ 3'],
      ['blank', of(ONE, TWO, trailer('       ', AMOUNTS, PERSONS)), '312', '#4 count N7'],
      ['behind spaces', of(ONE, TWO, trailer('      2', AMOUNTS, PERSONS)), '312', '#4 count N7'],
    ],
  },
  {
    cause: 'fixed width: a wrong sum',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      [
        'of amounts, by a cent',
        of(ONE, TWO, trailer('2', '4123501', PERSONS)),
        '312',
        '#4 sum amount 4123501 ≠ 4123500',
      ],
      ['of amounts, in euro', of(ONE, TWO, trailer('2', '41235', PERSONS)), '312', '#4 sum amount 41235 ≠ 4123500'],
      [
        'of persons, by one',
        of(ONE, TWO, trailer('2', AMOUNTS, '148062590341')),
        '312',
        '#4 sum ssin 148062590341 ≠ 148062590340',
      ],
      [
        'an amount was changed',
        of(ONE, TWO.replace('00000000044', '00000000045'), TRAILER),
        '312',
        '#4 sum amount 4123500 ≠ 4123501',
      ],
      [
        'a person was changed',
        of(ONE, TWO.replace('74031295170', '85113098277'), TRAILER),
        '312',
        '#4 sum ssin 148062590340 ≠ 159144393447',
      ],
      ['with a sign', of(ONE, TWO, trailer('2', '+00000004123500', PERSONS)), '312', '#4 sum amount N15'],
      ['blank', of(ONE, TWO, trailer('2', AMOUNTS, ' '.repeat(13))), '312', '#4 sum ssin N13'],
      ['something behind it', of(ONE, TWO, trailer('2', AMOUNTS, PERSONS, '0')), '312', '#4 37-100'],
    ],
  },
  {
    cause: 'fixed width: a detail that can not be added up',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      ['an amount with a comma', of(ONE.replace('00004123456', '00041234,56'), TWO, TRAILER), '312', '#2 amount N11'],
      ['an amount behind spaces', of(ONE, TWO.replace('00000000044', '         44'), TRAILER), '312', '#3 amount N11'],
      ['a negative amount', of(ONE, TWO.replace('00000000044', '-0000000044'), TRAILER), '312', '#3 amount N11'],
      ['a person with a letter', of(ONE.replace('74031295170', '7403129517O'), TWO, TRAILER), '312', '#2 ssin N11'],
      ['columns that moved by one', of(`${ONE.slice(0, 8)} ${ONE.slice(8, -1)}`, TWO, TRAILER), '312', '#2 ssin N11'],
    ],
  },
  {
    cause: 'fixed width: bytes that ISO-8859-1 has no character for',
    flow: 'BBON',
    twin: latin1(GOOD.replace('REF-0001', 'R\xc9F-0001')),
    cases: [
      ['a euro of windows-1252', latin1(GOOD.replace('REF-0001', '\x80EF-0001')), '138', '#2, iso-8859-1'],
      ['a next-line control', latin1(GOOD.replace('REF-0002', '\x85EF-0002')), '138', '#3, iso-8859-1'],
      ['a byte order mark in place of three columns', latin1(`\xef\xbb\xbf${GOOD.slice(3)}`), '138', '#1, iso-8859-1'],
    ],
  },
  {
    cause: 'fixed width: no record',
    flow: 'BBON',
    twin: GOOD,
    cases: [
      ['no byte', '', '134'],
      ['a header and a trailer', of(trailer('0', '0', '0')), '134'],
    ],
  },
];
