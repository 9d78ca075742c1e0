import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { type Ask, askAs, bodyOf } from '../webdav/ask.ts';

const WORK = '/files/SHARED/work';
const IN = '/files/IN/ADRM';

let gateway: RunningGateway;
let anna: Ask;

beforeAll(async () => {
  gateway = await startGateway({
    change: {
      'folders.yaml': (text) => text.replace('    content: reviewed', '    quotaBytes: 1000\n    content: reviewed'),
      'partners/ksz.yaml': (text) => `${text}\nquotaBytes: 500\nmaxFileBytes: 400\n`,
      'gateway.yaml': (text) =>
        text
          .replace('workingFileHours: 72', 'workingFileHours: 0.0003') // 1 s
          .replace('settleSecondsWebdav: 2', 'settleSecondsWebdav: 600'),
    },
  });
  anna = await askAs(gateway, 'anna@ksz');
});

afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

const of = (bytes: number): string => 'x'.repeat(bytes);

async function room(path: string): Promise<readonly [used: number, available: number]> {
  const body = '<propfind xmlns="DAV:"><prop><quota-used-bytes/><quota-available-bytes/></prop></propfind>';
  const { text } = await anna('PROPFIND', path, ['Depth: 0'], body);
  const number = (name: string) => Number(new RegExp(`${name}>(\\d+)<`).exec(text)?.[1]);
  return [number('quota-used-bytes'), number('quota-available-bytes')];
}

test('what would not fit is refused before a byte of it is taken, and fits when there is room again', async () => {
  expect((await anna('PUT', `${WORK}/a`, [], of(700))).status).toBe(201);
  expect(await room(`${WORK}/`)).toEqual([700, 300]);
  const refused = await anna('PUT', `${WORK}/b`, ['Expect: 100-continue'], of(301));
  expect([refused.status, refused.interim]).toEqual([507, []]);
  expect(bodyOf(refused.text)).toContain('<D:quota-not-exceeded/>');
  expect((await anna('PUT', `${WORK}/b`, ['Expect: 100-continue'], of(300))).interim).toEqual([100]);
  expect((await anna('GET', `${WORK}/b`)).status).toBe(200);
  expect(await room(`${WORK}/`)).toEqual([1000, 0]);
  // A file may grow by what is left, and takes its own place.
  expect((await anna('PUT', `${WORK}/a`, [], of(701))).status).toBe(507);
  expect((await anna('PUT', `${WORK}/a`, [], of(600))).status).toBe(204);
  expect((await anna('DELETE', `${WORK}/b`)).status).toBe(204);
  expect(await room(`${WORK}/`)).toEqual([600, 400]);
});

test('no other way into a folder leads around its limit', async () => {
  const chunked = `${(401).toString(16)}\r\n${of(401)}\r\n0\r\n\r\n`;
  expect((await anna('PUT', `${WORK}/c`, ['Transfer-Encoding: chunked'], chunked)).status).toBe(507);
  expect((await anna('COPY', `${WORK}/a`, [`Destination: ${WORK}/copy`])).status).toBe(507);
  expect((await anna('PUT', `${WORK}/d`, ['Content-Range: bytes 0-0/401'], 'x')).status).toBe(507);
  expect((await anna('MOVE', `${WORK}/a`, [`Destination: ${WORK}/renamed`])).status).toBe(201);
  expect(await room(`${WORK}/`)).toEqual([600, 400]);
});

test('a partner has one limit for its intake folders, and one for a single file', async () => {
  expect((await anna('PUT', `${IN}/1.csv`, [], of(401))).status).toBe(413);
  expect((await anna('PUT', `${IN}/1.csv`, [], of(400))).status).toBe(201);
  expect((await anna('PUT', '/files/INTEST/ADRM/2.csv', [], of(101))).status).toBe(507);
  expect((await anna('PUT', '/files/INTEST/ADRM/2.csv', [], of(100))).status).toBe(201);
  for (const path of ['/files/', '/files/IN/', `${IN}/`, '/files/INTEST/ADRM/'])
    expect(await room(path)).toEqual([500, 0]);
  expect(await room('/files/OUT/')).toEqual([Number.NaN, Number.NaN]);
  expect((await anna('MOVE', `${WORK}/renamed`, [`Destination: ${IN}/3.csv`])).status).toBe(507);
  const trail = new AuditTrail(gateway);
  expect(await trail.line({ kind: 'publish', outcome: 'refused', fields: { code: 'over-quota' } })).toBeDefined();
  expect(await trail.line({ kind: 'move', outcome: 'refused', fields: { code: 'over-quota' } })).toBeDefined();
});

test('clients’ working files in an intake folder are no arrivals, and go by themselves', async () => {
  await anna('DELETE', `${IN}/1.csv`);
  expect((await anna('PUT', `${IN}/._name.csv`, [], 'fork')).status).toBe(201);
  expect((await anna('PUT', `${IN}/big.csv.filepart`, [], 'half')).status).toBe(201);
  expect((await anna('MOVE', `${IN}/big.csv.filepart`, [`Destination: ${IN}/big.csv`])).status).toBe(201);
  await eventually('the working file to be gone', async () =>
    (await anna('HEAD', `${IN}/._name.csv`)).status === 404 ? true : undefined,
  );
  expect((await anna('HEAD', `${IN}/big.csv`)).status).toBe(200);
});
