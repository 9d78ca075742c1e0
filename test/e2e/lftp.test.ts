import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestsOf, fillFolder } from '../support/awkward-names.ts';
import { type Ended, runClient, sshWords } from '../support/clients.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { hasTool } from '../support/tools.ts';

let gateway: RunningGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway();
  folder = await mkdtemp(join(tmpdir(), 'sluis-lftp-'));
  await fillFolder(join(folder, 'source'), 200);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

function lftp(...lines: readonly string[]): Promise<Ended> {
  const program = ['ssh', '-a', '-x', ...sshWords(gateway, 'batch@ksz')].join(' ');
  const settings = [
    ...[
      `set sftp:connect-program "${program}"`,
      'set cmd:fail-exit yes',
      'set net:max-retries 1',
      'set cmd:interactive no',
    ],
    ...['set xfer:log no', 'set sftp:auto-confirm no', 'set sftp:charset utf-8', 'set net:timeout 20'],
    `open -u batch@ksz, sftp://127.0.0.1:${gateway.sftp}`,
  ];
  return runClient('lftp', ['--norc', '-c', [...settings, ...lines].join('; ')], {
    cwd: folder,
    environment: { HOME: folder, LFTP_HOME: folder },
  });
}

describe.skipIf(!hasTool('lftp') || !hasTool('ssh'))('lftp over SFTP', () => {
  test('mirrors 200 files there on four connections, and back byte for byte', async () => {
    const up = await lftp('mirror -R -P4 source /SHARED/work/mirror');
    expect(up).toMatchObject({ status: 0, err: '' });
    const down = await lftp('mirror -P4 /SHARED/work/mirror back');
    expect(down).toMatchObject({ status: 0, err: '' });
    expect(await digestsOf(join(folder, 'back'))).toEqual(await digestsOf(join(folder, 'source')));
  });

  test('mirrors nothing a second time, and removes the whole folder', async () => {
    const again = await lftp('mirror -R -P4 --verbose source /SHARED/work/mirror');
    expect(again).toMatchObject({ status: 0, out: '' });
    const removed = await lftp('rm -r /SHARED/work/mirror', 'cls -1 /SHARED/work');
    expect(removed.status).toBe(0);
    expect(removed.out).not.toContain('mirror');
  });

  test('goes on with a mirror that was cut, in both directions, and sends only the rest', async () => {
    const content = randomBytes(3_000_000);
    const past = new Date('2024-02-29T12:34:56Z'); // lftp goes on with what is younger than its source
    await mkdir(join(folder, 'whole'));
    await mkdir(join(folder, 'cut'));
    for (const name of ['one.bin', 'two.bin', 'three.bin']) {
      await writeFile(join(folder, 'whole', name), content);
      await utimes(join(folder, 'whole', name), past, past);
    }
    await writeFile(join(folder, 'cut', 'one.bin'), content);
    await writeFile(join(folder, 'cut', 'two.bin'), content.subarray(0, 1_000_000));
    const up = await lftp(
      'mkdir /SHARED/work/whole',
      'put cut/two.bin -o /SHARED/work/whole/two.bin',
      'mirror -R -P4 --continue --log=up.log whole /SHARED/work/whole',
      'mirror -P4 --continue --log=down.log /SHARED/work/whole cut',
      'mirror -P4 /SHARED/work/whole whole-back',
    );
    expect(up).toMatchObject({ status: 0, err: '' });
    const whole = await digestsOf(join(folder, 'whole'));
    for (const name of ['whole-back', 'cut']) expect(await digestsOf(join(folder, name)), name).toEqual(whole);
    for (const log of ['up.log', 'down.log']) {
      const commands = await readFile(join(folder, log), 'utf8');
      expect(commands, log).toMatch(/ -c .*two\.bin/);
      expect(commands, log).not.toMatch(/ -c .*three\.bin/); // of which nothing was there
    }
  });

  test('gets many files with 64 requests in flight, and one in five pieces', async () => {
    await writeFile(join(folder, 'large.bin'), randomBytes(8_000_001));
    await mkdir(join(folder, 'pieces'));
    const ended = await lftp(
      'set sftp:max-packets-in-flight 64',
      'mirror -R source /SHARED/work/pipelined',
      'mirror -P1 /SHARED/work/pipelined pipelined',
      'put large.bin -o /SHARED/work/large.bin',
      'get /SHARED/work/large.bin -o pieces/a & pget -n 5 /SHARED/work/large.bin -o pieces/b',
      'wait all',
    );
    expect(ended).toMatchObject({ status: 0, err: '' });
    expect(await digestsOf(join(folder, 'pipelined'))).toEqual(await digestsOf(join(folder, 'source')));
    const content = await readFile(join(folder, 'large.bin'));
    for (const name of ['a', 'b']) {
      expect((await readFile(join(folder, 'pieces', name))).equals(content), name).toBe(true);
    }
  });
});
