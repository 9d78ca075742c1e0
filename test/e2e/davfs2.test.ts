import { mkdir, mkdtemp, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestsOf, fillFolder } from '../support/awkward-names.ts';
import { runClient } from '../support/clients.ts';
import { type Drive, mountDrive, whyNoMount } from '../support/davfs.ts';
import { eventually } from '../support/eventually.ts';
import { type Change, type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { openTunnel } from '../support/tls-tunnel.ts';
import { hasTool } from '../support/tools.ts';

const FILES = 40;
const QUOTA_BYTES = 50_000_000;
const BLOCK_BYTES = 4096; // df counts in blocks
const quota: Change = (text) =>
  text.replace('    content: reviewed\n', `    content: reviewed\n    quotaBytes: ${QUOTA_BYTES}\n`);
const reason = hasTool('mount.davfs') ? await whyNoMount() : 'davfs2 is not installed';
if (reason !== undefined) console.log(`not tested: a drive mounted with davfs2, because ${reason}`);

describe.skipIf(reason !== undefined)('a drive mounted with davfs2', () => {
  let gateway: RunningGateway;
  let tunnel: Awaited<ReturnType<typeof openTunnel>>;
  let drive: Drive;
  let other: WebdavClient;
  let source: string;

  beforeAll(async () => {
    gateway = await startGateway({ change: { 'folders.yaml': quota } });
    tunnel = await openTunnel(gateway, 'anna@ksz');
    other = await WebdavClient.open(gateway, 'bram@rjv');
    drive = await mountDrive(`http://127.0.0.1:${tunnel.port}/files/SHARED/work/`);
    source = await mkdtemp(join(tmpdir(), 'sluis-davfs-source-'));
  });
  afterAll(async () => {
    await drive.release();
    tunnel.close();
    other.close();
    await gateway.stop();
    await removeFolder(gateway);
    await rm(source, { recursive: true });
  });

  const on = (name: string) => join(drive.folder, name);
  const told = (path: string) => other.get(`/SHARED/work/${path}`).then(String, () => undefined);
  const namesOf = async (folder: string) => (await readdir(on(folder))).filter((name) => name !== 'lost+found');

  /** What df calls available; davfs2 works the size of the whole out for itself. */
  const roomLeft = async () => {
    const { bsize, bavail } = await statfs(drive.folder);
    return bsize * bavail;
  };
  const isNear = (bytes: number, wanted: number) => Math.abs(bytes - wanted) <= 2 * BLOCK_BYTES;

  test('df tells how much room is left of the quota, and less once a file lies there', async () => {
    expect(isNear(await roomLeft(), QUOTA_BYTES)).toBe(true);
    await writeFile(on('large.bin'), Buffer.alloc(10_000_000));
    await eventually('less room', async () => (isNear(await roomLeft(), QUOTA_BYTES - 10_000_000) ? true : undefined));
    await rm(on('large.bin'));
  });

  test('files are created, edited, renamed and deleted there, and the other partner sees it', async () => {
    await writeFile(on('letter.txt'), 'first');
    await eventually('the letter', async () => ((await told('letter.txt')) === 'first' ? true : undefined));
    await writeFile(on('letter.txt'), ' and second', { flag: 'a' });
    await eventually('the edit', async () => ((await told('letter.txt')) === 'first and second' ? true : undefined));
    await rename(on('letter.txt'), on('answer.txt'));
    expect(await told('answer.txt')).toBe('first and second');
    expect(await told('letter.txt')).toBeUndefined();
    expect(await namesOf('')).toEqual(['answer.txt']);
    await rm(on('answer.txt'));
    expect(await told('answer.txt')).toBeUndefined();
  });

  test('what the other partner writes is read there', async () => {
    await other.put('/SHARED/work/from rjv.txt', 'from the other side');
    await eventually('the file on the drive', async () =>
      (await namesOf('')).includes('from rjv.txt') ? true : undefined,
    );
    expect(await readFile(on('from rjv.txt'), 'utf8')).toBe('from the other side');
    await rm(on('from rjv.txt'));
  });

  test('a folder with awkward names is copied there and back, and thrown away', async () => {
    await fillFolder(source, FILES);
    for (const name of await readdir(source, { recursive: true })) {
      // davfs2 itself keeps a copy under a longer name, which its own disk does not take.
      if (Buffer.byteLength(basename(name)) > 240) await rm(join(source, name));
    }
    await mkdir(on('tree'));
    expect(await runClient('cp', ['-r', `${source}/.`, on('tree')])).toMatchObject({ status: 0, err: '' });
    expect(await digestsOf(on('tree'))).toEqual(await digestsOf(source));
    await eventually('the uploads', async () =>
      (await told('tree/deep #1/case.txt')) === undefined ? undefined : true,
    );
    expect(await runClient('rm', ['-r', on('tree')])).toMatchObject({ status: 0, err: '' });
    expect(await other.list('/SHARED/work')).not.toContain('tree');
  });
});
