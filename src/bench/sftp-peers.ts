import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endsWithUs } from './leftovers.ts';
import type { SftpServer } from './sftp-server.ts';

type Launch = { readonly command: string; readonly words: readonly string[]; readonly base: string };

const READY_MS = 20_000;
const STOP_MS = 10_000;

/** The servers of Debian that a figure stands beside. Each runs with a configuration and keys made here, on a loopback port. */
export const PEERS = { sshd: launchSshd, rclone: launchRclone } as const;
export type PeerName = keyof typeof PEERS;
export const PEER_NAMES: readonly PeerName[] = ['sshd', 'rclone'];

/**
 * @param folder for its configuration, its keys and its files
 * @throws Error where it is not installed or does not start
 */
export async function startPeer(name: PeerName, folder: string): Promise<SftpServer> {
  const files = join(folder, `${name}-files`);
  await mkdir(files, { recursive: true });
  const port = await freePort();
  const keyFile = join(folder, `${name}-user`);
  for (const key of [keyFile, join(folder, `${name}-host`)]) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key]);
  }
  const { command, words, base } = await PEERS[name](folder, port);
  const child = endsWithUs(spawn(command, words, { stdio: ['ignore', 'ignore', 'ignore'] }));
  const { username: user } = userInfo();
  const server = { name, port, user, keyFile, base, pid: child.pid ?? 0, stop: () => stop(child) };
  try {
    await ready(server, child);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** OpenSSH with its SFTP server inside the session process, as Debian ships it, without PAM. */
async function launchSshd(folder: string, port: number): Promise<Launch> {
  // Where sshd puts itself before login when it runs as root; Debian's unit makes it.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const config = `
Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/sshd-host
PidFile none
AuthorizedKeysFile ${folder}/sshd-user.pub
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 2000
LogLevel QUIET
Subsystem sftp internal-sftp
`;
  await writeFile(join(folder, 'sshd.conf'), config);
  // sshd starts itself anew for each connection, and for that wants its whole path.
  const command = '/usr/sbin/sshd';
  return { command, words: ['-D', '-f', join(folder, 'sshd.conf')], base: join(folder, 'sshd-files') };
}

async function launchRclone(folder: string, port: number): Promise<Launch> {
  const keys = ['--key', join(folder, 'rclone-host'), '--authorized-keys', join(folder, 'rclone-user.pub')];
  const where = ['--addr', `127.0.0.1:${port}`, '--vfs-cache-mode', 'writes', '--cache-dir', join(folder, 'cache')];
  const quiet = ['--log-level', 'ERROR', '--config', '/dev/null'];
  return {
    command: 'rclone',
    words: ['serve', 'sftp', join(folder, 'rclone-files'), ...where, ...keys, ...quiet],
    base: '',
  };
}

/** A port that is free now; these servers cannot be asked to choose one. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function ready(server: SftpServer, child: ChildProcess): Promise<void> {
  let failure: unknown;
  child.once('error', (error) => {
    failure = error;
  });
  for (const until = performance.now() + READY_MS; performance.now() < until; await pause(100)) {
    if (failure !== undefined || child.exitCode !== null) break;
    const socket = connect(server.port, '127.0.0.1');
    const answered = await once(socket, 'data').catch(() => undefined);
    socket.destroy();
    if (answered !== undefined) return;
  }
  throw new Error(`${server.name} did not start`, { cause: failure });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(hard);
}
