import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DECOMPOSED, digestsOf, fillFolder } from '../support/awkward-names.ts';
import type { Ended } from '../support/clients.ts';
import { answeredWhole, type Channel, ExchangePlace } from '../support/exchange-place.ts';
import { sampleFile } from '../support/expected.ts';
import { rcloneTo } from '../support/rclone.ts';
import { hasTool } from '../support/tools.ts';

/** How many files go over each protocol, besides one whose name is decomposed. */
const FILES = { webdav: 2000, sftp: 200 } as const;
let place: ExchangePlace;
let folder: string;

beforeAll(async () => {
  place = await ExchangePlace.open();
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

describe.skipIf(!hasTool('rclone')).each(['webdav', 'sftp'] as const)('rclone over %s', (protocol) => {
  const remote = `sluis:SHARED/work/by ${protocol}`;
  const count = FILES[protocol] + 1;
  const source = () => join(folder, `source-${protocol}`);

  beforeAll(async () => {
    await fillFolder(source(), FILES[protocol]);
    await writeFile(join(source(), DECOMPOSED), 'decomposed');
  });

  test('copies files with awkward names there, and they compare equal', async () => {
    const copied = await rclone(protocol, 'copy', source(), remote);
    expect(copied, copied.err).toMatchObject({ status: 0 });
    const check = await rclone(protocol, 'check', '--download', source(), remote);
    expect(check, check.err).toMatchObject({ status: 0 });
    expect(check.err).toContain(`${count} matching files`);
    expect(check.err).toContain('0 differences found');
  });

  test('copies them back byte for byte', async () => {
    const back = join(folder, `back-${protocol}`);
    expect(await rclone(protocol, 'copy', remote, back)).toMatchObject({ status: 0 });
    expect(await digestsOf(back)).toEqual(await composed(source()));
  });

  test('moves a whole folder, and purges it', async () => {
    expect(await rclone(protocol, 'moveto', remote, `${remote} moved`)).toMatchObject({ status: 0 });
    const check = await rclone(protocol, 'check', source(), `${remote} moved`);
    expect(check.err).toContain(`${count} matching files`);
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

const BATCH: Channel = { account: 'batch@ksz', intake: '/INTEST/ADRM', mailbox: '/OUTTEST/ADRM' };
