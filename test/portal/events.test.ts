import { expect, test } from 'vitest';
import { EventIds } from '../../src/portal/events/event-ids.ts';
import { EventStream } from '../../src/portal/events/stream.ts';
import { session } from '../support/generation.ts';

test('the id of an event tells nobody its number, and is known again', () => {
  const ids = new EventIds(Buffer.alloc(32, 1));
  for (const seq of [0, 1, 2, 4_294_967_296, Number.MAX_SAFE_INTEGER]) expect(ids.open(ids.seal(seq))).toBe(seq);
  const [one, two] = [ids.seal(1), ids.seal(2)].map((id) => Buffer.from(id, 'base64url'));
  const same = [...(one ?? [])].filter((byte, index) => byte === two?.[index]).length;
  expect(same).toBeLessThan(6);
});

test('an id of somebody else, of another start or of nobody is none', () => {
  const ids = new EventIds(Buffer.alloc(32, 1));
  const other = new EventIds(Buffer.alloc(32, 2));
  for (const id of ['', '1', 'AAAAAAAAAAAAAAAAAAAAAA', other.seal(1), `${ids.seal(1)}AA`, 'é'.repeat(16)]) {
    expect(ids.open(id), id).toBeUndefined();
  }
});

test('who does not read is dropped when 256 events wait, and nothing is kept of it', async () => {
  let ended = 0;
  const stream = new EventStream(session('anna@ksz', 'portal'), () => {
    ended += 1;
  });
  for (let sent = 0; sent < 255; sent += 1) stream.send('folder', { path: '/IN' }, 'x');
  expect(stream.ended).toBe(false);
  stream.send('folder', { path: '/IN' }, 'x');
  expect([stream.ended, ended]).toEqual([true, 1]);
  const pieces: string[] = [];
  for await (const piece of stream) pieces.push(piece);
  expect(pieces).toEqual([]);
  expect(ended).toBe(1);
});

test('who reads gets each event once, in order', async () => {
  const stream = new EventStream(session('anna@ksz', 'portal'), () => undefined);
  const read: string[] = [];
  const reading = (async () => {
    for await (const piece of stream) read.push(piece);
  })();
  for (let sent = 0; sent < 1000; sent += 1) {
    stream.send('folder', { path: `/IN/${sent}` }, String(sent));
    if (sent % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setImmediate(resolve));
  stream.end();
  await reading;
  expect(read[0]).toMatch(/^retry: \d+\n\n$/);
  expect(read.slice(1)).toEqual(
    Array.from({ length: 1000 }, (_, sent) => `event: folder\nid: ${sent}\ndata: {"path":"/IN/${sent}"}\n\n`),
  );
});
