import type { PacketFaults } from '../../support/ssh-packets.ts';
import { PlainSealer } from '../../support/ssh-packets.ts';
import { type Case, type Cause, closes, goes, type Step } from './case.ts';
import type { Scene } from './scene.ts';
import { ignore, kexInit, message, service } from './ssh-messages.ts';

const faulty = (payload: Buffer, faults: PacketFaults): Step => ({ payload, faults });
const before = (what: string, ...steps: readonly Step[]): Case => ({
  ...closes(what, 'identified', steps, ['KEXINIT', 'DISCONNECT 2']),
  audit: ['login protocol-error'],
});
const sealed = (what: string, ...steps: readonly Step[]): Case => ({
  ...closes(what, 'keys', steps, ['DISCONNECT 2']),
  audit: ['login protocol-error'],
});
const counted = (what: string, ...steps: readonly Step[]): Case => ({ ...sealed(what, ...steps), cipher: 'ctr' });
const inSession = (what: string, ...steps: readonly Step[]): Case => ({
  ...closes(what, 'sftp', steps, ['DISCONNECT 2']),
  audit: ['session protocol-error'],
});
const AUTH = service('ssh-userauth');
const bytes =
  (payload: Buffer, times: number): Step =>
  (scene: Scene) => {
    const packet = scene.peer.sealer.seal(payload);
    for (let sent = 0; sent < times; sent += 1) scene.peer.write(packet);
  };
const skipOne: Step = (scene: Scene) => void scene.peer.sealer.seal(ignore());
const swapped: Step = (scene: Scene) => {
  const [first, second] = [scene.peer.sealer.seal(ignore('first')), scene.peer.sealer.seal(ignore('second'))];
  scene.peer.write(second);
  scene.peer.write(first);
};

