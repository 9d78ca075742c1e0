import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpsLogin, measure, sftpLogin } from '../../src/bench/access-logins.ts';
import type { StormPlan } from '../../src/bench/access-storm.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';

const SECONDS = 5;
const STORM = fileURLToPath(new URL('../../src/bench/access-storm.ts', import.meta.url));
let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

test('in a small authentication storm honest clients of both protocols come in', async () => {
  const { https, sftp, certificates } = gateway;
  const plan: StormPlan = {
    ...{ https, sftp, seconds: SECONDS, attemptsPerSecond: 80, addresses: 10, silent: 120 },
    certificate: join(certificates, 'server.pem'),
    key: join(certificates, 'server.key'),
  };
  const storm = spawn(process.execPath, [STORM, JSON.stringify(plan)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(storm, 'exit');
  const [overHttps, overSftp] = await Promise.all([
    measure(await httpsLogin(gateway, 'batch@ksz', '127.0.0.1'), 4, SECONDS),
    measure(await sftpLogin(gateway, 'batch@rva', '127.0.0.1'), 4, SECONDS),
  ]);
  expect(await ended).toEqual([0, null]);
  // One in twenty may fail.
  expect(overHttps.successPercent, JSON.stringify(overHttps.failures)).toBeGreaterThanOrEqual(95);
  expect(overSftp.successPercent, JSON.stringify(overSftp.failures)).toBeGreaterThanOrEqual(95);
  const penalised = await new AuditTrail(gateway).all({ kind: 'penalty', fields: { of: 'address' } });
  const addresses = new Set(penalised.map(({ fields }) => fields.address));
  expect(addresses.size).toBeGreaterThanOrEqual(plan.addresses);
  expect(addresses).not.toContain('127.0.0.1');
});
