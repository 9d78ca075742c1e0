import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runClient } from '../support/clients.ts';
import type { Change } from '../support/gateway.ts';
import { changeFiles, copyProject } from '../support/project-copy.ts';
import { quickSettling } from '../support/settle.ts';

/** A copy of the project. It is one for all tests: what Node keeps of compiled sources goes by their paths. */
let folder: string;

beforeAll(async () => {
  folder = await copyProject();
  const gateway: Change = (text) => quickSettling(text).replace(/\bport: \d+/g, 'port: 0');
  await changeFiles(folder, { 'config/gateway.yaml': gateway });
});
afterAll(() => rm(folder, { recursive: true }));

/** Plays the demo once, with this change and with a state of its own. @returns what it reports as not expected */
async function playDemo(changes: Readonly<Record<string, Change>> = {}) {
  const putBack = await changeFiles(folder, changes);
  try {
    const state = await mkdtemp(join(folder, 'state-'));
    const words = [join(folder, 'src/sluis.js'), 'demo', '--once', '--data', state];
    const { status, out, err } = await runClient(process.execPath, words, { cwd: folder });
    const differences = [...out.matchAll(/^ {2}(\d-\S+): (\S+) (?:(differs) from|is (missing)|was (not) expected)/gm)];
    const told = differences.map(
      ([, step, file, ...how]) => `${step} ${file} ${how.find((word) => word !== undefined)}`,
    );
    return { status, out, err, told };
  } finally {
    await putBack();
  }
}

describe('sluis demo --once', () => {
  test('as it ships every answer and delivery is as written by hand: exit 0', async () => {
    const { status, out, err, told } = await playDemo();
    expect({ status, told, err }).toMatchObject({ status: 0, told: [] });
    expect(out).toContain('Every answer and delivery is as expected, and every signature is good.');
    expect(out.match(/^\S.*@.* (?:accepted|partially-accepted|rejected) /gm)).toHaveLength(7);
    expect(out).toMatch(/^\/files\/OUT\/ADRM\/ +anna@rjv internet +– +let in /m);
    expect(out).toMatch(/^\/files\/OUT\/ADRM\/ +batch@rjv internet +– +turned away /m);
  });

  test('one other byte in a sample changes the digests of that file and the one field of its delivery: exit 1', async () => {
    const sample: Change = (text) => text.replace('Proefstraat;12;', 'Proefstraat;13;');
    const { status, told } = await playDemo({ 'test/fixtures/demo/samples/1_ADRM_address_mutation.csv': sample });
    expect([status, told.toSorted()]).toEqual([
      1,
      [
        '1-adrm-upload delivery-rjv.csv differs',
        '1-adrm-upload delivery-rjv.csv.manifest.json differs',
        '1-adrm-upload receipt.json differs',
        '6-adrm-unauthorized receipt.json differs',
        '7-adrm-signature receipt.json differs',
      ],
    ]);
  });

  test('an authorization that has ended takes the deliveries of its flow away, and of no other; so does an exception its person: exit 1', async () => {
    const ended: Change = (text) => text.replace(/^from: 2020-01-01$/m, 'from: 2020-01-01\nuntil: 2024-12-31');
    const endedException: Change = (text) => text.replace('state: active', 'state: ended');
    const changes = { 'config/authorizations/wlat-rva-kbf.yaml': ended, 'config/partners/rjv.yaml': endedException };
    const { status, told, out } = await playDemo(changes);
    expect(out).toContain('  8-internet-person: anna@rjv got 403 and not 207\n');
    const lost = ['3-wlat-original', '4-wlat-upload', '5-wlat-set'].flatMap((step) => [
      `${step} delivery-kbf.jsonl missing`,
      `${step} delivery-kbf.jsonl.manifest.json missing`,
      `${step} notification.xml differs`,
    ]);
    expect([status, told.toSorted()]).toEqual([1, lost]);
  });

  test('a dossier that ended earlier takes that person out of what its holder gets: exit 1', async () => {
    const closed: Change = (text) =>
      text.replace('74031295170;10;0;010;0;2019-04-01;;', '74031295170;10;0;010;0;2019-04-01;2020-12-31;');
    const { status, told } = await playDemo({ 'config/directory/person-lines.csv': closed });
    const changed = ['1-adrm-upload', '2-adrm-faults'].flatMap((step) => [
      `${step} delivery-rjv.csv differs`,
      `${step} delivery-rjv.csv.manifest.json differs`,
      `${step} notification.json differs`, // one record more without receiver
    ]);
    expect([status, told.toSorted()]).toEqual([1, changed]);
  });

  test('a block that is no longer given leaves the deliveries of that receiver alone: exit 1', async () => {
    const less: Change = (text) => text.replace('blocks: [key, address, quality]', 'blocks: [key, address]');
    const { status, told } = await playDemo({ 'config/authorizations/adrm-ksz-rjv.yaml': less });
    const changed = ['1-adrm-upload', '2-adrm-faults'].flatMap((step) => [
      `${step} delivery-rjv.csv differs`,
      `${step} delivery-rjv.csv.manifest.json differs`,
    ]);
    expect([status, told.toSorted()]).toEqual([1, changed]);
  });
});
