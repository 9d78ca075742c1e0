import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect as netConnect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Client } from 'ssh2';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseVPath } from '../../src/domain/vpath.ts';
import { FieldWriter, PACKET } from '../../src/sftp/codec.ts';
import type { Files } from '../../src/vfs/files.ts';
import { CREATE_NEW, connect, gone, OPEN, openChannel, RawSftp, uint64 } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

/** Requests about this path wait until the test lets them go on. */
const slow = { waiting: 0, release: () => {} };
/** What was read of the contents. */
const pulled = { bytes: 0 };

function watched(files: Files): Files {
  const stat: Files['stat'] = async (session, path) => {
    if (path !== '/SHARED/slow') return files.stat(session, path);
    slow.waiting += 1;
    await new Promise<void>((resolve) => {
      slow.release = resolve;
    });
    return files.stat(session, parseVPath('/SHARED'));
  };
  const read: Files['read'] = async (...call) => {
    const { entry, body } = await files.read(...call);
    async function* counted(pieces: AsyncIterable<Uint8Array>) {
      for await (const chunk of pieces) {
        pulled.bytes += chunk.length;
        yield chunk;
      }
    }
    const lend: typeof body.lend = (room) => counted(body.lend(room));
    return { entry, body: Object.assign(Readable.from(counted(body), { highWaterMark: 1 }), { lend }) };
  };
  return new Proxy(files, {
    get: (target, name) => {
      const member: unknown = name === 'stat' ? stat : name === 'read' ? read : Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

let fixture: SftpFixture;
let bystander: RawSftp;

beforeAll(async () => {
  fixture = await startSftp({ limits: { maxFileBytes: 100_000_000 }, wrapFiles: watched });
  bystander = await RawSftp.open(fixture, 'batch@rjv');
});
beforeEach(() => {
  fixture.warnings.length = 0;
  slow.waiting = 0;
  pulled.bytes = 0;
  fixture.ends.length = 0;
});
afterAll(() => fixture.close());

/** The process and everybody else are undisturbed. */
async function othersAreServed(): Promise<void> {
  expect((await bystander.stat('/SHARED/work')).type).toBe(PACKET.ATTRS);
}

/** ssh2's own packets, to send what its client would not. */
type Insides = {
  _protocol: {
    session(channel: number, window: number, packetSize: number): void;
    channelData(channel: number, data: Buffer): void;
    subsystem(channel: number, name: string, wantsReply: boolean): void;
    ping(): void;
    rekey(): void;
    _handlers: Record<string, (...message: unknown[]) => void>;
  };
};

function inside(client: Client) {
  return (client as unknown as Insides)._protocol;
}

test.each([0, 1, 1023])(
  'a channel whose packets hold %i bytes is refused, and the event loop does not spin',
  async (size) => {
    const client = await connect(fixture);
    const protocol = inside(client);
    const session = protocol.session.bind(protocol);
    protocol.session = (channel, window) => session(channel, window, size);
    await expect(openChannel(client)).rejects.toThrow(/at least 1024/);
    await othersAreServed();
    client.end();
  },
);

test('a second channel and a second subsystem are refused, and the first goes on', async () => {
  const sftp = await RawSftp.open(fixture);
  await expect(openChannel(sftp.client)).rejects.toThrow();
  const protocol = inside(sftp.client);
  const refused = new Promise((resolve) => {
    protocol._handlers.CHANNEL_FAILURE = resolve;
  });
  protocol.subsystem(0, 'sftp', true);
  await refused;
  expect((await sftp.stat('/SHARED/work')).type).toBe(PACKET.ATTRS);
  sftp.client.end();
});

test.each([
  ['a channel', (protocol: Insides['_protocol']) => protocol.session(0, 1000, 32768)],
  ['channel data', (protocol: Insides['_protocol']) => protocol.channelData(0, Buffer.from('x'))],
  ['a request on a channel', (protocol: Insides['_protocol']) => protocol.subsystem(0, 'sftp', true)],
  ['a global request', (protocol: Insides['_protocol']) => protocol.ping()],
])('%s before login ends the connection', async (_, send) => {
  const ssh2 = (await import('ssh2')).default;
  const client = new ssh2.Client();
  client.on('error', () => {});
  const closed = gone(client);
  client.on('handshake', () => setImmediate(() => send(inside(client))));
  client.connect({ host: '127.0.0.1', port: fixture.port, username: 'batch@ksz', authHandler: () => {} });
  await closed;
  await othersAreServed();
});

test('data beyond the window ends the connection', async () => {
  const sftp = await RawSftp.open(fixture);
  const closed = gone(sftp.client);
  sftp.send(PACKET.STAT, (w) => w.string('/SHARED/slow'));
  await expect.poll(() => slow.waiting).toBe(1);
  for (let sent = 0; sent < 300; sent += 1) inside(sftp.client).channelData(0, Buffer.alloc(32_000));
  await closed;
  expect(fixture.ends).toContain('more data than the window allows');
  slow.release();
  await othersAreServed();
});

test('who asks for much and reads nothing makes the server hold little', async () => {
  const put = await bystander.handle('/SHARED/work/much', CREATE_NEW);
  const block = Buffer.alloc(250_000);
  for (let at = 0; at < 60_000_000; at += block.length) await bystander.write(put, at, block);
  await bystander.close(put);
  const sftp = await RawSftp.open(fixture);
  const handle = await sftp.handle('/SHARED/work/much', OPEN.READ);
  sftp.channel.pause();
  for (let at = 0; at < 60_000_000; at += 100_000) {
    sftp.send(PACKET.READ, (w) => w.string(handle).bytes(uint64(at)).uint32(100_000));
  }
  // The bystander's requests run behind some hundreds of the others.
  for (let turn = 0; turn < 50; turn += 1) await othersAreServed();
  // The window of the client, what may wait to leave, and the blocks of a stream.
  expect(pulled.bytes).toBeLessThan(5_000_000);
  sftp.client.destroy();
});

test('the client may renew its keys in the middle of transfers', async () => {
  const bytes = randomBytes(8_000_000);
  await writeFile(join(fixture.folder, 'rekey'), bytes);
  const commands = ['put rekey /SHARED/work/rekey', 'get /SHARED/work/rekey rekey.back', '!cmp rekey rekey.back'];
  for (const cipher of ['aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes256-ctr']) {
    await fixture.batch('batch@ksz', commands, ['-c', cipher, '-o', 'RekeyLimit=300K']);
  }
});

test('answers that fall between the two ends of a key exchange wait for the new keys', async () => {
  const socket = netConnect(fixture.port, '127.0.0.1');
  const write = socket.write.bind(socket);
  const held: Uint8Array[] = [];
  let [armed, holding] = [false, false];
  Object.defineProperty(socket, 'write', {
    value: (bytes: Uint8Array) => (holding ? held.push(Buffer.from(bytes)) > 0 : write(bytes)),
    writable: true,
  });
  const debug = (text: string) => {
    if (armed && text === 'Outbound: Sending NEWKEYS') holding = true;
  };
  const client = await connect(fixture, 'batch@ksz', { sock: socket, debug });
  const sftp = new RawSftp(await openChannel(client));
  sftp.sendRaw(new FieldWriter().byte(PACKET.INIT).uint32(3).packet());
  await sftp.next();
  sftp.send(PACKET.STAT, (w) => w.string('/SHARED/slow'));
  await expect.poll(() => slow.waiting).toBe(1);
  armed = true;
  inside(client).rekey();
  await expect.poll(() => holding).toBe(true);
  slow.release();
  await othersAreServed();
  holding = false;
  for (const bytes of held) write(bytes);
  expect((await sftp.next())?.type).toBe(PACKET.ATTRS);
  expect((await sftp.stat('/SHARED/work')).type).toBe(PACKET.ATTRS);
  client.end();
});

test('who provokes answers and never reads them is cut before they fill the memory', async () => {
  const socket = netConnect(fixture.port, '127.0.0.1');
  const client = await connect(fixture, 'batch@ksz', { sock: socket });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.pause();
  for (let sent = 0; sent < 400_000 && !socket.destroyed; sent += 1) {
    inside(client).session(sent, 0, 0);
    if (sent % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.resume();
  await closed;
  expect(fixture.warnings).toContain('an SFTP client does not read what it asks for');
  await othersAreServed();
});

test('a client that asks for compression gets none, and killing it ends nobody else', async () => {
  const client = await connect(fixture, 'batch@ksz', {
    algorithms: { compress: ['zlib@openssh.com', 'zlib', 'none'] },
  });
  await openChannel(client);
  client.destroy();
  await othersAreServed();
});

const NOT_SFTP = [
  ['a length of zero', Buffer.alloc(4)],
  ['a length of four gigabytes', Buffer.alloc(9, 0xff)],
  ['a packet cut inside a string', new FieldWriter().byte(PACKET.STAT).uint32(1).uint32(500).packet()],
  ['INIT for the second time', new FieldWriter().byte(PACKET.INIT).uint32(3).packet()],
  ['a shell command', Buffer.from('ls -la\n')],
] as const;

test.each(NOT_SFTP)('%s closes the channel', async (_, bytes) => {
  const sftp = await RawSftp.open(fixture);
  const handle = await sftp.handle('/SHARED/work/unfinished', CREATE_NEW);
  await sftp.write(handle, 0, 'x');
  sftp.sendRaw(Buffer.from(bytes));
  expect(await sftp.next()).toBeUndefined();
  sftp.client.end();
  await othersAreServed();
  expect((await bystander.stat('/SHARED/work/unfinished')).code).toBe(2);
});

test('a request before INIT closes the channel', async () => {
  const client = await connect(fixture);
  const sftp = new RawSftp(await openChannel(client));
  sftp.send(PACKET.STAT, (w) => w.string('/'));
  expect(await sftp.next()).toBeUndefined();
  client.end();
});

test('at the end of input the client hears exit status 0, and its open upload is given up', async () => {
  const client = await connect(fixture);
  const channel = await openChannel(client);
  const sftp = new RawSftp(channel);
  sftp.sendRaw(new FieldWriter().byte(PACKET.INIT).uint32(3).packet());
  await sftp.next();
  await sftp.handle('/SHARED/work/left-open', CREATE_NEW);
  const exit = new Promise((resolve) => channel.once('exit', resolve));
  channel.end();
  expect(await exit).toBe(0);
  expect((await bystander.stat('/SHARED/work/left-open')).code).toBe(2);
  client.end();
});
