import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runClient, sshWords } from './clients.ts';
import type { Drive } from './davfs.ts';
import { eventually } from './eventually.ts';
import type { RunningGateway } from './gateway.ts';

/** In one thread it sends the CLOSE of a file before whatever is asked next: close(2) does not wait for it. */
const SETTINGS = ['-f', '-s'];

/** Mounts a folder of the gateway as an account of it. @throws Error with what sshfs says */
export async function mountSshfs(gateway: RunningGateway, account: string, path: string): Promise<Drive> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-sshfs-'));
  const command = ['ssh', ...sshWords(gateway, account)].join(' ');
  const words = [...SETTINGS, '-o', `ssh_command=${command}`, `${account}@127.0.0.1:${path}`, folder];
  const child = spawn('sshfs', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = once(child, 'exit');
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const state = await eventually('the drive', async () => {
    if (isOver()) return 'over';
    return (await readFile('/proc/self/mounts', 'utf8')).includes(` ${folder} fuse.sshfs `) ? 'mounted' : undefined;
  });
  if (state === 'over') {
    await rm(folder, { recursive: true });
    throw new Error(`sshfs: ${Buffer.concat(said)}`);
  }
  return {
    folder,
    release: async () => {
      const away = await runClient('umount', [folder]);
      if (away.status !== 0) await runClient('umount', ['-l', folder]);
      await ended;
      await rm(folder, { recursive: true });
      if (away.status !== 0) throw new Error(`umount: ${away.err}`);
    },
  };
}
