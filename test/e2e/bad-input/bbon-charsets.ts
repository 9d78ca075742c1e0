import { execFileSync } from 'node:child_process';
import { hasTool } from '../../support/tools.ts';
import { CERTIFICATE, certificates, crlf, detail, header, trailer } from './bbon.ts';
import { bytes, type FileCause, latin1, numbered, type RecordTable } from './case.ts';

/** EBCDIC as the C library writes it; the next-line control of Unicode becomes the one of CP500. */
function cp500(text: string): Buffer {
  if (!hasTool('iconv')) return Buffer.alloc(0);
  return execFileSync('iconv', ['-f', 'UTF-8', '-t', 'CP500'], { input: text });
}

const nel = (lines: readonly string[]) => lines.map((line) => `${line}\x85`).join('');
const [ONE, TWO] = [numbered(detail(), 1), numbered(detail({ amount: '00000000044' }), 2)];
const EBCDIC = nel(certificates([ONE, TWO], header({ flow: 'BBOE' })));
const PACKED = certificates([ONE, TWO], header({ flow: 'BBO9' })).join('');
const replaced = (text: Buffer, at: number, byte: number) => Buffer.from(text.with(at, byte));

/** EBCDIC with its own line end, and records that follow one another in ISO-8859-15. */
export const CHARSET_FILES: readonly FileCause[] = [
  {
    cause: 'EBCDIC: bytes of another charset',
    flow: 'BBOE',
    twin: cp500(EBCDIC.replace('REF-0001', 'Réf-0001')),
    cases: [
      ['ASCII', EBCDIC.replaceAll('\x85', '\n'), '312', '#1 > 100'],
      ['ASCII with the line end of EBCDIC', latin1(EBCDIC.replaceAll('\x85', '\x15')), '138', '#1, cp500'],
      ['an ASCII digit in a detail', replaced(cp500(EBCDIC), 101 + 70, 0x31), '138', '#2, cp500'],
      ['a control of C1 in the last detail', replaced(cp500(EBCDIC), 202 + 70, 0x04), '138', '#3, cp500'],
      ['a tab of ASCII in the header', replaced(cp500(EBCDIC), 50, 0x09), '138', '#1, cp500'],
    ],
  },
  {
    cause: 'EBCDIC: line ends and lengths',
    flow: 'BBOE',
    twin: cp500(EBCDIC.slice(0, -1)),
    cases: [
      ['LF of EBCDIC', cp500(EBCDIC.replaceAll('\x85', '\n')), '312', '#1 > 100'],
      ['CR and LF of EBCDIC', cp500(EBCDIC.replaceAll('\x85', '\r\n')), '312', '#1 > 100'],
      [
        'LF of ASCII',
        bytes(
          cp500(EBCDIC)
            .toString('hex')
            .replaceAll(/../g, (byte) => (byte === '15' ? '%0a' : `%${byte}`)),
        ),
        '312',
        '#1 > 100',
      ],
      ['none', cp500(EBCDIC.replaceAll('\x85', '')), '312', '#1 > 100'],
      ['a line too short', cp500(EBCDIC.replace(ONE, ONE.slice(1))), '312', '#2 99/100'],
      ['a line too long', cp500(EBCDIC.replace(TWO, `${TWO} `)), '312', '#3 > 100'],
    ],
  },
  {
    cause: 'EBCDIC: header and trailer',
    flow: 'BBOE',
    twin: cp500(EBCDIC),
    cases: [
      ['of another flow', cp500(EBCDIC.replace('HBBOE', 'HBBON')), '312', '#1 flow ≠ BBOE'],
      [
        'a wrong count',
        cp500(nel([header({ flow: 'BBOE' }), ONE, trailer('2', '4123456', '74031295170')])),
        '312',
        '#3 count 2 ≠ 1',
      ],
      [
        'a wrong sum',
        cp500(nel([header({ flow: 'BBOE' }), ONE, trailer('1', '4123457', '74031295170')])),
        '312',
        '#3 sum amount 4123457 ≠ 4123456',
      ],
      ['a punched sign in an amount', cp500(EBCDIC.replace('00000000044', '0000000004M')), '312', '#3 amount N11'],
      ['no trailer', cp500(EBCDIC.slice(0, 303)), '312', '#4 ∅ ≠ T'],
    ],
  },
  {
    cause: 'records without line ends',
    flow: 'BBO9',
    twin: bytes(PACKED.replace('REF-0001', '%a4EF-0001')),
    cases: [
      ['with CRLF', crlf(certificates([ONE, TWO], header({ flow: 'BBO9' }))), '312', '#2 "\\r" ≠ D|T'],
      ['with a line end at the end', `${PACKED}\n`, '312', '#5 1/100'],
      ['a byte lost in a detail', PACKED.replace(ONE, ONE.slice(0, -1)), '312', '#3 "0" ≠ D|T'],
      ['a byte too many in a detail', PACKED.replace(ONE, `${ONE} `), '312', '#3 " " ≠ D|T'],
      ['cut off in the trailer', PACKED.slice(0, -10), '312', '#4 90/100'],
      ['a control of C1', latin1(PACKED.replace('REF-0002', '\x96EF-0002')), '138', '#3, iso-8859-15'],
      ['a byte order mark', bytes(`%ef%bb%bf${PACKED}`), '138', '#1, iso-8859-15'],
    ],
  },
];

/** Details in EBCDIC. */
export const BBOE_RECORDS: RecordTable = {
  theme: 'details',
  flow: 'BBOE',
  file: (details) => cp500(nel(certificates(details, header({ flow: 'BBOE' })))),
  causes: [
    {
      cause: 'columns that are not what they should be, in EBCDIC',
      twin: CERTIFICATE,
      cases: [
        ['a person', detail({ ssin: '74031295171' }), ['ssin', 'MSG00011', 'N11']],
        ['a day', detail({ begin: '20250431' }), ['begin', 'MSG00008', 'YYYYMMDD']],
        ['days behind spaces', detail({ days: ' 62' }), ['days', '000050', 'N..3']],
        [
          'a tab in a reference',
          detail({ sender_ref: 'REF\t~~~~'.padEnd(20) }),
          ['sender_ref', '000050', 'A..20 iso-8859-1'],
        ],
        [
          'NUL in a reference',
          detail({ sender_ref: 'REF\0~~~~'.padEnd(20) }),
          ['sender_ref', '000050', 'A..20 iso-8859-1'],
        ],
        ['something behind the last column', detail({ rest: 'x'.padEnd(13) }), ['record', '000050', '88-100 = ∅']],
      ],
    },
  ],
};
