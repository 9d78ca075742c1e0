import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { RequestBody } from '../../src/listen/body.ts';

const MIN_BYTES_PER_SECOND = 1000;

/** Sends bytes by chunked POST; `work` reads them as the body of the request. @returns what it made of them */
async function sent<T>(bytes: Buffer, work: (body: RequestBody, message: IncomingMessage) => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const server = createServer((message, response) => {
    const framing = { present: true, length: undefined };
    const body = new RequestBody(message, framing, MIN_BYTES_PER_SECOND, () => undefined);
    work(body, message)
      .then(resolve, reject)
      .finally(() => response.end());
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: '127.0.0.1', method: 'POST' }, (answer) => answer.resume());
  client.on('error', () => undefined);
  client.end(bytes);
  return promise;
}

test('a body comes whole in batches of at least the size that was asked for, but for the last', async () => {
  const bytes = randomBytes(3_000_000);
  const batches = await sent(bytes, async (body) => {
    const copies: Buffer[] = [];
    for await (const pieces of body.batches(100_000)) copies.push(Buffer.concat(pieces));
    return copies;
  });
  expect(Buffer.concat(batches).equals(bytes)).toBe(true);
  for (const batch of batches.slice(0, -1)) expect(batch.length).toBeGreaterThanOrEqual(100_000);
});

test('the memory of a batch is free when the next is asked for, and not before', async () => {
  const lengths = await sent(randomBytes(1_000_000), async (body) => {
    let before: readonly Uint8Array[] = [];
    const found: [number, number][] = [];
    for await (const pieces of body.batches(200_000)) {
      const held = (all: readonly Uint8Array[]) => all.reduce((sum, piece) => sum + piece.length, 0);
      found.push([held(before), held(pieces)]);
      before = pieces;
    }
    return found;
  });
  expect(lengths.length).toBeGreaterThan(1);
  for (const [before, now] of lengths) {
    expect(before).toBe(0);
    expect(now).toBeGreaterThan(0);
  }
});

test('pieces that are asked for one by one stay good: who reads them may keep them', async () => {
  const bytes = randomBytes(500_000);
  const kept = await sent(bytes, async (body) => Array.fromAsync(body));
  expect(Buffer.concat(kept).equals(bytes)).toBe(true);
});

test('a client that is faster than the reader is held back', async () => {
  const bytes = randomBytes(20_000_000);
  const most = await sent(bytes, async (body) => {
    let largest = 0;
    for await (const pieces of body.batches(100_000)) {
      largest = Math.max(largest, Buffer.concat(pieces).length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return largest;
  });
  expect(most).toBeLessThan(1_000_000);
});

test('of a client that leaves, what came is handed on before the error', async () => {
  expect(await cut()).toEqual({ bytes: 50_000, code: 'bad-request', failure: 'client-left' });
});

async function cut(): Promise<{ readonly bytes: number; readonly code: unknown; readonly failure: unknown }> {
  const { promise, resolve } = Promise.withResolvers<{ bytes: number; code: unknown; failure: unknown }>();
  const server = createServer((message) => {
    const body = new RequestBody(message, { present: true, length: 100_000 }, MIN_BYTES_PER_SECOND, () => undefined);
    let bytes = 0;
    const read = async () => {
      for await (const pieces of body.batches(80_000)) bytes += Buffer.concat(pieces).length;
    };
    read().catch((error) => resolve({ bytes, code: error.code, failure: body.failure }));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: '127.0.0.1', method: 'PUT', headers: { 'Content-Length': 100_000 } });
  client.on('error', () => undefined);
  client.write(randomBytes(50_000), () => client.socket?.end());
  return promise;
}
