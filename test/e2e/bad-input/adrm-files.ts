import { goodRows, HEADER, MUTATION, mutations, row } from './adrm.ts';
import { bytes, type FileCause, latin1, put } from './case.ts';

const [FIRST = '', SECOND = '', THIRD = ''] = goodRows(3);
const GOOD = mutations(FIRST, SECOND, THIRD);
const COLUMNS_IN_ORDER = HEADER.replaceAll(';', ', ');
/** The second of three rows with these bytes in place of its street. */
const street = (text: string) => bytes(put(GOOD, SECOND, put(SECOND, 'Proefstraat', text)));
const accented = mutations(FIRST, put(SECOND, 'Proefstraat', 'Été à Liège'), THIRD);

/** Files of ADRM (UTF-8) and of the same flow in ISO-8859-1 (ADRL) and ISO-8859-15 (ADR9) that are wrong as a whole. */
export const ADRM_FILES: readonly FileCause[] = [
  {
    cause: 'bytes of another charset in a UTF-8 flow',
    flow: 'ADRM',
    twin: accented,
    cases: [
      ['ISO-8859-1', latin1(accented), '138', '#2, utf-8'],
      ['the euro of windows-1252', street('10 %80'), '138', '#2, utf-8'],
      ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), '138', '#1, utf-8'],
      [
        'UTF-16 with its bytes the other way round',
        Buffer.from(`\ufeff${GOOD}`, 'utf16le').swap16(),
        '138',
        '#1, utf-8',
      ],
      ['UTF-16 without a byte order mark', Buffer.from(GOOD, 'utf16le').swap16(), '138', '#1, utf-8'],
      ['EBCDIC', bytes(GOOD.replaceAll(/[0-9]/g, '%f1')), '138', '#1, utf-8'],
      ['ISO-8859-1 in the header', latin1(put(GOOD, 'record_no', 'n°')), '138', '#1, utf-8'],
      [
        'ISO-8859-1 in the last row, which has no line end',
        latin1(`${mutations(FIRST)}${put(SECOND, 'Proef', 'é')}`),
        '138',
        '#2, utf-8',
      ],
    ],
  },
  {
    cause: 'forms that UTF-8 forbids',
    flow: 'ADRM',
    twin: street('%f4%8f%bf%bd'),
    cases: [
      ['an overlong slash of two bytes', street('%c0%af'), '138', '#2, utf-8'],
      ['an overlong NUL', street('%c0%80'), '138', '#2, utf-8'],
      ['an overlong form of three bytes', street('%e0%80%af'), '138', '#2, utf-8'],
      ['an overlong form of four bytes', street('%f0%80%80%af'), '138', '#2, utf-8'],
      ['half of a surrogate pair', street('%ed%a0%80'), '138', '#2, utf-8'],
      ['a pair of surrogates (CESU-8)', street('%ed%a0%bd%ed%b8%80'), '138', '#2, utf-8'],
      ['beyond the last code point', street('%f4%90%80%80'), '138', '#2, utf-8'],
      ['a form of five bytes', street('%f8%88%80%80%80'), '138', '#2, utf-8'],
    ],
  },
  {
    cause: 'characters of UTF-8 that are not whole',
    flow: 'ADRM',
    twin: street('%e2%82%ac'),
    cases: [
      ['a continuation byte alone', street('%80'), '138', '#2, utf-8'],
      ['a byte too many', street('%e2%82%ac%82'), '138', '#2, utf-8'],
      ['one byte of two', street('%c3'), '138', '#2, utf-8'],
      ['two bytes of three', street('%e2%82'), '138', '#2, utf-8'],
      ['three bytes of four', street('%f0%9f%98'), '138', '#2, utf-8'],
      ['0xFE', street('%fe'), '138', '#2, utf-8'],
      ['0xFF', street('%ff'), '138', '#2, utf-8'],
      ['cut inside the last character', bytes(`${mutations(FIRST)}${SECOND.slice(0, 60)}%e2%82`), '138', '#2, utf-8'],
    ],
  },
  {
    cause: 'a header with other columns',
    flow: 'ADRM',
    twin: GOOD,
    cases: [
      ['one is missing', put(GOOD, 'street;', ''), '312', 'street'],
      ['two are missing', put(put(GOOD, 'street;', ''), ';quality_end', ''), '312', 'street, quality_end'],
      ['one is written otherwise', put(GOOD, 'street;', 'Street;'), '312', 'street'],
      ['one too many', put(GOOD, 'street;', 'street;street_2;'), '312', '17/16'],
      ['one twice', put(GOOD, 'street;', 'street;street;'), '312', '17/16'],
      ['two have changed places', put(GOOD, 'record_no;ticket', 'ticket;record_no'), '312', COLUMNS_IN_ORDER],
      ['spaces around a name', put(GOOD, ';ssin;', '; ssin ;'), '312', 'ssin'],
      ['a NUL in a name', put(GOOD, ';ssin;', ';ss\0in;'), '312', 'ssin'],
    ],
  },
  {
    cause: 'a first line that is no header',
    flow: 'ADRM',
    twin: GOOD,
    cases: [
      ['a row', `${FIRST}\n${SECOND}\n`, '312', COLUMNS_IN_ORDER],
      ['an empty line', `\n${GOOD}`, '312', COLUMNS_IN_ORDER],
      ['a header with commas', put(GOOD, HEADER, HEADER.replaceAll(';', ',')), '312', COLUMNS_IN_ORDER],
      ['a title', `Address mutations of today\n${GOOD}`, '312', COLUMNS_IN_ORDER],
      ['Excel’s word for the separator', `sep=;\n${GOOD}`, '312', COLUMNS_IN_ORDER],
      ['one longer than a record may be', `${HEADER};${'x'.repeat(1024 * 1024)}\n${FIRST}\n`, '312', '"'],
      ['text behind a closing quote in it', put(GOOD, 'ticket;', '"tick"et;'), '312', '"'],
    ],
  },
  {
    cause: 'byte order marks',
    flow: 'ADRM',
    twin: `\ufeff${GOOD}`,
    cases: [
      ['twice', `\ufeff\ufeff${GOOD}`, '312', 'record_no'],
      ['behind a line end', `\n\ufeff${GOOD}`, '312', COLUMNS_IN_ORDER],
      ['half of one', bytes(`%ef%bb${GOOD}`), '138', '#1, utf-8'],
    ],
  },
  {
    cause: 'line ends of another system',
    flow: 'ADRM',
    twin: `${HEADER}\r\n${FIRST}\n${SECOND}\r\n`,
    cases: [
      ['CR alone', GOOD.replaceAll('\n', '\r'), '312', 'CR'],
      ['CR twice', GOOD.replaceAll('\n', '\r\r\n'), '312', 'CR'],
      ['the next-line control of C1', GOOD.replaceAll('\n', '\x85'), '312', 'quality_end'],
      ['line separators of Unicode', GOOD.replaceAll('\n', '\u2028'), '312', 'quality_end'],
    ],
  },
  {
    cause: 'no record',
    flow: 'ADRM',
    twin: GOOD,
    cases: [
      ['no byte', '', '134'],
      ['a header alone', mutations(), '134'],
      ['a header without line end', HEADER, '134'],
      ['a byte order mark and a header', `\ufeff${HEADER}\r\n`, '134'],
      ['a byte order mark alone', '\ufeff', '134'],
    ],
  },
  {
    cause: 'a quote that never closes',
    flow: 'ADRM',
    twin: mutations(FIRST, put(SECOND, 'Proefstraat', '"Proef\n""straat"'), THIRD),
    cases: [
      ['in the second row', put(GOOD, SECOND, put(SECOND, 'Proefstraat', '"Proefstraat')), '312', '" #2'],
      ['in the last column of the last row', `${GOOD}${row({ quality_end: '"' })}`, '312', '" #4'],
      ['three quotes before a text', put(GOOD, SECOND, put(SECOND, 'Proefstraat', '"""Proefstraat')), '312', '" #2'],
      ['in the header', put(GOOD, ';ssin;', ';"ssin;'), '312', '" #1'],
      [
        'in the middle of ten million bytes',
        `${mutations(FIRST)}${put(SECOND, 'Proef', '"')}${'x'.repeat(10_000_000)}`,
        '312',
        '" #2',
      ],
    ],
  },
  {
    cause: 'a file that is something else',
    flow: 'ADRM',
    twin: GOOD,
    cases: [
      ['a ZIP archive', bytes(`PK%03%04%14%00%00%00%08%00${'x'.repeat(200)}`), '312', COLUMNS_IN_ORDER],
      ['gzip', bytes(`%1f%8b%08%00%00%00%00%00${'x'.repeat(50)}`), '138', '#1, utf-8'],
      ['a PDF', bytes('%25PDF-1.7\n%25%e2%e3%cf%d3\n'), '312', COLUMNS_IN_ORDER],
      ['an old Excel file', bytes(`%d0%cf%11%e0%a1%b1%1a%e1${'%00'.repeat(500)}`), '138', '#1, utf-8'],
      ['a page of HTML', '<!DOCTYPE html><html><body>504 Gateway Time-out</body></html>\n', '312', COLUMNS_IN_ORDER],
      ['JSON', '{"record_no":1}\n', '312', '"'],
      ['NUL bytes alone', '\0'.repeat(4096), '138', '#1, utf-8'],
    ],
  },
  {
    cause: 'bytes that ISO-8859-1 has no character for',
    flow: 'ADRL',
    twin: latin1(accented),
    cases: [
      ['the euro of windows-1252', street('10 %80'), '138', '#2, iso-8859-1'],
      ['a quotation mark of windows-1252', street('l%92Été'.replace('É', 'E')), '138', '#2, iso-8859-1'],
      ['the last control of C1', street('%9f'), '138', '#2, iso-8859-1'],
      ['UTF-8 whose second byte is a control', Buffer.from(accented), '138', '#2, iso-8859-1'],
      ['a byte order mark of UTF-8', `\ufeff${GOOD}`, '138', '#1, iso-8859-1'],
      ['UTF-16', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), '138', '#1, iso-8859-1'],
      ['UTF-16 without a byte order mark', Buffer.from(GOOD, 'utf16le'), '138', '#1, iso-8859-1'],
    ],
  },
  {
    cause: 'bytes that ISO-8859-15 has no character for',
    flow: 'ADR9',
    twin: bytes(mutations(FIRST, put(SECOND, 'Proefstraat', '10 %a4'), THIRD)),
    cases: [
      ['the euro of windows-1252', street('10 %80'), '138', '#2, iso-8859-15'],
      ['the euro of UTF-8', street('10 %e2%82%ac'), '138', '#2, iso-8859-15'],
      ['a byte order mark of UTF-8', `\ufeff${GOOD}`, '138', '#1, iso-8859-15'],
    ],
  },
  {
    cause: 'a fault of the whole behind what is read before the receipt',
    flow: 'ADRM',
    in: 'notification',
    twin: mutations(...Array.from({ length: 3 }, () => MUTATION.replace('~', '7'))),
    cases: [
      ['a byte of no character', bytes(`${mutations(...Array(80_000).fill(FIRST))}%ff\n`), '138', '#80001, utf-8'],
      ['a quote that never closes', `${mutations(...Array(80_000).fill(FIRST))}"`, '312', '" #80001'],
    ],
  },
];
