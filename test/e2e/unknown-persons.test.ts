import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adrm, type Channel, ExchangePlace, goodRow, handIn, KSZ_R, KSZ_T } from '../support/exchange-place.ts';
import { makeFolder, removeFolder, startIn } from '../support/gateway.ts';
import { quickSettling } from '../support/settle.ts';

/** KSZ has no line of anybody here, so each of its records is refused with 300020; the hub is warned from the seventh on. */

const run = promisify(execFile);
const SLUIS = fileURLToPath(new URL('../../src/sluis.js', import.meta.url));
const KSZ_S: Channel = { account: 'batch@ksz', intake: '/INTEST-S/ADRM', mailbox: '/OUTTEST/ADRM' };

let folder = '';
let place: ExchangePlace;

beforeAll(async () => {
  folder = await makeFolder({
    'gateway.yaml': (text) => quickSettling(text.replace('unknownPersonsPerDay: 500', 'unknownPersonsPerDay: 7')),
    'flows/ADRM.yaml': (text) => text.replace('senderLine: none', 'senderLine: required'),
  });
  place = ExchangePlace.of(await startIn(folder));
});
afterAll(async () => {
  await place?.close();
  await removeFolder({ folder });
});

/** @returns the notification as its sender reads it, without what differs from file to file */
async function refused(channel: Channel, name: string, rows: number): Promise<unknown> {
  const mailbox = await handIn(place, channel, {
    [name]: adrm(...Array.from({ length: rows }, (_, at) => goodRow(at + 1))),
  });
  const { ticket } = await mailbox.receipt(name);
  const { answer: _, file: __, ticket: ___, ...told } = await mailbox.notification(name, ticket);
  expect(told.refused.map(({ faults }) => faults.map(({ code }) => code))).toEqual(Array(rows).fill(['300020']));
  return { ...told, refused: told.refused.map(({ faults }) => faults) };
}

async function sluis(...words: readonly string[]): Promise<string> {
  const places = ['--config', place.gateway.config, '--data', place.gateway.data, '--json'];
  const done = await run(process.execPath, [SLUIS, ...words, ...places]).catch((error) => error);
  return String(done.stdout);
}

async function alarms(): Promise<unknown> {
  return JSON.parse(await sluis('status')).alarms;
}

const lines = () => place.audit.all({ kind: 'unknown-persons' });
const warnings = () => place.gateway.log.filter((line) => line.includes('"alarm":"unknown-persons"'));

test('many records about persons whom a sender does not know raise one alarm, over its files, simulation and dry runs', async () => {
  const since = `${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`;

  await refused(KSZ_R, 'ADRM_1.csv', 2);
  await refused(KSZ_S, 'ADRM_2.csv', 2);
  // The synthetic persons of T are nobody's.
  await refused(KSZ_T, 'ADRM_3.csv', 3);
  const dry = join(folder, 'ADRM_dry.csv');
  await writeFile(dry, adrm(goodRow(1), goodRow(2)));
  expect(JSON.parse(await sluis('submit', '--dry-run', dry)).records.refused).toBe(2);
  expect([await alarms(), await lines(), warnings()]).toEqual([[], [], []]);

  const before = await refused(KSZ_R, 'ADRM_4.csv', 2);
  const raised = { alarm: 'unknown-persons', partner: 'ksz', window: 'day', threshold: 7, since };
  expect(await alarms()).toEqual([{ ...raised, count: 8 }]);
  expect((await lines()).map(({ outcome, fields }) => ({ outcome, ...fields }))).toEqual([
    { outcome: 'refused', partner: 'ksz', window: 'day', threshold: 7, since, count: 8 },
  ]);
  expect(warnings().map((line) => JSON.parse(line).level)).toEqual([40]);
  const metrics = await (await fetch(`http://127.0.0.1:${place.gateway.health}/metrics`)).text();
  expect(metrics).toContain('sluis_unknown_persons_alarms_total{partner="ksz",window="day"} 1');

  // Its sender is told what it was told before, and the alarm is raised once.
  const behind = await refused(KSZ_R, 'ADRM_5.csv', 2);
  expect(withoutTime(behind)).toEqual(withoutTime(before));
  expect([(await lines()).length, warnings().length]).toEqual([1, 1]);

  await place.hangUp();
  await place.gateway.stop();
  place = ExchangePlace.of(await startIn(folder));
  expect(await alarms()).toEqual([{ ...raised, count: 10 }]);
  await refused(KSZ_R, 'ADRM_6.csv', 1);
  expect(await alarms()).toEqual([{ ...raised, count: 11 }]);
  expect((await lines()).length).toBe(1);
}, 60_000);

function withoutTime(told: unknown): unknown {
  return { ...(told as Record<string, unknown>), createdAt: '' };
}
