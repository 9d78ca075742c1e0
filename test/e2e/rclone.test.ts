import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DECOMPOSED, digestsOf, fillFolder } from '../support/awkward-names.ts';
import type { Ended } from '../support/clients.ts';
import { answeredWhole, type Channel, ExchangePlace } from '../support/exchange-place.ts';
import { sampleFile } from '../support/expected.ts';
import type { Change } from '../support/gateway.ts';
import { rcloneTo } from '../support/rclone.ts';
import { hasTool } from '../support/tools.ts';

/**
 * Folders of files that go at once, each by a program of its own: rclone waits 10 ms between two requests of WebDAV. In
 * each stands one file more, whose name is decomposed.
 */
const LANES = {
  webdav: { lanes: 8, files: 250 },
  sftp: { lanes: 2, files: 100 },
} as const;
const moreConnections: Change = (text) =>
  text.replace(/maxConnectionsPerPrincipal: \d+/, 'maxConnectionsPerPrincipal: 200');
let place: ExchangePlace;
let folder: string;

beforeAll(async () => {
  place = await ExchangePlace.open({ 'gateway.yaml': moreConnections });
  folder = await mkdtemp(join(tmpdir(), 'sluis-rclone-'));
});
afterAll(async () => {
  await place.close();
  await rm(folder, { recursive: true });
});

function rclone(protocol: 'webdav' | 'sftp', ...words: readonly string[]): Promise<Ended> {
  return rcloneTo(place.gateway, protocol, 'batch@ksz', ...words);
}

const composed = async (path: string) => (await digestsOf(path)).map((line) => line.normalize('NFC')).toSorted();

/** Thousands of requests on a machine that has other things to do. */
const PATIENCE = { timeout: 150_000 };

describe.skipIf(!hasTool('rclone')).each(['webdav', 'sftp'] as const)('rclone over %s', PATIENCE, (protocol) => {
  const remote = `sluis:SHARED/work/by ${protocol}`;
  const { lanes, files } = LANES[protocol];
  const names = Array.from({ length: lanes }, (_, lane) => `lane #${lane}`);
  const source = () => join(folder, `source-${protocol}`);

  beforeAll(async () => {
    await rclone(protocol, 'mkdir', remote); // else the lanes make it at once, and one finds it made
    for (const name of names) {
      await fillFolder(join(source(), name), files);
      await writeFile(join(source(), name, DECOMPOSED), 'decomposed');
    }
  });

  // Two connections are as fast as eight, for the pause; a gateway that asks to come again (429, 503) is asked again.
  const gently = ['--transfers', '2', '--checkers', '2', '--low-level-retries', '10'];

  /** Every lane at once. @returns what each said, all having ended well */
  async function everyLane(words: (name: string) => readonly string[]): Promise<readonly string[]> {
    const ended = await Promise.all(names.map((name) => rclone(protocol, ...words(name), ...gently)));
    for (const one of ended) expect(one, one.err).toMatchObject({ status: 0 });
    return ended.map(({ err }) => err);
  }

  test(`copies ${lanes * (files + 1)} files with awkward names there, and they compare equal`, async () => {
    await everyLane((name) => ['copy', join(source(), name), `${remote}/${name}`]);
    const said = await everyLane((name) => ['check', '--download', join(source(), name), `${remote}/${name}`]);
    for (const err of said) {
      expect(err).toContain(`${files + 1} matching files`);
      expect(err).toContain('0 differences found');
    }
  });

  test('copies them back byte for byte', async () => {
    const back = join(folder, `back-${protocol}`);
    await everyLane((name) => ['copy', `${remote}/${name}`, join(back, name)]);
    expect(await digestsOf(back)).toEqual(await composed(source()));
  });

  test('moves a whole folder, and purges it', async () => {
    expect(await rclone(protocol, 'moveto', remote, `${remote} moved`)).toMatchObject({ status: 0 });
    const check = await rclone(protocol, 'check', source(), `${remote} moved`);
    expect(check.err).toContain(`${lanes * (files + 1)} matching files`);
    expect(await rclone(protocol, 'purge', `${remote} moved`)).toMatchObject({ status: 0 });
    const client = await place.client('anna@ksz');
    expect((await client.list('/SHARED/work')).filter((name) => name.includes(protocol))).toEqual([]);
  });

  test('copies files into an intake folder, and each is answered', async () => {
    const out = join(folder, `intake-${protocol}`);
    await mkdir(out);
    const [good, faulty] = [`ADRM_good_by_${protocol}.csv`, `ADRM_faulty_by_${protocol}.csv`];
    await copyFile(sampleFile('1_ADRM_address_mutation.csv'), join(out, good));
    await copyFile(sampleFile('ADRM_with_faults.csv'), join(out, faulty));
    const copied = await rclone(protocol, 'copy', out, 'sluis:INTEST/ADRM');
    expect(copied, copied.err).toMatchObject({ status: 0 });
    expect((await answeredWhole(place, BATCH, good)).notification.state).toBe('accepted');
    expect((await answeredWhole(place, BATCH, faulty)).notification.state).toBe('partially-accepted');
  });
});

