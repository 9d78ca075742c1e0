import type { Field, FieldType, LayoutVersion } from '../domain/flow.ts';
import type { Columns, FlowFormat } from '../domain/format.ts';
import { dateOf } from '../domain/period.ts';
import type { Value } from '../formats/record-format.ts';

/** One kind of record file: how it is read, and records for it. */
export type RecordFile = {
  readonly name: string;
  readonly format: FlowFormat;
  readonly layout: LayoutVersion;
  /** The values of a record in the one form of their types, by its number from 1. */
  readonly record: (number: number) => readonly Value[];
};

const text = (maxLength: number): FieldType => ({ kind: 'text', maxLength });
const digits = (length: number): FieldType => ({ kind: 'digits', length });
const integer = (maxDigits: number): FieldType => ({ kind: 'integer', maxDigits });
const DAY: FieldType = { kind: 'date', form: 'yyyyMMdd' };
const ISO_DAY: FieldType = { kind: 'date', form: 'yyyy-MM-dd' };
const INSZ: FieldType = { kind: 'insz' };
const KBO: FieldType = { kind: 'kbo' };
/** Synthetic persons (docs/domain.md §3). */
const PERSONS = ['74031295170', '85113098277', '00022993779', '12070496422', '91220892329'];

type FieldLine = readonly [name: string, type: FieldType, rest?: { columns?: Columns; required?: boolean }];

function layoutOf(
  fields: readonly FieldLine[],
  person: string,
  periodBegin: string,
  periodEnd?: string,
): LayoutVersion {
  return {
    version: '1',
    validFrom: dateOf(0),
    fields: fields.map(([name, type, rest]): Field => ({ name, type, required: true, ...rest })),
    roles: { person, periodBegin, periodEnd },
    periods: [],
    totals: [],
    births: [],
  };
}

const at = (first: number, last: number) => ({ columns: { first, last } });
const OPTIONAL = { required: false };
const code = (...values: string[]): FieldType => ({ kind: 'code', values });

const MUTATION = layoutOf(
  [
    ['record_no', integer(7)],
    ['ticket', { kind: 'uuid' }, OPTIONAL],
    ['ssin', INSZ],
    ['ssin_replaced_by', INSZ, OPTIONAL],
    ['mutation_code', code('ADR', 'NAM', 'DEC')],
    ['effective_date', ISO_DAY],
    ['street', text(50)],
    ['house_no', text(10)],
    ['box', text(4), OPTIONAL],
    ['postal_code', text(10)],
    ['municipality_nis', digits(5)],
    ['country_nis', digits(5)],
    ['source', code('RR', 'KSZ')],
    ['quality_code', digits(3)],
    ['quality_begin', ISO_DAY],
    ['quality_end', ISO_DAY, OPTIONAL],
  ],
  'ssin',
  'effective_date',
);

/** Address mutations; `street` has an accent where the charset is not ASCII. */
function mutations(name: string, charset: 'utf-8' | 'iso-8859-1', street: string, hasTicket = true): RecordFile {
  return {
    name,
    format: { kind: 'delimited', separator: ';', header: true, charset },
    layout: { ...MUTATION, periods: [{ begin: 'quality_begin', end: 'quality_end' }] },
    record: (number) => {
      const ssin = PERSONS[number % PERSONS.length] ?? '';
      const ticket = hasTicket ? `7d1c0b8e-0000-4000-8000-${String(number).padStart(12, '0')}` : '';
      const address = [street, String(number % 200), '', '1000', '21004', '00150'];
      return [String(number), ticket, ssin, '', 'ADR', '2026-01-05', ...address, 'RR', '010', '2019-04-01', ''];
    },
  };
}

/** Contribution certificates: 100 columns and a line end, header and trailer with count and two sums. */
function certificates(name: string, charset: 'iso-8859-1' | 'cp500'): RecordFile {
  return {
    name,
    format: {
      kind: 'fixed-width',
      charset,
      recordLength: 100,
      lineEnd: charset === 'cp500' ? 'none' : 'crlf',
      recordType: at(1, 1).columns,
      header: { type: 'H', fields: [{ name: 'flow', ...at(2, 5), value: 'BBON' }] },
      detail: { type: 'D' },
      trailer: {
        type: 'T',
        count: at(2, 8).columns,
        sums: [
          { field: 'amount', ...at(9, 23) },
          { field: 'ssin', ...at(24, 36) },
        ],
      },
    },
    layout: layoutOf(
      [
        ['seq', integer(7), at(2, 8)],
        ['ssin', INSZ, at(9, 19)],
        ['employer', KBO, at(20, 29)],
        ['year', digits(4), at(30, 33)],
        ['begin', DAY, at(34, 41)],
        ['end', DAY, at(42, 49)],
        ['amount', { kind: 'cents', maxDigits: 11, signed: false }, at(50, 60)],
        ['days', integer(3), at(61, 63)],
        ['quality', digits(3), at(64, 66)],
        ['sender_ref', text(20), at(67, 86)],
        ['action', digits(1), at(87, 87)],
      ],
      'ssin',
      'begin',
      'end',
    ),
    record: (number) => {
      const ssin = PERSONS[number % PERSONS.length] ?? '';
      const [amount, days] = [String(number % 1_000_000), String(number % 366)];
      const end = ['0900000147', '2025', '2025-01-01', '2025-12-31', amount, days, '010', `RSZ-REF-${number}`, '0'];
      return [String(number), ssin, ...end];
    },
  };
}

