import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestsOf, fillFolder } from '../support/awkward-names.ts';
import { type Ended, runClient } from '../support/clients.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { hasTool } from '../support/tools.ts';

const FILES = 300;
let gateway: RunningGateway;
let folder: string;
let source: string;

beforeAll(async () => {
  gateway = await startGateway();
  folder = await mkdtemp(join(tmpdir(), 'sluis-rclone-'));
  source = join(folder, 'source');
  await fillFolder(source, FILES);
  // rclone reads no wildcard for a port, as OpenSSH does.
  const key = await readFile(join(gateway.certificates, 'ssh_host_ed25519.pub'), 'utf8');
  await writeFile(join(folder, 'known_hosts'), `[127.0.0.1]:${gateway.sftp} ${key}`);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

/** The remote `dav` or `ssh`, configured by the environment alone. */
function rclone(protocol: 'webdav' | 'sftp', ...words: readonly string[]): Promise<Ended> {
  const { certificates, https, sftp } = gateway;
  const pem = (name: string) => join(certificates, name);
  const remote: Record<string, string> =
    protocol === 'webdav'
      ? {
          RCLONE_CONFIG_SLUIS_TYPE: 'webdav',
          RCLONE_CONFIG_SLUIS_URL: `https://127.0.0.1:${https}/files/`,
          RCLONE_CONFIG_SLUIS_VENDOR: 'other',
        }
      : {
          RCLONE_CONFIG_SLUIS_TYPE: 'sftp',
          RCLONE_CONFIG_SLUIS_HOST: '127.0.0.1',
          RCLONE_CONFIG_SLUIS_PORT: String(sftp),
          RCLONE_CONFIG_SLUIS_USER: 'batch@ksz',
          RCLONE_CONFIG_SLUIS_KEY_FILE: pem('batch@ksz.ssh'),
          RCLONE_CONFIG_SLUIS_KNOWN_HOSTS_FILE: join(folder, 'known_hosts'),
          RCLONE_CONFIG_SLUIS_SHELL_TYPE: 'none',
        };
  const tls = [
    '--ca-cert',
    pem('server-ca.pem'),
    '--client-cert',
    pem('batch@ksz.pem'),
    '--client-key',
    pem('batch@ksz.key'),
  ];
  const limits = [
    '--config',
    join(folder, 'none.conf'),
    '--retries',
    '1',
    '--low-level-retries',
    '1',
    '--transfers',
    '8',
  ];
  const environment = { ...remote, HOME: folder };
  return runClient('rclone', [...words, ...limits, ...(protocol === 'webdav' ? tls : [])], { environment });
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
