import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { utils } from 'ssh2';

/**
 * Host keys in the forms ssh2 reads. It knows OpenSSH's own form and the old PEM forms, but not PKCS #8, which Node and
 * OpenSSL write.
 * @throws Error where a key can not be read
 */
export function readHostKeys(keys: readonly (string | Buffer)[]): string[] {
  return keys.map((key) => {
    const text = key.toString();
    const readable = text.includes('-----BEGIN PRIVATE KEY-----') ? convert(createPrivateKey(text)) : text;
    const parsed = utils.parseKey(readable);
    if (parsed instanceof Error) throw new Error('an SSH host key can not be read', { cause: parsed });
    return readable;
  });
}

function convert(key: KeyObject): string {
  if (key.asymmetricKeyType === 'ed25519') return opensshEd25519(key);
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1';
  return key.export({ format: 'pem', type }).toString();
}

const RAW_KEY_BYTES = 32;
const BLOCK_BYTES = 8;
const LINE_LENGTH = 70;

/**
 * openssh-key-v1, PROTOCOL.key of OpenSSH, without a passphrase: "openssh-key-v1" NUL | string "none" | string "none" |
 * string "" | uint32 1 | string public key | string (uint32 check twice | string type | string public | string private
 * and public | string comment | padding 1, 2, 3…)
 */
function opensshEd25519(key: KeyObject): string {
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-RAW_KEY_BYTES);
  const secret = key.export({ format: 'der', type: 'pkcs8' }).subarray(-RAW_KEY_BYTES);
  const type = Buffer.from('ssh-ed25519');
  const zeros = Buffer.alloc(BLOCK_BYTES);
  const open = [zeros, field(type), field(publicKey), field(Buffer.concat([secret, publicKey])), field(Buffer.alloc(0))];
  const length = open.reduce((sum, part) => sum + part.length, 0);
  const padding = Buffer.from(Array.from({ length: -length & (BLOCK_BYTES - 1) }, (_, index) => index + 1));
  const none = field(Buffer.from('none'));
  const whole = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    none,
    none,
    field(Buffer.alloc(0)),
    Buffer.of(0, 0, 0, 1),
    field(Buffer.concat([field(type), field(publicKey)])),
    field(Buffer.concat([...open, padding])),
  ]);
  const lines = whole.toString('base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
