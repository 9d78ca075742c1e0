import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runClient } from '../support/clients.ts';
import { guideSteps, withPlaceholders } from '../support/guide.ts';
import { hasTool } from '../support/tools.ts';

const ROOT = join(import.meta.dirname, '../..');
const SLUIS = join(ROOT, 'src/sluis.js');
const READY_MS = 60_000;

let folder: string;
let gateway: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-guide-'));
});
afterAll(async () => {
  if (gateway !== undefined && gateway.exitCode === null) {
    const ended = new Promise((resolve) => gateway?.once('exit', resolve));
    gateway.kill('SIGTERM');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

/** The gateway of the guide, on free ports. @returns the port of HTTPS */
async function startIn(words: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [SLUIS, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  gateway = child;
  const said: string[] = [];
  const ready = new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (!line.includes('"the gateway is ready"')) return;
        const { ports } = JSON.parse(line) as { ports: { listeners: readonly number[] } };
        resolve(ports.listeners[0] ?? 0);
      });
    }
    child.once('exit', (status) => reject(new Error(`ended with ${status}:\n${said.join('\n')}`)));
    setTimeout(() => reject(new Error(`not ready:\n${said.join('\n')}`)), READY_MS).unref();
  });
  return ready;
}

test.skipIf(!hasTool('curl') || !hasTool('ssh-keygen'))(
  'the guide for administrators does what it says, command by command',
  async () => {
    const steps = guideSteps(await readFile(join(ROOT, 'docs/admin-guide.md'), 'utf8'));
    const sluis = `sluis() { ${JSON.stringify(process.execPath)} ${JSON.stringify(SLUIS)} "$@"; }`;
    let https = 0;
    for (const { line, command, output } of steps) {
      if (command.startsWith('sluis start')) {
        https = await startIn(command.split(' ').slice(1));
        continue;
      }
      const here = command.replaceAll(/\bport: \d+/g, 'port: 0').replaceAll('localhost:8443', `localhost:${https}`);
      const { out, err } = await runClient('bash', ['--norc', '--noprofile', '-c', `${sluis}\n${here}`], {
        cwd: folder,
      });
      expect({ line, output: withPlaceholders(out + err) }).toEqual({ line, output });
    }
    expect(steps.filter(({ command }) => command.startsWith('sluis ')).length).toBeGreaterThan(20);
  },
  // Some sixty commands, each a process of its own.
  180_000,
);
