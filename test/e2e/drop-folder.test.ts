import { execFile } from 'node:child_process';
import { chmod, link, mkdir, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  adrm,
  adrmDelivered,
  answeredWhole,
  ExchangePlace,
  goodRow,
  goodRowDelivered,
  handIn,
  KSZ_R,
  KSZ_T,
  refusedInReceipt,
  setNames,
} from '../support/exchange-place.ts';
import { withPlaceholders } from '../support/expected.ts';
import { hasTool } from '../support/tools.ts';

const run = promisify(execFile);
let place: ExchangePlace;
let folder: string;
let outside: string;

beforeAll(async () => {
  place = await ExchangePlace.open({
    'gateway.yaml': (text) => text.replace('enabled: false\n  sweepSeconds: 5', 'enabled: true\n  sweepSeconds: 0.3'),
  });
  folder = join(place.gateway.data, 'drop', 'batch@ksz', 'ADRM');
  outside = join(place.gateway.folder, 'outside');
  await mkdir(outside);
});
afterAll(() => place.close());

/** Puts a file in as a careful program does: written elsewhere on the same disk, then renamed in. */
async function drop(name: string, bytes: string): Promise<void> {
  await writeFile(join(outside, name), bytes);
  await rename(join(outside, name), join(folder, name));
}

async function isGone(name: string): Promise<boolean> {
  return !(await readdir(folder)).includes(name);
}

