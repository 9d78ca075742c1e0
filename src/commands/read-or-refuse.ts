import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { GatewayError } from '../domain/errors.ts';

/** In pieces of 64 KiB, as streams have them by themselves, a large file costs half as much again. */
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
  try {
    await pipeline(createReadStream(file, { highWaterMark: PIECE_BYTES }), hash);
  } catch (cause) {
    throw new GatewayError('bad-request', `${file} can not be read`, { cause });
  }
  return hash.digest('hex');
}
