import type { Offer } from '../../support/ssh-peer.ts';
import { type Case, type Cause, closes, goes, type Step, str, u32 } from './case.ts';
import type { Scene } from './scene.ts';
import { channelData } from './scene.ts';
import { debug, ECDH_INIT, global, IGNORE, ignore, kexInit, message, NEWKEYS, UNIMPLEMENTED } from './ssh-messages.ts';

/** SSH_DISCONNECT_KEY_EXCHANGE_FAILED, RFC 4253 §11.1 */
const FAILED = 'DISCONNECT 3';
const brokenLogin = { audit: ['login protocol-error'] as const };
const afterOffer = (what: string, ...steps: readonly Step[]): Case => ({
  ...closes(what, 'identified', steps, ['KEXINIT', FAILED]),
  ...brokenLogin,
});
const offered = (what: string, offer: Partial<Offer>): Case => afterOffer(what, kexInit(offer));
const negotiated = (what: string, ...steps: readonly Step[]): Case => ({
  ...closes(what, 'negotiated', steps, [FAILED]),
  ...brokenLogin,
});
/** Their goodbye still has the old keys, which nobody reads behind their NEWKEYS. */
const exchanged = (what: string, ...steps: readonly Step[]): Case => ({
  ...closes(what, 'exchanged', steps),
  ...brokenLogin,
});
const init = (point: Buffer): Buffer => message(ECDH_INIT, str(point));
const agree =
  (offer: Partial<Offer>): Step =>
  (scene: Scene) =>
    scene.peer.negotiate(offer);
const agreed = (what: string, offer: Partial<Offer>): Case =>
  goes(what, 'identified', [agree(offer)], [], 'negotiated');
const curve = { kex: 'ecdh-sha2-nistp256,kex-strict-c-v00@openssh.com' };
const onCurve = (what: string, point: Buffer): Case => ({
  ...closes(what, 'identified', [agree(curve), init(point)], [FAILED]),
  ...brokenLogin,
});
const STRICT = 'kex-strict-c-v00@openssh.com';
/** The ten lists of a KEXINIT are cut or lie. */
const lists = (...fields: readonly Buffer[]): Buffer => message(20, Buffer.alloc(16, 7), ...fields);
const again = (scene: Scene) => scene.peer.send(kexInit());