const FORM = ['DIMX001', '2026-01-15', '09:12:44.120', '0', 'SU', '1', '1'];

/** Notices of employment: forms of some 620 bytes in XML. */
const NOTICES: RecordFile = {
  name: 'xml',
  format: { kind: 'xml', root: 'EmploymentNotice', record: 'Form' },
  layout: layoutOf(
    [
      ['Identification', text(7)],
      ['FormCreationDate', ISO_DAY],
      ['FormCreationHour', text(12)],
      ['AttestationStatus', integer(1)],
      ['TypeForm', text(2)],
      ['Reference.ReferenceType', integer(1)],
      ['Reference.ReferenceOrigin', integer(1)],
      ['Reference.ReferenceNbr', text(20)],
      ['DimonaIn.EmployerId.CompanyID', KBO],
      ['DimonaIn.NaturalPerson.INSS', INSZ],
      ['DimonaIn.StartingDate', ISO_DAY],
      ['DimonaIn.EndingDate', ISO_DAY],
      ['DimonaIn.DimonaFeatures.JointCommissionNbr', digits(3)],
      ['DimonaIn.DimonaFeatures.WorkerType', text(3)],
    ],
    'DimonaIn.NaturalPerson.INSS',
    'DimonaIn.StartingDate',
    'DimonaIn.EndingDate',
  ),
  record: (number) => {
    const ssin = PERSONS[number % PERSONS.length] ?? '';
    return [...FORM, `PAY-${number}`, '0912345673', ssin, '2026-02-02', '2026-06-30', '200', 'OTH'];
  },
};

/** The same in short: forms of 402 bytes. */
const SHORT_NOTICES: RecordFile = {
  name: 'xml-short',
  format: { kind: 'xml', root: 'EmploymentNotice', record: 'Form' },
  layout: layoutOf(
    [
      ['Identification', text(7)],
      ['CreationDate', ISO_DAY],
      ['Status', integer(1)],
      ['ReferenceNbr', text(20)],
      ['CompanyID', KBO],
      ['NaturalPerson.INSS', INSZ],
      ['Period.StartingDate', ISO_DAY],
      ['Period.EndingDate', ISO_DAY],
      ['JointCommissionNbr', digits(3)],
      ['WorkerType', text(3)],
    ],
    'NaturalPerson.INSS',
    'Period.StartingDate',
    'Period.EndingDate',
  ),
  record: (number) => {
    const ssin = PERSONS[number % PERSONS.length] ?? '';
    const reference = `PAY-${String(number).padStart(8, '0')}`;
    return ['DIMX001', '2026-01-15', '0', reference, '0912345673', ssin, '2026-02-02', '2026-06-30', '200', 'OTH'];
  },
};

/** Unemployment attests: lines of some 330 bytes. */
const ATTESTS: RecordFile = {
  name: 'json-lines',
  format: { kind: 'json-lines' },
  layout: layoutOf(
    [
      ['seq', integer(7)],
      ['ssin', INSZ],
      ['ticket', { kind: 'uuid' }],
      ['legalContext', text(64)],
      ['sender.sector', { kind: 'sector' }],
      ['sender.institution', { kind: 'sector' }],
      ['attest', text(20)],
      ['status', integer(1)],
      ['period.begin', ISO_DAY],
      ['period.end', ISO_DAY, OPTIONAL],
      ['longTerm', { kind: 'boolean' }],
      ['ref', text(20)],
    ],
    'ssin',
    'period.begin',
    'period.end',
  ),
  record: (number) => {
    const ssin = PERSONS[number % PERSONS.length] ?? '';
    const ticket = `7d1c0b8e-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const attest = [
      'FAMILY_BENEFITS_RIGHT',
      '18',
      '0',
      'UNEMPLOYED',
      '0',
      '2025-11-01',
      null,
      'false',
      `RVA-${number}`,
    ];
    return [String(number), ssin, ticket, ...attest];
  },
};

export const RECORD_FILES: readonly RecordFile[] = [
  mutations('delimited', 'utf-8', 'Proefstraat'),
  mutations('delimited-latin1', 'iso-8859-1', 'Rue de l’Été'.replace('’', "'")),
  certificates('fixed-width', 'iso-8859-1'),
  certificates('fixed-width-ebcdic', 'cp500'),
  NOTICES,
  SHORT_NOTICES,
  ATTESTS,
];

/** Files that are read in blocks: delimited records of 100 bytes, and some of those above. */
export const BLOCK_FILES: readonly RecordFile[] = [
  mutations('delimited', 'utf-8', 'Rue de la Gare du Nord 1', false),
  ...RECORD_FILES.filter(({ name }) => name !== 'delimited'),
];
