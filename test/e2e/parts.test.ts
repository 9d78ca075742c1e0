import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway, startIn } from '../support/gateway.ts';
import { type Ask, askAs, bodyOf, headerOf } from '../webdav/ask.ts';
import { rawClient } from '../webdav/raw-client.ts';

const WORK = '/files/SHARED/work';

let gateway: RunningGateway;
let anna: Ask;
let rjv: Ask;

async function meet(): Promise<void> {
  anna = await askAs(gateway, 'anna@ksz');
  rjv = await askAs(gateway, 'anna@rjv');
}

beforeAll(async () => {
  gateway = await startGateway();
  await meet();
});

afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

const range = (value: string): string => `Content-Range: bytes ${value}`;
const digest = (bytes: string | Buffer): string => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

async function outcome(answer: ReturnType<Ask>): Promise<readonly [number, string | undefined]> {
  const { status, text } = await answer;
  return [status, headerOf(text, 'Upload-Offset')];
}

test('a file comes in parts, is seen when it is whole, and each answer tells where to go on', async () => {
  const path = `${WORK}/parts.txt`;
  expect(await outcome(anna('PUT', path, [range('*/10')]))).toEqual([202, '0']);
  expect(await outcome(anna('PUT', path, [range('0-3/10')], '0123'))).toEqual([202, '4']);
  expect(await outcome(anna('PUT', path, [range('4-5/10')], '45'))).toEqual([202, '6']);
  expect(await outcome(anna('PUT', path, [range('*/10')]))).toEqual([202, '6']);
  expect((await rjv('GET', path)).status).toBe(404);
  const whole = [range('6-9/10'), `Repr-Digest: ${digest('0123456789')}`, `Content-Digest: ${digest('6789')}`];
  expect(await outcome(anna('PUT', path, whole, '6789'))).toEqual([201, '10']);
  expect(bodyOf((await rjv('GET', path)).text)).toBe('0123456789');
  expect(await outcome(anna('PUT', path, [range('0-4/5')], 'again'))).toEqual([204, '5']);
});

test('a part at the wrong place is told the right one, and nothing is added', async () => {
  const path = `${WORK}/offset.txt`;
  expect(await outcome(anna('PUT', path, [range('3-5/6')], 'def'))).toEqual([416, '0']);
  expect(await outcome(anna('PUT', path, [range('0-2/6')], 'abc'))).toEqual([202, '3']);
  expect(await outcome(anna('PUT', path, [range('0-2/6')], 'abc'))).toEqual([416, '3']);
  expect(await outcome(anna('PUT', path, [range('4-5/6')], 'ef'))).toEqual([416, '3']);
  expect(await outcome(anna('PUT', path, [range('3-5/6')], 'def'))).toEqual([201, '6']);
  expect(bodyOf((await anna('GET', path)).text)).toBe('abcdef');
});

test('a file is never changed in part, and other forms of a range are refused', async () => {
  const path = `${WORK}/whole.txt`;
  await anna('PUT', path, [], '0123456789');
  for (const value of ['4-5/10', '10-11/12', '0-3/*', '*/*', '3-2/10', '0-9/5', '0-0', 'x']) {
    expect((await anna('PUT', path, [range(value)], 'ab')).status, value).toBe(400);
  }
  expect((await anna('PUT', path, ['Content-Range: pages 0-1/2'], 'ab')).status).toBe(400);
  expect((await anna('PUT', path, [range('0-3/10')], 'ab')).status).toBe(400); // four bytes were announced
  expect((await anna('PUT', path, [range('*/10')], 'ab')).status).toBe(400);
  await anna('PUT', path, [range('0-1/10')], 'ab');
  expect((await anna('PUT', path, [range('2-3/11')], 'cd')).status).toBe(400); // it was to have ten
  expect((await anna('PUT', path, [range('*/11')])).status).toBe(400);
  expect(bodyOf((await anna('GET', path)).text)).toBe('0123456789');
});

test('what one principal sends in parts is nobody else’s, and a whole file ends it', async () => {
  const path = `${WORK}/mine.txt`;
  await anna('PUT', path, [range('0-2/6')], 'abc');
  expect(await outcome(rjv('PUT', path, [range('*/6')]))).toEqual([202, '0']);
  expect(await outcome(rjv('PUT', path, [range('3-5/6')], 'xyz'))).toEqual([416, '0']);
  await anna('PUT', path, [], 'all of it');
  expect(await outcome(anna('PUT', path, [range('*/6')]))).toEqual([202, '0']);
});

test('bytes that are not what they claim to be are not kept', async () => {
  const path = `${WORK}/claims.txt`;
  await anna('PUT', path, [range('0-2/6')], 'abc');
  const wrong = await anna('PUT', path, [range('3-5/6'), `Content-Digest: ${digest('dEf')}`], 'def');
  expect(wrong.status).toBe(400);
  expect(await outcome(anna('PUT', path, [range('*/6')]))).toEqual([202, '3']);
  // A digest of the whole that does not fit leaves nothing that could be gone on with.
  expect((await anna('PUT', path, [range('3-5/6'), `Repr-Digest: ${digest('abcdeF')}`], 'def')).status).toBe(400);
  expect(await outcome(anna('PUT', path, [range('*/6')]))).toEqual([202, '0']);
  expect((await anna('GET', path)).status).toBe(404);
});

