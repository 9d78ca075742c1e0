import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runTool } from './dav-server.ts';
import { type BenchGatewayOptions, startBenchGateway } from './gateway-process.ts';
import { endsWithUs } from './leftovers.ts';
import { cpuSecondsOf, peakMB, resetPeak } from './process-figures.ts';
import type { SessionFigures, SessionPlan } from './sftp-client.ts';

/** One SFTP server of a comparison: the gateway or a peer. */
export type SftpServer = {
  readonly name: string;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  /** The folder to work in, without a slash at the end. */
  readonly base: string;
  /** The process, whose children count with it. */
  readonly pid: number;
  stop(): Promise<void>;
};

export const GATEWAY = 'sluis';
/** The machine account of the demo that may write where no pipeline watches. */
const ACCOUNT = 'batch@ksz';

export async function gatewaySftp(
  edit: (name: string, text: string) => string,
  options: BenchGatewayOptions = {},
): Promise<SftpServer & { readonly certificates: string }> {
  const { sftp, pid, certificates, stop } = await startBenchGateway(edit, options);
  const keyFile = join(certificates, `${ACCOUNT}.ssh`);
  return { name: GATEWAY, port: sftp, user: ACCOUNT, keyFile, base: '/SHARED/work', pid, certificates, stop };
}

export const GCM = 'aes128-gcm@openssh.com';
export const CHACHA = 'chacha20-poly1305@openssh.com';

/** Options that OpenSSH's clients need to log in without asking. */
export function sshOptions({ keyFile, port }: SftpServer, cipher = GCM): readonly string[] {
  return [
    ...['-F', 'none', '-i', keyFile, '-o', 'UserKnownHostsFile=/dev/null', '-o', 'StrictHostKeyChecking=no'],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR'],
    ...['-o', `Ciphers=${cipher}`, '-o', `Port=${port}`],
  ];
}

/** OpenSSH sftp with a list of commands. @throws Error where one of them fails */
export async function sftp(server: SftpServer, commands: readonly string[], cipher = GCM): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-sftp-batch-'));
  try {
    const file = join(folder, 'batch');
    await writeFile(file, `${commands.join('\n')}\n`);
    await runTool('sftp', ['-q', '-b', file, ...sshOptions(server, cipher), `${server.user}@127.0.0.1`]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function lftp(server: SftpServer, script: string): Promise<void> {
  const program = `set sftp:connect-program "ssh -a -x ${sshOptions(server).join(' ')}"`;
  const settings = 'set net:max-retries 1; set cmd:fail-exit yes; set xfer:log no';
  await runTool('lftp', [
    ...['--norc', '-c'],
    `${program}; ${settings}; open -u ${server.user},x sftp://127.0.0.1:${server.port}; ${script}`,
  ]);
}

/** What some work cost: seconds on the clock, CPU seconds of the server, the most memory it held. */
export type Cost = { readonly wall: number; readonly cpu: number; readonly peakMB: number };

export async function costOf(server: SftpServer, work: () => Promise<unknown>): Promise<Cost> {
  await resetPeak(server.pid);
  const cpuBefore = await cpuSecondsOf(server.pid);
  const began = performance.now();
  await work();
  const wall = (performance.now() - began) / 1000;
  return { wall, cpu: (await cpuSecondsOf(server.pid)) - cpuBefore, peakMB: await peakMB(server.pid) };
}

const CLIENT = fileURLToPath(new URL('./sftp-client.ts', import.meta.url));
const CLIENT_MS = 180_000;

type WithoutPlace<T> = T extends unknown ? Omit<T, 'port' | 'user' | 'keyFile'> : never;

/** Runs our own client once. @param whileOpen is called when all its sessions stand */
export async function runSessions(
  server: SftpServer,
  plan: WithoutPlace<SessionPlan>,
  whileOpen: () => Promise<void> = async () => undefined,
): Promise<SessionFigures> {
  const { port, user, keyFile } = server;
  const words = [CLIENT, JSON.stringify({ ...plan, port, user, keyFile })];
  const child: ChildProcess = endsWithUs(spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] }));
  const limit = setTimeout(() => child.kill('SIGKILL'), CLIENT_MS);
  const ended = once(child, 'exit');
  let last = '';
  if (child.stdout === null) throw new Error('the client has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (line !== 'open') continue;
    await whileOpen();
    child.stdin?.end('close\n');
  }
  const [code] = await ended;
  clearTimeout(limit);
  if (code !== 0) throw new Error(`the client of ${server.name} ended with ${code}`);
  return parseFigures(last);
}

function parseFigures(line: string): SessionFigures {
  return JSON.parse(line) as SessionFigures;
}
