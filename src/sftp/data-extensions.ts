import { createHash } from 'node:crypto';
import { GatewayError } from '../domain/errors.ts';
import { MAX_DATA_BYTES, PACKET, replyTo } from './codec.ts';
import type { Desk } from './desk.ts';
import type { Download } from './download.ts';
import type { CheckFileRequest, CopyDataRequest } from './extensions.ts';
import { downloadOf, openDownload } from './open-file.ts';
import { resolvePath } from './paths.ts';

const ALGORITHM = 'sha256';
/** The least the draft allows. */
const MIN_BLOCK_BYTES = 256;
/** As many digests as one answer holds. */
const MAX_BLOCKS = 4096;

/** draft-ietf-secsh-filexfer-extensions-00 §7: bytes of one open file into another; nobody sees them before CLOSE. */
export async function copyData(request: CopyDataRequest, desk: Desk): Promise<void> {
  if (request.from === request.to) throw new GatewayError('bad-request', 'a file is not copied into itself');
  const upload = desk.handles.upload(request.to);
  const download = await downloadOf(request.from, desk);
  if (download === undefined) return;
  let to = request.toOffset;
  for await (const bytes of partsOf(download, request.fromOffset, request.length)) {
    await upload.write(to, bytes, desk.clock.now());
    to += lengthOf(bytes);
  }
}

/**
 * The same draft, §3, as ProFTPD answers it: string "check-file" | string algorithm | digest of each block.
 * Of a whole file the gateway knows the digest; what is asked of a part is read.
 */
export async function checkFile(request: CheckFileRequest & { readonly id: number }, desk: Desk): Promise<Buffer> {
  if (!request.algorithms.includes(ALGORITHM))
    throw new GatewayError('not-supported', 'files are checked by sha256 here');
  if (request.blockBytes !== 0 && request.blockBytes < MIN_BLOCK_BYTES) {
    throw new GatewayError('bad-request', `a block has at least ${MIN_BLOCK_BYTES} bytes`);
  }
  const own = 'handle' in request.of ? undefined : await openDownload(resolvePath(request.of.path), desk);
  try {
    const download = own ?? ('handle' in request.of ? await downloadOf(request.of.handle, desk) : undefined);
    if (download === undefined)
      throw new GatewayError('bad-request', 'there is nothing to check before the file is closed');
    const digests = await digestsOf(download, request);
    const writer = replyTo(PACKET.EXTENDED_REPLY, request.id).string('check-file').string(ALGORITHM);
    for (const digest of digests) writer.bytes(digest);
    return writer.packet();
  } finally {
    own?.close();
  }
}

async function digestsOf(
  download: Download,
  { start, length, blockBytes }: CheckFileRequest,
): Promise<readonly Buffer[]> {
  const { size, sha256 } = download.entry;
  const end = length === 0 ? size : Math.min(size, start + length);
  if (blockBytes === 0 && start === 0 && end === size) return [Buffer.from(sha256, 'hex')];
  const step = blockBytes === 0 ? Math.max(end - start, 1) : blockBytes;
  if ((end - start) / step > MAX_BLOCKS)
    throw new GatewayError('too-large', `at most ${MAX_BLOCKS} blocks are checked at once`);
  const digests: Buffer[] = [];
  for (let at = start; at < end; at += step) {
    const hash = createHash(ALGORITHM);
    for await (const bytes of partsOf(download, at, Math.min(step, end - at))) {
      for (const piece of bytes) hash.update(piece);
    }
    digests.push(hash.digest());
  }
  return digests;
}

/** @param length 0: to the end */
async function* partsOf(download: Download, offset: number, length: number): AsyncGenerator<readonly Buffer[]> {
  const end = length === 0 ? download.entry.size : Math.min(download.entry.size, offset + length);
  for (let at = offset; at < end; ) {
    const { bytes, done } = await download.read(at, Math.min(MAX_DATA_BYTES, end - at));
    if (bytes.length === 0) return;
    const length = lengthOf(bytes);
    yield bytes;
    // After an error the disk may still be at work on some of it, and this is never reached.
    done();
    at += length;
  }
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
