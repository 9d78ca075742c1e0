import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Ticket } from '../../src/domain/submission.ts';
import * as names from '../../src/evidence/answer-names.ts';
import { type ManifestFacts, manifestJson } from '../../src/evidence/manifest.ts';
import {
  type NotificationFacts,
  notificationPartCount,
  notificationParts,
  type RecordAnswer,
  type TextOf,
} from '../../src/evidence/notification.ts';
import { type ReceiptFacts, receiptJson, receiptXml } from '../../src/evidence/receipt.ts';
import { escapeXml } from '../../src/evidence/xml.ts';
import { type AnswerKind, answerKind, schemaProblems } from '../support/schemas.ts';

const TICKET = 'MB8AWX5S00A01' as Ticket;
const CREATED = Date.UTC(2026, 2, 2, 8, 15, 31, 250);

function fixture(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, 'fixtures', name), 'utf8');
}

async function expectSchema(name: AnswerKind, json: string): Promise<void> {
  const value = JSON.parse(json);
  expect(await schemaProblems(name, value)).toEqual([]);
  // The schema itself is strict: one key more, or one less, does not pass.
  expect(await schemaProblems(name, { ...value, more: 1 })).not.toEqual([]);
  for (const key of Object.keys(value).filter((one) => one !== 'information')) {
    const { [key]: _gone, ...rest } = value;
    expect(await schemaProblems(name, rest), key).not.toEqual([]);
  }
}

const RECEIPT: ReceiptFacts = {
  ticket: TICKET,
  file: 'adressen "maart".csv',
  flow: 'ADRM',
  environment: 'R',
  receivedAt: Date.UTC(2026, 2, 2, 8, 15, 30, 7),
  size: 48_213,
  sha256: '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
  resultCode: 1,
  errors: [],
  generation: 'g-42',
  createdAt: CREATED,
};

const REFUSED_RECEIPT: ReceiptFacts = {
  ...RECEIPT,
  ticket: 'MB8AWX5S00A02' as Ticket,
  file: 'GO.ADRM.025000.20260302.00001.R.1',
  size: 0,
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  resultCode: 0,
  errors: [
    { code: '122', text: 'FS is missing' },
    { code: '118', text: 'wrong folder' },
  ],
};

for (const [name, facts] of [
  ['receipt-positive', RECEIPT],
  ['receipt-negative', REFUSED_RECEIPT],
] as const) {
  test(`${name}, in both formats`, async () => {
    expect(receiptJson(facts)).toBe(await fixture(`${name}.json.txt`));
    expect(receiptXml(facts)).toBe(await fixture(`${name}.xml`));
    await expectSchema('receipt', receiptJson(facts));
  });
}

const NOTIFICATION: NotificationFacts = {
  ticket: TICKET,
  file: 'adressen.csv',
  flow: 'ADRM',
  state: 'partially-accepted',
  records: { total: 5, accepted: 3, refused: 2, withoutReceiver: 1 },
  refusedCount: 2,
  informationCount: 1,
  generation: 'g-42',
  directoryVersion: '17',
  language: 'nl',
  createdAt: CREATED,
};
const ACCEPTED: NotificationFacts = {
  ...NOTIFICATION,
  state: 'accepted',
  records: { total: 5, accepted: 5, refused: 0, withoutReceiver: 0 },
  refusedCount: 0,
  informationCount: 0,
};

const REFUSED: readonly RecordAnswer[] = [
  {
    record: 2,
    faults: [
      { field: 'ssin', code: 'MSG00011', severity: 'fatal' },
      { field: 'effective_date', code: 'MSG00008', severity: 'fatal', detail: '<31/02>' },
    ],
  },
  { record: 5, faults: [{ field: 'ssin', code: '300020', severity: 'fatal' }] },
];
const INFORMATION: readonly RecordAnswer[] = [
  { record: 1, faults: [{ field: 'ssin', code: 'MSG00006', severity: 'information' }] },
];

