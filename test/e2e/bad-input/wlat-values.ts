import type { Fault, FileCause, RecordTable } from './case.ts';
import { bytes, latin1 } from './case.ts';
import { lines } from './wage.ts';
import { ATTEST, attest } from './wlat.ts';

const DATE = 'YYYY-MM-DD';
const reference: Fault = ['ref', '000050', 'A..20'];

/** Objects whose members have values of another type, or that belong to no original. */
export const WLAT_VALUES: RecordTable = {
  theme: 'values',
  flow: 'WLAT',
  file: lines,
  causes: [
    {
      cause: 'a value of another JSON type',
      twin: ATTEST,
      cases: [
        ['a number for a string', attest({ ssin: '74031295170' }), ['ssin', '000050', 'string']],
        ['a string for a number', attest({ seq: '"1"' }), ['seq', '000050', 'number']],
        ['a string for true or false', attest({ longTerm: '"false"' }), ['longTerm', '000050', 'boolean']],
        ['a number for true or false', attest({ longTerm: '0' }), ['longTerm', '000050', 'boolean']],
        ['true for a string', attest({ ref: 'true' }), ['ref', '000050', 'string']],
        ['a list for a string', attest({ ref: '["RVA-~"]' }), ['ref', '000050', 'string']],
        ['an object for a number', attest({ status: '{"code":0}' }), ['status', '000050', 'number']],
        ['a list for a number', attest({ status: '[0]' }), ['status', '000050', 'number']],
      ],
    },
    {
      cause: 'something else than an object',
      twin: ATTEST,
      cases: [
        [
          'a string',
          attest({ period: '"2025-11-01/.."' }),
          ['period', '000050', '{…}'],
          ['period.begin', '000050', DATE],
        ],
        [
          'a list of objects',
          attest({ period: '[{"begin":"2025-11-01"}]' }),
          ['period', '000050', '{…}'],
          ['period.begin', '000050', DATE],
        ],
        ['null', attest({ period: 'null' }), ['period.begin', '000050', DATE]],
        ['an empty object', attest({ period: '{}' }), ['period.begin', '000050', DATE]],
        [
          'an object in place of its member',
          attest({ period: '{"begin":{"date":"2025-11-01"}}' }),
          ['period.begin', '000050', 'string'],
        ],
        [
          'a number',
          attest({ sender: '18' }),
          ['sender', '000050', '{…}'],
          ['sender.sector', '000050', 'N..3'],
          ['sender.institution', '000050', 'N..3'],
        ],
      ],
    },
    {
      cause: 'a number that is no integer as it is written',
      twin: attest({ seq: '1000000' }),
      cases: [
        ['a fraction', attest({ seq: '1.5' }), ['seq', '000050', 'integer']],
        ['a fraction of nothing', attest({ seq: '1.0' }), ['seq', '000050', 'integer']],
        ['a fraction too small to be seen', attest({ seq: '1.0000000000000000001' }), ['seq', '000050', 'integer']],
        ['an exponent', attest({ seq: '1e3' }), ['seq', '000050', 'integer']],
        ['an exponent that undoes the fraction', attest({ seq: '1.5E1' }), ['seq', '000050', 'integer']],
        ['a negative zero', attest({ status: '-0' }), ['status', '000050', 'integer']],
        ['beyond what numbers hold exactly', attest({ seq: '9007199254740993' }), ['seq', '000050', 'integer']],
        ['beyond what numbers hold', attest({ seq: '1e400' }), ['seq', '000050', 'integer']],
      ],
    },
    {
      cause: 'an integer that its member may not have',
      twin: attest({ status: '2' }),
      cases: [
        ['negative', attest({ seq: '-1' }), ['seq', '000050', 'N..7']],
        ['of eight digits', attest({ seq: '12345678' }), ['seq', '000050', 'N..7']],
        ['of two digits for a status', attest({ status: '10' }), ['status', '000050', 'N..1']],
        [
          'a sector of four digits',
          attest({ sender: '{"sector":1800,"institution":0}' }),
          ['sender.sector', '000050', 'N..3'],
        ],
      ],
    },
    {
      cause: 'a member that is missing',
      twin: attest({ cancels: '' }),
      cases: [
        ['the number of the record', attest({ seq: '' }), ['seq', '000050', 'N..7']],
        ['the person', attest({ ssin: '' }), ['ssin', '000050', 'N11']],
        [
          'the sender',
          attest({ sender: '' }),
          ['sender.sector', '000050', 'N..3'],
          ['sender.institution', '000050', 'N..3'],
        ],
        ['the status, as null', attest({ status: 'null' }), ['status', '000050', 'N..1']],
        [
          'the code, as an empty string',
          attest({ attest: '""' }),
          ['attest', '000050', 'UNEMPLOYED|LONG_TERM|CAREER_BREAK|END'],
        ],
        ['whether it is long-term', attest({ longTerm: '' }), ['longTerm', '000050', 'true|false']],
        ['the reference', attest({ ref: 'null' }), reference],
      ],
    },
    {
      cause: 'a text that is no text',
      twin: attest({ ref: '"\\ud83d\\ude00 ~"' }),
      cases: [
        ['an escaped NUL', attest({ ref: '"RVA\\u0000~"' }), reference],
        ['an escaped control', attest({ ref: '"RVA\\u001b~"' }), reference],
        ['half of a surrogate pair, the first', attest({ ref: '"\\ud83d ~"' }), reference],
        ['half of a surrogate pair, the second', attest({ ref: '"\\ude00 ~"' }), reference],
        ['a pair the wrong way round', attest({ ref: '"\\ude00\\ud83d ~"' }), reference],
        ['no character', attest({ ref: '"\\uffff ~"' }), reference],
        ['too long', attest({ ref: '"RVA-0000000000000000~"' }), reference],
        [
          'an object as text',
          attest({ legalContext: '"[object Object]"' }),
          ['legalContext', '000050', 'FAMILY_BENEFITS_RIGHT'],
        ],
      ],
    },
    {
      cause: 'a date or period that can not be',
      twin: attest({ period: '{"begin":"2025-11-30","end":"2025-11-30"}' }),
      cases: [
        ['31 November', attest({ period: '{"begin":"2025-11-31"}' }), ['period.begin', 'MSG00008', DATE]],
        [
          'the last second of a day',
          attest({ period: '{"begin":"2025-11-01","end":"2025-11-30T23:59:59Z"}' }),
          ['period.end', 'MSG00008', DATE],
        ],
        ['as milliseconds', attest({ period: '{"begin":1761955200000}' }), ['period.begin', '000050', 'string']],
        [
          'reversed',
          attest({ period: '{"begin":"2025-11-01","end":"2025-10-31"}' }),
          ['period.end', 'MSG00008', '2025-10-31 < 2025-11-01'],
        ],
      ],
    },
    {
      cause: 'an original that is not there',
      twin: attest({ ref: '"ORIGINAL"' }),
      cases: [
        ['a reference nobody sent', attest({ status: '3', cancels: '"NEVER-SENT"' }), ['cancels', '157', 'NEVER-SENT']],
        [
          'one of another person',
          attest({ status: '3', cancels: '"ORIGINAL"', ssin: '"85113098277"' }),
          ['cancels', '157', 'ORIGINAL'],
        ],
        [
          'one that is written otherwise',
          attest({ status: '3', cancels: '"original"' }),
          ['cancels', '157', 'original'],
        ],
        ['one that was refused', attest({ status: '3', cancels: '"REFUSED"' }), ['cancels', '157', 'REFUSED']],
        ['one that stands behind it', attest({ status: '3', cancels: '"LATER"' }), ['cancels', '157', 'LATER']],
        ['its own', attest({ status: '3', cancels: '"SELF"', ref: '"SELF"' }), ['cancels', '157', 'SELF']],
      ],
    },
    {
      cause: 'a reference that another record of the file has',
      twin: attest({ ref: '"LATER"' }),
      cases: [['the same once more', attest({ ref: '"LATER"', longTerm: 'true' }), ['ref', '000050', 'LATER']]],
    },
    {
      cause: 'a refused record is no original',
      twin: attest({ ref: '"RIGHT"' }),
      cases: [
        ['its number is wrong', attest({ ref: '"REFUSED"', ssin: '"74031295199"' }), ['ssin', 'MSG00011', 'N11']],
      ],
    },
  ],
};

