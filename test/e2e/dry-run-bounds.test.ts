import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentCount } from '../support/contents.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, goodRow } from '../support/exchange-place.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { HttpConnection } from '../support/http-connection.ts';
import { openTls } from '../support/raw-sockets.ts';

const MOST = 20_000;
const RATE = 50_000;
const GOOD = adrm(goodRow(1));

let gateway: RunningGateway;

beforeAll(async () => {
  const limits = `simulationBytesPerHour: ${RATE}\n  maxDryRunBytes: ${MOST}`;
  gateway = await startGateway({
    change: { 'gateway.yaml': (text) => text.replace(/simulationBytesPerHour: \d+/, limits) },
  });
});

afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

/** The head of a dry run of a file of ADRM. */
function head(...fields: readonly string[]): string {
  const own = ['Host: localhost', 'Sec-Fetch-Site: same-origin', 'X-Sluis-Request: 1', ...fields];
  return `POST /api/v1/dry-runs?name=ADRM%20x.csv HTTP/1.1\r\n${own.map((field) => `${field}\r\n`).join('')}\r\n`;
}

/** The final answer to exactly these bytes. */
async function ask(account: string, request: string) {
  const connection = new HttpConnection(gateway, account);
  const { status, head: answered, body } = await connection.ask(Buffer.from(request), 'POST');
  connection.close();
  const wait = /^retry-after: (\d+)\r$/im.exec(answered)?.[1];
  return { status, wait: wait === undefined ? undefined : Number(wait), body: body.toString() };
}

const whole = (body: string) => head(`Content-Length: ${Buffer.byteLength(body)}`) + body;
const chunked = (body: string) =>
  `${head('Transfer-Encoding: chunked')}${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** A dry run of which half has come. */
async function half(account: string): Promise<Socket> {
  const before = await contentCount(gateway.data);
  const socket = await openTls(gateway, account);
  socket.write(head(`Content-Length: ${GOOD.length}`) + GOOD.slice(0, 20));
  await eventually('a content', async () => (await contentCount(gateway.data)) > before || undefined);
  return socket;
}

async function expectNothingHeld(): Promise<void> {
  await eventually('no content', async () => (await contentCount(gateway.data)) === 0 || undefined);
}

test('a file over the size of dry runs is refused by its length, before a byte of it; a chunked one at the limit', async () => {
  expect(await ask('anna@rjv', head(`Content-Length: ${MOST + 1}`))).toMatchObject({ status: 413 });
  expect(await ask('anna@rjv', chunked('x'.repeat(MOST + 1)))).toMatchObject({ status: 413 });
  await expectNothingHeld();
  expect(await ask('anna@rjv', chunked('x'.repeat(MOST)))).toMatchObject({ status: 200 });
});

test('two files of one account are tried at once; one more waits until one of them is gone, and leaves nothing', async () => {
  const before = await contentCount(gateway.data);
  const [one, two] = [await half('anna@ksz'), await half('anna@ksz')];
  const busy = await ask('anna@ksz', head(`Content-Length: ${GOOD.length}`)); // nobody reads a body for this
  expect(busy).toMatchObject({ status: 429, wait: 5 });
  expect(await ask('bram@ksz', whole(GOOD))).toMatchObject({ status: 200 });
  one.destroy();
  await eventually('room', async () => (await ask('anna@ksz', whole(GOOD))).status === 200 || undefined);
  two.destroy();
  await eventually('contents that are gone', async () => {
    // A dry run that ended keeps its record log, and nothing else.
    const held = (await contentCount(gateway.data)) - before;
    return held === 2 || undefined;
  });
});

test('over the rate of its partner a file is refused before a byte of it; what came counts once', async () => {
  // With the 20000 that the first test had tried, the second of these begins with 10000 left.
  for (const _ of [1, 2]) expect(await ask('bram@rjv', whole('x'.repeat(MOST)))).toMatchObject({ status: 200 });
  const refused = await ask('bram@rjv', head(`Content-Length: ${GOOD.length}`));
  expect(refused.status).toBe(429);
  expect(refused.wait).toBeGreaterThan(0);
  expect(await ask('bram@rjv', head('Transfer-Encoding: chunked'))).toMatchObject({ status: 429 });
});
