import type { Field, FieldType, LayoutVersion } from '../domain/flow.ts';
import type { Columns, FlowFormat } from '../domain/format.ts';
import { dateOf } from '../domain/period.ts';
import type { Value } from '../formats/record-format.ts';
import { addressMutations } from './address-mutations.ts';

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

function layoutOf(fields: readonly (readonly [name: string, type: FieldType, columns?: Columns])[]): LayoutVersion {
  const [, person = ''] = fields.map(([name]) => name);
  return {
    version: '1',
    validFrom: dateOf(0),
    fields: fields.map(([name, type, columns]): Field => ({ name, type, required: false, columns })),
    roles: { person, periodBegin: person },
    periods: [],
    totals: [],
    births: [],
  };
}

const at = (first: number, last: number): Columns => ({ first, last });

/** Address mutations, some 100 bytes each; `street` has an accent where the charset is not ASCII. */
function mutations(name: string, charset: 'utf-8' | 'iso-8859-1', street: string): RecordFile {
  const [header = ''] = addressMutations(PERSONS, 1);
  const rows = (number: number) => {
    const ssin = PERSONS[number % PERSONS.length] ?? '';
    const ticket = `7d1c0b8e-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const address = [street, String(number % 200), '', '1000', '21004', '00150'];
    return [String(number), ticket, ssin, '', 'ADR', '2026-01-05', ...address, 'RR', '010', '2019-04-01', ''];
  };
  return {
    name,
    format: { kind: 'delimited', separator: ';', header: true, charset },
    layout: layoutOf(
      header
        .trimEnd()
        .split(';')
        .map((column) => [column, text(50)]),
    ),
    record: rows,
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
      recordType: at(1, 1),
      header: { type: 'H', fields: [{ name: 'flow', columns: at(2, 5), value: 'BBON' }] },
      detail: { type: 'D' },
      trailer: {
        type: 'T',
        count: at(2, 8),
        sums: [
          { field: 'amount', columns: at(9, 23) },
          { field: 'ssin', columns: at(24, 36) },
        ],
      },
    },
    layout: layoutOf([
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
    ]),
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
  layout: layoutOf([
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
  ]),
  record: (number) => {
    const ssin = PERSONS[number % PERSONS.length] ?? '';
    return [...FORM, `PAY-${number}`, '0912345673', ssin, '2026-02-02', '2026-06-30', '200', 'OTH'];
  },
};

/** Unemployment attests: lines of some 330 bytes. */
const ATTESTS: RecordFile = {
  name: 'json-lines',
  format: { kind: 'json-lines' },
  layout: layoutOf([
    ['seq', integer(7)],
    ['ssin', INSZ],
    ['ticket', { kind: 'uuid' }],
    ['legalContext', text(64)],
    ['sender.sector', { kind: 'sector' }],
    ['sender.institution', { kind: 'sector' }],
    ['attest', text(20)],
    ['status', integer(1)],
    ['period.begin', ISO_DAY],
    ['period.end', ISO_DAY],
    ['longTerm', { kind: 'boolean' }],
    ['ref', text(20)],
  ]),
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
  ATTESTS,
];