/** Packets, RFC 4253 §6: uint32 length | byte padding length | payload | padding | MAC */
export const SSH_PACKETS: readonly Cause[] = [
  {
    cause: 'a length that can not be true, before the first keys',
    rule: 'RFC 4253 §6, §6.1: a multiple of 8 with the four bytes of the length, at least 16, and not beyond what everybody takes (35,000)',
    twin: goes('as long as it is', 'identified', [], [], 'identified'),
    cases: [
      before('0', { raw: Buffer.alloc(16) }),
      before('4', faulty(kexInit(), { length: 4 })),
      before('13, no multiple of 8', faulty(kexInit(), { length: 13 })),
      before('35,004', faulty(kexInit(), { length: 35_004 })),
      before('2^31', faulty(kexInit(), { length: 0x80000004 })),
      before('2^32 - 4', faulty(kexInit(), { length: 0xfffffffc })),
      before('text', { raw: 'login: root\r\n\r\n\r\n' }),
    ],
  },
  {
    cause: 'padding that can not be true, before the first keys',
    rule: 'RFC 4253 §6: no more than the packet has; a payload has at least its type',
    twin: goes('as much as is due', 'identified', [], [], 'identified'),
    cases: [
      before('more than there is', faulty(message(2), { padding: 10, paddingSays: 200 })),
      before('as much as the whole packet', faulty(message(2), { padding: 10, paddingSays: 12 })),
      before('all but its own byte: no payload', faulty(Buffer.alloc(0), { padding: 11 })),
    ],
  },
  {
    cause: 'a packet whose tag is wrong',
    rule: 'RFC 5647 §7.3, PROTOCOL of OpenSSH §1.6: the connection ends, nothing of the packet is read',
    twin: goes('one whose tag is right', 'keys', [AUTH], ['SERVICE_ACCEPT'], 'service'),
    cases: [
      sealed('a bit of the tag', faulty(AUTH, { badMac: true })),
      sealed('a bit of what is sealed', faulty(AUTH, { badBody: true })),
      { ...sealed('said twice', bytes(AUTH, 2)), expected: ['SERVICE_ACCEPT', 'DISCONNECT 2'] },
      sealed('one left out', skipOne, AUTH),
      sealed('two in the other order', swapped),
      sealed('none at all', (scene) => scene.peer.write(new PlainSealer().seal(Buffer.alloc(100, 2)))),
    ],
  },
  {
    cause: 'a packet whose tag is wrong, in an open session',
    rule: 'as above; its handles are given up',
    twin: goes('one that is passed over', 'sftp', [ignore()], [], 'sftp'),
    cases: [
      inSession('a bit of the tag', faulty(ignore(), { badMac: true })),
      inSession('a bit of what is sealed', faulty(ignore(), { badBody: true })),
      inSession('one left out', skipOne, ignore()),
      inSession('said in the clear', (scene) => scene.peer.write(new PlainSealer().seal(Buffer.alloc(100, 94)))),
      inSession('a length of 2^32 - 1', { raw: Buffer.alloc(64, 0xff) }),
    ],
  },
  {
    cause: 'a sealed packet whose length can not be true',
    rule: 'PROTOCOL of OpenSSH §1.6: the length is a multiple of 16, at least 16',
    twin: goes('as long as it is', 'keys', [ignore()], [], 'keys'),
    cases: [
      sealed('0', { raw: Buffer.alloc(64) }),
      sealed('15', faulty(ignore(), { length: 15 })),
      sealed('17', faulty(ignore(), { length: 17 })),
      sealed('35,008', faulty(ignore(), { length: 35_008 })),
      sealed('2^31', faulty(ignore(), { length: 0x80000000 })),
      sealed('2^32 - 16', faulty(ignore(), { length: 0xfffffff0 })),
    ],
  },
  {
    cause: 'a sealed packet whose padding can not be true',
    rule: 'RFC 4253 §6: four bytes or more, and no more than there are; a payload has at least its type',
    twin: goes('as much as is due', 'keys', [ignore('other')], [], 'keys'),
    cases: [
      sealed('none', faulty(Buffer.concat([ignore(), Buffer.alloc(3)]), { padding: 0 })),
      sealed('three bytes', faulty(ignore(), { padding: 3 })),
      sealed('one byte said', faulty(ignore(), { paddingSays: 1 })),
      sealed('more than there are', faulty(ignore(), { paddingSays: 200 })),
      sealed('all there is: no payload', faulty(Buffer.alloc(0), { padding: 15 })),
    ],
  },
  {
    cause: 'a packet whose MAC is wrong',
    rule: 'RFC 4253 §6.4, encrypt then MAC: the connection ends before anything is decrypted',
    twin: { ...goes('one whose MAC is right', 'keys', [AUTH], ['SERVICE_ACCEPT'], 'service'), cipher: 'ctr' },
    cases: [
      counted('a bit of the MAC', faulty(AUTH, { badMac: true })),
      counted('a bit of what is encrypted', faulty(AUTH, { badBody: true })),
      counted('one left out', skipOne, AUTH),
      counted('two in the other order', swapped),
      counted('a length of 2^31', faulty(AUTH, { length: 0x80000000 })),
      counted('a length that is no multiple', faulty(AUTH, { length: 33 })),
      counted('more padding than there is', faulty(ignore(), { paddingSays: 200 })),
      counted('no payload', faulty(Buffer.alloc(0), { padding: 15 })),
    ],
  },
  {
    cause: 'a packet that is never whole',
    rule: 'nothing of it is read; the connection ends with the client',
    twin: goes('one that comes in two pieces', 'keys', [inPieces()], ['SERVICE_ACCEPT'], 'service'),
    cases: [
      { ...closes('half a length', 'keys', [{ raw: Buffer.alloc(2) }]), ends: true },
      { ...closes('a length alone', 'keys', [{ raw: Buffer.from('00000020', 'hex') }]), ends: true },
      { ...closes('half a packet', 'keys', [{ raw: Buffer.from('000000200102030405060708', 'hex') }]), ends: true },
      {
        ...closes(
          'half a packet before the first keys',
          'identified',
          [(scene) => scene.hear(), { raw: new PlainSealer().seal(kexInit()).subarray(0, 100) }],
          ['KEXINIT'],
        ),
        ends: true,
      },
    ],
  },
];

function inPieces(): Step {
  return (scene) => {
    const packet = scene.peer.sealer.seal(AUTH);
    scene.peer.write(packet.subarray(0, 5));
    setImmediate(() => scene.peer.write(packet.subarray(5)));
  };
}
