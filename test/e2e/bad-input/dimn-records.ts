import { type Fault, put, type RecordTable } from './case.ts';
import { form, NOTICE, notices } from './dimn.ts';

const DATE = 'YYYY-MM-DD';
const EMPLOYER = 'DimonaIn.EmployerId.CompanyID';
const WORKER = 'DimonaIn.NaturalPerson.INSS';
const NUMBER = 'Reference.ReferenceNbr';
const gone = (field: string): Fault => [field, '000050', '∅'];
const referenceGone: readonly Fault[] = [
  ['Reference.ReferenceType', '000050', '1'],
  ['Reference.ReferenceOrigin', '000050', '1'],
  [NUMBER, '000050', 'A..20 iso-8859-1'],
];
const change = (from: string, to: string) => put(NOTICE, from, to);

/** Forms whose elements are not those of the layout, or have values that they may not have. */
export const DIMN_RECORDS: RecordTable = {
  theme: 'forms',
  flow: 'DIMN',
  file: (forms) => notices(...forms),
  causes: [
    {
      cause: 'an element that is not known',
      twin: NOTICE,
      cases: [
        ['at the end', change('</Form>', '<Remark>x</Remark></Form>'), gone('Remark')],
        ['with others in it', change('<Identification>', '<Extra><a>1</a><b/></Extra><Identification>'), gone('Extra')],
        ['in a group', change('<INSS>', '<Name>Jan</Name><INSS>'), gone('DimonaIn.NaturalPerson.Name')],
        ['inside a value', change('DIMX001', 'DIMX001<b/>'), gone('Identification.b')],
        [
          'a name in small letters',
          change('<TypeForm>SU</TypeForm>', '<typeForm>SU</typeForm>'),
          gone('typeForm'),
          ['TypeForm', '000050', 'SU'],
        ],
        ['a form in a form', change('</Form>', `${form({ Reference: '' })}</Form>`), gone('Form')],
        ['one of another namespace', change('<TypeForm>', '<TypeForm xmlns="urn:x">'), gone('TypeForm')],
        [
          'a group of another namespace',
          change('<Reference>', '<Reference xmlns="urn:x">'),
          gone('Reference'),
          ...referenceGone,
        ],
      ],
    },
    {
      cause: 'an element twice',
      twin: NOTICE,
      cases: [
        [
          'with the same value',
          change('<TypeForm>', '<TypeForm>SU</TypeForm><TypeForm>'),
          ['TypeForm', '000050', '2×'],
        ],
        ['with another', change('</INSS>', '</INSS><INSS>85113098277</INSS>'), [WORKER, '000050', '2×']],
        ['an empty one', change('<TypeForm>', '<TypeForm/><TypeForm>'), ['TypeForm', '000050', '2×']],
        ['a group', change('<DimonaIn>', '<Reference></Reference><DimonaIn>'), ['Reference', '000050', '2×']],
      ],
    },
    {
      cause: 'elements in another order',
      twin: NOTICE,
      cases: [
        [
          'two have changed places',
          form({ AttestationStatus: '', TypeForm: '<TypeForm>SU</TypeForm><AttestationStatus>0</AttestationStatus>' }),
          ['AttestationStatus', '000050', '< TypeForm'],
        ],
        [
          'the last group first',
          form({
            Reference: '',
            DimonaIn: `${NOTICE.slice(NOTICE.indexOf('<DimonaIn>'), -7)}${NOTICE.slice(NOTICE.indexOf('<Reference>'), NOTICE.indexOf('<DimonaIn>'))}`,
          }),
          ['Reference', '000050', '< DimonaIn'],
        ],
        [
          'in a group',
          change(
            '<StartingDate>2026-02-02</StartingDate><EndingDate>2026-06-30</EndingDate>',
            '<EndingDate>2026-06-30</EndingDate><StartingDate>2026-02-02</StartingDate>',
          ),
          ['DimonaIn.StartingDate', '000050', '< EndingDate'],
        ],
      ],
    },
    {
      cause: 'an element that is missing or empty',
      twin: change('<EndingDate>2026-06-30</EndingDate>', '<EndingDate/>'),
      cases: [
        ['the name of the form', form({ Identification: '' }), ['Identification', '000050', 'DIMX001']],
        ['the day, empty', form({ FormCreationDate: '<FormCreationDate/>' }), ['FormCreationDate', '000050', DATE]],
        ['the employer, of spaces', change('0912345673', '   '), [EMPLOYER, '000050', 'N10']],
        ['the worker, in a comment', change('74031295170', '<!-- 74031295170 -->'), [WORKER, '000050', 'N11']],
        ['a group', form({ Reference: '' }), ...referenceGone],
        ['what is in a group', form({ Reference: '<Reference/>' }), ...referenceGone],
        [
          'the reference, of a CDATA of nothing',
          change('PAY-~', '<![CDATA[]]>'),
          [NUMBER, '000050', 'A..20 iso-8859-1'],
        ],
      ],
    },
    {
      cause: 'an attribute',
      twin: change('<Form>', '<Form xmlns:unused="urn:x">'),
      cases: [
        ['of the record', change('<Form>', '<Form id="1">'), gone('@id')],
        ['of a value', change('<TypeForm>', '<TypeForm code="SU">'), gone('TypeForm@code')],
        ['of a group', change('<Reference>', '<Reference type="1">'), gone('Reference@type')],
        [
          'xsi:nil',
          change(
            '<EndingDate>2026-06-30',
            '<EndingDate xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true">',
          ),
          gone('DimonaIn.EndingDate@xsi:nil'),
        ],
        ['xml:space', change('<TypeForm>', '<TypeForm xml:space="preserve">'), gone('TypeForm@xml:space')],
      ],
    },
    {
      cause: 'text among elements',
      twin: change('<Reference>', '<Reference> \r\n\t<!-- none --><?none?>'),
      cases: [
        ['in the record', change('<Form>', '<Form>x'), gone('record')],
        ['in a group', change('<Reference>', '<Reference>x'), gone('Reference')],
        ['in a group inside a group', change('</INSS>', '</INSS>.'), gone('DimonaIn.NaturalPerson')],
        ['as CDATA', change('<Reference>', '<Reference><![CDATA[x]]>'), gone('Reference')],
        ['a space that XML does not count as one', change('<Reference>', '<Reference>\u00a0'), gone('Reference')],
        ['a space written as an entity', change('<Reference>', '<Reference>&#160;'), gone('Reference')],
      ],
    },
    {
      cause: 'a value that its element may not have',
      twin: change('DIMX001', '\n DIMX001\t'),
      cases: [
        ['another form', change('DIMX001', 'DIMX002'), ['Identification', '000050', 'DIMX001']],
        ['a space inside', change('DIMX001', 'DIMX 001'), ['Identification', '000050', 'DIMX001']],
        ['a status that is not in the list', change('>0</Att', '>2</Att'), ['AttestationStatus', '000050', '0|1|3']],
        ['a status with a zero before it', change('>0</Att', '>00</Att'), ['AttestationStatus', '000050', '0|1|3']],
        ['the day a form was made', change('2026-01-15', '2026-01-32'), ['FormCreationDate', 'MSG00008', DATE]],
        ['an employer that can not be one', change('0912345673', '0912345674'), [EMPLOYER, 'MSG00011', 'N10']],
        ['a worker that can not be one', change('74031295170', '74031295171'), [WORKER, 'MSG00011', 'N11']],
        [
          'an end before the begin',
          change('2026-06-30', '2026-02-01'),
          ['DimonaIn.EndingDate', 'MSG00008', '2026-02-01 < 2026-02-02'],
        ],
      ],
    },
    {
      cause: 'an hour of another form',
      twin: change('09:12:44.120', '23:59:60.000'),
      cases: [
        ['without milliseconds', change('09:12:44.120', '09:12:44'), ['FormCreationHour', '000050', 'A..12 ascii']],
        ['a comma', change('09:12:44.120', '09:12:44,120'), ['FormCreationHour', '000050', 'A..12 ascii']],
        [
          'a space before it, which a text keeps',
          change('09:12:44.120', ' 9:12:44.120'),
          ['FormCreationHour', '000050', 'A..12 ascii'],
        ],
        ['a zone', change('09:12:44.120', '09:12:44.120Z'), ['FormCreationHour', '000050', 'A..12 ascii']],
      ],
    },
    {
      cause: 'a text with characters it may not have',
      twin: change('PAY-~', 'Zo&#xEB; &amp; <![CDATA[<é>]]> ~'),
      cases: [
        ['a euro', change('PAY-~', '€ ~'), [NUMBER, '000050', 'A..20 iso-8859-1']],
        ['a euro by its number', change('PAY-~', '&#8364; ~'), [NUMBER, '000050', 'A..20 iso-8859-1']],
        ['a line end', change('PAY-~', 'PAY\n~'), [NUMBER, '000050', 'A..20 iso-8859-1']],
        ['a carriage return by its number', change('PAY-~', 'PAY&#13;~'), [NUMBER, '000050', 'A..20 iso-8859-1']],
        ['a tab', change('PAY-~', 'PAY\t~'), [NUMBER, '000050', 'A..20 iso-8859-1']],
        ['a control of C1 by its number', change('PAY-~', 'PAY&#x85;~'), [NUMBER, '000050', 'A..20 iso-8859-1']],
        ['no character', change('PAY-~', 'PAY\ufdd0~'), [NUMBER, '000050', 'A..20 iso-8859-1']],
        ['21 of them', change('PAY-~', 'x'.repeat(21)), [NUMBER, '000050', 'A..20 iso-8859-1']],
      ],
    },
    {
      cause: 'a form of another kind',
      twin: NOTICE,
      cases: [
        [
          'tells fifty faults and no more',
          change('</Form>', `${Array.from({ length: 60 }, (_, at) => `<f${at}/>`).join('')}</Form>`),
          ...Array.from({ length: 50 }, (_, at) => gone(`f${at}`)),
        ],
        [
          'of more than a mebibyte',
          change('</Form>', `${'<x>y</x>'.repeat(140_000)}</Form>`),
          ['record', '000050', '> 1048576'],
        ],
      ],
    },
  ],
};