const textOf: TextOf = (code, language, detail) =>
  [language, code, ...(detail === undefined ? [] : [detail])].join(' ');

/** Two at once, so that a part may end between them. */
async function* stream<T>(items: Iterable<T>): AsyncGenerator<readonly T[]> {
  const all = [...items];
  for (let from = 0; from < all.length; from += 2) yield all.slice(from, from + 2);
}

type Asked = { readonly format?: 'json' | 'rsz-xml'; readonly max?: number };

async function texts(
  facts: NotificationFacts,
  refused: Iterable<RecordAnswer>,
  information: Iterable<RecordAnswer>,
  { format = 'json', max = 100 }: Asked = {},
): Promise<readonly string[]> {
  const found: string[] = [];
  const answers = { refused: stream(refused), information: stream(information) };
  for await (const { chunks } of notificationParts(facts, answers, { format, maxRecordsPerPart: max, textOf })) {
    let text = '';
    for await (const chunk of chunks) text += chunk;
    found.push(text);
  }
  return found;
}

test('a notification with refusals and information, in both formats', async () => {
  const [json = ''] = await texts(NOTIFICATION, REFUSED, INFORMATION);
  expect(json).toBe(await fixture('notification.json.txt'));
  await expectSchema('notification', json);
  const xml = await texts(NOTIFICATION, REFUSED, INFORMATION, { format: 'rsz-xml' });
  expect(xml).toEqual([await fixture('notification.xml')]);
});

test('a notification of which nothing is to be said', async () => {
  const [json = ''] = await texts(ACCEPTED, [], []);
  expect(json).toBe(await fixture('notification-accepted.json.txt'));
  await expectSchema('notification', json);
  expect(await texts(ACCEPTED, [], [], { format: 'rsz-xml' })).toEqual([await fixture('notification-accepted.xml')]);
});

test('a file that was refused whole is record 0 and has the ticket of the file', async () => {
  const records = { total: 0, accepted: 0, refused: 0, withoutReceiver: 0 };
  const facts: NotificationFacts = { ...ACCEPTED, state: 'rejected', records, refusedCount: 1 };
  const whole: readonly RecordAnswer[] = [{ record: 0, faults: [{ field: '', code: '312', severity: 'fatal' }] }];
  const [json = ''] = await texts(facts, whole, []);
  expect(JSON.parse(json)).toMatchObject({ state: 'rejected', refused: [{ record: 0, ticket: TICKET }] });
  await expectSchema('notification', json);
  expect(await texts(facts, whole, [], { format: 'rsz-xml' })).toEqual([await fixture('notification-file.xml')]);
});

test('more than fits one file goes in numbered parts', async () => {
  expect([0, 1, 2, 3].map((count) => notificationPartCount({ ...ACCEPTED, refusedCount: count }, 2))).toEqual([
    1, 1, 1, 2,
  ]);
  const parts = await texts(NOTIFICATION, REFUSED, INFORMATION, { max: 1 });
  expect(parts).toHaveLength(3);
  expect(parts.slice(1)).toEqual([
    await fixture('notification-2of3.json.txt'),
    await fixture('notification-3of3.json.txt'),
  ]);
  for (const part of parts) await expectSchema('notification', part);
  const xml = await texts(NOTIFICATION, REFUSED, INFORMATION, { max: 2, format: 'rsz-xml' });
  expect(xml.map((text) => text.match(/<part>.*<\/last>/s)?.[0].replace(/\s/g, ''))).toEqual([
    '<part>1</part><parts>2</parts><last>false</last>',
    '<part>2</part><parts>2</parts><last>true</last>',
  ]);
  expect(xml.map((text) => text.split('<Form>').length - 1)).toEqual([2, 1]);
});

