import { randomBytes } from 'node:crypto';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { GcmCipher, GcmDecipher } from '../../src/sftp/gcm.ts';

const KEY = randomBytes(16);
const IV = Buffer.from('000000010000000000fffffe', 'hex'); // the counter carries over after two packets

/** Both ends of one direction; what the one writes is given to the other by the test. */
function pair() {
  const written: Buffer[] = [];
  const opened: Buffer[] = [];
  const ssh2Cipher = {
    ...{ outSeqno: 0, _encSSLName: 'aes-128-gcm', _encKey: Buffer.from(KEY), _encIV: Buffer.from(IV) },
    ...{ allocPacket: () => Buffer.alloc(0), encrypt: () => {}, free: () => {} },
  };
  const write = (bytes: Uint8Array) => written.push(Buffer.from(bytes)) > 0;
  const socket = Object.assign(new Socket(), { write, uncork: () => {} });
  const ssh2Decipher = {
    ...{ inSeqno: 0, _decipherSSLName: 'aes-128-gcm', _decipherKey: Buffer.from(KEY), _decipherIV: Buffer.from(IV) },
    ...{ decrypt: () => undefined, free: () => {} },
    _onPayload: (payload: Buffer) => void opened.push(Buffer.from(payload)),
  };
  const cipher = GcmCipher.from(ssh2Cipher, socket);
  const decipher = GcmDecipher.from(ssh2Decipher);
  if (cipher === undefined || decipher === undefined) throw new Error('GCM was not taken');
  const send = (payload: Buffer) => {
    const packet = cipher.allocPacket(payload.length);
    packet.set(payload, 5);
    cipher.encrypt(packet);
  };
  return { cipher, decipher, send, opened, wire: () => Buffer.concat(written) };
}

const PAYLOADS = [1, 10, 11, 12, 27, 2000, 2100, 32_768].map((size) => randomBytes(size));

test('packets of every size and padding arrive, also when the counter of the nonce carries over', () => {
  const { decipher, send, opened, wire } = pair();
  for (const payload of PAYLOADS) send(payload);
  decipher.decrypt(wire(), 0, wire().length);
  expect(opened.map((one) => one.toString('hex'))).toEqual(PAYLOADS.map((one) => one.toString('hex')));
});

test.each([1, 3, 4, 5, 19, 20, 21, 1000])(
  'packets are found in chunks of %i bytes, whose buffer is used again',
  (size) => {
    const { decipher, send, opened, wire } = pair();
    for (const payload of PAYLOADS.slice(0, 7)) send(payload);
    const bytes = wire();
    const chunk = Buffer.alloc(size);
    for (let at = 0; at < bytes.length; at += size) {
      const length = bytes.copy(chunk, 0, at);
      decipher.decrypt(chunk, 0, length);
      chunk.fill(0xee);
    }
    expect(opened.map((one) => one.toString('hex'))).toEqual(PAYLOADS.slice(0, 7).map((one) => one.toString('hex')));
  },
);

test('data in pieces is sealed as SSH_MSG_CHANNEL_DATA in one packet', () => {
  const { cipher, decipher, opened, wire } = pair();
  cipher.encryptData(7, [Buffer.from('ab'), Buffer.from('cde')], 5);
  decipher.decrypt(wire(), 0, wire().length);
  // byte 94 | uint32 channel | uint32 length | data
  expect(opened[0]?.toString('hex')).toBe('5e00000007000000056162636465');
});

test.each([
  ['the length', 3],
  ['the padding length', 4],
  ['the payload', 20],
  ['the tag', -1],
] as const)('one bit changed in %s is an error, and nothing is passed on', (_, where) => {
  const { decipher, send, opened, wire } = pair();
  send(randomBytes(40));
  send(randomBytes(40));
  const bytes = wire();
  const end = where === -1 ? bytes.length / 2 - 1 : where;
  bytes[end] = (bytes[end] ?? 0) ^ 16;
  expect(() => decipher.decrypt(bytes, 0, bytes.length)).toThrow();
  expect(opened).toEqual([]);
});

test.each([0, 15, 17, 35_008, 0xfffffff0])('a packet that claims %i bytes is refused at its length', (length) => {
  const { decipher } = pair();
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32BE(length, 0);
  expect(() => decipher.decrypt(bytes, 0, bytes.length)).toThrow(/length/);
  const { decipher: slowly } = pair();
  expect(() => {
    for (const byte of bytes) slowly.decrypt(Buffer.of(byte), 0, 1);
  }).toThrow(/length/);
});
