import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, runClient } from './clients.ts';
import type { RunningGateway } from './gateway.ts';

/** Runs rclone with the remote `sluis:` as an account of the gateway, configured by the environment alone. */
export async function rcloneTo(
  gateway: RunningGateway,
  protocol: 'webdav' | 'sftp',
  account: string,
  ...words: readonly string[]
): Promise<Ended> {
  const home = await mkdtemp(join(tmpdir(), 'sluis-rclone-home-'));
  const { certificates, https, sftp } = gateway;
  const pem = (name: string) => join(certificates, name);
  try {
    // rclone reads no wildcard for a port, as OpenSSH does.
    const keys = ['ssh_host_ed25519.pub', 'ssh_host_rsa.pub'].map((name) => readFile(pem(name), 'utf8'));
    const lines = (await Promise.all(keys)).map((key) => `[127.0.0.1]:${sftp} ${key}`);
    await writeFile(join(home, 'known_hosts'), lines.join(''));
    const remote = {
      webdav: { TYPE: 'webdav', URL: `https://127.0.0.1:${https}/files/`, VENDOR: 'other' },
      sftp: {
        ...{ TYPE: 'sftp', HOST: '127.0.0.1', PORT: String(sftp), USER: account, KEY_FILE: pem(`${account}.ssh`) },
        ...{ KNOWN_HOSTS_FILE: join(home, 'known_hosts'), SHELL_TYPE: 'none' },
      },
    }[protocol];
    const environment = Object.fromEntries(
      Object.entries(remote).map(([name, value]) => [`RCLONE_CONFIG_SLUIS_${name}`, value]),
    );
    const tls = [
      '--ca-cert',
      pem('server-ca.pem'),
      '--client-cert',
      pem(`${account}.pem`),
      '--client-key',
      pem(`${account}.key`),
    ];
    const once = [
      '--config',
      join(home, 'none.conf'),
      '--retries',
      '1',
      '--low-level-retries',
      '1',
      '--transfers',
      '8',
    ];
    const all = [...once, ...words, ...(protocol === 'webdav' ? tls : [])]; // of two settings the later one counts
    return await runClient('rclone', all, { environment: { ...environment, HOME: home } });
  } finally {
    await rm(home, { recursive: true });
  }
}