test('two hundred thousand refusals are never in memory at once', async () => {
  let made = 0;
  let furthest = 0;
  let written = 0;
  async function* many(): AsyncGenerator<readonly RecordAnswer[]> {
    for (let record = 1; record <= 200_000; record++) {
      made = record;
      yield [{ record, faults: [{ field: 'ssin', code: '300020', severity: 'fatal' }] }];
    }
  }
  const facts = { ...NOTIFICATION, refusedCount: 200_000, informationCount: 0 };
  const answers = { refused: many(), information: stream<RecordAnswer>([]) };
  const options = { format: 'json', maxRecordsPerPart: 100_000, textOf } as const;
  const parts: (string | undefined)[] = [];
  for await (const { part, chunks } of notificationParts(facts, answers, options)) {
    parts.push(part === undefined ? undefined : `${part.number}of${part.of}`);
    let lines = 0;
    for await (const chunk of chunks) {
      lines += chunk.split('"record":').length - 1;
      furthest = Math.max(furthest, made - written - lines);
      expect(chunk.length).toBeLessThan(70_000);
    }
    written += lines;
  }
  expect(parts).toEqual(['1of2', '2of2']);
  expect(written).toBe(200_000);
  expect(furthest).toBeLessThan(10);
});

test('answers that are more or fewer than the totals say are an error, as is skipping a part', async () => {
  await expect(texts(NOTIFICATION, REFUSED.slice(1), INFORMATION)).rejects.toThrow('totals');
  await expect(texts(NOTIFICATION, [...REFUSED, ...REFUSED], INFORMATION, { max: 3 })).rejects.toThrow('totals');
  await expect(texts(NOTIFICATION, REFUSED.slice(1), [...INFORMATION, ...INFORMATION])).rejects.toThrow('totals');
  const answers = { refused: stream(REFUSED), information: stream(INFORMATION) };
  const parts = notificationParts(NOTIFICATION, answers, { format: 'json', maxRecordsPerPart: 1, textOf });
  await parts.next();
  await expect(parts.next()).rejects.toThrow('before the next');
});

test('a manifest', async () => {
  const facts: ManifestFacts = {
    flow: 'ADRM',
    layoutVersion: '1.0',
    sequence: 12,
    ticket: TICKET,
    sender: { partner: 'ksz' as PartnerId, institution: { sector: 25, type: 0 } },
    receiver: { partner: 'rjv' as PartnerId, institution: { sector: 10, type: 0 } },
    environment: 'R',
    file: 'ADRM.20260302.000012.csv',
    records: 3,
    size: 310,
    sha256: RECEIPT.sha256,
    authorizations: [{ id: 'BER-2019-042', version: 2 }],
    generation: 'g-42',
  };
  expect(manifestJson(facts)).toBe(await fixture('manifest.json.txt'));
  await expectSchema('manifest', manifestJson(facts));
});

test('names of answers', () => {
  expect(names.receiptName('a.csv', TICKET)).toBe('a.csv.MB8AWX5S00A01.receipt.json');
  expect(names.notificationName('a.csv', TICKET)).toBe('a.csv.MB8AWX5S00A01.notification.json');
  const part = { number: 2, of: 3 };
  expect(names.notificationName('a.csv', TICKET, part)).toBe('a.csv.MB8AWX5S00A01.notification.2of3.json');
  expect(names.signatureName('a.csv.manifest.json')).toBe('a.csv.manifest.json.p7s');
  expect(names.manifestName('a.csv')).toBe('a.csv.manifest.json');
  expect(names.rszName('FO', 'ACRF', CREATED, '00001', 'T')).toBe('FO.ACRF.999999.20260302.00001.T');
});

