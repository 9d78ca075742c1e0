import { signRequest } from '../../support/ssh-peer.ts';
import { edPair, edSign } from '../../support/ssh-wire.ts';
import { type Case, closes, goes, type Step, str } from './case.ts';
import { LOGIN, publicKeyRequest, type Scene } from './scene.ts';

export const FAILED = 'FAILURE publickey';
/** One try that is refused; the key that would do comes behind it. */
export const refused = (what: string, reason: string, step: Step, ...expected: readonly string[]): Case => ({
  ...goes(what, 'service', [step], expected.length === 0 ? [FAILED] : expected, 'service'),
  audit: [`login ${reason}`],
});
export const shut = (what: string, ...steps: readonly Step[]): Case => ({
  ...closes(what, 'service', steps, ['DISCONNECT 2']),
  audit: ['login protocol-error'],
});
export const stranger = edPair();
/** A request with a key, and a signature over what `signed` makes of it. */
export const withKey =
  (algorithm: string, blob: (scene: Scene) => Buffer, signature: (scene: Scene, request: Buffer) => Buffer): Step =>
  (scene) => {
    const request = publicKeyRequest(LOGIN, algorithm, blob(scene), true);
    scene.peer.send(Buffer.concat([request, str(signature(scene, request))]));
  };
export const own = (scene: Scene) => scene.key.blob;
export const right = (scene: Scene, request: Buffer) => signRequest(scene.key, scene.peer.sessionId, request);
export const offer =
  (algorithm: string, blob: (scene: Scene) => Buffer): Step =>
  (scene) =>
    scene.peer.send(publicKeyRequest(LOGIN, algorithm, blob(scene), false));
export const signedOver = (bytes: (scene: Scene, request: Buffer) => Buffer): Step =>
  withKey('ssh-ed25519', own, (scene, request) => edSign(scene.key, bytes(scene, request)));
/** No key that anybody has: only its size is looked at. */
export const rsa = (bits: number): Buffer =>
  Buffer.concat([
    str('ssh-rsa'),
    str(Buffer.of(1, 0, 1)),
    str(Buffer.concat([Buffer.of(0), Buffer.alloc(bits / 8, 0xc5)])),
  ]);
export const small = rsa(1024);
export const banner = ['BANNER', FAILED];
