import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestsOf, fillFolder } from '../support/awkward-names.ts';
import { runClient } from '../support/clients.ts';
import { type Drive, whyNoMount } from '../support/davfs.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient } from '../support/partner-client.ts';
import { mountSshfs } from '../support/sshfs.ts';
import { hasTool } from '../support/tools.ts';

const FILES = 60;
const reason = hasTool('sshfs') ? await whyNoMount() : 'sshfs is not installed';
if (reason !== undefined) console.log(`not tested: a drive mounted with sshfs, because ${reason}`);

describe.skipIf(reason !== undefined)('a drive mounted with sshfs', () => {
  let gateway: RunningGateway;
  let drive: Drive;
  let other: SftpClient;
  let source: string;

  beforeAll(async () => {
    gateway = await startGateway();
    other = await SftpClient.open(gateway, 'batch@rjv');
    drive = await mountSshfs(gateway, 'batch@ksz', '/SHARED/work');
    source = await mkdtemp(join(tmpdir(), 'sluis-sshfs-source-'));
  });
  afterAll(async () => {
    await drive.release();
    other.close();
    await gateway.stop();
    await removeFolder(gateway);
    await rm(source, { recursive: true });
  });

  const on = (name: string) => join(drive.folder, name);
  const here = (name: string) => readFile(on(name), 'utf8');
  const told = (name: string) => other.get(`/SHARED/work/${name}`).then(String, () => undefined);

  /** close(2) does not wait for the CLOSE that publishes. */
  async function toldAtLast(name: string, text: string): Promise<void> {
    await eventually(`${name} at the other partner`, async () => ((await told(name)) === text ? true : undefined));
  }

  test('files are created, appended to, renamed and deleted there, and the other partner sees it', async () => {
    await writeFile(on('letter.txt'), 'first');
    await appendFile(on('letter.txt'), ' and second');
    expect(await here('letter.txt')).toBe('first and second');
    await toldAtLast('letter.txt', 'first and second');
    await rename(on('letter.txt'), on('answer.txt'));
    expect(await readdir(on(''))).toEqual(['answer.txt']);
    expect([await told('answer.txt'), await told('letter.txt')]).toEqual(['first and second', undefined]);
    const written = new Date('2024-02-29T12:34:56Z');
    await utimes(on('answer.txt'), written, written);
    expect((await stat(on('answer.txt'))).mtime).toEqual(written);
    await rm(on('answer.txt'));
    expect(await told('answer.txt')).toBeUndefined();
    await expect(readFile(on('answer.txt'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a file is cut short, made longer and written in its middle', async () => {
    await writeFile(on('figures.txt'), '0123456789');
    await truncate(on('figures.txt'), 4);
    expect(await here('figures.txt')).toBe('0123');
    const file = await open(on('figures.txt'), 'r+');
    await file.truncate(8);
    await file.write('ab', 1);
    await file.write('zz', 6);
    await file.close();
    await toldAtLast('figures.txt', '0ab3\0\0zz');
    expect((await stat(on('figures.txt'))).size).toBe(8);
    await rm(on('figures.txt'));
  });

  test('an editor saves: by a new file in the place of the old one, and by one that it keeps aside', async () => {
    await writeFile(on('draft.txt'), 'a first word\n');
    expect(await runClient('sed', ['-i', 's/first/second/', on('draft.txt')])).toMatchObject({ status: 0, err: '' });
    expect(await told('draft.txt')).toBe('a second word\n');
    await rename(on('draft.txt'), on('draft.txt~'));
    const file = await open(on('draft.txt'), 'wx');
    await file.write('a third word\n');
    await file.sync();
    expect(await told('draft.txt')).toBeUndefined(); // durable, and nobody else's before it is closed
    await file.close();
    await rm(on('draft.txt~'));
    await toldAtLast('draft.txt', 'a third word\n');
    expect(await readdir(on(''))).toEqual(['draft.txt']);
    await rm(on('draft.txt'));
  });

  test('what the other partner writes is read there; a folder that is not empty is not removed', async () => {
    await mkdir(on('box'));
    await other.put('/SHARED/work/box/from rjv.txt', 'from the other side');
    expect(await here('box/from rjv.txt')).toBe('from the other side');
    await expect(rmdir(on('box'))).rejects.toThrow();
    await rm(on('box/from rjv.txt'));
    await rmdir(on('box'));
    expect(await other.list('/SHARED/work')).not.toContain('box');
  });

  test('a folder with awkward names is copied there and back, and thrown away', async () => {
    await fillFolder(source, FILES);
    expect(await runClient('cp', ['-r', `${source}/.`, on('tree')])).toMatchObject({ status: 0, err: '' });
    expect(await digestsOf(on('tree'))).toEqual(await digestsOf(source));
    expect(await other.list('/SHARED/work/tree/deep #1')).toContain('case.txt');
    expect(await runClient('rm', ['-r', on('tree')])).toMatchObject({ status: 0, err: '' });
    expect(await other.list('/SHARED/work')).not.toContain('tree');
  });
});
