import { bytes, type FileCause, latin1, put } from './case.ts';
import { NOTICE, notices, ONE } from './dimn.ts';

const good = (number: number) => NOTICE.replace('~', String(number));
const TWO = notices(good(1), good(2));
const declared = (charset: string, text: string) => text.replace('encoding="UTF-8"', `encoding="${charset}"`);
const accented = ONE.replace('PAY-1', 'Été');
const inNamespace = (text: string) => put(text, '<EmploymentNotice', '<EmploymentNotice xmlns="urn:employment"');

/** Files of DIMN and DIMQ that are well-formed, and wrong as a whole. */
export const DIMN_FILES: readonly FileCause[] = [
  {
    cause: 'XML: another charset than is declared, or none of those that are taken',
    flow: 'DIMN',
    twin: latin1(declared('ISO-8859-1', accented)),
    cases: [
      ['ISO-8859-1 that is not declared', latin1(accented), '138', '#1, utf-8'],
      [
        'a euro of windows-1252 in declared ISO-8859-1',
        latin1(declared('ISO-8859-1', ONE.replace('PAY', '\x80'))),
        '138',
        '#1, iso-8859-1',
      ],
      ['windows-1252 declared', declared('windows-1252', ONE), '138', '#1, utf-8|iso-8859-1'],
      ['UTF-16 declared', declared('UTF-16', ONE), '138', '#1, utf-8|iso-8859-1'],
      ['UTF-7 declared', declared('UTF-7', ONE), '138', '#1, utf-8|iso-8859-1'],
      ['a charset that nobody knows', declared('x-none', ONE), '138', '#1, utf-8|iso-8859-1'],
      [
        'a byte order mark of UTF-8 and ISO-8859-1 declared',
        `\ufeff${declared('ISO-8859-1', ONE)}`,
        '138',
        '#1, utf-8|iso-8859-1',
      ],
      ['the last of two records', latin1(notices(good(1), good(2).replace('PAY', 'é'))), '138', '#2, utf-8'],
    ],
  },
  {
    cause: 'XML: bytes that are no UTF-8 at all',
    flow: 'DIMN',
    twin: `\ufeff${accented}`,
    cases: [
      ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${ONE}`, 'utf16le'), '138', '#1, utf-8'],
      ['UTF-16 without a byte order mark', Buffer.from(ONE, 'utf16le'), '138', '#1, utf-8|iso-8859-1'],
      [
        'the same with its bytes the other way round',
        Buffer.from(ONE, 'utf16le').swap16(),
        '138',
        '#1, utf-8|iso-8859-1',
      ],
      ['an overlong bracket', bytes(ONE.replace('PAY', '%c0%bc')), '138', '#1, utf-8'],
      ['surrogates', bytes(ONE.replace('PAY', '%ed%a0%bd%ed%b8%80')), '138', '#1, utf-8'],
      ['a byte in a comment behind the records', bytes(`${ONE}<!-- %ff -->`), '138', '#2, utf-8'],
      ['a byte in the name of an element', bytes(ONE.replace('<Form>', '<F%e9>')), '138', '#1, utf-8'],
      ['EBCDIC', bytes('%4c%6f%a7%94%93%40%a5%85%99'), '138', '#1, utf-8'],
    ],
  },
  {
    cause: 'XML: another root',
    flow: 'DIMN',
    twin: ONE,
    cases: [
      ['another name', ONE.replaceAll('EmploymentNotice', 'EmploymentNotices'), '312', '#1 ≠ <EmploymentNotice>'],
      ['small letters', ONE.replaceAll('EmploymentNotice', 'employmentnotice'), '312', '#1 ≠ <EmploymentNotice>'],
      ['a record', good(1), '312', '#1 ≠ <EmploymentNotice>'],
      ['a namespace where there is none', inNamespace(ONE), '312', '#1 ≠ <EmploymentNotice>'],
      [
        'an envelope of SOAP',
        `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${NOTICE}</s:Body></s:Envelope>`,
        '312',
        '#1 ≠ <EmploymentNotice>',
      ],
      ['a page of XHTML', '<html xmlns="http://www.w3.org/1999/xhtml"/>', '312', '#1 ≠ <EmploymentNotice>'],
    ],
  },
  {
    cause: 'XML: a namespace that is not the flow’s',
    flow: 'DIMQ',
    twin: inNamespace(TWO),
    cases: [
      ['none', ONE, '312', '#1 ≠ <EmploymentNotice xmlns="urn:employment">'],
      [
        'another',
        put(inNamespace(ONE), 'urn:employment', 'urn:Employment'),
        '312',
        '#1 ≠ <EmploymentNotice xmlns="urn:employment">',
      ],
      [
        'with a slash behind it',
        put(inNamespace(ONE), 'urn:employment', 'urn:employment/'),
        '312',
        '#1 ≠ <EmploymentNotice xmlns="urn:employment">',
      ],
      [
        'of a prefix that the root does not have',
        put(ONE, '<EmploymentNotice', '<EmploymentNotice xmlns:e="urn:employment"'),
        '312',
        '#1 ≠ <EmploymentNotice xmlns="urn:employment">',
      ],
      ['none in the record', put(inNamespace(ONE), '<Form>', '<Form xmlns="">'), '312', '#1 ≠ <Form>'],
      [
        'another in the record',
        put(inNamespace(TWO), `\n${good(2)}`, `\n${good(2).replace('<Form>', '<Form xmlns="urn:x">')}`),
        '312',
        '#2 ≠ <Form>',
      ],
    ],
  },
  {
    cause: 'XML: a version that is not valid',
    flow: 'DIMN',
    twin: ONE,
    cases: [
      ['another', ONE.replace('version="1">', 'version="2">'), '088', '@version ≠ 1'],
      ['none', ONE.replace(' version="1">', '>'), '088', '@version ≠ 1'],
      ['an empty one', ONE.replace('version="1">', 'version="">'), '088', '@version ≠ 1'],
      ['with a decimal', ONE.replace('version="1">', 'version="1.0">'), '088', '@version ≠ 1'],
      ['capitals in its name', ONE.replace('version="1">', 'Version="1">'), '312', '#1 @Version'],
      ['in a namespace', ONE.replace('version="1">', 'xmlns:v="urn:v" v:version="1">'), '312', '#1 @v:version'],
    ],
  },
  {
    cause: 'XML: something else around the records',
    flow: 'DIMN',
    twin: ONE.replace(
      'version="1">',
      'version="1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="a.xsd">',
    ),
    cases: [
      [
        'an attribute of the root',
        ONE.replace('version="1">', 'version="1" environment="T">'),
        '312',
        '#1 @environment',
      ],
      ['xml:lang', ONE.replace('version="1">', 'version="1" xml:lang="nl">'), '312', '#1 @xml:lang'],
      ['a header element', notices('<Header/>', good(1)), '312', '#1 ≠ <Form>'],
      ['a trailer element', notices(good(1), '<Count>1</Count>'), '312', '#2 ≠ <Form>'],
      ['a record of another name', notices(good(1).replaceAll('Form>', 'form>')), '312', '#1 ≠ <Form>'],
      ['text between records', notices(good(1), 'x', good(2)), '312', '#2 ∅'],
      ['CDATA between records', notices('<![CDATA[x]]>', good(1)), '312', '#1 ∅'],
      [
        'a root inside the root',
        notices(`<EmploymentNotice version="1">${good(1)}</EmploymentNotice>`),
        '312',
        '#1 ≠ <Form>',
      ],
    ],
  },
  {
    cause: 'XML: too deep or too long',
    flow: 'DIMN',
    twin: ONE,
    cases: [
      ['33 elements in each other', notices(`<Form>${'<a>'.repeat(31)}${'</a>'.repeat(31)}</Form>`), '312', '#1 > 32'],
      ['a hundred thousand', notices(good(1), `<Form>${'<a>'.repeat(100_000)}`), '312', '#2 > 32'],
      [
        'a value of more than a mebibyte',
        notices(good(1).replace('PAY-1', 'x'.repeat(1_100_000))),
        '312',
        '#1 > 1048576',
      ],
      [
        'a comment of more than a mebibyte',
        notices(`<!-- ${'x'.repeat(1_100_000)} -->`, good(1)),
        '312',
        '#1 > 1048576',
      ],
      [
        'an attribute of more than a mebibyte',
        notices(`<Form a="${'x'.repeat(1_100_000)}"></Form>`),
        '312',
        '#1 > 1048576',
      ],
      [
        'a line of ten million bytes without a tag',
        `<EmploymentNotice version="1"><Form>${'x'.repeat(7_000_000)}`,
        '312',
        '#1 > 1048576',
      ],
    ],
  },
  {
    cause: 'XML: no record',
    flow: 'DIMN',
    twin: ONE,
    cases: [
      ['no byte', '', '134'],
      ['an empty root', notices(), '134'],
      ['a root that closes itself', '<EmploymentNotice version="1"/>', '134'],
      ['a record in a comment', notices(`<!-- ${good(1)} -->`), '134'],
    ],
  },
];
