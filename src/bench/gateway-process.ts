import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 120_000;
/** `utime` and `stime` in /proc/<pid>/stat count in these, proc(5): sysconf(_SC_CLK_TCK), 100 on Linux. */
const TICKS_PER_SECOND = 100;

/** A gateway in a process of its own, with the shipped configuration on free ports of 127.0.0.1. */
export type BenchGateway = {
  readonly https: number;
  readonly sftp: number;
  readonly certificates: string;
  cpuSeconds(): Promise<number>;
  peakMB(): Promise<number>;
  stop(): Promise<void>;
};

/** @param edit changes files of the configuration, by path below `config/` */
export async function startBenchGateway(edit: (name: string, text: string) => string): Promise<BenchGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-bench-'));
  const config = join(folder, 'config');
  await cp(join(ROOT, 'config'), config, { recursive: true });
  for (const name of await readdir(config, { recursive: true })) {
    if (!name.endsWith('.yaml')) continue;
    const text = await readFile(join(config, name), 'utf8');
    const moved = name === 'gateway.yaml' ? text.replace(/\bport: \d+/g, 'port: 0') : text;
    await writeFile(join(config, name), edit(name, moved));
  }
  const words = [join(ROOT, 'src/sluis.js'), 'start', '--config', config, '--data', join(folder, 'var')];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [https = 0, , sftp = 0] = await readyPorts(child);
  const pid = child.pid ?? 0;
  return {
    ...{ https, sftp, certificates: join(folder, 'certs', 'demo') },
    cpuSeconds: async () => {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    peakMB: async () => {
      const kilobytes = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
      return Math.round(Number(kilobytes) / 1024);
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function readyPorts(child: ChildProcess): Promise<readonly number[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
  if (child.stdout === null) throw new Error('the gateway has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('"the gateway is ready"')) resolve(parsePorts(line));
  });
  child.once('exit', (code) => reject(new Error(`the gateway ended with ${code} before it was ready`)));
  const timer = setTimeout(() => reject(new Error('the gateway is not ready')), READY_MS);
  return promise.finally(() => clearTimeout(timer));
}

function parsePorts(line: string): readonly number[] {
  const { ports } = JSON.parse(line) as { ports: { listeners: number[] } };
  return ports.listeners;
}
