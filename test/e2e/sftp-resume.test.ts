import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { runClient, sftpBatch, sshWords } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { hasTool } from '../support/tools.ts';

const MIB = 1024 * 1024;
/** Of one file, kept by a gateway that is killed: one checkpoint. */
const CHECKPOINT_BYTES = 64 * MIB;

let gateway: RunningGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startIn(await makeFolder());
  folder = await mkdtemp(join(tmpdir(), 'sluis-resume-'));
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

const sftp = (...lines: readonly string[]) => sftpBatch(gateway, 'batch@ksz', lines, { cwd: folder });

async function restart(signal: NodeJS.Signals): Promise<void> {
  await gateway.stop(signal);
  gateway = await startIn(gateway.folder);
}

/** Names of the contents there are, with their sizes. */
async function contents(): Promise<ReadonlyMap<string, number>> {
  const content = join(gateway.data, 'content');
  await mkdir(content, { recursive: true }); // small files make no folder
  const entries = await readdir(content, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = files.map(async (file) => [file, (await stat(file).catch(() => undefined))?.size ?? 0] as const);
  return new Map(await Promise.all(sizes));
}

/** Begins `put` of OpenSSH at so many MiB a second, and has it or the gateway killed when enough has come. */
async function putUntil(name: string, mibPerSecond: number, bytes: number, end: (kill: () => void) => Promise<void>) {
  const before = await contents();
  const sizeNow = async () => [...(await contents())].find(([file]) => !before.has(file))?.[1] ?? 0;
  const batch = join(folder, 'put');
  await writeFile(batch, `put ${name} /SHARED/work/${name}\n`);
  const words = ['-l', String(mibPerSecond * 8 * 1024), '-b', batch, ...sshWords(gateway, 'batch@ksz')];
  // A group of its own, so that sftp goes together with the ssh it has started.
  const child = spawn('sftp', [...words, 'batch@ksz@127.0.0.1'], { cwd: folder, stdio: 'ignore', detached: true });
  const ended = once(child, 'exit');
  await eventually('enough to have come', async () => ((await sizeNow()) >= bytes ? true : undefined));
  await end(() => process.kill(-(child.pid ?? 0), 'SIGKILL'));
  await ended;
}

async function expectWhole(name: string, content: Buffer): Promise<void> {
  const ended = await sftp(`get /SHARED/work/${name} ${name}.back`);
  expect(ended).toMatchObject({ status: 0 });
  expect((await readFile(join(folder, `${name}.back`))).equals(content)).toBe(true);
}

describe.skipIf(!hasTool('sftp'))('reput of OpenSSH', () => {
  test('goes on after its client was killed and the gateway was, and sends only the rest', async () => {
    const content = randomBytes(24 * MIB);
    await writeFile(join(folder, 'killed.bin'), content);
    await putUntil('killed.bin', 10, 6 * MIB, async (kill) => kill());
    const audit = new AuditTrail(gateway);
    await audit.line({ kind: 'begin-parts', fields: { path: '/SHARED/work/killed.bin', principal: 'batch@ksz' } });
    expect((await sftp('ls -1 /SHARED/work')).out).not.toContain('killed.bin');
    await restart('SIGKILL');
    const listed = await sftp('ls -l /SHARED/work/killed.bin');
    const size = Number(/batch +ksz +(\d+)/.exec(listed.out)?.[1]);
    expect(size).toBeGreaterThan(5 * MIB);
    const ended = await sftp('reput killed.bin /SHARED/work/killed.bin', 'ls -l /SHARED/work');
    expect([ended.status, ended.err]).toEqual([0, '']);
    expect(ended.out).toMatch(new RegExp(`${content.length} .*killed\\.bin`));
    await expectWhole('killed.bin', content);
    const colleague = await sftpBatch(gateway, 'anna@ksz', ['ls -l /SHARED/work'], { cwd: folder });
    expect(colleague.out).toContain(String(content.length));
  });

  test('goes on from the last checkpoint where the gateway was killed while bytes came in', async () => {
    const content = randomBytes(100 * MIB);
    await writeFile(join(folder, 'large.bin'), content);
    await putUntil('large.bin', 40, 72 * MIB, async () => restart('SIGKILL'));
    const listed = await sftp('ls -l /SHARED/work/large.bin');
    expect(Number(/batch +ksz +(\d+)/.exec(listed.out)?.[1])).toBeGreaterThanOrEqual(CHECKPOINT_BYTES - 1);
    const ended = await sftp('reput large.bin /SHARED/work/large.bin');
    expect([ended.status, ended.err]).toEqual([0, '']);
    await expectWhole('large.bin', content);
  });
});

/** Leaves a part of the file with the gateway. */
async function leave(name: string, content: Buffer): Promise<void> {
  await writeFile(join(folder, name), content);
  await putUntil(name, 10, 4 * MIB, async (kill) => kill());
  await new AuditTrail(gateway).line({ kind: 'begin-parts', fields: { path: `/SHARED/work/${name}` } });
}

describe.skipIf(!hasTool('lftp'))('lftp', () => {
  test('goes on with put -c', async () => {
    const content = randomBytes(12 * MIB);
    await leave('by-lftp.bin', content);
    const program = ['ssh', '-a', '-x', ...sshWords(gateway, 'batch@ksz')].join(' ');
    const script = [
      `set sftp:connect-program "${program}"; set net:timeout 20; set net:max-retries 2; set cmd:fail-exit yes`,
      `open -u batch@ksz, sftp://127.0.0.1:${gateway.sftp}`,
      'debug 9 -o lftp.log',
      'put -c by-lftp.bin -o /SHARED/work/by-lftp.bin',
    ].join('; ');
    const ended = await runClient('lftp', ['-f', '/dev/null', '-c', script], { cwd: folder });
    expect([ended.status, ended.err]).toEqual([0, '']);
    await expectWhole('by-lftp.bin', content);
  });
});
