import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedBy } from '../support/demo-signer.ts';
import {
  adrm,
  adrmDelivered,
  answeredWhole,
  type Channel,
  ExchangePlace,
  goodRow,
  goodRowDelivered,
  handIn,
  KSZ_R,
  KSZ_T,
  refusedInReceipt,
  setNames,
} from '../support/exchange-place.ts';
import { hasTool } from '../support/tools.ts';

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open();
});
afterAll(() => place?.close());

/** Names of a set in so many parts. */
function namesIn(count: number, serial: string, letter: 'R' | 'T' = 'T') {
  const { fi, fs, go, td } = setNames({ serial, letter });
  const numbered = (name: string) => (part: number) => name.replace(/1\.1$/, `${count}.${part}`);
  const counted = (name: string) => name.replace(/1$/, `${count}`);
  return { fi: numbered(fi), fs: numbered(fs), go: counted(go), td: counted(td) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A record with an INSZ whose check digits are wrong. */
const badRow = (number: number) => goodRow(number).replace('74031295170', '74031295171');

describe.skipIf(!hasTool('openssl'))('a set of several parts', () => {
  test('is one submission: numbered on, one receipt with every part, one notification, one delivery', async () => {
    const { fi, go } = namesIn(3, 'E0001');
    const parts = [adrm(goodRow(1), badRow(2)), adrm(goodRow(3)), adrm(badRow(4), goodRow(5))];
    const files = Object.fromEntries(parts.map((text, index) => [fi(index + 1), text]).toReversed());
    await handIn(place, KSZ_T, { ...files, [go]: '' });
    const { receipt, notification } = await answeredWhole(place, KSZ_T, go);
    const digests = parts.map(sha256);
    expect(receipt.parts).toEqual(
      parts.map((text, index) => ({ file: fi(index + 1), size: text.length, sha256: digests[index] })),
    );
    expect(receipt.size).toBe(parts.join('').length);
    expect(receipt.sha256).toBe(sha256(digests.map((digest) => `${digest}\n`).join('')));
    expect(notification.records).toEqual({ total: 5, accepted: 3, refused: 2, withoutReceiver: 0 });
    expect(notification.refused.map(({ record }) => record)).toEqual([2, 4]);
    const delivered = await (await place.mailbox('batch@rjv', KSZ_T.mailbox)).delivery(receipt.ticket);
    expect(delivered.text).toBe(adrmDelivered(...[1, 3, 5].map(goodRowDelivered)));
    expect(await place.audit.all({ kind: 'delivery', fields: { ticket: receipt.ticket } })).toHaveLength(1);
  });

  test('in R is signed part by part: one that is not its FI’s is named, and one that is missing', async () => {
    const texts = [adrm(goodRow(1)), adrm(goodRow(2))];
    const [first, second] = await Promise.all(texts.map((text) => signedBy(place.gateway, 'anna@ksz', text)));
    if (first === undefined || second === undefined) throw new Error();
    const send = async (serial: string, signatures: readonly (Buffer | undefined)[]) => {
      const { fi, fs, go } = namesIn(2, serial, 'R');
      const files: Record<string, string | Uint8Array> = { [fi(1)]: texts[0] ?? '', [fi(2)]: texts[1] ?? '' };
      for (const [index, signature] of signatures.entries()) if (signature) files[fs(index + 1)] = signature;
      await handIn(place, KSZ_R, { ...files, [go]: '' });
      return go;
    };
    const swapped = await refusedInReceipt(place, KSZ_R, await send('E0002', [first, first]));
    expect(swapped.errors.map(({ code }) => code)).toEqual(['125']);
    expect(swapped.errors[0]?.text).toMatch(/\(2\/2: /);
    const missing = await refusedInReceipt(place, KSZ_R, await send('E0003', [first, undefined]));
    expect(missing.errors.map(({ code }) => code)).toEqual(['122']);
    expect(missing.errors[0]?.text).toContain(namesIn(2, 'E0003', 'R').fs(2));
    const go = await send('E0004', [first, second]);
    expect((await answeredWhole(place, KSZ_R, go)).notification.records.accepted).toBe(2);
  });

  test('is refused for what is wrong with one part as a whole, and says which', async () => {
    const { fi, go } = namesIn(2, 'E0005');
    const wrong = adrm(goodRow(2)).replace('street;', '');
    await handIn(place, KSZ_T, { [fi(1)]: adrm(goodRow(1)), [fi(2)]: wrong, [go]: '' });
    const { errors } = await refusedInReceipt(place, KSZ_T, go);
    expect(errors.map(({ code }) => code)).toEqual(['312']);
    expect(errors[0]?.text).toMatch(/\(2\/2: street\)$/);
  });

  test('is taken back by a TD, every part of it', async () => {
    const { fi, td, go } = namesIn(2, 'E0006');
    const mailbox = await handIn(place, KSZ_T, { [fi(1)]: adrm(goodRow(1)), [fi(2)]: adrm(goodRow(2)), [td]: '' });
    const { ticket, resultCode } = await mailbox.receipt(td);
    expect(resultCode).toBe(1);
    await place.audit.line({ kind: 'submission', fields: { ticket, state: 'cancelled' } });
    await handIn(place, KSZ_T, { [go]: '' });
    const { errors } = await refusedInReceipt(place, KSZ_T, go);
    expect(errors.map(({ code }) => code)).toEqual(['120']);
    expect(errors[0]?.text).toContain(`${fi(1)}, ${fi(2)}`);
  });
});

/** What stands there when GO comes, by number of parts and part, and the code with its detail. */
const WRONG_NUMBERS: readonly {
  readonly what: string;
  readonly there: readonly (readonly [count: number, part: number])[];
  readonly go: number;
  readonly codes: readonly string[];
  readonly names: readonly (readonly [count: number, part: number])[];
}[] = [
  {
    what: 'a part missing',
    there: [
      [3, 1],
      [3, 3],
    ],
    go: 3,
    codes: ['120'],
    names: [[3, 2]],
  },
  {
    what: 'more parts than the GO says',
    there: [
      [3, 1],
      [3, 2],
      [3, 3],
    ],
    go: 2,
    codes: ['128'],
    names: [],
  },
  { what: 'fewer parts than the GO says', there: [[1, 1]], go: 2, codes: ['128'], names: [] },
  {
    what: 'a part of another number of parts',
    there: [
      [2, 1],
      [2, 2],
      [4, 3],
    ],
    go: 2,
    codes: ['123'],
    names: [[4, 3]],
  },
  {
    what: 'both',
    there: [
      [2, 1],
      [3, 2],
    ],
    go: 2,
    codes: ['120', '123'],
    names: [
      [2, 2],
      [3, 2],
    ],
  },
];

describe.skipIf(!hasTool('openssl'))('a set whose numbers do not agree', () => {
  test.each(WRONG_NUMBERS)('$what is answered with $codes, once for all that is there', async (bad) => {
    const serial = `F${String(WRONG_NUMBERS.indexOf(bad)).padStart(4, '0')}`;
    const name = ([count, part]: readonly [number, number]) => namesIn(count, serial).fi(part);
    const { go, td } = namesIn(bad.go, serial);
    const files = Object.fromEntries(bad.there.map((at) => [name(at), adrm(goodRow(1))]));
    await handIn(place, KSZ_T, { ...files, [go]: '' });
    const { errors } = await refusedInReceipt(place, KSZ_T, go);
    expect(errors.map(({ code }) => code)).toEqual(bad.codes);
    for (const [index, at] of bad.names.entries()) expect(errors[index]?.text).toContain(`(${name(at)})`);
    // None of them waits for another GO: there is nothing that a TD could take back.
    await handIn(place, KSZ_T, { [td]: '' });
    const late = await refusedInReceipt(place, KSZ_T, td);
    expect(late.errors.map(({ code }) => code)).toEqual(['157']);
  });

  test('numbers of 1 to 99 are taken, also where ten parts sort otherwise than they count', async () => {
    const channel: Channel = KSZ_T;
    const { fi, go } = namesIn(11, 'F0100');
    const rows = Array.from({ length: 11 }, (_, index) => goodRow(index + 1));
    const files = Object.fromEntries(rows.map((row, index) => [fi(index + 1), adrm(row)]));
    await handIn(place, channel, { ...files, [go]: '' });
    const { receipt } = await answeredWhole(place, channel, go);
    const delivered = await (await place.mailbox('batch@rjv', channel.mailbox)).delivery(receipt.ticket);
    expect(delivered.text).toBe(adrmDelivered(...rows.map((_, index) => goodRowDelivered(index + 1))));
  });
});
