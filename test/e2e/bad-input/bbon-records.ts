import { CERTIFICATE, certificates, crlf, detail } from './bbon.ts';
import { latin1, type RecordTable } from './case.ts';

const DAY = 'YYYYMMDD';
const REF = 'A..20 iso-8859-1';
const ref = (text: string) => detail({ sender_ref: text.padEnd(20) });

/** Details with columns that are not what they should be; count and sums of the file are right. */
export const BBON_RECORDS: RecordTable = {
  theme: 'details',
  flow: 'BBON',
  file: (details) => latin1(crlf(certificates(details))),
  causes: [
    {
      cause: 'a person that can not be one',
      twin: CERTIFICATE,
      cases: [
        ['check digits', detail({ ssin: '74031295171' }), ['ssin', 'MSG00011', 'N11']],
        ['zeros', detail({ ssin: '00000000000' }), ['ssin', 'MSG00011', 'N11']],
        ['nines', detail({ ssin: '99999999999' }), ['ssin', 'MSG00011', 'N11']],
        ['blank', detail({ ssin: ' '.repeat(11) }), ['ssin', '000050', 'N11']],
      ],
    },
    {
      cause: 'an employer that can not be one',
      twin: detail({ employer: '900000147 ' }),
      cases: [
        ['check digits', detail({ employer: '0900000148' }), ['employer', 'MSG00011', 'N10']],
        ['zeros', detail({ employer: '0000000000' }), ['employer', 'MSG00011', 'N10']],
        ['a business unit', detail({ employer: '2147812701' }), ['employer', 'MSG00011', 'N10']],
        ['blank', detail({ employer: ' '.repeat(10) }), ['employer', '000050', 'N10']],
      ],
    },
    {
      cause: 'a day or period that can not be',
      twin: detail({ end: '20250101' }),
      cases: [
        ['29 February', detail({ begin: '20250229' }), ['begin', 'MSG00008', DAY]],
        ['zeros where a day must be', detail({ begin: '00000000' }), ['begin', 'MSG00008', DAY]],
        ['blank', detail({ begin: ' '.repeat(8) }), ['begin', '000050', DAY]],
        ['a year and a month', detail({ end: '202512  ' }), ['end', 'MSG00008', DAY]],
        ['the day first', detail({ end: '31122025' }), ['end', 'MSG00008', DAY]],
        ['a letter', detail({ end: '2025123I' }), ['end', 'MSG00008', DAY]],
        ['reversed', detail({ end: '20241231' }), ['end', 'MSG00008', '2024-12-31 < 2025-01-01']],
      ],
    },
    {
      cause: 'a number that is not right-aligned behind zeros',
      twin: detail({ days: '000' }),
      cases: [
        ['behind spaces', detail({ days: ' 62' }), ['days', '000050', 'N..3']],
        ['before spaces', detail({ days: '62 ' }), ['days', '000050', 'N..3']],
        ['negative', detail({ days: '-62' }), ['days', '000050', 'N..3']],
        ['with a point', detail({ days: '6.2' }), ['days', '000050', 'N..3']],
        ['a letter', detail({ days: '26O' }), ['days', '000050', 'N..3']],
        ['blank', detail({ days: '   ' }), ['days', '000050', 'N..3']],
        ['packed, as a mainframe does', detail({ days: '\x02\x60\x0c' }), ['days', '000050', 'N..3']],
        ['blank, in an amount', detail({ amount: ' '.repeat(11) }), ['amount', '000050', 'N..11']],
      ],
    },
    {
      cause: 'digits that are not all there',
      twin: detail({ year: '0000' }),
      cases: [
        ['two of a year', detail({ year: '25  ' }), ['year', '000050', 'N4']],
        ['two of a year, to the right', detail({ year: '  25' }), ['year', '000050', 'N4']],
        ['a letter', detail({ year: '2O25' }), ['year', '000050', 'N4']],
        ['blank', detail({ year: '    ' }), ['year', '000050', 'N4']],
        ['a quality without its zero', detail({ quality: '10 ' }), ['quality', '000050', 'N3']],
        ['a quality of letters', detail({ quality: 'ABC' }), ['quality', '000050', 'N3']],
      ],
    },
    {
      cause: 'a reference with other characters',
      twin: ref('  é ÿ ~~~~'),
      cases: [
        ['NUL', ref('REF\0~~~~'), ['sender_ref', '000050', REF]],
        ['a tab', ref('REF\t~~~~'), ['sender_ref', '000050', REF]],
        ['a carriage return', ref('REF\r~~~~'), ['sender_ref', '000050', REF]],
        ['an escape', ref('\x1b[0m~~~~'), ['sender_ref', '000050', REF]],
        ['DEL', ref('~~~~\x7f'), ['sender_ref', '000050', REF]],
        ['blank', ref(''), ['sender_ref', '000050', REF]],
      ],
    },
    {
      cause: 'an action that is none, or has no original',
      twin: ref('TWICE'),
      cases: [
        ['another digit', detail({ action: '2' }), ['action', '000050', '0|1|3']],
        ['blank', detail({ action: ' ' }), ['action', '000050', '0|1|3']],
        ['a letter', detail({ action: 'O' }), ['action', '000050', '0|1|3']],
        [
          'a cancellation of nothing',
          detail({ action: '3', sender_ref: 'NEVER-SENT          ' }),
          ['sender_ref', '157', 'NEVER-SENT'],
        ],
        [
          'a change of nothing',
          detail({ action: '1', sender_ref: 'NEVER-SENT-EITHER   ' }),
          ['sender_ref', '157', 'NEVER-SENT-EITHER'],
        ],
        [
          'an original twice',
          detail({ sender_ref: 'TWICE               ', days: '001' }),
          ['sender_ref', '000050', 'TWICE'],
        ],
      ],
    },
    {
      cause: 'something in columns that have no meaning',
      twin: CERTIFICATE,
      cases: [
        ['in the first', detail({ rest: `x${' '.repeat(12)}` }), ['record', '000050', '88-100 = ∅']],
        ['in the last', detail({ rest: `${' '.repeat(12)}x` }), ['record', '000050', '88-100 = ∅']],
        ['a zero', detail({ rest: ` 0${' '.repeat(11)}` }), ['record', '000050', '88-100 = ∅']],
        ['NUL bytes', detail({ rest: '\0'.repeat(13) }), ['record', '000050', '88-100 = ∅']],
        [
          'with a wrong number',
          detail({ ssin: '74031295199', rest: 'x'.padEnd(13) }),
          ['record', '000050', '88-100 = ∅'],
          ['ssin', 'MSG00011', 'N11'],
        ],
      ],
    },
  ],
};
