import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Authorization, Flow } from '../../src/domain/flow.ts';
import type { Columns, OutputFormat } from '../../src/domain/format.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { generationOf, networkOfFormats } from '../support/network-of-formats.ts';
import { ADRM_TASK, BatchBench, PERSON_LINES } from './run-batch-fixture.ts';

const fixture = (name: string) => readFileSync(`test/fixtures/${name}`, 'utf8');
const BBON_SAMPLE = fixture('samples/2_BBON_contribution_certificate.txt');
const DIMN_SAMPLE = fixture('samples/3_DIMN_employment_notice.xml');
const ADRM_SAMPLE = fixture('samples/1_ADRM_address_mutation.csv');

const LINES = [...PERSON_LINES, '74031295170;11;0;001;0;2008-01-01;;', '85113098277;11;0;001;0;2008-01-01;;'];
/** The secretariat hands in notices for the employer of the sample. */
const MANDATE = '0999900051;0912345673;DIMN;2020-01-01;';

let bbon: BatchTask;
let dimn: BatchTask;

beforeAll(async () => {
  await using copy = await networkOfFormats();
  const { flows, authorizations, partners, sectors } = await generationOf(copy);
  const task = (code: string, sender: string): BatchTask => {
    const flow = flows.find((one) => one.code === code) as Flow;
    const from = partners.find((one) => one.id === sender);
    return {
      ...ADRM_TASK,
      flow,
      sectors,
      sender: {
        partner: sender as PartnerId,
        institution: from?.institution ?? { sector: 0, type: 0 },
        kbo: from?.kbo,
      },
      authorizations: authorizations.filter((act) => act.flow === code),
      receivers: partners
        .filter((one) => one.receives.includes(code))
        .map(({ id, institution }) => ({ partner: id, institution })),
    };
  };
  bbon = task('BBON', 'rsz');
  dimn = task('DIMN', 'sec');
});

const withOutput = (task: BatchTask, output: OutputFormat): BatchTask => ({
  ...task,
  receivers: task.receivers.map((receiver) => ({ ...receiver, output })),
});
const withBlocks = (task: BatchTask, blocks: string[]): BatchTask => ({
  ...task,
  authorizations: task.authorizations.map(
    (act): Authorization => ({ ...act, receivers: act.receivers.map((one) => ({ ...one, blocks })) }),
  ),
});
const columns = (first: number, last: number): Columns => ({ first, last });

const JSON_LINES: OutputFormat = { kind: 'json-lines' };
const PIPES: OutputFormat = { kind: 'delimited', separator: '|', header: true, charset: 'windows-1252' };
const XML: OutputFormat = {
  kind: 'xml',
  root: 'Certificates',
  record: 'Certificate',
  namespace: 'urn:example:bbon',
  versionAttribute: 'version',
  charset: 'utf-8',
};

