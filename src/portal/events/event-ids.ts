import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

const CIPHER = 'aes-128-ecb'; // one block, never the same twice: there is nothing to chain
const BLOCK_BYTES = 16;

/**
 * Numbers of audit lines as the ids of events. They are sealed: how fast they grow would tell how busy others are. A sealed
 * number is good as long as the gateway runs.
 */
export class EventIds {
  readonly #key: Buffer;

  /** @param secret random, new with every start; all processes of a gateway share it */
  constructor(secret: Uint8Array) {
    this.#key = createHash('sha256').update('event ids').update(secret).digest().subarray(0, BLOCK_BYTES);
  }

  seal(seq: number): string {
    const block = Buffer.alloc(BLOCK_BYTES);
    block.writeBigUInt64BE(BigInt(seq));
    const cipher = createCipheriv(CIPHER, this.#key, null).setAutoPadding(false);
    return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url');
  }

  /** Undefined for what was not sealed with this key. */
  open(id: string): number | undefined {
    const sealed = Buffer.from(id, 'base64url');
    if (sealed.length !== BLOCK_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, null).setAutoPadding(false);
    const block = Buffer.concat([decipher.update(sealed), decipher.final()]);
    // The second half is zeros: 64 bits that nobody hits by chance.
    return block.readBigUInt64BE(8) === 0n ? Number(block.readBigUInt64BE()) : undefined;
  }
}
