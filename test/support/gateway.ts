import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { placeDemoDirectory } from './demo-directory.ts';
import { demoPki } from './demo-pki.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 60_000;

/** A gateway in a process of its own, in a folder of its own, on ports of its own. */
export type RunningGateway = {
  readonly folder: string;
  readonly config: string;
  readonly data: string;
  readonly certificates: string;
  readonly https: number;
  readonly internet: number;
  readonly sftp: number;
  /** Of all listeners, in their order; the three above are the first. */
  readonly ports: readonly number[];
  readonly health: number;
  readonly process: ChildProcess;
  /** Every line of its log so far. */
  readonly log: readonly string[];
  /** Resolves with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
};

export type Change = (text: string) => string;

export type GatewayOptions = {
  /** Changes to files of the configuration, by path below `config/`. */
  readonly change?: Readonly<Record<string, Change>>;
  /** With the partners of `test/fixtures/network`: RSZ, NIC and a secretariat. */
  readonly network?: boolean;
  /** Files of the configuration that are not shipped, by path below `config/`. */
  readonly add?: Readonly<Record<string, string>>;
  /** Whether the gateway loads the shipped person lines itself; else they are there. */
  readonly loadsDirectory?: boolean;
  /** Node options, for start files of tests. */
  readonly nodeOptions?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
};

/** Makes a folder with the shipped configuration on free ports, and the demo keys. */
export async function makeFolder(
  change: Readonly<Record<string, Change>> = {},
  { network = false, add = {}, loadsDirectory = false }: Omit<GatewayOptions, 'change'> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-gateway-'));
  await cp(join(ROOT, 'config'), join(folder, 'config'), { recursive: true });
  if (network) await cp(join(ROOT, 'test/fixtures/network'), join(folder, 'config'), { recursive: true });
  await mkdir(join(folder, 'certs'));
  // Another test file may hold the lock of the shared keys just now; it is not for this folder.
  const filter = (from: string) => !basename(from).startsWith('.');
  await cp(await demoPki(), join(folder, 'certs', 'demo'), { recursive: true, filter });
  for (const [name, text] of Object.entries(add)) await writeFile(join(folder, 'config', name), text);
  const changes = { 'gateway.yaml': freePorts, ...change };
  for (const [name, edit] of Object.entries(changes)) {
    const file = join(folder, 'config', name);
    const text = await readFile(file, 'utf8');
    const edited = name === 'gateway.yaml' && edit !== freePorts ? freePorts(edit(text)) : edit(text);
    if (edited === text) throw new Error(`the change to ${name} changed nothing`);
    await writeFile(file, edited);
  }
  if (!loadsDirectory) await placeDemoDirectory(join(folder, 'config'), join(folder, 'var'));
  return folder;
}

/** Starts a gateway in a folder and waits until it is ready. */
export async function startIn(folder: string, options: Omit<GatewayOptions, 'change'> = {}): Promise<RunningGateway> {
  const [config, data] = [join(folder, 'config'), join(folder, 'var')];
  const words = [
    ...(options.nodeOptions ?? []),
    join(ROOT, 'src/sluis.js'),
    'start',
    '--config',
    config,
    '--data',
    data,
  ];
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? -1));
  });
  const log: string[] = [];
  const ports = await readiness(child, log, ended);
  const [https = 0, internet = 0, sftp = 0] = ports.listeners;
  return {
    ...{ folder, config, data, certificates: join(folder, 'certs', 'demo'), process: child, log, ended },
    ...{ https, internet, sftp, ports: ports.listeners, health: ports.health },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** A gateway in a new folder; `remove` it when it has ended. */
export async function startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  return startIn(await makeFolder(options.change, options), options);
}

export async function removeFolder({ folder }: { readonly folder: string }): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

type Ports = { readonly listeners: readonly number[]; readonly health: number };

async function readiness(child: ChildProcess, log: string[], ended: Promise<number | NodeJS.Signals>): Promise<Ports> {
  const { promise, resolve, reject } = Promise.withResolvers<Ports>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      log.push(line);
      const ports = readyPorts(line);
      if (ports !== undefined) resolve(ports);
    });
  }
  const timer = setTimeout(() => reject(new Error(`not ready within ${READY_MS} ms:\n${log.join('\n')}`)), READY_MS);
  void ended.then((status) => reject(new Error(`ended with ${status} before it was ready:\n${log.join('\n')}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

function readyPorts(line: string): Ports | undefined {
  if (!line.includes('"the gateway is ready"')) return undefined;
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null && 'ports' in value ? (value.ports as Ports) : undefined;
}

function freePorts(text: string): string {
  return text.replace(/\bport: \d+/g, 'port: 0');
}