describe('contribution certificates, fixed width', () => {
  test('reach the receiver with its own quality, header and trailer as they should be', async () => {
    const bench = await BatchBench.open(LINES);
    const { result, outputs, refusals } = await bench.run(bbon, BBON_SAMPLE);
    expect([refusals, result.fileErrors]).toEqual([[], []]);
    expect(outputs).toEqual({ nic: fixture('expected/2_BBON.nic.txt') });
    expect(result.totals).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 0 });
  });

  test('what the receiver may not have is blank, in the sum too', async () => {
    const bench = await BatchBench.open(LINES);
    const { outputs } = await bench.run(withBlocks(bbon, ['employer', 'period', 'quality']), BBON_SAMPLE);
    expect(outputs).toEqual({ nic: fixture('expected/2_BBON.nic.without-amount.txt') });
  });

  test('a record that is refused is in neither count nor sum of the output', async () => {
    const bench = await BatchBench.open(LINES.filter((line) => !line.startsWith('85113098277;11')));
    const { outputs, result } = await bench.run(bbon, BBON_SAMPLE);
    expect(outputs.nic?.split('\r\n')[2]?.trimEnd()).toBe('T00000010000000004123450074031295170');
    expect(result.totals).toEqual({ total: 2, accepted: 1, refused: 1, withoutReceiver: 0 });
  });

  test.each([
    ['XML', XML, 'expected/2_BBON.nic.xml'],
    ['delimited text', PIPES, 'expected/2_BBON.nic.csv'],
    ['JSON lines', JSON_LINES, 'expected/2_BBON.nic.jsonl'],
  ])('a receiver may take them as %s', async (_title, output, expected) => {
    const bench = await BatchBench.open(LINES);
    const { outputs } = await bench.run(withOutput(bbon, output), BBON_SAMPLE);
    expect(outputs).toEqual({ nic: fixture(expected) });
  });

  const faults: readonly [string, (text: string) => string, string, string][] = [
    ['amount letters', (text) => text.replace('00000205000', '0000020500X'), '312', '#3 amount N11'],
    ['the trailer counts another number', (text) => text.replace('T0000002', 'T0000003'), '312', '#4 count 3 ≠ 2'],
    [
      'the trailer has another sum of amounts',
      (text) => text.replace('T0000002000000000617345', 'T0000002000000000617346'),
      '312',
      '#4 sum amount 617346 ≠ 617345',
    ],
    [
      'the trailer has another sum of numbers',
      (text) => text.replace('0159144393447', '0159144393448'),
      '312',
      '#4 sum ssin 159144393448 ≠ 159144393447',
    ],
    ['the header is missing', (text) => text.slice(102), '312', '#1 "D" ≠ H'],
    ['the trailer is missing', (text) => text.slice(0, 306), '312', '#4 ∅ ≠ T'],
    ['a header of another flow', (text) => text.replace('HBBON', 'HADRM'), '312', '#1 flow ≠ BBON'],
    ['a version nobody knows', (text) => text.replace('HBBON01', 'HBBON02'), '088', '#1 version ≠ 01'],
    [
      'a header for another receiver',
      (text) => text.replace('HBBON01012000011', 'HBBON01012000018'),
      '312',
      '#1 receiver_sector ≠ 011',
    ],
    [
      'a header of another sender',
      (text) => text.replace('HBBON01012', 'HBBON01025'),
      '108',
      '#1 sender_sector 25 ≠ 12',
    ],
    ['a test file in production', (text) => text.replace('R0100', 'T0100'), '119', '#1 environment T ≠ R'],
    ['an environment there is not', (text) => text.replace('R0100', 'P0100'), '117', '#1 environment R|T|S'],
    [
      'another record length in the header',
      (text) => text.replace('R0100', 'R0120'),
      '312',
      '#1 record_length 120 ≠ 100',
    ],
    ['a day there is not', (text) => text.replace('20260115R', '20260230R'), '312', '#1 date YYYYMMDD'],
  ];
  test.each(faults)('the whole file is refused: %s', async (_title, change, code, detail) => {
    const bench = await BatchBench.open(LINES);
    const { result, outputs, refusals } = await bench.run(bbon, change(BBON_SAMPLE));
    expect(result.fileErrors).toEqual([{ field: 'file', code, detail }]);
    expect([outputs, refusals]).toEqual([{}, []]);
  });

  test.each([
    ['check digits', '85113098277', '85113098278', '3447', '3448', [['ssin', 'MSG00011']]],
    ['a day that does not exist', '2025010120250630', '2025010120250631', '', '', [['end', 'MSG00008']]],
    ['a period the wrong way round', '2025010120250630', '2025070120250630', '', '', [['end', 'MSG00008']]],
    ['data where no field is', 'RSZ-REF-00002       0 ', 'RSZ-REF-00002       0X', '', '', [['record', '000050']]],
    ['an action there is not', 'RSZ-REF-00002       0', 'RSZ-REF-00002       2', '', '', [['action', '000050']]],
  ])('one record is refused: %s', async (_title, from, to, sum, newSum, faults) => {
    const bench = await BatchBench.open(LINES);
    const { refusals, result } = await bench.run(bbon, BBON_SAMPLE.replace(from, to).replace(sum, newSum));
    expect(result.fileErrors).toEqual([]);
    const expected = faults.map(([field, code]) => expect.objectContaining({ field, code, severity: 'fatal' }));
    expect(refusals).toEqual([{ record: 2, faults: expected }]);
  });
});