/** What happens to a folder between two syncs; each kind of change to another part of its files. */
async function churn(folder: string, round: number): Promise<void> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  for (const [index, { name }] of names.entries()) {
    const path = join(folder, name);
    const what = (index + round) % 5;
    if (what === 0) await writeFile(path, `${await readFile(path, 'utf8')} and round ${round}`);
    if (what === 1) await rename(path, join(folder, `renamed ${round} of ${index}.txt`));
    if (what === 2) await rm(path);
  }
  await mkdir(join(folder, `empty ${round}`));
  await rename(join(folder, `moved ${round}`), join(folder, `moved ${round + 1}`));
  const [first = '', second = ''] = (await readdir(join(folder, 'swapped'))).map((name) =>
    join(folder, 'swapped', name),
  );
  await rename(first, `${first}.aside`);
  await rename(second, first);
  await rename(`${first}.aside`, second);
}

describe.skipIf(!hasTool('rclone'))('rclone over sftp, again and again', PATIENCE, () => {
  const remote = 'sluis:SHARED/work/churn';
  const words = ['--create-empty-src-dirs', '--track-renames', '--track-renames-strategy', 'modtime,leaf'];

  test('syncs a folder whose files change, go and get other names, and both sides are equal each time', async () => {
    const source = join(folder, 'churn');
    await fillFolder(source, 40);
    await fillFolder(join(source, 'moved 1'), 8);
    await mkdir(join(source, 'swapped'));
    for (const name of ['long.txt', 'longer still.txt']) await writeFile(join(source, 'swapped', name), name);
    for (const round of [0, 1, 2]) {
      if (round > 0) await churn(source, round);
      const synced = await rclone('sftp', 'sync', source, remote, ...words);
      expect(synced, synced.err).toMatchObject({ status: 0 });
      const checked = await rclone('sftp', 'check', '--download', source, remote);
      expect(checked.err).toContain(`${(await digestsOf(source)).length} matching files`);
      expect(checked.err).toContain('0 differences found');
      const [here, there] = await Promise.all(
        [source, remote].map((side) => rclone('sftp', 'lsf', '--recursive', '--dirs-only', side)),
      );
      expect(there?.out.split('\n').toSorted()).toEqual(here?.out.split('\n').toSorted());
    }
    const again = await rclone('sftp', 'sync', source, remote, '--stats-one-line', '-v', '--stats-log-level', 'NOTICE');
    expect(again.err).toMatch(/ 0 B \/ 0 B,/);
  });
});

const BATCH: Channel = { account: 'batch@ksz', intake: '/INTEST/ADRM', mailbox: '/OUTTEST/ADRM' };
