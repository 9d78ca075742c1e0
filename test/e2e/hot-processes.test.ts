import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { type Connection, connectOn, processesOf, servingAgain } from '../support/processes.ts';
import { editConfig, takeUp } from '../support/reload.ts';
import { withoutPenalties } from '../support/settle.ts';

const GATEWAY = 'gateway.yaml';
const SOON_MS = 10_000;
const WORKERS = ['worker-1', 'worker-2'];

let gateway: RunningGateway;
let audit: AuditTrail;

beforeAll(async () => {
  const change = (text: string) => withoutPenalties(text.replace(/^processes: 1$/m, 'processes: 3'));
  gateway = await startGateway({ change: { [GATEWAY]: change } });
  audit = new AuditTrail(gateway);
}, 180_000);
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

/** A server on a port of its own, which it holds until it is closed. */
async function heldPort(): Promise<{ readonly port: number; close(): Promise<unknown> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

async function openPorts(): Promise<readonly number[]> {
  const answer = await askGateway(join(gateway.data, 'control.sock'), { command: 'status', arguments: [] });
  return (answer as { readonly ports: { readonly listeners: readonly number[] } }).ports.listeners;
}

function lines(port: number, method: string): string {
  const class3 = 'class3: { requireExtendedKeyUsage: true, allowedPolicyOids: any }';
  return `  - { protocol: https, host: 127.0.0.1, port: ${port}, accessMethod: ${method}, ${class3} }\n`;
}

const adding = (text: string) => (yaml: string) =>
  yaml.replace('\n# Health and metrics', `${text}\n# Health and metrics`);

test('a listener comes, changes and goes in all processes; a port that is taken changes nothing in any', async () => {
  const held = await heldPort();
  const at = { ...gateway, https: held.port };
  const before = await openPorts();
  const known = gateway.log.length;
  await editConfig(gateway, GATEWAY, adding(lines(held.port, 'line')));
  const line = await eventually('a refusal', () =>
    gateway.log.slice(known).find((entry) => entry.includes('the old generation stays in force')),
  );
  expect(JSON.parse(line).first.message).toBe(`port ${held.port} of 127.0.0.1 can not be opened (EADDRINUSE)`);
  expect(await openPorts()).toEqual(before);
  for (const worker of WORKERS) (await connectOn(gateway, worker, 'anna@ksz')).close();
  await held.close();
  await takeUp(gateway, GATEWAY, (yaml) => `${yaml}\n# saved again\n`);
  const inside: Connection[] = [];
  for (const worker of WORKERS) inside.push(await connectOn(at, worker, 'anna@ksz'));
  await takeUp(gateway, GATEWAY, (yaml) => yaml.replace(lines(held.port, 'line'), lines(held.port, 'vpn')));
  const reason = 'access-method-not-registered';
  await eventually(
    'everybody who is in to be cut',
    () => (inside.every(({ socket }) => socket.destroyed) ? true : undefined),
    SOON_MS,
  );
  await audit.line({
    kind: 'login',
    outcome: 'refused',
    fields: { reason, accessMethod: 'vpn', principal: 'anna@ksz' },
  });
  await takeUp(gateway, GATEWAY, (yaml) => yaml.replace(lines(held.port, 'vpn'), lines(held.port, 'line')));
  const again: Connection[] = [];
  for (const worker of WORKERS) again.push(await connectOn(at, worker, 'anna@ksz'));
  await takeUp(gateway, GATEWAY, (yaml) => yaml.replace(lines(held.port, 'line'), ''));
  await eventually(
    'everybody who is in to be cut',
    () => (again.every(({ socket }) => socket.destroyed) ? true : undefined),
    SOON_MS,
  );
  await eventually('a line for each of them', async () => {
    const removed = await audit.all({ kind: 'login', outcome: 'refused', fields: { reason: 'listener-removed' } });
    return removed.length === WORKERS.length ? true : undefined;
  });
  expect(await openPorts()).toEqual(before);
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(held.port, '127.0.0.1', resolve));
  free.close();
}, 120_000);

test('an owner that is started again has the listeners that were in force, and takes up the next change', async () => {
  const held = await heldPort();
  await held.close();
  await takeUp(gateway, GATEWAY, adding(lines(held.port, 'line')));
  const open = await openPorts();
  const before = await processesOf(gateway);
  process.kill(before.owner ?? 0, 'SIGKILL');
  await servingAgain(gateway, before, ['owner', ...WORKERS]);
  expect(await openPorts()).toEqual(open);
  const at = { ...gateway, https: held.port };
  const inside = await connectOn(at, 'worker-1', 'anna@ksz');
  await takeUp(gateway, GATEWAY, (yaml) => yaml.replace(lines(held.port, 'line'), ''));
  await eventually('who is in to be cut', () => (inside.socket.destroyed ? true : undefined), SOON_MS);
  expect(await openPorts()).toEqual(open.slice(0, -1));
  expect((await fetch(`http://127.0.0.1:${gateway.health}/healthz`)).status).toBe(200);
}, 120_000);
