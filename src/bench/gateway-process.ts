import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endsWithUs, goesWithUs } from './leftovers.ts';
import { childrenOf, cpuSecondsOf, peakMB } from './process-figures.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 120_000;
/** Of `prom-client`, whose default it is. */
const LOOP_SAMPLE_MS = 10;

type Ports = { readonly listeners: readonly number[]; readonly health: number };

/** A gateway in a process of its own, with the shipped configuration on free ports of 127.0.0.1. */
export type BenchGateway = {
  readonly https: number;
  readonly sftp: number;
  readonly certificates: string;
  readonly pid: number;
  cpuSeconds(): Promise<number>;
  peakMB(): Promise<number>;
  /** The longest that its serving thread looked after nobody, since this was asked last. Milliseconds; seen every 10. */
  loopDelayMs(): Promise<number>;
  stop(): Promise<void>;
};

export type BenchGatewayOptions = {
  /** Fills the data folder before the gateway starts. */
  readonly prepare?: (dataFolder: string) => Promise<void>;
  /** Where its folder is made, if not among the temporary files. */
  readonly parent?: string;
  /** Further files of the configuration, by path below `config/`. */
  readonly added?: Readonly<Record<string, string>>;
  /** Told each line of the gateway's log. */
  readonly onLine?: (line: string) => void;
  /** Words put before the command, such as those of a tracer, which then is the parent of the gateway. */
  readonly under?: readonly string[];
};

/** @param edit changes files of the configuration, by path below `config/` */
export async function startBenchGateway(
  edit: (name: string, text: string) => string,
  { prepare, parent = tmpdir(), under = [], added = {}, onLine }: BenchGatewayOptions = {},
): Promise<BenchGateway> {
  const folder = await mkdtemp(join(parent, 'sluis-bench-'));
  const keep = goesWithUs(folder);
  const config = join(folder, 'config');
  await cp(join(ROOT, 'config'), config, { recursive: true });
  for (const name of await readdir(config, { recursive: true })) {
    if (!name.endsWith('.yaml')) continue;
    const text = await readFile(join(config, name), 'utf8');
    const moved = name === 'gateway.yaml' ? text.replace(/\bport: \d+/g, 'port: 0') : text;
    await writeFile(join(config, name), edit(name, moved));
  }
  for (const [name, text] of Object.entries(added)) await writeFile(join(config, name), text);
  const data = join(folder, 'var');
  await prepare?.(data);
  const [command = '', ...words] = [...under, process.execPath, join(ROOT, 'src/sluis.js'), 'start'];
  const child = spawn(command, [...words, '--config', config, '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { listeners, health } = await readyPorts(child, onLine);
  const [https = 0, , sftp = 0] = listeners;
  const pid = under.length === 0 ? (child.pid ?? 0) : ((await childrenOf(child.pid ?? 0))[0] ?? 0);
  endsWithUs(child, () => pid);
  return {
    ...{ https, sftp, certificates: join(folder, 'certs', 'demo'), pid },
    cpuSeconds: () => cpuSecondsOf(pid),
    peakMB: () => peakMB(pid),
    loopDelayMs: () => loopDelayMs(health),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      process.kill(pid, 'SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
      keep();
    },
  };
}

async function readyPorts(child: ChildProcess, onLine: ((line: string) => void) | undefined): Promise<Ports> {
  const { promise, resolve, reject } = Promise.withResolvers<Ports>();
  if (child.stdout === null) throw new Error('the gateway has no output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('"the gateway is ready"')) resolve(parsePorts(line));
    onLine?.(line);
  });
  child.once('exit', (code) => reject(new Error(`the gateway ended with ${code} before it was ready`)));
  const timer = setTimeout(() => reject(new Error('the gateway is not ready')), READY_MS);
  return promise.finally(() => clearTimeout(timer));
}

function parsePorts(line: string): Ports {
  const { ports } = JSON.parse(line) as { ports: Ports };
  return ports;
}

/** What `monitorEventLoopDelay` saw between two looks, its own interval taken off. */
async function loopDelayMs(health: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${health}/metrics`);
  const [, seconds] = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await answer.text()) ?? [];
  return Math.max(0, Number(seconds) * 1000 - LOOP_SAMPLE_MS);
}
