import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FieldReader } from '../../src/sftp/codec.ts';
import { RawSftp } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

let fixture: SftpFixture;
beforeAll(async () => {
  fixture = await startSftp({ rsaHostKey: true, limits: { loginGraceSeconds: 1 } });
});
afterAll(() => fixture.close());

async function rawSocket(): Promise<Socket> {
  const socket = connectSocket(fixture.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function readUntil(socket: Socket, enough: (bytes: Buffer) => boolean): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  while (!enough(bytes)) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
  return bytes;
}

test('what the server offers is exactly the allowed list', async () => {
  const socket = await rawSocket();
  socket.write('SSH-2.0-test\r\n');
  const whole = await readUntil(socket, (bytes) => {
    const line = bytes.indexOf('\r\n') + 2;
    return line > 1 && bytes.length >= line + 4 && bytes.length >= line + 4 + bytes.readUInt32BE(line);
  });
  socket.destroy();
  const line = whole.indexOf('\r\n') + 2;
  expect(whole.subarray(0, line).toString()).toBe('SSH-2.0-Sluis\r\n');
  // uint32 length | byte padding | byte 20 | 16 bytes of cookie | ten name lists
  expect(whole[line + 5]).toBe(20);
  const reader = new FieldReader(whole.subarray(line + 4 + 2 + 16));
  const lists = Array.from({ length: 10 }, () => reader.text().split(','));
  const ciphers = [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'chacha20-poly1305@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
  ];
  const macs = ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'];
  expect(lists).toEqual([
    [
      'mlkem768x25519-sha256',
      'curve25519-sha256',
      'curve25519-sha256@libssh.org',
      'ecdh-sha2-nistp256',
      'ecdh-sha2-nistp384',
      'ecdh-sha2-nistp521',
      'kex-strict-s-v00@openssh.com',
    ],
    // The host has an Ed25519 and an RSA key; ssh2 alone would add ssh-rsa, which is SHA-1.
    ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'],
    ciphers,
    ciphers,
    macs,
    macs,
    ['none'],
    ['none'],
    [''],
    [''],
  ]);
});

test.each([
  ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['SSH-1', 'SSH-1.5-old\r\n'],
  ['a line without end', 'SSH-2.0-'.padEnd(20_000, 'x')],
  ['bytes that are no text', Buffer.alloc(3000, 0xff)],
  ['a packet that claims four gigabytes', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(64, 0xff)])],
  ['a channel before any key', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), plainPacket(90)])],
  ['a login before any key', Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), plainPacket(50)])],
])('%s instead of SSH ends that connection and no other', async (_, bytes) => {
  const sftp = await RawSftp.open(fixture);
  const socket = await rawSocket();
  const closed = once(socket, 'close');
  socket.resume();
  socket.write(bytes);
  await closed;
  expect((await sftp.stat('/SHARED/work')).size).toBe(0);
  sftp.client.end();
});

test('who does not log in within the grace time is cut, also without a word', async () => {
  const silent = await rawSocket();
  const slow = await rawSocket();
  slow.write('SSH-2.0-slow\r\n');
  for (const socket of [silent, slow]) socket.resume();
  await Promise.all([once(silent, 'close'), once(slow, 'close')]);
});

test('an identification that comes byte by byte is one', async () => {
  const socket = await rawSocket();
  socket.setNoDelay(true);
  const answer = readUntil(socket, (bytes) => bytes.includes('curve25519-sha256'));
  for (const byte of 'SSH-2.0-drip\r\n') {
    socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await answer;
  socket.destroy();
});

test('who waits for its turn hears our identification at once, and what it said meanwhile is not lost', async () => {
  const began: string[] = [];
  const others = Array.from({ length: 20 }, (_, index) =>
    fixture.shared.limiter.order.ask(`192.0.2.${index}`, { mayBegin: () => true, begin: () => began.push('other') }),
  );
  const socket = connectSocket({ port: fixture.port, host: '127.0.0.1', localAddress: '127.0.0.77' });
  const hello = await readUntil(socket, (bytes) => bytes.includes('\r\n'));
  expect(hello.toString()).toBe('SSH-2.0-Sluis\r\n');
  socket.write('SSH-2.0-patient\r\n');
  await readUntil(socket, (bytes) => bytes.includes('curve25519-sha256'));
  expect(began).toHaveLength(20);
  socket.destroy();
  for (const other of others) other.left();
});

/** byte type in an unencrypted packet of one block: uint32 length | byte padding | payload | padding */
function plainPacket(type: number): Buffer {
  const packet = Buffer.alloc(16);
  packet.writeUInt32BE(12, 0);
  packet.writeUInt8(10, 4);
  packet.writeUInt8(type, 5);
  return packet;
}