/** All that a sender and a receiver see of one file, with what no two files share taken out. */
async function outcomeOf(name: string) {
  const { receipt, notification } = await answeredWhole(place, KSZ_R, name);
  const { ticket } = receipt;
  const delivery = await (await place.mailbox('batch@rjv', '/OUT/ADRM')).delivery(ticket);
  const plain = (text: string) => withPlaceholders(text, ticket).replaceAll(name, '{file}');
  const manifest = plain(delivery.manifest.text).replace(/"sequence": \d+/, '"sequence": {n}');
  return {
    receipt: plain(receipt.answer.text),
    notification: plain(JSON.stringify(notification.records) + notification.state),
    delivery: delivery.text,
    manifest: manifest.replace(/"file": "ADRM\.\d{8}\./, '"file": "ADRM.{n}.'),
  };
}

/** Waits until the log says that this was not taken, and why. */
async function refusalOf(path: string): Promise<string> {
  return eventually(`a line about ${path}`, () =>
    place.gateway.log.find((line) => line.includes('a dropped file was not taken') && line.includes(`"${path}"`)),
  );
}

describe.skipIf(!hasTool('openssl'))('a file dropped by a local program', () => {
  const content = adrm(goodRow(1), goodRow(2).replace('2026-01-05', '2026-02-30'));

  test('renamed in, with .done beside it, or uploaded: answers and delivery are alike', async () => {
    await drop('ADRM renamed.csv', content);
    const renamed = await outcomeOf('ADRM renamed.csv');
    expect(renamed.delivery).toBe(adrmDelivered(goodRowDelivered(1)));
    expect(
      await eventually('the drop folder to be empty', async () => (await isGone('ADRM renamed.csv')) || undefined),
    ).toBe(true);
    await writeFile(join(folder, 'ADRM done.csv'), content);
    await writeFile(join(folder, 'ADRM done.csv.done'), '');
    expect(await outcomeOf('ADRM done.csv')).toEqual(renamed);
    await eventually('file and .done to be gone', async () =>
      (await readdir(folder)).some((name) => name.startsWith('ADRM done')) ? undefined : true,
    );
    for (const account of ['batch@ksz', 'anna@ksz']) {
      const name = `ADRM uploaded by ${account}.csv`;
      await handIn(place, { ...KSZ_R, account }, { [name]: content });
      expect(await outcomeOf(name)).toEqual(renamed);
    }
    const { fields } = await place.audit.line({ kind: 'publish', fields: { path: '/IN/ADRM/ADRM renamed.csv' } });
    expect(fields).toMatchObject({ principal: 'batch@ksz', protocol: 'watcher', accessMethod: 'line' });
  });

  test('of the batch channel goes where its environment tells, and starts with its GO', async () => {
    const { fi, go } = setNames({ serial: 'D0001' });
    await drop(go, '');
    await drop(fi, adrm(goodRow(1)));
    expect((await answeredWhole(place, KSZ_T, go)).notification.state).toBe('accepted');
  });

  test('that is wrong is answered in the mailbox of its account', async () => {
    await drop('ADRM nothing.csv', '');
    const { errors } = await refusedInReceipt(place, KSZ_R, 'ADRM nothing.csv');
    expect(errors.map(({ code }) => code)).toEqual(['134']);
  });

  test('the same again while it still stands there yields the same receipt and no second delivery', async () => {
    await drop('ADRM again.csv', adrm(goodRow(4)));
    const { receipt } = await answeredWhole(place, KSZ_R, 'ADRM again.csv');
    await drop('ADRM again.csv', adrm(goodRow(4)));
    await place.audit.line({ kind: 'submission-again', fields: { ticket: receipt.ticket } });
    expect(await place.audit.all({ kind: 'delivery', fields: { ticket: receipt.ticket } })).toHaveLength(1);
  });
});

describe('the drop folder refuses', () => {
  const secret = 'not yours\n';

  beforeAll(() => writeFile(join(outside, 'secret.csv'), secret));

  for (const [what, make] of [
    ['a symbolic link', (to: string) => symlink(join(outside, 'secret.csv'), to)],
    ['a second name of a file', (to: string) => link(join(outside, 'secret.csv'), to)],
    ['a FIFO', (to: string) => run('mkfifo', [to])],
    ['a folder', (to: string) => mkdir(to)],
  ] as const) {
    test(`${what}, even with .done beside it, and leaves it where it is`, async () => {
      const path = join(folder, `ADRM ${what}.csv`);
      await make(path);
      await writeFile(`${path}.done`, '');
      expect(await refusalOf(path)).toContain('"not-allowed"');
      await drop(`ADRM next to ${what}.csv`, adrm(goodRow(1)));
      await answeredWhole(place, KSZ_R, `ADRM next to ${what}.csv`); // the others are not held up
      expect(await isGone(`ADRM ${what}.csv`)).toBe(false);
      expect(await place.audit.all({ kind: 'publish', fields: { path: `/IN/ADRM/ADRM ${what}.csv` } })).toEqual([]);
      await rm(path, { recursive: true });
      await rm(`${path}.done`);
    });
  }

  for (const [what, mode] of [
    ['a folder its group may write to', 0o770],
    ['a folder everybody may write to', 0o707],
  ] as const) {
    test(`${what}, and takes its files once that is put right`, async () => {
      const name = `ADRM in ${what}.csv`;
      await chmod(folder, mode);
      await drop(name, adrm(goodRow(1)));
      expect(await refusalOf(folder)).toContain('chmod go-w');
      expect(await isGone(name)).toBe(false);
      await chmod(folder, 0o700);
      expect((await answeredWhole(place, KSZ_R, name)).notification.state).toBe('accepted');
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
    });
  }

  test('a folder that is a link to another', async () => {
    await rename(folder, `${folder}.aside`);
    await symlink(outside, folder);
    await writeFile(join(outside, 'ADRM linked.csv'), adrm(goodRow(1)));
    expect(await refusalOf(folder)).toContain('"not-allowed"');
    await rm(folder);
    await rename(`${folder}.aside`, folder);
    await drop('ADRM in the folder.csv', adrm(goodRow(1)));
    await answeredWhole(place, KSZ_R, 'ADRM in the folder.csv');
    expect(await place.audit.all({ kind: 'publish', fields: { path: '/IN/ADRM/ADRM linked.csv' } })).toEqual([]);
  });
});
