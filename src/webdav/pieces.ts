import { createHash } from 'node:crypto';
import { GatewayError } from '../domain/errors.ts';
import type { HttpBody } from '../domain/http.ts';

/** TLS hands over at most 16 KiB at a time; larger pieces cost the store fewer calls. */
const PIECE_BYTES = 256 * 1024;

/**
 * Hands the bytes of a body on in order, in pieces of some size, one at a time.
 * @param sha256 what they must have together, lower-case hex
 * @throws GatewayError `digest-mismatch` when all have been handed on
 */
export async function inPieces(
  body: HttpBody,
  take: (piece: Uint8Array) => Promise<void>,
  sha256?: string | undefined,
): Promise<void> {
  if (sha256 === undefined) return handOn(body, take);
  const hash = createHash('sha256');
  await handOn(body, (piece) => {
    hash.update(piece);
    return take(piece);
  });
  if (hash.digest('hex') === sha256) return;
  throw new GatewayError('digest-mismatch', 'the bytes that came are not those their digest names; send them again');
}

async function handOn(body: HttpBody, take: (piece: Uint8Array) => Promise<void>): Promise<void> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of body) {
    pieces.push(chunk);
    held += chunk.length;
    if (held < PIECE_BYTES) continue;
    await take(Buffer.concat(pieces, held));
    pieces = [];
    held = 0;
  }
  if (held > 0) await take(Buffer.concat(pieces, held));
}
