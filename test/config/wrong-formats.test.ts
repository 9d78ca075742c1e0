import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { generationOf, networkOfFormats } from '../support/network-of-formats.ts';
import { load } from './config-copy.ts';
import { messagesAfter, testCases } from './format-cases.ts';

const BBON = 'flows/BBON.yaml';
const DIMN = 'flows/DIMN.yaml';
const ADRM = 'flows/ADRM.yaml';

test('the flows of the tests are sound', async () => {
  expect(await messagesAfter([])).toEqual([]);
});

describe('a flow of fixed width', () => {
  testCases([
    ['a field without columns', BBON, ', columns: 30-33 }', ' }', '{ name: ¦year', 'the field "year" has no columns'],
    [
      'columns that are none',
      BBON,
      'columns: 30-33',
      'columns: 33-30',
      'columns: ¦33-30',
      '"columns" is wrong: "33-30" are no columns',
    ],
    ['columns before the first', BBON, 'columns: 87', 'columns: 0', 'columns: ¦0', '"columns" is less than 1'],
    [
      'columns of another kind',
      BBON,
      'columns: 87',
      'columns: true',
      'columns: ¦true',
      '"columns" is true; expected is one of: columns as in 2-8',
    ],
    [
      'columns that two fields share',
      BBON,
      'columns: 30-33',
      'columns: 29-33',
      'columns: ¦29-33',
      'the field "year" and the field "employer" stand in the same columns',
    ],
    [
      'columns of the record type',
      BBON,
      'maxDigits: 7, columns: 2-8',
      'maxDigits: 7, columns: 1-7',
      'maxDigits: 7, columns: ¦1-7',
      'the field "seq" and the record type stand in the same columns',
    ],
    [
      'columns behind the record',
      BBON,
      'columns: 87',
      'columns: 101',
      'columns: ¦101',
      'the field "action" ends in column 101, behind the record of 100',
    ],
    [
      'too few columns',
      BBON,
      'columns: 50-60',
      'columns: 50-59',
      'columns: ¦50-59',
      'the field "amount" has up to 11 characters and 10 columns',
    ],
    ['a line end of EBCDIC', BBON, 'crlf', 'nel', 'lineEnd: ¦nel', '"nel" is a line end of EBCDIC alone'],
    [
      'no record type',
      BBON,
      '  recordType: 1\n',
      '',
      '¦format:',
      'records are of several types, and nothing says where the type stands',
    ],
    ['no type of details', BBON, '  detail:\n    type: D\n', '', '¦format:', 'the type of details is missing'],
    [
      'a type too long',
      BBON,
      'type: T',
      'type: TT',
      'type: ¦TT',
      'the type "TT" does not fill the 1 columns of the record type',
    ],
    [
      'a type twice',
      BBON,
      'type: T',
      'type: D',
      'trailer:\n    type: ¦D',
      'the type "D" stands for two kinds of records',
    ],
    [
      'a field of the header twice',
      BBON,
      'name: lot',
      'name: date',
      'name: ¦date, columns: 28-35',
      'the field "date" stands twice',
    ],
    [
      'two lots',
      BBON,
      'name: lot, columns: 20-27, is: lot',
      'name: set, columns: 20-22, is: lot }\n      - { name: lot, columns: 23-27, is: lot',
      'name: lot, columns: 23-27, is: ¦lot',
      'a file has one lot',
    ],
    [
      'a value and a fact',
      BBON,
      'value: BBON',
      'value: BBON, is: version',
      'value: ¦BBON, is',
      'a field has either "is" or "value"',
    ],
    ['a value too long', BBON, 'value: BBON', 'value: BBONS', 'value: ¦BBONS', '"BBONS" does not fit 4 columns'],
    [
      'a version that does not fit',
      BBON,
      'version: "01"',
      'version: "2026"',
      'version: ¦"2026"',
      'version "2026" does not fit the header',
    ],
    [
      'a sum of a field there is not',
      BBON,
      'field: amount',
      'field: amuont',
      'field: ¦amuont',
      'a layout has no field "amuont"',
    ],
    [
      'a sum of a text',
      BBON,
      'field: amount',
      'field: sender_ref',
      'field: ¦sender_ref',
      'the field "sender_ref" is of type text; a sum needs digits without a sign',
    ],
    [
      'a sum that cannot be exact',
      BBON,
      'columns: 24-36',
      'columns: 24-39',
      'columns: ¦24-39',
      'the sum of "ssin" takes more than 15 columns',
    ],
    [
      'a count inside a sum',
      BBON,
      'count: 2-8',
      'count: 2-9',
      'columns: ¦9-23',
      'the sum of "amount" and the count stand in the same columns',
    ],
  ]);

  test('UTF-8 needs line ends, and a day eight or ten columns', async () => {
    const messages = await messagesAfter([
      [BBON, 'iso-8859-1', 'utf-8'],
      [BBON, 'crlf', 'none'],
      [BBON, 'columns: 28-35, is: date', 'columns: 29-35, is: date'],
    ]);
    expect(messages).toEqual(['in utf-8 the length of a record in bytes varies', 'a day takes 8 or 10 columns']);
  });

  test('a sum of more than fifteen digits cannot be exact', async () => {
    const messages = await messagesAfter([
      [BBON, 'field: amount', 'field: sender_ref'],
      [BBON, 'type: text, maxLength: 20, characters: iso-8859-1', 'type: digits, length: 20'],
      [BBON, '      reference: sender_ref\n', ''],
      [BBON, '    changes: { field: action, values: ["1", "3"] }\n', ''],
    ]);
    expect(messages).toEqual(['the field "sender_ref" has 20 digits; a sum is exact up to 15']);
  });

  test('two layouts of one day need a header that tells them apart', async () => {
    await using copy = await networkOfFormats();
    await copy.edit(BBON, 'is: version', 'value: "01"');
    const text = await readFile(copy.path(BBON), 'utf8');
    const layout = text.slice(text.indexOf('  - version'), text.indexOf('\nblocks:'));
    await writeFile(copy.path(BBON), text.replace(layout, `${layout}${layout.replace('"01"', '"02"')}`));
    const loaded = await load(copy);
    expect(loaded.ok ? [] : loaded.problems.map((one) => one.message)).toEqual([
      'two layouts are valid at once, and no header says which a file follows',
    ]);
    await copy.edit(BBON, 'value: "01"', 'is: version');
    expect((await generationOf(copy)).flows[1]?.layouts).toHaveLength(2);
  });
});