test('an answer is held against the schema of its kind, whatever part it is', () => {
  const kinds = ['a.csv.MB8AWX5S00A01.receipt.json', names.notificationName('a.csv', TICKET, { number: 2, of: 3 })];
  expect(kinds.map(answerKind)).toEqual(['receipt', 'notification']);
  expect(answerKind(names.manifestName('a.csv'))).toBe('manifest');
  expect(['a.csv', 'a.receipt.json.p7s', 'FO.ACRF.999999.20260302.00001.T'].map(answerKind)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('a receipt about no data tells the digest of no bytes', async () => {
  const facts: ReceiptFacts = { ...REFUSED_RECEIPT, sha256: '' };
  expect([receiptJson(facts), receiptXml(facts)]).toEqual([receiptJson(REFUSED_RECEIPT), receiptXml(REFUSED_RECEIPT)]);
  await expectSchema('receipt', receiptJson(facts));
});

test('the channel’s layout sends a value back as it came, cut where it is endless, and only there', async () => {
  const value = `<é&>${'x'.repeat(300)}`;
  const [fault] = REFUSED[1]?.faults ?? [];
  if (fault === undefined) throw new Error('no fault');
  const refused: readonly RecordAnswer[] = [
    { record: 2, faults: [{ ...fault, value: '74031295199' }] },
    { record: 5, faults: [{ ...fault, value }, { ...fault, value: '' }, fault] },
  ];
  const [xml = ''] = await texts(NOTIFICATION, refused, INFORMATION, { format: 'rsz-xml' });
  expect([...xml.matchAll(/<TagName>ssin<\/TagName>\n( *<Value>.*)?/g)].map(([, found]) => found?.trim())).toEqual([
    '<Value>74031295199</Value>',
    `<Value>&lt;é&amp;&gt;${'x'.repeat(252)}</Value>`,
    undefined,
    undefined,
    undefined,
  ]);
  const [json = ''] = await texts(NOTIFICATION, refused, INFORMATION);
  expect(json).not.toContain('74031295199');
  await expectSchema('notification', json);
});

test('serials are five of 0-9A-Z and never all zeros', () => {
  expect([1, 35, 36, 60_466_175].map(names.serialOf)).toEqual(['00001', '0000Z', '00010', 'ZZZZZ']);
  expect(names.serialOf(60_466_176)).toBe('00001');
  expect(() => names.serialOf(0)).toThrow(RangeError);
});

test('tickets of records have at most 20 characters, and each tells its record', async () => {
  const tails = [
    [1, '1'],
    [999_999, '999999'],
    [1_000_000, 'A00000'],
    [1_000_010, 'A0000A'],
    [9_999_999, 'A5CWFZ'],
    [1_573_120_575, 'ZZZZZZ'],
  ] as const;
  for (const [record, tail] of tails) {
    const ticket = names.recordTicket(NOTIFICATION.ticket, record);
    expect(ticket).toBe(`${NOTIFICATION.ticket}-${tail}`);
    expect(ticket.length).toBeLessThanOrEqual(20);
    expect(names.recordNumber(tail)).toBe(record);
  }
  for (const none of ['', '0', '01', '1000000', 'A0000', 'a00000', 'A000000']) {
    expect(names.recordNumber(none)).toBeUndefined();
  }
  expect(() => names.recordTicket(NOTIFICATION.ticket, 1_573_120_576)).toThrow(RangeError);
  const late = REFUSED.map((one) => ({ ...one, record: one.record + 1_000_000 }));
  const [xml = ''] = await texts(NOTIFICATION, late, INFORMATION, { format: 'rsz-xml' });
  expect(xml).toContain(`<ReferenceNbr>${NOTIFICATION.ticket}-A00002</ReferenceNbr>`);
  const [json = ''] = await texts(NOTIFICATION, late, INFORMATION);
  await expectSchema('notification', json);
});

test('what XML cannot hold', () => {
  expect(escapeXml('a<b>&"c"\'\r\n\t')).toBe('a&lt;b&gt;&amp;&quot;c&quot;&apos;&#13;\n\t');
  expect(escapeXml('\u0000\u0008\ufffe\ud800x😀é')).toBe('\ufffd\ufffd\ufffd\ufffdx😀é');
});
