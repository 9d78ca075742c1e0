import type { Entry } from '../../schemas/files.ts';
import { ApiError } from '../api/client.ts';
import { digestHeader, Hasher, hex } from './hasher.ts';
import type { UploadState } from './order.ts';
import { abandon, type Condition, entryOf, heldOf, type Part, sendPart } from './send.ts';

/** What is sent at once. A line of 128 kbit/s needs nine minutes for it, and loses at most 512 KiB when it breaks. */
export const PART_BYTES = 8 * 1024 * 1024;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 20_000;
/** So long nothing may get through before it is left to the reader to go on. */
const PATIENCE_MS = 15 * 60_000;
const SHA256_HEX = /^[0-9a-f]{64}$/;

export type TransferParts = {
  readonly file: File;
  readonly path: string;
  condition: Condition;
  /** Whether what is held of something else may be thrown away. */
  startOver: boolean;
  readonly onState: (state: UploadState, error?: ApiError) => void;
  readonly onProgress: (bytes: number) => void;
};

export type Arrived = { readonly entry: Entry; readonly sha256: string };

/** Another upload of this name is held, whose bytes are not those of this file. */
export class OtherHeld extends Error {}

/**
 * Brings one file to the gateway: whole when it is small, else in parts. Goes on where it stopped after a lost
 * connection, a restart of the gateway, or another visit: what is held must be the beginning of this very file.
 * @throws ApiError, OtherHeld, or the reason of the signal
 */
export async function transfer(parts: TransferParts, signal: AbortSignal): Promise<Arrived> {
  const hasher = new Hasher(parts.file);
  let wait = FIRST_WAIT_MS;
  let since = performance.now();
  let furthest = -1;
  try {
    for (let isRetry = false; ; isRetry = true) {
      try {
        return await attempt(parts, hasher, isRetry, signal, (offset) => {
          if (offset <= furthest) return;
          furthest = offset;
          [wait, since] = [FIRST_WAIT_MS, performance.now()];
        });
      } catch (error) {
        if (signal.aborted || !(error instanceof ApiError) || !isPassing(error)) throw error;
        if (performance.now() - since > PATIENCE_MS) throw error;
        parts.onState('retrying', error);
        await pause(Math.max(wait, (error.retryAfterSeconds ?? 0) * 1000), signal);
        wait = Math.min(wait * 2, MAX_WAIT_MS);
      }
    }
  } finally {
    hasher.close();
  }
}

async function attempt(
  parts: TransferParts,
  hasher: Hasher,
  isRetry: boolean,
  signal: AbortSignal,
  onOffset: (offset: number) => void,
): Promise<Arrived> {
  const { file, path } = parts;
  parts.onState(isRetry ? 'retrying' : 'preparing');
  if (isRetry) {
    const arrived = await arrivedAnyway(parts, hasher, signal);
    if (arrived !== undefined) return arrived;
  }
  const isSmall = file.size <= PART_BYTES;
  let offset = isSmall ? 0 : await beginning(parts, hasher, signal);
  for (;;) {
    onOffset(offset);
    parts.onProgress(offset);
    const end = Math.min(offset + PART_BYTES, file.size);
    const digesting = hasher.digest(end);
    const digest = end === file.size ? await digesting : undefined;
    digesting.catch(() => undefined); // told by the last one
    parts.onState('sending');
    const part: Part = {
      ...{ path, bytes: file.slice(offset, end), condition: parts.condition },
      range: isSmall ? undefined : { first: offset, total: file.size },
      digest: digest && digestHeader(digest),
    };
    const start = offset;
    const sent = await sendPart(part, (bytes) => parts.onProgress(start + Math.min(bytes, end - start)), signal);
    if ('entry' in sent) return { entry: sent.entry, sha256: hex(digest ?? (await hasher.digest(file.size))) };
    if (sent.offset <= offset) throw new ApiError(stuck(), undefined);
    offset = sent.offset;
  }
}

/** From which byte to go on. @throws OtherHeld where the bytes that are held are not the beginning of this file */
async function beginning(parts: TransferParts, hasher: Hasher, signal: AbortSignal): Promise<number> {
  const held = await heldOf(parts.path, signal);
  if (held === undefined || held.offset === 0) return 0;
  const isOwn =
    held.offset < parts.file.size &&
    (held.total === null || held.total === parts.file.size) &&
    SHA256_HEX.test(held.sha256) &&
    held.sha256 === hex(await hasher.digest(held.offset));
  if (isOwn) return held.offset;
  if (!parts.startOver) throw new OtherHeld();
  await abandon(parts.path);
  return 0;
}

/** A lost connection may have lost no more than the answer: then the file is there. */
async function arrivedAnyway(
  { file, path }: TransferParts,
  hasher: Hasher,
  signal: AbortSignal,
): Promise<Arrived | undefined> {
  const entry = await entryOf(path, signal);
  if (entry?.kind !== 'file' || entry.size !== file.size || entry.sha256 === null) return undefined;
  const sha256 = hex(await hasher.digest(file.size));
  return entry.sha256 === sha256 ? { entry, sha256 } : undefined;
}

/** Whether it may be better in a moment: no connection, too busy, starting, or one byte too far. */
function isPassing({ status, problem }: ApiError): boolean {
  return (
    status === 0 ||
    status === 408 ||
    status === 416 ||
    status === 429 ||
    (status >= 500 && problem.code !== 'over-quota' && status !== 507)
  );
}

function stuck() {
  return { type: 'about:blank', title: 'Upload', status: 500, detail: 'the gateway took no byte', code: 'unknown' };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(done, ms);
  function done(): void {
    removeEventListener('online', done);
    resolve();
  }
  addEventListener('online', done, { once: true }); // the line is back: no need to wait
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    removeEventListener('online', done);
    reject(signal.reason);
  });
  return promise;
}
