import { put, type RecordTable } from './case.ts';
import { FORM, lines, wageObject } from './wage.ts';

const WAGE = wageObject();
const address = (json: string) => put(WAGE, '{"street":"Laan 1","zip":"1000"}', json);

/** JSON lines with a member of every type. */
export const WAGJ_RECORDS: RecordTable = {
  theme: 'objects',
  flow: 'WAGJ',
  file: lines,
  causes: [
    {
      cause: 'a JSON number where leading zeros, decimals or check digits count',
      twin: wageObject({ net: '0001800,50' }),
      cases: [
        ['an amount', wageObject({}, { net: '1800.50' }), ['net', '000050', 'string']],
        ['an enterprise', wageObject({}, { employer: '900000147' }), ['employer', '000050', 'string']],
        ['a number at the RSZ', wageObject({}, { rsz: '123456789' }), ['rsz', '000050', 'string']],
        ['a joint committee', wageObject({}, { committee: '200' }), ['committee', '000050', 'string']],
        ['a day', wageObject({}, { begin: '20251001' }), ['begin', '000050', 'string']],
        ['a quarter', wageObject({}, { quarter: '4' }), ['quarter', '000050', 'string']],
        ['a year of birth', wageObject({}, { birth: '1974' }), ['birth', '000050', 'string']],
      ],
    },
    {
      cause: 'a JSON string where a number is asked for',
      twin: wageObject({ bonus: '0', branch: '0' }),
      cases: [
        ['days', wageObject({}, { days: '"62"' }), ['days', '000050', 'number']],
        ['cents', wageObject({}, { bonus: '"-12345"' }), ['bonus', '000050', 'number']],
        ['a sector', wageObject({}, { branch: '"18"' }), ['branch', '000050', 'number']],
        ['an empty one', wageObject({}, { days: '""' }), ['days', '000050', 'number']],
      ],
    },
    {
      cause: 'a JSON number of cents that is none',
      twin: wageObject({ bonus: '-1' }),
      cases: [
        ['euro', wageObject({}, { bonus: '123.45' }), ['bonus', '000050', 'integer']],
        [
          'a fraction of a cent too small to be seen',
          wageObject({}, { bonus: '12345.000000000000001' }),
          ['bonus', '000050', 'integer'],
        ],
        ['a negative zero', wageObject({}, { bonus: '-0' }), ['bonus', '000050', 'integer']],
        ['an exponent', wageObject({}, { bonus: '1e2' }), ['bonus', '000050', 'integer']],
        ['ten digits', wageObject({}, { bonus: '1234567890' }), ['bonus', '000050', '±N..9']],
        ['ten digits, negative', wageObject({}, { bonus: '-1234567890' }), ['bonus', '000050', '±N..9']],
      ],
    },
    {
      cause: 'an optional object that is not whole',
      twin: address('null'),
      cases: [
        ['one member', address('{"street":"Laan 1"}'), ['address.zip', '000050', 'N4']],
        ['the other is null', address('{"street":null,"zip":"1000"}'), ['address.street', '000050', FORM.name]],
        ['the other is empty', address('{"street":"","zip":"1000"}'), ['address.street', '000050', FORM.name]],
        ['a string', address('"Laan 1, 1000"'), ['address', '000050', '{…}']],
        ['a list', address('[]'), ['address', '000050', '{…}']],
        ['a member too many', address('{"street":"Laan 1","zip":"1000","box":"2"}'), ['address.box', '000050']],
      ],
    },
    {
      cause: 'conditions between members',
      twin: wageObject({ birth: '', end: '' }),
      cases: [
        ['a total', wageObject({ gross: '2500,74' }), ['gross', '000050', '2500.74 ≠ 2500.75']],
        ['a birth', wageObject({ birth: '1974-03-11' }), ['ssin', 'MSG00011', '≠ birth']],
        ['a period', wageObject({ end: '20250930' }), ['end', 'MSG00008', '2025-09-30 < 2025-10-01']],
        [
          'all of them',
          wageObject({ gross: '2500,74', birth: '1975-00-00', end: '20250930' }),
          ['end', 'MSG00008', '2025-09-30 < 2025-10-01'],
          ['gross', '000050', '2500.74 ≠ 2500.75'],
          ['ssin', 'MSG00011', '≠ birth'],
        ],
      ],
    },
  ],
};