test('a lock, a condition or a missing right stands against parts as against every PUT', async () => {
  const path = `${WORK}/guarded.txt`;
  await rjv('PUT', path, [], 'theirs');
  expect((await anna('PUT', path, [range('0-1/2'), 'If-None-Match: *'], 'ab')).status).toBe(412);
  const info =
    '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
  const token = headerOf((await rjv('LOCK', path, [], info)).text, 'Lock-Token');
  expect((await anna('PUT', path, [range('0-0/2')], 'a')).status).toBe(423);
  expect((await anna('PUT', path, [range('*/2')])).status).toBe(423);
  await rjv('UNLOCK', path, [`Lock-Token: ${token}`]);
  expect((await anna('PUT', '/files/OUT/ADRM/x', [range('0-0/2')], 'a')).status).toBe(403);
  expect((await rjv('PUT', '/files/IN/WLAT/x', [range('0-0/2')], 'a')).status).toBe(404);
  expect((await anna('PUT', `${WORK}/huge`, [range(`0-0/${10_000_000_001}`)], 'a')).status).toBe(413);
});

test('PATCH adds to what is under way, or makes a whole new version', async () => {
  const path = `${WORK}/log.txt`;
  const append = ['Content-Type: application/x-sabredav-partialupdate', 'X-Update-Range: append'];
  expect((await anna('PATCH', path, append, 'x')).status).toBe(404);
  await anna('PUT', path, [range('0-2/6')], 'abc');
  expect(await outcome(anna('PATCH', path, append, 'de'))).toEqual([202, '5']);
  expect(await outcome(anna('PATCH', path, append, 'f'))).toEqual([201, '6']);
  const before = headerOf((await anna('HEAD', path)).text, 'ETag');
  const added = await anna('PATCH', path, append, 'ghi');
  expect(added.status).toBe(204);
  expect(headerOf(added.text, 'ETag')).not.toBe(before);
  expect(bodyOf((await anna('GET', path)).text)).toBe('abcdefghi');
  expect((await anna('PATCH', path, [append[0] ?? '', 'X-Update-Range: bytes=0-2'], 'xyz')).status).toBe(400);
  const other = await anna('PATCH', path, ['Content-Type: text/plain', append[1] ?? ''], 'x');
  expect([other.status, headerOf(other.text, 'Accept-Patch')]).toEqual([415, 'application/x-sabredav-partialupdate']);
  const wrong = [...append, `Content-Digest: ${digest('z')}`];
  expect((await anna('PATCH', path, wrong, 'y')).status).toBe(400);
  expect(bodyOf((await anna('GET', path)).text)).toBe('abcdefghi');
});

/** Sends the head and some bytes of a part, and leaves when the gateway has them. */
async function cut(path: string, total: number, first: number, bytes: Buffer, until: () => Promise<boolean>) {
  const socket = await (await rawClient(gateway.certificates, gateway.https, 'anna@ksz')).open();
  const length = total - first;
  socket.on('error', () => undefined);
  socket.write(
    `PUT ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Range: bytes ${first}-${total - 1}/${total}\r\nContent-Length: ${length}\r\n\r\n`,
  );
  socket.write(bytes);
  await eventually('the bytes to have come', async () => ((await until()) ? true : undefined));
  return socket;
}

const MIB = 1024 * 1024;

test('an upload that is cut goes on where it stopped, and so it does after the gateway was killed', async () => {
  const path = `${WORK}/large.bin`;
  const content = randomBytes(96 * MIB);
  const total = content.length;
  const heldOf = async () => Number((await outcome(anna('PUT', path, [range(`*/${total}`)])))[1]);
  const client = await cut(path, total, 0, content.subarray(0, 10 * MIB), async () => (await heldOf()) > 9 * MIB);
  client.destroy();
  const first = await eventually('the cut to be noticed', async () => {
    const trail = await heldOf();
    return trail > 9 * MIB ? trail : undefined;
  });
  // Another connection goes on; the gateway is killed when more than a checkpoint of 64 MiB has come.
  const second = await cut(
    path,
    total,
    first,
    content.subarray(first, 80 * MIB),
    async () => (await heldOf()) > 78 * MIB,
  );
  await gateway.stop('SIGKILL');
  second.destroy();
  gateway = await startIn(gateway.folder);
  await meet();
  const held = await heldOf();
  expect(held).toBeGreaterThanOrEqual(first + 64 * MIB);
  const rest = content.subarray(held);
  const last = await anna(
    'PUT',
    path,
    [range(`${held}-${total - 1}/${total}`), `Repr-Digest: ${digest(content)}`],
    rest,
  );
  expect([last.status, headerOf(last.text, 'Upload-Offset')]).toEqual([201, String(total)]);
  expect(headerOf((await anna('HEAD', path)).text, 'Repr-Digest')).toBe(digest(content));
});

test('an upload that nobody goes on with is swept, and the log tells', async () => {
  await gateway.stop();
  const change = (text: string) => text.replace('partialUploadHours: 72', 'partialUploadHours: 0.0003'); // 1 s
  const swept = await startGateway({ change: { 'gateway.yaml': change } });
  const ask = await askAs(swept, 'anna@ksz');
  await ask('PUT', `${WORK}/left.txt`, [range('0-2/6')], 'abc');
  const line = await new AuditTrail(swept).line({ kind: 'abandon-parts', fields: { path: '/SHARED/work/left.txt' } });
  expect(line.fields).toMatchObject({ principal: 'anna@ksz', size: 3, total: 6 });
  const files = (await readdir(join(swept.data, 'content'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBe(0);
  expect(await outcome(ask('PUT', `${WORK}/left.txt`, [range('*/6')]))).toEqual([202, '0']);
  await swept.stop();
  await removeFolder(swept);
});
