import { createHash } from 'node:crypto';
import { GatewayError } from '../domain/errors.ts';
import type { HttpBody } from '../domain/http.ts';

/** TLS hands over at most 16 KiB at a time; larger pieces cost the store fewer calls. */
const PIECE_BYTES = 256 * 1024;

/** Takes pieces that follow each other, and how many bytes they are together. */
export type TakePieces = (pieces: readonly Uint8Array[], bytes: number) => Promise<void>;

/**
 * Hands the bytes of a body on in order, as they came and some at a time.
 * @param sha256 what they must have together, lower-case hex
 * @throws GatewayError `digest-mismatch` when all have been handed on
 */
export async function inPieces(body: HttpBody, take: TakePieces, sha256?: string | undefined): Promise<void> {
  if (sha256 === undefined) return handOn(body, take);
  const hash = createHash('sha256');
  await handOn(body, (pieces, bytes) => {
    for (const piece of pieces) hash.update(piece);
    return take(pieces, bytes);
  });
  if (hash.digest('hex') === sha256) return;
  throw new GatewayError('digest-mismatch', 'the bytes that came are not those their digest names; send them again');
}

async function handOn(body: HttpBody, take: TakePieces): Promise<void> {
  for await (const pieces of body.batches(PIECE_BYTES)) {
    await take(
      pieces,
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    );
  }
}