describe('notices of employment, XML', () => {
  test('reach the receiver', async () => {
    const bench = await (await BatchBench.open(LINES)).mandate(MANDATE);
    const { outputs, refusals, result } = await bench.run(dimn, DIMN_SAMPLE);
    expect([refusals, result.fileErrors]).toEqual([[], []]);
    expect(outputs).toEqual({ rsz: fixture('expected/3_DIMN.rsz.xml') });
  });

  test('elements of blocks a receiver may not have are left out, with the groups that hold nothing else', async () => {
    const bench = await (await BatchBench.open(LINES)).mandate(MANDATE);
    const { outputs } = await bench.run(withBlocks(dimn, ['form', 'employment']), DIMN_SAMPLE);
    expect(outputs).toEqual({ rsz: fixture('expected/3_DIMN.rsz.without-features.xml') });
  });

  test('a receiver may take them as JSON lines', async () => {
    const bench = await (await BatchBench.open(LINES)).mandate(MANDATE);
    const { outputs } = await bench.run(withOutput(dimn, JSON_LINES), DIMN_SAMPLE);
    expect(outputs).toEqual({ rsz: fixture('expected/3_DIMN.rsz.jsonl') });
  });

  test.each([
    ['not well-formed', '</Form>', '</Frm>', '102'],
    ['with a document type', '<EmploymentNotice', '<!DOCTYPE x [<!ENTITY y "z">]><EmploymentNotice', '102'],
    ['of another root', /EmploymentNotice/g, 'Notice', '312'],
    ['of a version nobody knows', 'version="1">', 'version="2">', '088'],
    ['with something beside the forms', '  <Form>', '<Other/><Form>', '312'],
    ['in another charset', 'UTF-8', 'UTF-16', '138'],
  ])('the whole file is refused: %s', async (_title, from, to, code) => {
    const bench = await (await BatchBench.open(LINES)).mandate(MANDATE);
    const { result, outputs } = await bench.run(dimn, DIMN_SAMPLE.replace(from, to));
    expect(result.fileErrors).toEqual([{ field: 'file', code, detail: expect.any(String) }]);
    expect(outputs).toEqual({});
  });

  test.each([
    ['an element is missing', '<TypeForm>SU</TypeForm>', '', ['TypeForm']],
    ['an element is not known', '<TypeForm>', '<Extra>1</Extra><TypeForm>', ['Extra']],
    [
      'an element stands twice',
      '<TypeForm>SU</TypeForm>',
      '<TypeForm>SU</TypeForm><TypeForm>SU</TypeForm>',
      ['TypeForm'],
    ],
    ['a number has the wrong check digits', '0912345673', '0912345674', ['DimonaIn.EmployerId.CompanyID']],
  ])('one form is refused: %s', async (_title, from, to, fields) => {
    const bench = await (await BatchBench.open(LINES)).mandate(MANDATE);
    const [begin, end] = [DIMN_SAMPLE.indexOf('  <Form>'), DIMN_SAMPLE.indexOf('</EmploymentNotice>')];
    const [head, form, tail] = [DIMN_SAMPLE.slice(0, begin), DIMN_SAMPLE.slice(begin, end), DIMN_SAMPLE.slice(end)];
    const other = form.replace('PAY-2026-000017', 'PAY-2026-000018').replace(from, to);
    const { outputs, refusals } = await bench.run(dimn, head + form + other + tail);
    expect(outputs).toEqual({ rsz: fixture('expected/3_DIMN.rsz.xml') });
    expect(refusals).toEqual([{ record: 2, faults: fields.map((field) => expect.objectContaining({ field })) }]);
  });
});

describe('address mutations for a mainframe', () => {
  const widths: readonly [string, number][] = [
    ['record_no', 7],
    ['ticket', 36],
    ['ssin', 11],
    ['ssin_replaced_by', 11],
    ['mutation_code', 3],
    ['effective_date', 8],
    ['street', 50],
    ['house_no', 10],
    ['box', 4],
    ['postal_code', 10],
    ['municipality_nis', 5],
    ['country_nis', 5],
    ['source', 3],
    ['quality_code', 3],
    ['quality_begin', 8],
    ['quality_end', 10],
  ]; // 184 columns from the second on
  const placed: Record<string, Columns> = {};
  let next = 2;
  for (const [name, width] of widths) {
    placed[name] = columns(next, next + width - 1);
    next += width;
  }
  const output: OutputFormat = {
    kind: 'fixed-width',
    charset: 'cp500',
    recordLength: 190,
    lineEnd: 'nel',
    recordType: columns(1, 1),
    header: {
      type: 'H',
      fields: [
        { name: 'flow', columns: columns(2, 5), value: 'ADRM' },
        { name: 'day', columns: columns(6, 13), is: 'date' },
        { name: 'to', columns: columns(14, 16), is: 'receiverSector' },
        { name: 'lot', columns: columns(17, 24) },
      ],
    },
    detail: { type: 'D' },
    trailer: { type: 'T', count: columns(2, 8), sums: [] },
    columns: placed,
  };

  test('come in EBCDIC, with a header and a trailer that the sender’s file did not have', async () => {
    const bench = await BatchBench.open();
    const task = withOutput(ADRM_TASK, output);
    const { result } = await bench.run(task, ADRM_SAMPLE.replace('Proefstraat', 'Méirstraat'));
    const bytes: Buffer[] = [];
    for await (const chunk of bench.store.read(result.outputs[0]?.content ?? { contentId: '' }))
      bytes.push(Buffer.from(chunk));
    const all = Buffer.concat(bytes);
    expect(all.length).toBe(4 * 191);
    // 0x15 is the line end; é is 0x51, M is 0xD4, digits begin with F (IBM code page 500).
    expect([190, 381, 572, 763].map((at) => all[at])).toEqual([0x15, 0x15, 0x15, 0x15]);
    expect(all.subarray(0, 5).toString('hex')).toBe('c8c1c4d9d4');
    expect(all.subarray(5, 24).toString('hex')).toBe('f2f0f2f6f0f1f2f0f0f1f04040404040404040'); // 20260120, 010, no lot
    expect(all.subarray(191 + 77, 191 + 81).toString('hex')).toBe('d4518999');
    expect(all.subarray(573, 581).toString('hex')).toBe('e3f0f0f0f0f0f0f2');
  });
});
