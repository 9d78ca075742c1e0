import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningGateway, removeFolder, startGateway, startIn } from '../support/gateway.ts';

const run = promisify(execFile);
let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

test('health and metrics answer on the loopback port', async () => {
  const health = await fetch(`http://127.0.0.1:${gateway.health}/healthz`);
  expect([health.status, await health.json()]).toEqual([200, { ok: true, parts: { audit: 'ok', ledger: 'ok' } }]);
  const metrics = await (await fetch(`http://127.0.0.1:${gateway.health}/metrics`)).text();
  expect(metrics).toMatch(/^sluis_queue_length\{queue="arrival"\} 0$/m);
  expect((await fetch(`http://127.0.0.1:${gateway.health}/elsewhere`)).status).toBe(404);
});

test('a second gateway on the same data folder refuses to start', async () => {
  await expect(startIn(gateway.folder)).rejects.toThrow('another gateway works on this data folder');
});

test('the control socket is for the gateway’s own user, and answers', async () => {
  const sluis = join(import.meta.dirname, '../../src/sluis.js');
  const places = ['--config', gateway.config, '--data', gateway.data];
  const { stdout } = await run(process.execPath, [sluis, 'status', '--json', ...places]);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'running', pid: gateway.process.pid, arrivals: 0, checks: 0 });
  const refused = await run(process.execPath, [sluis, 'trace', 'nonsense', ...places]).catch((error) => error);
  expect([refused.code, refused.stderr]).toEqual([1, 'sluis: a ticket has 13 characters of 0-9 and A-Z\n']);
});

test('demo keys are refused off loopback, also by a configuration that does not call itself a demo', async () => {
  const files = `files:
    trustedIssuers: [../certs/demo/class3-ca.pem]
    serverCertificate: ../certs/demo/server.pem
    serverKey: ../certs/demo/server.key
    signerCertificate: ../certs/demo/signer.pem
    signerKey: ../certs/demo/private/signer.key
    signerIssuer: ../certs/demo/signer-ca.pem
    crl: [../certs/demo/crl.pem]
    sshHostKeys: [../certs/demo/private/ssh_host_ed25519]`;
  const exposed = (text: string) => text.replace('host: 127.0.0.1', 'host: 0.0.0.0');
  const undeclared = (text: string) =>
    exposed(text).replace('demo: true', 'demo: false').replace('directory: ../certs/demo', files);
  await expect(startGateway({ change: { 'gateway.yaml': exposed } })).rejects.toThrow('demo keys are public');
  await expect(startGateway({ change: { 'gateway.yaml': undeclared } })).rejects.toThrow('is a demo certificate');
});

test('SIGTERM ends it in order with exit 0, and the audit log verifies', async () => {
  const other = await startGateway();
  expect(await other.stop('SIGTERM')).toBe(0);
  const sluis = join(import.meta.dirname, '../../src/sluis.js');
  const { stdout } = await run(process.execPath, [
    sluis,
    'audit',
    'verify',
    '--config',
    other.config,
    '--data',
    other.data,
  ]);
  expect(stdout).toMatch(/^\d+ lines and 1 signed heads, unaltered/);
  await removeFolder(other);
});
