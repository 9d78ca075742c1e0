import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteReader } from '../../src/storage/sqlite-reader.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';

const OUT = '/OUT/ADRM';
let place: ExchangePlace;

beforeAll(async () => {
  place = await ExchangePlace.open();
});
afterAll(() => place.close());

let count = 0;

/** A delivery of RJV that lies in its mailbox just now. */
async function delivered(): Promise<{ readonly id: string; readonly path: string }> {
  count += 1;
  const name = `ADRM_${count}.csv`;
  const mailbox = await handIn(place, KSZ_R, { [name]: adrm(goodRow(count)) });
  const { ticket } = await mailbox.receipt(name);
  await mailbox.notification(name, ticket);
  const client = await place.client('batch@rjv');
  const file = (await client.list(OUT)).find((one) => one.includes(ticket) && one.endsWith('.csv'));
  if (file === undefined) throw new Error('there is no delivery');
  return { id: `${ticket}-rjv`, path: `${OUT}/${file}` };
}

async function stateOf(id: string): Promise<string | undefined> {
  const reader = openSqliteReader(join(place.gateway.data, 'ledger.sqlite'));
  try {
    return (await reader.read({ kind: 'delivery', id }))?.state;
  } finally {
    await reader.close();
  }
}

function becomes(id: string, state: string): Promise<true> {
  return eventually(`${id} to be ${state}`, async () => ((await stateOf(id)) === state ? true : undefined));
}

describe('a delivery', () => {
  for (const protocol of ['sftp', 'webdav'] as const) {
    test(`${protocol}: is picked up when its receiver got it, and removed when he deletes it`, async () => {
      const one = await delivered();
      const account = protocol === 'sftp' ? 'batch@rjv' : 'anna@rjv';
      const client = await (protocol === 'sftp' ? SftpClient : WebdavClient).open(place.gateway, account);
      await client.list(OUT);
      await client.get(`${one.path}.manifest.json`);
      expect(await stateOf(one.id)).toBe('delivered');
      await client.get(one.path);
      await becomes(one.id, 'picked-up');
      client.close();
      const machine = await WebdavClient.open(place.gateway, 'batch@rjv');
      expect((await machine.ask('DELETE', one.path)).status).toBe(204);
      machine.close();
      await becomes(one.id, 'removed');
    });
  }

  test('webdav: is picked up by ranges only when they leave nothing out', async () => {
    const one = await delivered();
    const client = await WebdavClient.open(place.gateway, 'anna@rjv');
    const get = async (range: string) => {
      const { status } = await client.ask('GET', one.path, { headers: { Range: `bytes=${range}` } });
      expect(status).toBe(206);
    };
    await client.ask('HEAD', one.path);
    await get('0-9');
    await get('11-');
    // What comes after the ranges was noted behind them.
    const other = await delivered();
    await client.get(other.path);
    await becomes(other.id, 'picked-up');
    expect(await stateOf(one.id)).toBe('delivered');
    await get('5-15');
    await becomes(one.id, 'picked-up');
    client.close();
  });
});
