import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** RFC 7914 §2: cost N = 2^log2N, block size r, parallelism p. 128 MiB and some 0.3 s for one check. */
const NEW = { log2N: 17, blockSize: 8, parallelization: 1 } as const;
const [SALT_BYTES, HASH_BYTES] = [16, 32];
const MAX_MEMORY = 512 * 1024 * 1024;
const MAX_PASSWORD_BYTES = 1024;
/** Checks under way and waiting; each takes as much memory as its parameters say. */
const [MAX_RUNNING, MAX_WAITING] = [2, 32];

const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,128})\$([A-Za-z0-9+/]{32,128})$/;

/** The hash of a password as it is kept: `$scrypt$ln=17,r=8,p=1$salt$hash`, both in base64 without padding. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, HASH_BYTES, NEW);
  const { log2N, blockSize, parallelization } = NEW;
  return `$scrypt$ln=${log2N},r=${blockSize},p=${parallelization}$${unpadded(salt)}$${unpadded(hash)}`;
}

type Cost = { readonly log2N: number; readonly blockSize: number; readonly parallelization: number };

/** Checks passwords, a few at a time: many at once would take the memory of the machine. */
export class PasswordChecker {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * Compared in constant time, with the parameters that stand in the hash.
   * @returns `busy` where too many wait
   * @throws Error where the kept hash is none, or asks for too much
   */
  async matches(password: string, kept: string): Promise<boolean | 'busy'> {
    const [, log2N, blockSize, parallelization, salt, hash] = FORM.exec(kept) ?? [];
    if (salt === undefined || hash === undefined) throw new Error('a hash reads $scrypt$ln=…,r=…,p=…$salt$hash');
    const cost = { log2N: Number(log2N), blockSize: Number(blockSize), parallelization: Number(parallelization) };
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
    if (!(await this.#enter())) return 'busy';
    try {
      const expected = Buffer.from(hash, 'base64');
      const found = await derive(password, Buffer.from(salt, 'base64'), expected.length, cost);
      return timingSafeEqual(found, expected);
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<boolean> {
    if (this.#running < MAX_RUNNING) {
      this.#running += 1;
      return true;
    }
    if (this.#waiting.length >= MAX_WAITING) return false;
    await new Promise<void>((resolve) => this.#waiting.push(resolve)); // who leaves hands over the place
    return true;
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}

/** Passwords are compared in one form of Unicode: keyboards make several (RFC 8265 §4.2). */
function derive(password: string, salt: Uint8Array, length: number, cost: Cost): Promise<Buffer> {
  const { log2N, blockSize, parallelization } = cost;
  const options: ScryptOptions = { cost: 2 ** log2N, blockSize, parallelization, maxmem: MAX_MEMORY };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, length, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
