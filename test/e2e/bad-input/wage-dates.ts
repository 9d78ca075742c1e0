import type { Fault, RecordCause, RecordTable } from './case.ts';
import { FORM, type Wage, wageElement } from './wage.ts';

const WAGE = wageElement();
const DAY = 'YYYYMMDD';

/** What stands in the vectors of INSZ, with births that are the number's and births that are not. */
const BIRTHS: readonly (readonly [what: string, insz: string, right: string, ...wrong: string[]])[] = [
  ['a man of 1974', '74031295170', '1974-03-12', '2074-03-12', '1974-12-03', '1974-03-13'],
  ['a woman of 1985', '85113098277', '1985-11-00', '1985-12-00', '1986-11-30'],
  ['a leap day', '00022993779', '2000-02-29', '1900-02-00', '2000-02-28'],
  ['a child of 2012', '12070496422', '2012-07-04', '1912-07-04'],
  ['a BIS number, sex known', '68451597725', '1968-05-15', '1968-05-16', '1968-06-00'],
  ['a BIS number, sex unknown', '91220892329', '1991-02-08', '1991-03-08'],
  ['a BIS number of 2005', '05523198637', '2005-12-31', '1905-12-31'],
  ['only a year known', '60000094128', '1960-07-01', '1961-00-00'],
  ['a BIS number, only a year known', '79400091257', '1979-00-00', '1978-05-05'],
];

const NOT_THE_BIRTH: Fault = ['ssin', 'MSG00011', '≠ birth'];

const births = BIRTHS.map(
  ([what, ssin, right, ...wrong]): RecordCause => ({
    cause: `a birth date that is not the number’s: ${what}`,
    twin: wageElement({ ssin, birth: right }),
    cases: wrong.map((birth) => [birth, wageElement({ ssin, birth }), NOT_THE_BIRTH] as const),
  }),
);

const wrong = (what: string, values: Wage, field: string, form: string) =>
  [what, wageElement(values), [field, 'MSG00008', form] as Fault] as const;

/** Elements with days, quarters and births that can not be. */
export const WAGX_DATES: RecordTable = {
  theme: 'dates',
  flow: 'WAGX',
  file: (records) => `<?xml version="1.0" encoding="UTF-8"?>\n<Wages>\n${records.join('\n')}\n</Wages>\n`,
  causes: [
    {
      cause: 'a day that does not exist, written without hyphens',
      twin: wageElement({ begin: '20240229' }),
      cases: [
        wrong('31 November', { end: '20251131' }, 'end', DAY),
        wrong('29 February of no leap year', { begin: '20250229' }, 'begin', DAY),
        wrong('a thirteenth month', { begin: '20251301' }, 'begin', DAY),
        wrong('day 00', { begin: '20251000' }, 'begin', DAY),
        wrong('all zeros', { end: '00000000' }, 'end', DAY),
        wrong('all nines, an old word for never', { end: '99999999' }, 'end', DAY),
      ],
    },
    {
      cause: 'a day in the form of another field',
      twin: WAGE,
      cases: [
        wrong('with hyphens', { begin: '2025-10-01' }, 'begin', DAY),
        wrong('without, where they are asked for', { birth: '19740312' }, 'birth', FORM.birth),
        wrong('six digits', { begin: '251001' }, 'begin', DAY),
        wrong('with a zone of XML Schema', { birth: '1974-03-12+01:00' }, 'birth', FORM.birth),
        wrong('a time of XML Schema', { birth: '1974-03-12T00:00:00' }, 'birth', FORM.birth),
        wrong('digits of another script', { begin: '２０２５１００１' }, 'begin', DAY),
        wrong('a space inside', { begin: '2025 1001' }, 'begin', DAY),
      ],
    },
    {
      cause: 'an incomplete date that can not be',
      twin: wageElement({ birth: '1974-00-00', hired: '20190000' }),
      cases: [
        wrong('a day without its month', { birth: '1974-00-12' }, 'birth', FORM.birth),
        wrong('a thirteenth month without a day', { birth: '1974-13-00' }, 'birth', FORM.birth),
        wrong('30 February', { birth: '1974-02-30' }, 'birth', FORM.birth),
        wrong('a year and a month alone', { birth: '1974-03' }, 'birth', FORM.birth),
        wrong('a year alone', { birth: '1974' }, 'birth', FORM.birth),
        wrong('crosses for what nobody knows', { birth: '1974-XX-XX' }, 'birth', FORM.birth),
        wrong('a day without its month, without hyphens', { hired: '20190012' }, 'hired', FORM.hired),
        wrong('31 April, without hyphens', { hired: '20190431' }, 'hired', FORM.hired),
      ],
    },
    {
      cause: 'year 0',
      twin: wageElement({ begin: '20251001', birth: '' }),
      cases: [
        wrong('of a day', { begin: '00000101' }, 'begin', DAY),
        wrong('of a month', { birth: '0000-03-00' }, 'birth', FORM.birth),
        wrong('alone', { birth: '0000-00-00' }, 'birth', FORM.birth),
        wrong('alone, without hyphens', { hired: '00000000' }, 'hired', FORM.hired),
      ],
    },
    {
      cause: 'a quarter that can not be',
      twin: wageElement({ quarter: '2025Q1' }),
      cases: [
        wrong('a fifth', { quarter: '2025Q5' }, 'quarter', FORM.quarter),
        wrong('quarter 0', { quarter: '2025Q0' }, 'quarter', FORM.quarter),
        wrong('a small q', { quarter: '2025q4' }, 'quarter', FORM.quarter),
        wrong('a hyphen', { quarter: '2025-Q4' }, 'quarter', FORM.quarter),
        wrong('T for trimester', { quarter: '2025T4' }, 'quarter', FORM.quarter),
        wrong('two digits of a year', { quarter: '25Q4' }, 'quarter', FORM.quarter),
        wrong('as in DmfA', { quarter: '20254' }, 'quarter', FORM.quarter),
      ],
    },
    {
      cause: 'a period that ends before it begins',
      twin: wageElement({ end: '20251001' }),
      cases: [
        wrong('the day before', { end: '20250930' }, 'end', '2025-09-30 < 2025-10-01'),
        wrong(
          'begin and end have changed places',
          { begin: '20251231', end: '20251001' },
          'end',
          '2025-10-01 < 2025-12-31',
        ),
      ],
    },
    ...births,
  ],
};
