import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Mailbox } from '../support/answers.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { takeUp } from '../support/reload.ts';
import { hasTool } from '../support/tools.ts';

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open({
    'gateway.yaml': (text) => text.replace('maxRefusedPerNotification: 100000', 'maxRefusedPerNotification: 3'),
  });
});
afterAll(() => place.close());

const wrong = (number: number) => goodRow(number).replace('74031295170', '74031295171');
/** A number that was replaced: taken, with information for the sender. */
const replaced = (number: number) => goodRow(number).replace('74031295170', '68451597725');

/** Seven refused, one told about, one of which nothing is said. */
const NINE = adrm(...[1, 2, 3, 4].map(wrong), goodRow(5), replaced(6), ...[7, 8, 9].map(wrong));
const TOTALS = { total: 9, accepted: 2, refused: 7, withoutReceiver: 0 };
/** As many refused as one notification may hold. */
const FOUR = adrm(...[1, 2, 3].map(wrong), goodRow(4));

/** Waits for as many notifications about a file; by their names, which Mailbox has verified. */
async function notifications(mailbox: Mailbox, isIts: (answer: Answer) => boolean, count: number) {
  const found = await eventually(`${count} notifications`, async () => {
    const names = (await mailbox.list()).filter((name) => /(\.notification\..*json|^FO\.NOTI\..*)$/.test(name));
    const answers = await Promise.all(names.map((name) => mailbox.answer(name)));
    const its = answers.filter(isIts);
    return its.length >= count ? its : undefined;
  });
  expect(found).toHaveLength(count);
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function elementsOf(text: string, name: string): readonly string[] {
  return [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => value ?? '');
}

describe.skipIf(!hasTool('openssl'))('more refused records than one notification may hold', () => {
  test('come in numbered JSON parts, each signed and whole by itself, and the last says so', async () => {
    const mailbox = await handIn(place, KSZ_R, { 'ADRM nine.csv': NINE });
    const { ticket } = await mailbox.receipt('ADRM nine.csv');
    const parts = await notifications(mailbox, ({ name }) => name.startsWith('ADRM nine.csv.'), 3);
    const head = `ADRM nine.csv.${ticket}.notification`;
    expect(parts.map(({ name }) => name)).toEqual([1, 2, 3].map((part) => `${head}.${part}of3.json`));
    const values = parts.map(({ text }) => JSON.parse(text));
    expect(values.map(({ part, parts: of, last }) => [part, of, last])).toEqual([
      [1, 3, false],
      [2, 3, false],
      [3, 3, true],
    ]);
    for (const value of values) {
      expect(value).toMatchObject({ ticket, file: 'ADRM nine.csv', state: 'partially-accepted', records: TOTALS });
    }
    const records = (entries: readonly { record: number }[] = []) => entries.map(({ record }) => record);
    expect(values.map(({ refused }) => records(refused))).toEqual([[1, 2, 3], [4, 7, 8], [9]]);
    expect(values.map(({ information }) => records(information))).toEqual([[], [], [6]]);
  });

  test('are one file while they are no more than the limit', async () => {
    const mailbox = await handIn(place, KSZ_R, { 'ADRM four.csv': FOUR });
    const { ticket } = await mailbox.receipt('ADRM four.csv');
    const [one] = await notifications(mailbox, ({ name }) => name.startsWith('ADRM four.csv.'), 1);
    expect(one?.name).toBe(`ADRM four.csv.${ticket}.notification.json`);
    expect(one?.text).not.toMatch(/"part"|"last"/);
  });

  test('come in sets of the batch channel, each signed and well-formed by itself, and the last says so', async () => {
    await takeUp(place.gateway, 'partners/ksz.yaml', (text) =>
      text.replace('answerFormat: json', 'answerFormat: rsz-xml'),
    );
    const mailbox = await handIn(place, KSZ_R, { 'ADRM xml nine.csv': NINE, 'ADRM xml four.csv': FOUR });
    const about = (file: string) => (answer: Answer) => answer.text.includes(`<FileName>${file}</FileName>`);
    const parts = await notifications(mailbox, about('ADRM xml nine.csv'), 3);
    const names = await mailbox.list();
    for (const [index, { name, text }] of parts.entries()) {
      expect(names).toContain(name.replace(/^FO/, 'GO')); // every part is a set of its own; FS was verified
      new SaxesParser().write(text).close();
      expect(elementsOf(text, 'part')).toEqual([String(index + 1)]);
      expect([elementsOf(text, 'parts'), elementsOf(text, 'last')]).toEqual([['3'], [String(index === 2)]]);
      expect(['total', 'accepted', 'refused', 'withoutReceiver'].flatMap((total) => elementsOf(text, total))).toEqual(
        Object.values(TOTALS).map(String),
      );
    }
    expect(parts.map(({ text }) => elementsOf(text, 'LineNbr'))).toEqual([
      ['1', '2', '3'],
      ['4', '7', '8'],
      ['9', '6'],
    ]);
    expect(parts.map(({ text }) => elementsOf(text, 'AnomalyClass').join(''))).toEqual(['BBB', 'BBB', 'BW']);
    const [one] = await notifications(mailbox, about('ADRM xml four.csv'), 1);
    expect(elementsOf(one?.text ?? '', 'part')).toEqual([]);
  });
});