const GOOD = `${ATTEST}\n`.replaceAll('~', '1');

/** Files of WLAT that are wrong as a whole. */
export const WLAT_FILES: readonly FileCause[] = [
  {
    cause: 'bytes that are not UTF-8',
    flow: 'WLAT',
    twin: GOOD.replace('RVA-1', 'Été'),
    cases: [
      ['ISO-8859-1', latin1(GOOD.replace('RVA-1', 'Été')), '138', '#1, utf-8'],
      ['in the second line', bytes(`${GOOD}${GOOD.replace('RVA-1', '%f0%9f')}`), '138', '#2, utf-8'],
      ['UTF-16', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), '138', '#1, utf-8'],
      ['UTF-32', bytes(`%ff%fe%00%00${GOOD.replaceAll(/./g, (letter) => `${letter}%00%00%00`)}`), '138', '#1, utf-8'],
      ['surrogates', bytes(GOOD.replace('RVA-1', '%ed%a0%bd%ed%b8%80')), '138', '#1, utf-8'],
      ['an overlong brace', bytes(GOOD.replace('{', '%c1%bb')), '138', '#1, utf-8'],
    ],
  },
  {
    cause: 'no line',
    flow: 'WLAT',
    twin: `\ufeff${GOOD.replace('\n', '\r\n')}`,
    cases: [
      ['no byte', '', '134'],
      ['a byte order mark alone', '\ufeff', '134'],
    ],
  },
];