/** Key exchange, RFC 4253 §7 and RFC 8731, strict as PROTOCOL of OpenSSH §1.10 has it. */
export const SSH_KEY_EXCHANGE: readonly Cause[] = [
  {
    cause: 'nothing in common',
    rule: 'RFC 4253 §7.1: both sides disconnect',
    twin: agreed('something in common behind what is not', {
      kex: `sntrup761x25519-sha512,curve25519-sha256,${STRICT}`,
    }),
    cases: [
      offered('a key exchange with SHA-1', { kex: 'diffie-hellman-group14-sha1' }),
      offered('group exchange', { kex: 'diffie-hellman-group-exchange-sha256' }),
      offered('a host key of DSA', { hostKey: 'ssh-dss' }),
      offered('a host key signed with SHA-1', { hostKey: 'ssh-rsa' }),
      offered('a cipher in CBC mode', { cipher: 'aes128-cbc,3des-cbc' }),
      offered('no cipher', { cipher: 'none' }),
      afterOffer('a MAC of SHA-1', kexInit({ mac: 'hmac-sha1,hmac-md5' }, 'ctr')),
      offered('compression', { compression: 'zlib,zlib@openssh.com' }),
    ],
  },
  {
    cause: 'a list that is empty or holds no name',
    rule: 'RFC 4253 §7.1: at least one algorithm of each kind',
    twin: agreed('names', { kex: `curve25519-sha256@libssh.org,${STRICT}` }),
    cases: [
      offered('of key exchanges', { kex: '' }),
      offered('of host keys', { hostKey: '' }),
      offered('of ciphers', { cipher: '' }),
      offered('of compressions', { compression: '' }),
      offered('commas alone', { kex: ',,,,' }),
      offered('30 kB of one letter', { kex: 'x'.repeat(30_000) }),
      offered('10,000 names', { kex: 'a,'.repeat(10_000) }),
      offered('only that it is strict', { kex: STRICT }),
    ],
  },
  {
    cause: 'a KEXINIT that is not whole',
    rule: 'RFC 4253 §7.1',
    twin: agreed('a whole one', {}),
    cases: [
      afterOffer('its type alone', message(20)),
      afterOffer('half a cookie', message(20, Buffer.alloc(8))),
      afterOffer('no lists', lists()),
      afterOffer('nine lists', lists(...Array.from({ length: 9 }, () => str('x')))),
      afterOffer('a list of four gigabytes', lists(u32(0xffffffff))),
      afterOffer('a list of one byte more than there is', lists(...Array.from({ length: 9 }, () => str('x')), u32(1))),
    ],
  },
  {
    cause: 'a message of the exchange that is not the one that is due',
    rule: 'RFC 4253 §7.1, RFC 5656 §4',
    twin: goes('the one that is due', 'negotiated', [], [], 'negotiated'),
    cases: [
      negotiated('KEXINIT again', kexInit()),
      negotiated('NEWKEYS before the keys', message(NEWKEYS)),
      negotiated('ECDH_REPLY, which the server sends', message(31, str('x'), str('x'), str('x'))),
      negotiated('a request of group exchange', message(34, u32(2048), u32(3072), u32(8192))),
      exchanged('KEXINIT in the place of NEWKEYS', kexInit()),
      exchanged('ECDH_INIT again', (scene) => scene.peer.send(scene.peer.ecdhInit())),
      exchanged('a number of the exchange that nobody has', message(40)),
    ],
  },
  {
    cause: 'a point of curve25519 that is none',
    rule: 'RFC 8731 §3: 32 bytes; §3.1: a shared secret of zeros is refused',
    twin: goes('a point', 'negotiated', [], [], 'negotiated'),
    cases: [
      negotiated('empty', init(Buffer.alloc(0))),
      negotiated('31 bytes', init(Buffer.alloc(31, 9))),
      negotiated('33 bytes', init(Buffer.alloc(33, 9))),
      negotiated('30 kB', init(Buffer.alloc(30_000, 9))),
      negotiated('0, of low order', init(Buffer.alloc(32))),
      negotiated('1, of low order', init(Buffer.concat([Buffer.of(1), Buffer.alloc(31)]))),
      negotiated('no point', message(ECDH_INIT)),
      negotiated('a length of 2^32 - 1', message(ECDH_INIT, u32(0xffffffff))),
    ],
  },
  {
    cause: 'a point of nistp256 that is none',
    rule: 'RFC 5656 §4: on the curve, uncompressed, not the point at infinity',
    twin: agreed('another exchange', { kex: `curve25519-sha256,ecdh-sha2-nistp256,${STRICT}` }),
    cases: [
      onCurve('empty', Buffer.alloc(0)),
      onCurve('at infinity', Buffer.of(0)),
      onCurve('beside the curve', Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)])),
      onCurve('half of it', Buffer.concat([Buffer.of(4), Buffer.alloc(32, 1)])),
      onCurve('of the other curve', Buffer.alloc(32, 9)),
    ],
  },
  {
    cause: 'a message before KEXINIT where the exchange is strict',
    rule: 'PROTOCOL of OpenSSH §1.10: KEXINIT is the first packet',
    twin: goes('where it is not', 'identified', [ignore(), agree({ kex: 'curve25519-sha256' })], [], 'negotiated'),
    cases: [
      afterOffer('IGNORE', ignore(), kexInit()),
      afterOffer('DEBUG', debug(), kexInit()),
      afterOffer('UNIMPLEMENTED', message(UNIMPLEMENTED, u32(0)), kexInit()),
    ],
  },
  {
    cause: 'a message between KEXINIT and NEWKEYS where the exchange is strict',
    rule: 'PROTOCOL of OpenSSH §1.10: any message that the exchange does not need ends the connection (CVE-2023-48795)',
    twin: goes(
      'where it is not',
      'identified',
      [agree({ kex: 'curve25519-sha256' }), ignore(), debug()],
      [],
      'negotiated',
    ),
    cases: [
      negotiated('IGNORE before ECDH_INIT', ignore()),
      negotiated('DEBUG before ECDH_INIT', debug()),
      negotiated('UNIMPLEMENTED before ECDH_INIT', message(UNIMPLEMENTED, u32(0))),
      exchanged('IGNORE before NEWKEYS', ignore()),
      exchanged('DEBUG before NEWKEYS', debug()),
      exchanged('a type nobody knows before NEWKEYS', message(199)),
      exchanged('half an IGNORE before NEWKEYS', message(IGNORE)),
    ],
  },
  {
    cause: 'keys exchanged anew, and not as they must be',
    rule: 'RFC 4253 §7.1: behind KEXINIT only messages of the exchange, and of the transport that it does not need',
    twin: goes('anew, as it must be', 'sftp', [renewed], [], 'sftp'),
    cases: [
      {
        ...closes('data behind KEXINIT', 'sftp', [again, channelData(0, Buffer.from('x'))], ['KEXINIT', FAILED]),
        audit: ['session protocol-error'],
      },
      {
        ...closes(
          'a global request behind KEXINIT',
          'sftp',
          [again, global('keepalive@openssh.com', true)],
          ['KEXINIT', FAILED],
        ),
        audit: ['session protocol-error'],
      },
      { ...closes('KEXINIT twice', 'sftp', [again, again], ['KEXINIT', FAILED]), audit: ['session protocol-error'] },
      {
        ...closes('nothing in common', 'sftp', [kexInit({ cipher: 'none' })], [FAILED]),
        audit: ['session protocol-error'],
      },
      {
        ...closes('a point that is none', 'sftp', [again, init(Buffer.alloc(32))], ['KEXINIT', FAILED]),
        audit: ['session protocol-error'],
      },
      {
        ...closes('NEWKEYS before the keys', 'sftp', [again, message(NEWKEYS)], ['KEXINIT', FAILED]),
        audit: ['session protocol-error'],
      },
    ],
  },
];

async function renewed(scene: Scene): Promise<void> {
  await scene.peer.negotiate({ kex: 'curve25519-sha256' });
  const useNewKeys = await scene.peer.exchange();
  useNewKeys();
}
