import { type Case, type Cause, goes, type Step, str, u32 } from './case.ts';
import {
  banner,
  FAILED,
  offer,
  own,
  refused,
  right,
  rsa,
  signedOver,
  small,
  stranger,
  withKey,
} from './login-steps.ts';
import { LOGIN, publicKeyRequest } from './scene.ts';

/** Keys and signatures, RFC 4252 §7. */
export const SSH_KEYS: readonly Cause[] = [
  {
    cause: 'a signature that is not by the key that is shown',
    rule: 'RFC 4252 §7: the key counts only where it signed; the log says "bad-signature"',
    twin: goes('by that key', 'service', [(scene) => scene.peer.send(scene.loginRequest())], ['LOGIN'], 'login'),
    cases: [
      refused('by another key', 'bad-signature', (scene) => scene.peer.send(scene.loginRequest(stranger, scene.key))),
      refused(
        'zeros',
        'bad-signature',
        withKey('ssh-ed25519', own, () => Buffer.concat([str('ssh-ed25519'), str(Buffer.alloc(64))])),
      ),
      refused(
        'one bit turned',
        'bad-signature',
        withKey('ssh-ed25519', own, (scene, request) => flipped(right(scene, request))),
      ),
      refused(
        '63 bytes',
        'bad-signature',
        withKey('ssh-ed25519', own, (scene, request) =>
          Buffer.concat([str('ssh-ed25519'), str(right(scene, request).subarray(19, 82))]),
        ),
      ),
      refused(
        'of another algorithm',
        'bad-signature',
        withKey('ssh-ed25519', own, (scene, request) =>
          Buffer.concat([str('ssh-dss'), str(right(scene, request).subarray(19))]),
        ),
      ),
      refused(
        'a key of low order, for which zeros are a signature',
        'bad-signature',
        withKey(
          'ssh-ed25519',
          () => lowOrder(),
          () => Buffer.concat([str('ssh-ed25519'), str(Buffer.concat([Buffer.of(1), Buffer.alloc(63)]))]),
        ),
      ),
    ],
  },
  {
    cause: 'a signature over something else',
    rule: 'RFC 4252 §7: over the session and this very request',
    twin: goes('over this', 'service', [(scene) => scene.peer.send(scene.loginRequest())], ['LOGIN'], 'login'),
    cases: [
      refused('over another session', 'bad-signature', (scene) =>
        scene.peer.send(scene.loginRequest(scene.key, scene.key, Buffer.alloc(32, 7))),
      ),
      refused(
        'over no session',
        'bad-signature',
        signedOver((_scene, request) => request),
      ),
      refused(
        'over the session alone',
        'bad-signature',
        signedOver((scene) => str(scene.peer.sessionId)),
      ),
      refused(
        'over another login',
        'bad-signature',
        signedOver((scene) =>
          Buffer.concat([
            str(scene.peer.sessionId),
            publicKeyRequest('batch@rva', 'ssh-ed25519', scene.key.blob, true),
          ]),
        ),
      ),
      refused(
        'over the question instead of the request',
        'bad-signature',
        signedOver((scene) =>
          Buffer.concat([str(scene.peer.sessionId), publicKeyRequest(LOGIN, 'ssh-ed25519', scene.key.blob, false)]),
        ),
      ),
      refused(
        'over nothing',
        'bad-signature',
        signedOver(() => Buffer.alloc(0)),
      ),
    ],
  },
  {
    cause: 'one key asked about, another one proven',
    rule: 'RFC 4252 §7: only the key that signs counts, whatever was answered before (CVE-2024-45337 of the Go library)',
    twin: goes(
      'the same',
      'service',
      [offer('ssh-ed25519', own), (scene) => scene.peer.send(scene.loginRequest())],
      ['PK_OK', 'LOGIN'],
      'login',
    ),
    cases: [
      refusedAfterOffer(
        'signed by a stranger, who shows his own',
        (scene) => scene.peer.send(scene.loginRequest(stranger)),
        'unknown-key',
      ),
      refusedAfterOffer(
        'signed by a stranger, who shows ours',
        (scene) => scene.peer.send(scene.loginRequest(stranger, scene.key)),
        'bad-signature',
        'PK_OK',
        FAILED,
      ),
    ],
  },
  {
    cause: 'a key that is not registered for this login',
    rule: 'FAILURE, as for a login nobody has; a sentence in the languages of the gateway goes before it',
    twin: goes('one that is', 'service', [offer('ssh-ed25519', own)], ['PK_OK'], 'service'),
    cases: [
      refused(
        'asked about',
        'unknown-key',
        offer('ssh-ed25519', () => stranger.blob),
        ...banner,
      ),
      refused('proven', 'unknown-key', (scene) => scene.peer.send(scene.loginRequest(stranger)), ...banner),
    ],
  },
  {
    cause: 'a key whose form is wrong',
    rule: 'RFC 8709 §4, RFC 4253 §6.6: the blob names its type and is whole',
    twin: goes('a whole one', 'service', [offer('ssh-ed25519', own)], ['PK_OK'], 'service'),
    cases: [
      refused(
        'empty',
        'bad-ssh-key',
        offer('ssh-ed25519', () => Buffer.alloc(0)),
        ...banner,
      ),
      refused(
        'a path',
        'bad-ssh-key',
        offer('ssh-ed25519', () => Buffer.from('../../certs/demo/batch@ksz.ssh.pub')),
        ...banner,
      ),
      refused(
        'of another type than it is said to be',
        'bad-ssh-key',
        offer('ssh-ed25519', () => rsa(3072)),
        ...banner,
      ),
      refused('said to be of another type than it is', 'bad-ssh-key', offer('ecdsa-sha2-nistp256', own), ...banner),
      refused(
        '31 bytes',
        'bad-ssh-key',
        offer('ssh-ed25519', (scene) => Buffer.concat([str('ssh-ed25519'), str(scene.key.point.subarray(1))])),
        ...banner,
      ),
      refused(
        'with bytes behind it',
        'bad-ssh-key',
        offer('ssh-ed25519', (scene) => Buffer.concat([scene.key.blob, Buffer.of(0)])),
        ...banner,
      ),
      refused(
        'whose point claims four gigabytes',
        'bad-ssh-key',
        offer('ssh-ed25519', () => Buffer.concat([str('ssh-ed25519'), u32(0xffffffff)])),
        ...banner,
      ),
      refused(
        'of 30 kB',
        'bad-ssh-key',
        offer('ssh-ed25519', () => Buffer.alloc(30_000, 1)),
        ...banner,
      ),
    ],
  },
  {
    cause: 'a key of a kind or size that is not taken',
    rule: 'no DSA, no SHA-1, RSA from 3072 bits; each with its reason',
    twin: goes('Ed25519', 'service', [offer('ssh-ed25519', own)], ['PK_OK'], 'service'),
    cases: [
      refused(
        'RSA of 1024 bits',
        'weak-ssh-key',
        offer('rsa-sha2-256', () => small),
        ...banner,
      ),
      refused(
        'RSA signed with SHA-1',
        'ssh-signature-sha1',
        offer('ssh-rsa', () => small),
        ...banner,
      ),
      refused(
        'DSA',
        'ssh-key-kind',
        offer('ssh-dss', () => Buffer.concat([str('ssh-dss'), str('p'), str('q'), str('g'), str('y')])),
        ...banner,
      ),
      refused(
        'of a security key',
        'ssh-key-kind',
        offer('sk-ssh-ed25519@openssh.com', () =>
          Buffer.concat([str('sk-ssh-ed25519@openssh.com'), str(stranger.point), str('ssh:')]),
        ),
        ...banner,
      ),
      refused(
        'a name nobody knows',
        'ssh-key-kind',
        offer('x-none', () => str('x-none')),
        ...banner,
      ),
    ],
  },
];

function refusedAfterOffer(what: string, step: Step, reason: string, ...expected: readonly string[]): Case {
  const told = expected.length === 0 ? ['PK_OK', ...banner] : expected;
  return { ...goes(what, 'service', [offer('ssh-ed25519', own), step], told, 'service'), audit: [`login ${reason}`] };
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8((copy.at(-1) ?? 0) ^ 0x10, copy.length - 1);
  return copy;
}

/** The neutral element: with it, R = 1 and S = 0 satisfy the equation of RFC 8032 for every message. */
function lowOrder(): Buffer {
  return Buffer.concat([str('ssh-ed25519'), str(Buffer.concat([Buffer.of(1), Buffer.alloc(31)]))]);
}