describe('a flow in XML', () => {
  testCases([
    ['no root', DIMN, '  root: EmploymentNotice\n', '', '¦format:', '"root" is missing in "format"'],
    [
      'a root that is no name',
      DIMN,
      'root: Em',
      'root: 9Em',
      'root: ¦9Em',
      '"root" is wrong: "9EmploymentNotice" is not the name of an element or attribute',
    ],
    [
      'a group there is not',
      DIMN,
      'versionAttribute: version',
      'versionAttribute: version\n  repeats: Worker',
      'repeats: ¦Worker',
      'no field stands inside "Worker"',
    ],
    [
      'a reference that several records would share',
      DIMN,
      'versionAttribute: version',
      'versionAttribute: version\n  repeats: DimonaIn',
      'reference: ¦Reference.ReferenceNbr',
      '"Reference.ReferenceNbr" would be the same for every "DimonaIn" of an element',
    ],
    ['columns', DIMN, 'name: TypeForm,', 'name: TypeForm, columns: 3,', 'columns: ¦3,', 'xml records have no columns'],
  ]);

  test('a field cannot be a value and a group', async () => {
    const messages = await messagesAfter([
      [DIMN, 'name: TypeForm,', 'name: Reference,'],
      [DIMN, 'TypeForm]', 'Reference]'],
    ]);
    expect(messages).toEqual(['"Reference" is a value, and "Reference.ReferenceType" would be inside it']);
  });
});

describe('types and conditions', () => {
  testCases([
    [
      'a charset there is not',
      ADRM,
      'header: true',
      'header: true\n  charset: latin1',
      'charset: ¦latin1',
      '"charset" is "latin1", which is not allowed here',
    ],
    [
      'EBCDIC between separators',
      ADRM,
      'header: true',
      'header: true\n  charset: cp500',
      'charset: ¦cp500',
      '"charset" is "cp500", which is not allowed here',
    ],
    [
      'a form of dates there is not',
      ADRM,
      'name: effective_date, type: date',
      'name: effective_date, type: date, form: ddMMyyyy',
      'form: ¦ddMM',
      '"form" is "ddMMyyyy", which is not allowed here',
    ],
    [
      'a field that its group needs, and that has none',
      ADRM,
      'name: box, type: text, maxLength: 4, required: false',
      'name: box, type: text, maxLength: 4, required: in-group',
      'required: ¦in-group',
      'the field "box" stands in no group',
    ],
    [
      'a total of a text',
      ADRM,
      '    periods:',
      '    totals:\n      - { sum: [street], equals: record_no }\n    periods:',
      'sum: [¦street',
      'the field "street" is of type text; needed is integer or cents or decimal',
    ],
    [
      'a total that names no field',
      ADRM,
      '    periods:',
      '    totals:\n      - { sum: [record_no], equals: total }\n    periods:',
      'equals: ¦total',
      'this layout has no field "total"',
    ],
    [
      'a birth date that is no date',
      ADRM,
      '    periods:',
      '    births:\n      - { date: street, insz: ssin }\n    periods:',
      'date: ¦street',
      'the field "street" is of type text; needed is date or incomplete-date',
    ],
    [
      'a role on an incomplete date',
      ADRM,
      'name: effective_date, type: date',
      'name: effective_date, type: incomplete-date',
      'periodBegin: ¦effective',
      'the field "effective_date" is of type incomplete-date; needed is date',
    ],
  ]);
});
