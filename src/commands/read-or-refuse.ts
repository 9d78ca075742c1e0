import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { GatewayError } from '../domain/errors.ts';

const PIECE_BYTES = 1024 * 1024;

/** A small file as a whole. @throws GatewayError `bad-request` */
export async function readOrRefuse(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new GatewayError('bad-request', `${file} can not be read`, { cause });
  }
}

/** SHA-256 of a file of any size, hex. @throws GatewayError `bad-request` */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  // One buffer for all reads: a stream makes a new one for each, a third more work for a large file.
  const piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  try {
    await using handle = await open(file);
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(piece.subarray(0, bytesRead));
    }
  } catch (cause) {
    throw new GatewayError('bad-request', `${file} can not be read`, { cause });
  }
}
