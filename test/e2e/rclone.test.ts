import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestsOf, fillFolder } from '../support/awkward-names.ts';
import type { Ended } from '../support/clients.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { rcloneTo } from '../support/rclone.ts';
import { hasTool } from '../support/tools.ts';

const FILES = 200;
let gateway: RunningGateway;
let folder: string;
let source: string;

beforeAll(async () => {
  gateway = await startGateway();
  folder = await mkdtemp(join(tmpdir(), 'sluis-rclone-'));
  source = join(folder, 'source');
  await fillFolder(source, FILES);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

function rclone(protocol: 'webdav' | 'sftp', ...words: readonly string[]): Promise<Ended> {
  return rcloneTo(gateway, protocol, 'batch@ksz', ...words);
}

describe.skipIf(!hasTool('rclone')).each(['webdav', 'sftp'] as const)('rclone over %s', (protocol) => {
  const remote = `sluis:SHARED/work/by ${protocol}`;

  test('copies hundreds of files with awkward names there, and they compare equal', async () => {
    const copied = await rclone(protocol, 'copy', source, remote);
    expect(copied, copied.err).toMatchObject({ status: 0 });
    const check = await rclone(protocol, 'check', '--download', source, remote);
    expect(check).toMatchObject({ status: 0 });
    expect(check.err).toContain(`${FILES} matching files`);
    expect(check.err).toContain('0 differences found');
  });

  test('copies them back byte for byte', async () => {
    const back = join(folder, `back-${protocol}`);
    expect(await rclone(protocol, 'copy', remote, back)).toMatchObject({ status: 0 });
    expect(await digestsOf(back)).toEqual(await digestsOf(source));
  });

  test('moves a whole folder, and purges it', async () => {
    expect(await rclone(protocol, 'moveto', remote, `${remote} moved`)).toMatchObject({ status: 0 });
    const check = await rclone(protocol, 'check', '--download', source, `${remote} moved`);
    expect(check.err).toContain(`${FILES} matching files`);
    expect(await rclone(protocol, 'purge', `${remote} moved`)).toMatchObject({ status: 0 });
    const client = await WebdavClient.open(gateway, 'anna@ksz');
    expect((await client.list('/SHARED/work')).filter((name) => name.includes(protocol))).toEqual([]);
    client.close();
  });
});
