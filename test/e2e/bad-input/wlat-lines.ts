import { type Fault, put, type RecordTable } from './case.ts';
import { lines } from './wage.ts';
import { ATTEST, attest, withMember } from './wlat.ts';

const NO_OBJECT: Fault = ['record', '000050', '{…}'];
const TWICE: Fault = ['record', '000050', '2×'];
const unknown = (field: string): Fault => [field, '000050'];

/** Lines that are no JSON object, or one of other members than the layout’s. */
export const WLAT_LINES: RecordTable = {
  theme: 'lines',
  flow: 'WLAT',
  file: lines,
  causes: [
    {
      cause: 'an object that is not whole',
      twin: ATTEST,
      cases: [
        ['cut inside a name', ATTEST.slice(0, 15), NO_OBJECT],
        ['cut inside a value', ATTEST.slice(0, 40), NO_OBJECT],
        ['cut before the last brace', ATTEST.slice(0, -1), NO_OBJECT],
        ['an inner brace is missing', put(ATTEST, '0}', '0'), NO_OBJECT],
        ['one brace too many', `${ATTEST}}`, NO_OBJECT],
        ['a string that never closes', attest({ ref: '"RVA' }), NO_OBJECT],
        ['a colon is missing', put(ATTEST, '"status":0', '"status"0'), NO_OBJECT],
        ['a comma is missing', put(ATTEST, '0,"cancels"', '0 "cancels"'), NO_OBJECT],
      ],
    },
    {
      cause: 'more or less than one value on a line',
      twin: `  ${ATTEST}\t`,
      cases: [
        ['two objects', `${attest({ ref: '"A-~"' })}${attest({ ref: '"B-~"' })}`, NO_OBJECT],
        ['two with a comma between them', `${ATTEST},${attest({ status: '1' })}`, NO_OBJECT],
        ['a comma behind it', `${ATTEST},`, NO_OBJECT],
        ['an empty line', '', NO_OBJECT],
        ['a line of spaces', ' ', NO_OBJECT],
        ['text before it', `data: ${ATTEST}`, NO_OBJECT],
        ['a record separator of RFC 7464 before it', `\x1e${ATTEST}`, NO_OBJECT],
        ['a byte order mark before it', `\ufeff${ATTEST}`, NO_OBJECT],
      ],
    },
    {
      cause: 'a value that is no object',
      twin: ATTEST,
      cases: [
        ['a list of it', `[${ATTEST}]`, NO_OBJECT],
        ['an opening bracket', '[', NO_OBJECT],
        ['a string', JSON.stringify(ATTEST), NO_OBJECT],
        ['a number', '42', NO_OBJECT],
        ['null', 'null', NO_OBJECT],
        ['true', 'true', NO_OBJECT],
        ['XML', '<attest/>', NO_OBJECT],
        ['a row of CSV', '1;74031295170;2025-11-01', NO_OBJECT],
      ],
    },
    {
      cause: 'what JavaScript takes and JSON does not',
      twin: ATTEST,
      cases: [
        ['a comma behind the last member', put(ATTEST, '"RVA-~"}', '"RVA-~",}'), NO_OBJECT],
        ['a comment', put(ATTEST, '"status":0', '"status":0/* original */'), NO_OBJECT],
        ['a name without quotes', put(ATTEST, '"status"', 'status'), NO_OBJECT],
        ['single quotes', attest({ ref: "'RVA-~'" }), NO_OBJECT],
        ['undefined', attest({ cancels: 'undefined' }), NO_OBJECT],
        ['NaN', attest({ status: 'NaN' }), NO_OBJECT],
        ['Infinity', attest({ status: '-Infinity' }), NO_OBJECT],
        ['True, as Python writes it', attest({ longTerm: 'True' }), NO_OBJECT],
      ],
    },
    {
      cause: 'a number that JSON does not have',
      twin: ATTEST,
      cases: [
        ['a zero before it', attest({ seq: '01' }), NO_OBJECT],
        ['a plus', attest({ seq: '+1' }), NO_OBJECT],
        ['nothing before the point', attest({ seq: '.5' }), NO_OBJECT],
        ['nothing behind the point', attest({ seq: '1.' }), NO_OBJECT],
        ['hexadecimal', attest({ seq: '0x1' }), NO_OBJECT],
        ['an underscore between digits', attest({ seq: '1_000' }), NO_OBJECT],
        ['a comma for the point', attest({ seq: '1,5' }), NO_OBJECT],
        ['an exponent without digits', attest({ seq: '1e' }), NO_OBJECT],
      ],
    },
    {
      cause: 'a string that JSON does not have',
      twin: attest({ ref: '"\\u0052VA\\/~"' }),
      cases: [
        ['NUL', attest({ ref: '"RVA\0"' }), NO_OBJECT],
        ['a tab', attest({ ref: '"RVA\t"' }), NO_OBJECT],
        ['a carriage return', attest({ ref: '"RVA\r"' }), NO_OBJECT],
        ['an escape of two hexadecimal digits', attest({ ref: '"\\x41"' }), NO_OBJECT],
        ['an escape of three', attest({ ref: '"\\u041"' }), NO_OBJECT],
        ['an escape of nothing', attest({ ref: '"\\q"' }), NO_OBJECT],
        ['an escape in braces', attest({ ref: '"\\u{41}"' }), NO_OBJECT],
        ['a backslash as the last character', attest({ ref: '"RVA\\"' }), NO_OBJECT],
      ],
    },
    {
      cause: 'an object on several lines',
      twin: ATTEST,
      cases: [
        ['its first line', '{', NO_OBJECT],
        ['its second line', '  "seq": 1,', NO_OBJECT],
        ['its last line', '}', NO_OBJECT],
      ],
    },
    {
      cause: 'a member twice',
      twin: ATTEST,
      cases: [
        ['with another value', withMember('ssin', '"85113098277"'), TWICE],
        ['with the same value', withMember('status', '0'), TWICE],
        ['written in another way', withMember('s\\u0073in', '"85113098277"'), TWICE],
        ['three times', withMember('ref', '"A","ref":"B"'), TWICE],
        ['inside an object', attest({ period: '{"begin":"2025-11-01","end":null,"begin":"2020-01-01"}' }), TWICE],
        ['an object', withMember('period', '{"begin":"2020-01-01","end":null}'), TWICE],
        ['an object and null', withMember('sender', 'null'), TWICE],
      ],
    },
    {
      cause: 'a name that objects of JavaScript have',
      twin: attest({ ref: '"__proto__ ~"' }),
      cases: [
        ['__proto__', withMember('__proto__', '{"ssin":"85113098277"}'), unknown('__proto__')],
        ['__proto__, written in another way', withMember('\\u005f_proto__', 'null'), unknown('__proto__')],
        ['constructor', withMember('constructor', '{"prototype":{"ref":"x"}}'), unknown('constructor')],
        ['toString', withMember('toString', '1'), unknown('toString')],
        ['hasOwnProperty', withMember('hasOwnProperty', 'true'), unknown('hasOwnProperty')],
        ['toJSON', withMember('toJSON', '"x"'), unknown('toJSON')],
        ['then', withMember('then', '"x"'), unknown('then')],
        [
          '__proto__ inside an object',
          attest({ period: '{"begin":"2025-11-01","__proto__":{"end":"2025-12-01"}}' }),
          unknown('period.__proto__'),
        ],
      ],
    },
    {
      cause: 'a member that is not known',
      twin: ATTEST,
      cases: [
        ['one too many', withMember('remark', '"x"'), unknown('remark')],
        ['without a name', withMember('', '1'), unknown('')],
        ['a space in its name', withMember('ssin ', '"74031295170"'), unknown('ssin ')],
        [
          'inside an object',
          attest({ sender: '{"sector":18,"institution":0,"kbo":"0977788902"}' }),
          unknown('sender.kbo'),
        ],
        ['two of them', withMember('a', '1,"b":2'), unknown('a'), unknown('b')],
        ['a name of a hundred letters', withMember('n'.repeat(100), '1'), unknown('n'.repeat(64))],
        ['capitals', put(ATTEST, '"ssin"', '"SSIN"'), unknown('SSIN'), ['ssin', '000050', 'N11']],
        [
          'a name with a dot in place of an object',
          put(ATTEST, '"period":{"begin":"2025-11-01","end":null}', '"period.begin":"2025-11-01"'),
          unknown('period.begin'),
        ],
      ],
    },
    {
      cause: 'deep nesting',
      twin: ATTEST,
      cases: [
        [
          'lists in place of a value',
          attest({ ref: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }),
          ['ref', '000050', 'string'],
        ],
        [
          'objects in a member that is not known',
          withMember('a', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`),
          unknown('a'),
        ],
        ['lists that never close', '['.repeat(100_000), NO_OBJECT],
        ['objects that never close', '{"seq":'.repeat(50_000), NO_OBJECT],
      ],
    },
    {
      cause: 'a line longer than a record may be',
      twin: ATTEST,
      cases: [
        ['by its spaces', `${ATTEST}${' '.repeat(1024 * 1024)}`, ['record', '000050', '> 1048576']],
        ['by a value', attest({ ref: `"${'x'.repeat(1024 * 1024)}"` }), ['record', '000050', '> 1048576']],
      ],
    },
  ],
};
