import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { sftpBatch } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';
import { openPlain, openTls, untilClosed, untilHead } from '../support/raw-sockets.ts';
import { withoutPenalties } from '../support/settle.ts';

let gateway: RunningGateway;
let audit: AuditTrail;
let pid: number | undefined;

beforeAll(async () => {
  gateway = await startGateway({
    change: {
      'gateway.yaml': (text) =>
        withoutPenalties(text)
          .replace('headersTimeoutSeconds: 10', 'headersTimeoutSeconds: 2')
          .replace('loginGraceSeconds: 20', 'loginGraceSeconds: 3'),
    },
  });
  audit = new AuditTrail(gateway);
  pid = gateway.process.pid;
});
afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await removeFolder(gateway);
});
afterEach(async () => {
  expect([gateway.process.pid, gateway.process.exitCode, gateway.process.signalCode]).toEqual([pid, null, null]);
  expect((await fetch(`http://127.0.0.1:${gateway.health}/healthz`)).status).toBe(200);
});

/** Sends one request as it stands on a connection of its own. @returns the status line's number */
async function statusOf(head: string, body: string | Uint8Array = ''): Promise<number> {
  const socket = await openTls(gateway, 'anna@ksz');
  const lines = head.includes('Host:') ? head : `${head}\r\nHost: localhost`;
  const bytes = Buffer.concat([Buffer.from(`${lines}\r\nConnection: close\r\n\r\n`, 'latin1'), Buffer.from(body)]);
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(await untilHead(socket, bytes))?.[1] ?? 0);
}

async function namesInWork(): Promise<readonly string[]> {
  const client = await WebdavClient.open(gateway, 'anna@ksz');
  const names = await client.list('/SHARED/work');
  client.close();
  return names;
}

const put = (name: string, ...more: readonly string[]) =>
  [`PUT /files/SHARED/work/${name} HTTP/1.1`, ...more].join('\r\n');

/** What stands on the wire, and the status it must get. */
const REQUESTS: readonly (readonly [what: string, head: string, status: number])[] = [
  ['a byte that is no UTF-8', 'GET /files/SHARED/work/%ff HTTP/1.1', 400],
  ['an overlong encoding of a slash', 'GET /files/SHARED/work/%c0%af HTTP/1.1', 400],
  ['a NUL', 'GET /files/SHARED/work/%00 HTTP/1.1', 400],
  ['a broken percent encoding', 'GET /files/SHARED/work/%zz HTTP/1.1', 400],
  ['a percent sign at the end', 'GET /files/SHARED/work/% HTTP/1.1', 400],
  ['a control character', 'GET /files/SHARED/work/%07 HTTP/1.1', 400],
  ['an encoded slash', 'GET /files/SHARED/work%2f..%2f..%2fetc HTTP/1.1', 400],
  ['a name of 256 bytes', `GET /files/SHARED/work/${'x'.repeat(256)} HTTP/1.1`, 400],
  ['a bare control byte in the target', 'GET /files/\u0001 HTTP/1.1', 400],
  ['no host', 'GET /files/ HTTP/1.1\r\nHost:', 400],
  ['two hosts', 'GET /files/ HTTP/1.1\r\nHost: a\r\nHost: b', 400],
  ['a method nobody knows', 'BREW /files/ HTTP/1.1', 501],
  ['a method that is not offered', 'TRACE /files/ HTTP/1.1', 501],
  ['a header without a colon', 'GET /files/ HTTP/1.1\r\nnonsense', 400],
  ['a folded header', 'GET /files/ HTTP/1.1\r\nX-One: 1\r\n 2', 400],
  ['101 headers', `GET /files/ HTTP/1.1${'\r\nX-Many: 1'.repeat(101)}`, 431],
  ['headers of 20 kB', `GET /files/ HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}`, 431],
  ['a Content-Length of 2^53', put('huge.bin', 'Content-Length: 9007199254740992'), 413],
  ['a Content-Length of 2^64', put('huge.bin', 'Content-Length: 18446744073709551616'), 413],
  ['a file larger than any may be', put('huge.bin', 'Content-Length: 10000000001'), 413],
  ['a negative Content-Length', put('huge.bin', 'Content-Length: -1'), 400],
  ['two lengths', put('two.bin', 'Content-Length: 1', 'Content-Length: 2'), 400],
  ['a length and chunks', put('two.bin', 'Content-Length: 5', 'Transfer-Encoding: chunked'), 400],
  ['a transfer coding nobody knows', put('two.bin', 'Transfer-Encoding: gzip, chunked'), 501],
];

describe('a request with', () => {
  test.each(REQUESTS)('%s is refused with its status, and nothing appears', async (_what, head, status) => {
    expect(await statusOf(head)).toBe(status);
    expect(await namesInWork()).toEqual([]);
  });

  test('a target that climbs out of the tree reaches nothing outside of it', async () => {
    for (const path of [
      '/files/../../etc/passwd',
      '/files/IN/../../../etc/passwd',
      '/files/%2e%2e/%2e%2e/etc/passwd',
    ]) {
      expect([400, 404]).toContain(await statusOf(`GET ${path} HTTP/1.1`));
    }
  });

  test('entities that grow without end, or ask for a file, is refused', async () => {
    const entity = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>';
    const body = `<?xml version="1.0"?>${entity}<D:propfind xmlns:D="DAV:"><D:prop><D:x>&b;&f;</D:x></D:prop></D:propfind>`;
    const head = `PROPFIND /files/ HTTP/1.1\r\nDepth: 0\r\nContent-Length: ${body.length}`;
    expect(await statusOf(head, body)).toBe(400);
    const deep = `<D:propfind xmlns:D="DAV:">${'<x>'.repeat(20_000)}`;
    expect([400, 413]).toContain(
      await statusOf(`PROPFIND /files/ HTTP/1.1\r\nDepth: 0\r\nContent-Length: ${deep.length}`, deep),
    );
  });
});

