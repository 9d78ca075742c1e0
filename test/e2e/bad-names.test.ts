import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  adrm,
  answeredWhole,
  type Channel,
  dayInNames,
  ExchangePlace,
  goodRow,
  handIn,
  KSZ_R,
  KSZ_T,
  refusedInReceipt,
  type SetParts,
  setNames,
} from '../support/exchange-place.ts';
import { todayInNames } from '../support/expected.ts';
import { hasTool } from '../support/tools.ts';

let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open();
});
afterAll(() => place.close());

/** A name whose shape is wrong is refused at once, by itself. */
const SHAPES: readonly (readonly [what: string, wrong: string, code: string])[] = [
  ['a prefix the channel does not have', 'XX.{set}.1.1', '129'],
  ['the prefix of answers', 'FO.{set}.1.1', '129'],
  ['an FI without part number', 'FI.{set}.1', '131'],
  ['an FS with too many parts of a name', 'FS.{set}.1.1.1', '132'],
  ['a GO with a part number', 'GO.{set}.1.1', '107'],
  ['a GO whose sender number has five digits', 'GO.{short}.1', '107'],
  ['a TD with a part number', 'TD.{set}.1.1', '107'],
  ['a number of parts that is none', 'FI.{set}.x.1', '114'],
  ['a GO of no part', 'GO.{set}.0', '114'],
  ['a number of the part that is none', 'FS.{set}.1.x', '115'],
  ['the second part of one', 'FI.{set}.1.2', '116'],
];

describe.skipIf(!hasTool('openssl'))('a file name of the wrong shape', () => {
  test.each(SHAPES)(
    '%s is answered with its code, and the names as they should be are taken',
    async (_what, wrong, code) => {
      const serial = `A0${String(SHAPES.findIndex((shape) => shape[1] === wrong)).padStart(3, '0')}`;
      const middle = `ADRM.025000.${todayInNames()}.${serial}.T`;
      const filled = (name: string) =>
        name.replace('{set}', middle).replace('{short}', middle.replace('025000', '25000'));
      await handIn(place, KSZ_T, { [filled(wrong)]: adrm(goodRow(1)) });
      const { errors, environment, flow } = await refusedInReceipt(place, KSZ_T, filled(wrong));
      expect([errors.map((error) => error.code), environment, flow]).toEqual([[code], 'T', 'ADRM']);
      expect(errors[0]?.text).toMatch(/\. .*\.$/); // what is wrong, and what to do
      const { fi, fs, go } = setNames({ serial });
      await handIn(place, KSZ_T, { [fi]: adrm(goodRow(1)), [fs]: 'bm90IHZlcmlmaWVk\n', [go]: '' });
      expect((await answeredWhole(place, KSZ_T, go)).notification.state).toBe('accepted');
    },
  );
});

type BadPart = {
  readonly what: string;
  readonly wrong: Partial<SetParts>;
  /** What makes the same set right, where leaving `wrong` out does not. */
  readonly right?: Partial<SetParts>;
  readonly codes: readonly string[];
};

const PARTS: readonly BadPart[] = [
  { what: 'a date with letters', wrong: { date: '2026AB01' }, codes: ['109'] },
  { what: 'a day that does not exist', wrong: { date: '20260231' }, codes: ['110'] },
  { what: 'a date in the future', wrong: { date: dayInNames(3) }, right: { date: dayInNames(-1) }, codes: ['111'] },
  { what: 'a date of long ago', wrong: { date: dayInNames(-400) }, right: { date: dayInNames(-300) }, codes: ['126'] },
  { what: 'a serial of four positions', wrong: { serial: '0B05' }, codes: ['112'] },
  { what: 'a serial of zeros', wrong: { serial: '00000' }, codes: ['127'] },
  { what: 'a serial with a small letter', wrong: { serial: '0b007' }, codes: ['367'] },
  { what: 'a letter that is no environment', wrong: { letter: 'X' }, codes: ['117'] },
  { what: 'a sender number nobody has', wrong: { sender: '025999' }, codes: ['103'] },
  { what: 'the sender number of another partner', wrong: { sender: '010000' }, codes: ['108'] },
  { what: 'the content of another flow', wrong: { content: 'WLAT' }, codes: ['119'] },
  {
    what: 'three faults',
    wrong: { date: '2026AB01', serial: '00000', sender: '025999' },
    codes: ['109', '127', '103'],
  },
];

describe.skipIf(!hasTool('openssl'))('a set with a wrong part in its names', () => {
  test.each(PARTS)('$what is answered with $codes, and taken where only that is right', async (bad) => {
    const serial = `B${String(PARTS.indexOf(bad)).padStart(4, '0')}`;
    const wrong = setNames({ serial, ...bad.wrong });
    await handIn(place, KSZ_T, { [wrong.fi]: adrm(goodRow(1)), [wrong.go]: '' });
    const { errors } = await refusedInReceipt(place, KSZ_T, wrong.go);
    expect(errors.map((error) => error.code)).toEqual(bad.codes);
    const right = setNames({ serial, ...bad.right });
    await handIn(place, KSZ_T, { [right.fi]: adrm(goodRow(1)), [right.go]: '' });
    expect((await answeredWhole(place, KSZ_T, right.go)).notification.state).toBe('accepted');
  });
});

/** The receipt stands where files of the name's own environment are answered. An R is told of its signature, too. */
const FOLDERS: readonly (readonly [
  letter: 'R' | 'T' | 'S',
  intake: string,
  mailbox: string,
  codes: readonly string[],
])[] = [
  ['R', '/INTEST/ADRM', '/OUT/ADRM', ['118', '125']],
  ['T', '/IN/ADRM', '/OUTTEST/ADRM', ['119']],
  ['S', '/INTEST/ADRM', '/OUTTEST/ADRM', ['257']],
];

describe.skipIf(!hasTool('openssl'))('a set in the folder of another environment', () => {
  test.each(FOLDERS)('%s in %s is told the right folder', async (letter, intake, mailbox, codes) => {
    const { fi, fs, go } = setNames({ serial: 'C0001', letter });
    const channel: Channel = { ...KSZ_R, intake, mailbox };
    await handIn(place, channel, { [fi]: adrm(goodRow(1)), [fs]: 'bm90IHZlcmlmaWVk\n', [go]: '' });
    const { errors, environment } = await refusedInReceipt(place, channel, go);
    expect([errors.map((error) => error.code), environment]).toEqual([codes, letter]);
    const folder = { R: 'IN.', T: 'INTEST.', S: 'INTEST-S.' }[letter];
    expect(errors[0]?.text.endsWith(folder)).toBe(true);
  });

  test('T and S in their own folders are taken', async () => {
    const inT = setNames({ serial: 'C0002' });
    await handIn(place, KSZ_T, { [inT.fi]: adrm(goodRow(1)), [inT.go]: '' });
    expect((await answeredWhole(place, KSZ_T, inT.go)).notification.state).toBe('accepted');
    const inS = setNames({ serial: 'C0002', letter: 'S' });
    const simulation: Channel = { ...KSZ_T, intake: '/INTEST-S/ADRM' };
    await handIn(place, simulation, { [inS.fi]: adrm(goodRow(1)), [inS.go]: '' });
    const { receipt, notification } = await answeredWhole(place, simulation, inS.go);
    expect(notification.records).toEqual({ total: 1, accepted: 1, refused: 0, withoutReceiver: 0 });
    expect(await place.audit.all({ kind: 'delivery', fields: { ticket: receipt.ticket } })).toEqual([]);
  });
});
