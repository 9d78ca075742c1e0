import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedBy } from '../support/demo-signer.ts';
import {
  adrm,
  answeredWhole,
  ExchangePlace,
  goodRow,
  handIn,
  KSZ_R,
  refusedInReceipt,
  setNames,
} from '../support/exchange-place.ts';
import { hasTool } from '../support/tools.ts';

const FI = adrm(goodRow(1));

let place: ExchangePlace;

/** Persons sign here, under the policy that demo certificates carry; the designation of bram has ended. */
beforeAll(async () => {
  place = await ExchangePlace.open({
    'gateway.yaml': (text) =>
      text
        .replace('signers: accounts', 'signers: persons')
        .replace('allowedPolicyOids: any # or a list\n', 'allowedPolicyOids: ["1.3.6.1.4.1.4146.1.40"]\n'),
    'partners/ksz.yaml': (text) =>
      text.replace(/(- id: bram[\s\S]*?from: 2020-01-01\n)/, '$1      until: 2025-12-31\n'),
  });
});
afterAll(() => place?.close());

async function handInSigned(serial: string, account: string) {
  const names = setNames({ serial, letter: 'R' });
  await handIn(place, KSZ_R, {
    [names.fi]: FI,
    [names.fs]: await signedBy(place.gateway, account, FI),
    [names.go]: '',
  });
  return names;
}

describe.skipIf(!hasTool('openssl'))('a certificate that signs', () => {
  test.each([
    ['of a machine, where persons sign', 'batch@ksz', 'A0001'],
    ['of somebody whose designation has ended', 'bram@ksz', 'A0002'],
  ])('%s is not its owner’s: 153; that of a person in force is', async (_what, account, serial) => {
    const { go } = await handInSigned(serial, account);
    const { errors } = await refusedInReceipt(place, KSZ_R, go);
    expect(errors.map(({ code }) => code)).toEqual(['153']);
    const twin = await handInSigned(serial.replace('A', 'B'), 'anna@ksz');
    expect((await answeredWhole(place, KSZ_R, twin.go)).notification.state).toBe('accepted');
  });
});
