import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askGateway } from '../../src/ops/control-socket.ts';
import type { TrafficRow } from '../../src/storage/traffic-commands.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';

const FILE = Buffer.alloc(400_000, 'x');
/** 40 slices of 128 kbit/s. */
const BYTES_PER_SECOND = 640_000;

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({
    change: {
      // Connections of one partner come to different processes.
      'gateway.yaml': (text) => text.replace('processes: 1', 'processes: 3'),
      'partners/rjv.yaml': (text) => `${text}bandwidth:\n  inSlices: 40\n  outSlices: 40\n`,
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

async function usage(): Promise<readonly TrafficRow[]> {
  const answer = await askGateway(join(gateway.data, 'control.sock'), { command: 'usage', arguments: [] });
  return answer as readonly TrafficRow[];
}

/** The least time that so many bytes take where half a second of them may pass at once. */
function leastMs(bytes: number): number {
  return ((bytes - BYTES_PER_SECOND / 2) / BYTES_PER_SECOND) * 1000;
}

test('both protocols and all processes share the slices of a partner, and what passed is reported', async () => {
  const all = await Promise.all([
    WebdavClient.open(gateway, 'anna@rjv'),
    WebdavClient.open(gateway, 'batch@rjv'),
    SftpClient.open(gateway, 'anna@rjv'),
    SftpClient.open(gateway, 'batch@rjv'),
  ]);
  let began = performance.now();
  await Promise.all(all.map((client, index) => client.put(`/SHARED/work/file ${index}`, FILE)));
  expect(performance.now() - began).toBeGreaterThan(leastMs(all.length * FILE.length));
  began = performance.now();
  const got = await Promise.all(all.map((client, index) => client.get(`/SHARED/work/file ${index}`)));
  expect(performance.now() - began).toBeGreaterThan(leastMs(all.length * FILE.length));
  expect(got.every((bytes) => bytes.equals(FILE))).toBe(true);
  for (const client of all) client.close();

  const other = await WebdavClient.open(gateway, 'anna@ksz');
  await other.put('/SHARED/work/other', FILE);
  other.close();
  const rows = await eventually('the report of both', async () => {
    const now = await usage();
    const total = now.reduce((sum, { bytesIn, bytesOut }) => sum + bytesIn + bytesOut, 0);
    return total > 9 * FILE.length ? now : undefined;
  });
  const sum = (partner: string, of: 'bytesIn' | 'bytesOut') =>
    rows.filter((row) => row.partner === partner).reduce((bytes, row) => bytes + row[of], 0) / FILE.length;
  for (const [partner, of, files] of [
    ['rjv', 'bytesIn', 4],
    ['rjv', 'bytesOut', 4],
    ['ksz', 'bytesIn', 1],
    ['ksz', 'bytesOut', 0],
  ] as const) {
    expect(sum(partner, of), `${partner} ${of}`).toBeGreaterThanOrEqual(files);
    expect(sum(partner, of), `${partner} ${of}`).toBeLessThan(files + 0.1);
  }
});