describe('an upload that does not become whole', () => {
  test.each([
    ['a chunk size that is no number', 'zz\r\nhello\r\n0\r\n\r\n'],
    ['a chunk that is longer than it says', '2\r\nhello\r\n0\r\n\r\n'],
    ['a chunk size beyond all numbers', 'ffffffffffffffffff\r\nhello\r\n0\r\n\r\n'],
  ])('with %s is refused and leaves nothing', async (_what, chunks) => {
    expect(await statusOf(put('chunks.bin', 'Transfer-Encoding: chunked'), chunks)).toBe(400);
    expect(await namesInWork()).toEqual([]);
  });

  test('cut in the middle is not visible, before the cut or after, and its bytes go', async () => {
    const before = await stagedContents();
    for (const [name, framing] of [
      ['cut length.bin', 'Content-Length: 2000000'],
      ['cut chunks.bin', 'Transfer-Encoding: chunked'],
    ] as const) {
      const socket = await openTls(gateway, 'anna@ksz');
      const target = put(encodeURIComponent(name), 'Host: localhost', framing);
      const body = randomBytes(1_000_000);
      const chunk = framing.startsWith('T') ? Buffer.concat([Buffer.from('f4240\r\n'), body]) : body;
      socket.write(Buffer.concat([Buffer.from(`${target}\r\n\r\n`), chunk]));
      await eventually('bytes on their way', async () => ((await stagedContents()) > before ? true : undefined));
      expect(await namesInWork()).toEqual([]);
      socket.destroy();
      await eventually('the bytes to go', async () => ((await stagedContents()) === before ? true : undefined));
      expect(await namesInWork()).toEqual([]);
      expect(await audit.all({ kind: 'publish', fields: { path: `/SHARED/work/${name}` } })).toEqual([]);
    }
  });

  test('over SFTP, because its connection is cut, is not visible; its bytes are kept once, and go when their owner says so', async () => {
    const before = await stagedContents();
    const client = await SftpClient.open(gateway, 'batch@ksz');
    const upload = client.put('/SHARED/work/cut.bin', randomBytes(50_000_000)).then(
      () => 'done',
      () => 'failed',
    );
    await eventually('bytes on their way', async () => ((await stagedContents()) > before ? true : undefined));
    client.cut();
    expect(await Promise.race([upload, Promise.resolve('not done')])).not.toBe('done');
    await audit.line({ kind: 'begin-parts', fields: { path: '/SHARED/work/cut.bin', principal: 'batch@ksz' } });
    expect([await stagedContents(), await namesInWork()]).toEqual([before + 1, []]);
    await removeOver(gateway, 'cut.bin');
    expect([await stagedContents(), await namesInWork()]).toEqual([before, []]);
  });
});

async function removeOver(from: RunningGateway, name: string): Promise<void> {
  const ended = await sftpBatch(from, 'batch@ksz', [`rm /SHARED/work/${name}`], { cwd: from.folder });
  expect(ended).toMatchObject({ status: 0 });
}

/** How many files the content store holds, whole or not. */
async function stagedContents(): Promise<number> {
  // Small files make no folder.
  await mkdir(join(gateway.data, 'content'), { recursive: true });
  const entries = await readdir(join(gateway.data, 'content'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}

describe('bytes that are no protocol at all', () => {
  const garbage: readonly (readonly [what: string, bytes: Uint8Array])[] = [
    ['random bytes', randomBytes(4096)],
    ['zeros', Buffer.alloc(4096)],
    ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a TLS record that lies about its length', Buffer.from('16030100ff010000fb0303', 'hex')],
  ];

  test.each(garbage)('to the TLS port, %s: the connection ends, others go on', async (what, bytes) => {
    const socket = await openPlain(gateway.https);
    if (what.includes('lies')) socket.end(bytes);
    else expect(await untilClosed(socket, bytes)).not.toContain('200 OK');
    await audit.line({ kind: 'tls', outcome: 'refused' });
    expect(await namesInWork()).toEqual([]);
  });

  test.each([
    ...garbage,
    ['an SSH version and then noise', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), randomBytes(4096)])] as const,
  ])('to the SSH port, %s: the connection ends, others go on', async (what, bytes) => {
    const socket = await openPlain(gateway.sftp);
    if (what.includes('lies')) socket.end(bytes);
    else await untilClosed(socket, bytes);
    const client = await SftpClient.open(gateway, 'batch@ksz');
    expect(await client.list('/SHARED/work')).toEqual([]);
    client.close();
  });

  test('a head that never ends is given up after its time', async () => {
    const socket = await openTls(gateway, 'anna@ksz');
    expect(await untilClosed(socket, 'GET /files/ HTTP/1.1\r\nX-Slow: ')).toMatch(/^HTTP\/1\.1 408 |^$/);
  });
});

describe('a thousand tiny connections', () => {
  for (const protocol of ['https', 'sftp'] as const) {
    test(`to the ${protocol} port do not keep others out`, async () => {
      for (let round = 0; round < 10; round += 1) {
        const opened = Array.from({ length: 100 }, () => openPlain(gateway[protocol]).catch(() => undefined));
        for (const socket of await Promise.all(opened)) socket?.end(round % 2 === 0 ? '' : 'x');
      }
      const names = await eventually(
        'a client that gets in',
        async () => {
          if (protocol === 'https') return namesInWork().catch(() => undefined);
          const client = await SftpClient.open(gateway, 'batch@ksz').catch(() => undefined);
          const listed = await client?.list('/SHARED/work');
          client?.close();
          return listed;
        },
        10_000,
      );
      expect(names).toEqual([]);
    });
  }
});
