import { pino } from 'pino';
import { expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import { EventIds } from '../../src/portal/events/event-ids.ts';
import { EventHub, type HubParts } from '../../src/portal/events/hub.ts';
import { EventStream } from '../../src/portal/events/stream.ts';
import { generation, session } from '../support/generation.ts';

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

/** A hub over a log in which each line is a submission of its own. */
function hubOver(lines: number): { readonly hub: EventHub; readonly ids: EventIds } {
  const value = generation();
  const ids = new EventIds(Buffer.alloc(32, 1));
  const submission = {
    partner: 'ksz',
    flow: 'ADRM',
    environment: 'R',
    fileName: 'a',
    state: 'accepted',
    files: [],
    receivedAt: 0,
  };
  const read = async ({ kind, from = 0, limit = 0 }: { kind: string; from?: number; limit?: number }) => {
    if (kind === 'lastAuditLine') return lines;
    if (kind === 'submission') return submission;
    return Array.from({ length: Math.min(limit, lines - from + 1) }, (_, index) => {
      const fields = { ticket: `TICKET${from + index}`, partner: 'ksz', flow: 'ADRM', environment: 'R' };
      return { seq: from + index, kind: 'submission', outcome: 'done', fields };
    });
  };
  const authorizer = new FolderAuthorizer({ value }, () => Date.now());
  const parts = { ledger: { read }, authorizer, generation: { value }, ids, logger: pino({ level: 'silent' }) };
  return { hub: new EventHub({ ...parts, levelOf: () => 1 } as unknown as HubParts), ids };
}

test.each([
  [100, 'event: submission', 102],
  [300, 'event: reset', 2],
])('who missed %i events and comes back is told %s', async (missed, last, count) => {
  const { hub, ids } = hubOver(missed);
  const stream = await hub.listen(session('anna@ksz', 'portal'), ids.seal(0));
  expect(stream?.ended).toBe(false);
  const events: string[] = [];
  for await (const piece of stream ?? []) {
    events.push(piece);
    if (events.length === count + 1) break;
  }
  hub.close();
  expect(events.filter((piece) => piece.startsWith('event:'))).toHaveLength(count);
  expect(events.at(-1)).toContain(last);
});
