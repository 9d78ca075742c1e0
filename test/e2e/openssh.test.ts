import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { runClient, sftpBatch, sshWords } from '../support/clients.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { withoutPenalties } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

const CONTENT = 'pack my box with five dozen liquor jugs\n'.repeat(5000);
let gateway: RunningGateway;
let audit: AuditTrail;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway({ change: { 'gateway.yaml': withoutPenalties } });
  audit = new AuditTrail(gateway);
  folder = await mkdtemp(join(tmpdir(), 'sluis-openssh-'));
  await writeFile(join(folder, 'jugs.txt'), CONTENT);
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

  test('df tells how much room there is', async () => {
    const ended = await sftp('batch@ksz', 'df -h /SHARED/work');
    expect(ended.status).toBe(0);
    expect(ended.out).toMatch(/^\s*Size\s+Used\s+Avail/m);
    expect(ended.out).toMatch(/^\s*\d[\d.]*[KMGT]?B? .*\d+%/m);
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
