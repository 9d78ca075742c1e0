import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { digestsOf, fillFolder } from '../support/awkward-names.ts';
import { runClient, sftpBatch, sshWords } from '../support/clients.ts';
import { makeFullFolder } from '../support/full-folder.ts';
import { type Change, makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { SftpClient } from '../support/partner-client.ts';
import { withoutPenalties } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

const CONTENT = 'pack my box with five dozen liquor jugs\n'.repeat(5000);
const QUOTA_BYTES = 50_000_000;
const quota: Change = (text) =>
  text.replace('    content: reviewed\n', `    content: reviewed\n    quotaBytes: ${QUOTA_BYTES}\n`);
/** In order of bytes, as OpenSSH sorts and the gateway lists. */
const MANY = Array.from({ length: 10_000 }, (_, index) => `entry ${String(index).padStart(5, '0')}.txt`);
let gateway: RunningGateway;
let audit: AuditTrail;
let folder: string;

beforeAll(async () => {
  const place = await makeFolder({ 'gateway.yaml': withoutPenalties, 'folders.yaml': quota });
  await makeFullFolder(join(place, 'var'), '/SHARED/work/many', MANY, 'one of many\n');
  gateway = await startIn(place);
  audit = new AuditTrail(gateway);
  folder = await mkdtemp(join(tmpdir(), 'sluis-openssh-'));
  await writeFile(join(folder, 'jugs.txt'), CONTENT);
  await fillFolder(join(folder, 'tree'), 60);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

function sftp(account: string, ...lines: readonly string[]) {
  return sftpBatch(gateway, account, lines, { cwd: folder });
}

function local(name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8');
}

/** What sftp printed, without its echo of the commands. */
function shown(out: string): readonly string[] {
  return out.split('\n').filter((line) => line !== '' && !line.startsWith('sftp>'));
}

describe.skipIf(!hasTool('sftp'))('OpenSSH sftp', () => {
  test('puts, lists, renames, gets and removes files in folders it makes', async () => {
    const ended = await sftp(
      'batch@ksz',
      'mkdir /SHARED/work/box',
      'cd /SHARED/work/box',
      'put jugs.txt',
      'rename jugs.txt five.txt',
      'ls -l',
      'get five.txt back.txt',
      '-rm jugs.txt',
      '-rmdir /SHARED/work/box',
      'rm five.txt',
      'rmdir /SHARED/work/box',
      'ls -1 /SHARED/work',
    );
    expect(ended.status).toBe(0);
    expect(ended.out).toMatch(/^-rw\S* .* 200000 .* five\.txt$/m);
    expect(await local('back.txt')).toBe(CONTENT);
    expect(ended.err).toContain('/SHARED/work/box/jugs.txt');
    await audit.line({ kind: 'delete', outcome: 'refused', fields: { path: '/SHARED/work/box', code: 'not-empty' } });
    await audit.line({ kind: 'delete', outcome: 'done', fields: { path: '/SHARED/work/box', principal: 'batch@ksz' } });
    expect(ended.out.split('\n').at(-1)).not.toContain('box');
  });

  test('a download that was cut goes on where it stopped, and so does an upload', async () => {
    await writeFile(join(folder, 'part.txt'), CONTENT.slice(0, 70_000));
    await writeFile(join(folder, 'whole.txt'), CONTENT);
    const ended = await sftp(
      'batch@ksz',
      'put whole.txt /SHARED/work/whole.txt',
      'reget /SHARED/work/whole.txt part.txt',
      'put part.txt /SHARED/work/up.txt',
    );
    expect(ended.status).toBe(0);
    expect(await local('part.txt')).toBe(CONTENT);
    await writeFile(join(folder, 'half.txt'), CONTENT.slice(0, 90_000));
    const resumed = await sftp(
      'batch@ksz',
      'put half.txt /SHARED/work/half.txt',
      'reput whole.txt /SHARED/work/half.txt',
      'get /SHARED/work/half.txt half-back.txt',
    );
    expect([resumed.status, await local('half-back.txt')]).toEqual([0, CONTENT]);
  });

  test('df tells how much room is left of the quota', async () => {
    const ended = await sftp('batch@ksz', 'df -h /SHARED/work');
    expect(ended.status).toBe(0);
    expect(ended.out).toMatch(/^\s*Size\s+Used\s+Avail/m);
    expect(ended.out).toMatch(/^\s*47\.7MB? .*\d+%/m);
    await writeFile(join(folder, 'megabyte.bin'), Buffer.alloc(1024 * 1024));
    const counted = await sftp(
      'batch@ksz',
      'cd /SHARED/work',
      'df',
      'put megabyte.bin',
      'df',
      'rm megabyte.bin',
      'df /OUT/ADRM',
    );
    const figures = shown(counted.out).filter((line) => /%$/.test(line));
    const [before = [], after = [], mailbox = []] = figures.map((line) => line.trim().split(/\s+/).map(Number));
    const [size = 0, used = 0, available = 0] = before;
    expect(size).toBe(Math.floor(QUOTA_BYTES / 4096) * 4); // in KiB, of blocks of 4 KiB
    expect(after.slice(0, 3)).toEqual([size, used + 1024, available - 1024]);
    expect(mailbox.slice(0, 2)).toEqual([9_765_624, 0]); // no quota: what one file may have, maxFileBytes
  });

  test('sees its own tree alone: another’s folders look absent', async () => {
    const own = await sftp('batch@ksz', 'ls -1 /', 'ls -1 /IN', 'ls -1 /OUT');
    expect(
      own.out
        .split('\n')
        .filter((line) => !line.startsWith('sftp>'))
        .map((line) => line.trim()),
    ).toEqual(['/IN', '/INTEST', '/INTEST-S', '/OUT', '/OUTTEST', '/SHARED', '/IN/ADRM', '/OUT/ADRM', '']);
    for (const path of ['/IN/WLAT', '/IN/NONE']) {
      const ended = await sftp('batch@ksz', `ls ${path}`);
      expect(ended.status).not.toBe(0);
      expect(ended.err.replace(path, 'PATH').trim()).toBe('Can\'t ls: "PATH" not found');
    }
  });
});

describe.skipIf(!hasTool('sftp'))('OpenSSH sftp with many files', () => {
  test('lists 10,000 names, each once, and takes one of them in and away meanwhile', async () => {
    const ended = await sftp(
      'batch@ksz',
      'cd /SHARED/work/many',
      'ls -1',
      'put jugs.txt more.txt',
      'get "entry 07777.txt" one.txt',
      'rm "entry 00099.txt"',
      'ls -lf',
    );
    expect([ended.status, ended.err]).toEqual([0, '']);
    const lines = shown(ended.out).map((line) => line.trim());
    expect(lines.slice(0, MANY.length)).toEqual(MANY);
    expect(await local('one.txt')).toBe('one of many\n');
    const long = lines.filter((line) => line.startsWith('-rw-'));
    const names = long.map((line) => line.replace(/^.* (entry|more)\b/, '$1'));
    expect(names).toEqual([...MANY.filter((name) => name !== 'entry 00099.txt'), 'more.txt']);
    expect(long.filter((line) => / 12 .* entry /.test(line))).toHaveLength(MANY.length - 1);
  });

  test('puts a folder with awkward names, its times too, moves it, and gets it back', async () => {
    const written = new Date('2024-02-29T12:34:56Z');
    await utimes(join(folder, 'tree', 'plain.txt'), written, written);
    const ended = await sftp(
      'batch@ksz',
      'put -rp tree /SHARED/work/tree',
      'rename /SHARED/work/tree /SHARED/work/felled',
      'get -rp /SHARED/work/felled tree-back',
      '-ls /SHARED/work/tree',
    );
    expect([ended.status, ended.err.trim()]).toEqual([0, 'Can\'t ls: "/SHARED/work/tree" not found']);
    expect(await digestsOf(join(folder, 'tree-back'))).toEqual(await digestsOf(join(folder, 'tree')));
    expect((await stat(join(folder, 'tree-back', 'plain.txt'))).mtime).toEqual(written);
  });

  test('renames over another name as rename(2) does, and not at all in the old way', async () => {
    await writeFile(join(folder, 'short.txt'), 'short');
    const ended = await sftp(
      'batch@ksz',
      'cd /SHARED/work',
      'put short.txt left.txt',
      'put jugs.txt right.txt',
      '-rename -l left.txt right.txt',
      'get right.txt right-kept.txt',
      'rename left.txt right.txt',
      'get right.txt right-replaced.txt',
      '-ls left.txt',
    );
    expect(ended.status).toBe(0);
    expect(ended.err).toContain('remote rename "/SHARED/work/left.txt" to "/SHARED/work/right.txt": Failure');
    expect(await local('right-kept.txt')).toBe(CONTENT);
    expect(await local('right-replaced.txt')).toBe('short');
    expect(ended.err).toContain('"/SHARED/work/left.txt" not found');
  });
});

describe.skipIf(!hasTool('scp'))('OpenSSH scp', () => {
  const scp = (...words: readonly string[]) =>
    runClient('scp', [...sshWords(gateway, 'batch@ksz'), ...words], { cwd: folder });

  test('copies a folder there and back in its SFTP mode, which is the one it has today', async () => {
    const there = 'batch@ksz@127.0.0.1:/SHARED/work/by-scp';
    expect(await scp('-r', 'tree', there)).toMatchObject({ status: 0, err: '' });
    expect(await scp('-r', there, 'scp-back')).toMatchObject({ status: 0, err: '' });
    expect(await digestsOf(join(folder, 'scp-back'))).toEqual(await digestsOf(join(folder, 'tree')));
  });

  test('is told that its old mode is refused, and who is connected stays so', async () => {
    const colleague = await SftpClient.open(gateway, 'anna@ksz');
    try {
      const there = 'batch@ksz@127.0.0.1:/SHARED/work/old-mode.txt';
      for (const words of [
        ['jugs.txt', there],
        [there.replace('old-mode', 'right'), 'old.txt'],
      ]) {
        const ended = await scp('-O', ...words);
        expect(ended.status).not.toBe(0);
        expect(ended.err).toMatch(/^exec request failed on channel 0$/m);
      }
      expect(await colleague.list('/SHARED/work')).not.toContain('old-mode.txt');
    } finally {
      colleague.close();
    }
  });
});

describe.skipIf(!hasTool('sftp'))('an SSH client that may not come in', () => {
  test('is refused with the key of another account, and the log tells', async () => {
    const ended = await sftpBatch(gateway, 'batch@ksz', ['ls'], { cwd: folder, keyOf: 'batch@rjv' });
    expect(ended.status).toBe(255);
    expect(ended.err).toMatch(/Permission denied \(publickey\)/);
    await audit.line({ kind: 'login', outcome: 'refused', fields: { login: 'batch@ksz', reason: 'unknown-key' } });
    const twin = await sftpBatch(gateway, 'batch@ksz', ['ls'], { cwd: folder });
    expect(twin.status).toBe(0);
    await audit.line({ kind: 'login', outcome: 'done', fields: { login: 'batch@ksz', principal: 'batch@ksz' } });
  });

  test('is refused under a login nobody has, in the same words', async () => {
    const ended = await sftpBatch(gateway, 'nobody@ksz', ['ls'], { cwd: folder, keyOf: 'batch@ksz' });
    expect(ended.status).toBe(255);
    expect(ended.err).toMatch(/Permission denied \(publickey\)/);
    await audit.line({ kind: 'login', outcome: 'refused', fields: { login: 'nobody@ksz' } });
  });

  test('gets no shell, no command and no scp of the old protocol', async () => {
    const words = sshWords(gateway, 'batch@ksz');
    const command = await runClient('ssh', [...words, 'batch@ksz@127.0.0.1', 'id']);
    expect(command.status).not.toBe(0);
    expect(command.out).toBe('');
    const shell = await runClient('ssh', [...words, '-tt', 'batch@ksz@127.0.0.1'], { input: 'id\n' });
    expect(shell.status).not.toBe(0);
    expect(shell.out).not.toContain('uid=');
    const [from, to] = ['jugs.txt', 'batch@ksz@127.0.0.1:/SHARED/work/by-scp.txt'];
    const old = await runClient('scp', ['-O', ...words, from, to], { cwd: folder });
    expect(old.status).not.toBe(0);
    const twin = await runClient('scp', ['-s', ...words, from, to.replace('by-scp', 'by-sftp')], { cwd: folder });
    expect(twin).toMatchObject({ status: 0 });
    const there = await sftp('batch@ksz', 'ls -1 /SHARED/work');
    expect(there.out).toContain('by-sftp.txt');
    expect(there.out).not.toContain('by-scp.txt');
  });

  test('forwards no port', async () => {
    const words = [...sshWords(gateway, 'batch@ksz'), '-o', 'ExitOnForwardFailure=yes'];
    const target = `127.0.0.1:${gateway.health}`;
    const through = await runClient('ssh', [...words, '-W', target, 'batch@ksz@127.0.0.1'], {
      input: 'GET /healthz HTTP/1.0\r\n\r\n',
    });
    expect(through.status).not.toBe(0);
    expect(through.out).toBe('');
  });
});
