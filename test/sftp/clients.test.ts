import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const run = promisify(execFile);
const FILES = 120;

let fixture: SftpFixture;
beforeAll(async () => {
  fixture = await startSftp({ limits: { maxFileBytes: 100_000_000 } });
  await mkdir(local('many'));
  for (let index = 0; index < FILES; index += 1) await writeFile(local(`many/f${index}`), randomBytes(index * 70));
  await writeFile(local('large'), randomBytes(9_000_000));
});
afterAll(() => fixture.close());

const local = (name: string) => join(fixture.folder, name);

async function expectSame(one: string, two: string): Promise<void> {
  expect((await readFile(local(one))).equals(await readFile(local(two)))).toBe(true);
}

async function expectSameFolder(one: string, two: string): Promise<void> {
  const names = await readdir(local(one));
  expect((await readdir(local(two))).toSorted()).toEqual(names.toSorted());
  for (const name of names) await expectSame(join(one, name), join(two, name));
}

test('OpenSSH sftp does a day of work', async () => {
  const { stdout } = await fixture.batch('batch@ksz', [
    'ls -la /',
    'cd /SHARED/work',
    'put large first',
    'put -pf large first',
    'ls -l',
    'rename first second',
    'get second second.back',
    'chmod 600 second',
    'mkdir folder',
    'put large folder/third',
    'ls -l folder',
    '-rmdir folder',
    'rm folder/third',
    'rmdir folder',
    'df',
    '-ls folder',
  ]);
  expect(stdout).toMatch(/-rw-rw---- +\S+ batch +ksz +9000000 .* first/);
  await expectSame('large', 'second.back');
});

test('OpenSSH sftp takes up an upload and a download where they broke off', async () => {
  const bytes = await readFile(local('large'));
  await writeFile(local('part'), bytes.subarray(0, 3_000_000));
  await writeFile(local('part.back'), bytes.subarray(0, 5_000_000));
  await fixture.batch('batch@ksz', ['put part /SHARED/work/resumed']);
  await fixture.batch('batch@ksz', ['reput large /SHARED/work/resumed', 'reget /SHARED/work/resumed part.back']);
  await expectSame('large', 'part.back');
});

test('what a name may not hold, and what is not there, is told as such', async () => {
  const absent = fixture.batch('batch@ksz', ['get /SHARED/work/absent']);
  await expect(absent).rejects.toMatchObject({ stderr: expect.stringContaining('not found') });
  const foreign = fixture.batch('batch@rva', ['ls /SHARED/work']);
  await expect(foreign).rejects.toMatchObject({ stderr: expect.stringContaining('not found') });
});

test('scp in its SFTP form copies, in its old form it is refused', async () => {
  const target = 'batch@ksz@127.0.0.1:/SHARED/work/scp';
  await run('scp', ['-q', ...fixture.options('batch@ksz'), local('large'), target]);
  await run('scp', ['-q', ...fixture.options('batch@ksz'), target, local('scp.back')]);
  await expectSame('large', 'scp.back');
  await expect(run('scp', ['-O', '-q', ...fixture.options('batch@ksz'), local('large'), target])).rejects.toThrow();
});

function rclone(...args: string[]) {
  const remote = ['--sftp-host', '127.0.0.1', '--sftp-port', String(fixture.port), '--sftp-user', 'batch@ksz'];
  const key = ['--sftp-key-file', fixture.keyFile('batch@ksz'), '--sftp-shell-type', 'none', '--config', '/dev/null'];
  return run('rclone', [...args, ...remote, ...key, '--retries', '1'], { timeout: 50_000 });
}

test('rclone copies a folder and a large file there and back, and finds no difference', async () => {
  await rclone('copy', local('many'), ':sftp:/SHARED/work/rclone');
  await rclone('check', '--download', local('many'), ':sftp:/SHARED/work/rclone');
  await rclone('copy', ':sftp:/SHARED/work/rclone', local('rclone.back'));
  await expectSameFolder('many', 'rclone.back');
  await rclone('copyto', local('large'), ':sftp:/SHARED/work/rclone.large');
  await rclone('copyto', ':sftp:/SHARED/work/rclone.large', local('rclone.large'));
  await expectSame('large', 'rclone.large');
  await rclone('purge', ':sftp:/SHARED/work/rclone');
});

function lftp(script: string) {
  const settings = `set sftp:connect-program "ssh -a -x ${fixture.options('batch@ksz').join(' ')}"; set net:max-retries 1`;
  const command = `${settings}; set cmd:fail-exit yes; open -u batch@ksz, sftp://127.0.0.1:${fixture.port}; ${script}`;
  return run('lftp', ['-c', command], { timeout: 50_000, env: { ...process.env, HOME: fixture.folder } });
}

test('lftp mirrors with four connections there and back and loses nothing', async () => {
  await lftp(`mirror -R -P4 ${local('many')} /SHARED/work/lftp`);
  await lftp(`mirror -P4 /SHARED/work/lftp ${local('lftp.back')}`);
  await expectSameFolder('many', 'lftp.back');
});

test('lftp reads one file in three pieces at once', async () => {
  await fixture.batch('batch@ksz', ['put large /SHARED/work/pieces']);
  await lftp(`pget -n 3 /SHARED/work/pieces -o ${local('pieces')}`);
  await expectSame('large', 'pieces');
});

test('a file in an intake folder arrives once, when it is whole', async () => {
  const before = fixture.tree.arrivals.count;
  await fixture.batch('batch@ksz', ['put large /IN/ADRM/part.filepart']).catch(() => {});
  expect(fixture.tree.arrivals.count).toBe(before);
  await writeFile(local('mutations.csv'), 'a;b\n');
  await fixture.batch('batch@ksz', ['put -p mutations.csv /IN/ADRM/mutations.csv', 'ls -l /IN/ADRM']);
  expect(fixture.tree.arrivals.count).toBe(before + 1);
});
