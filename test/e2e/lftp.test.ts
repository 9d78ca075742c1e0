import { mkdtemp, rm } from 'node:fs/promises';
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
});
