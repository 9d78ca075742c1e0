import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { dayIndexOf } from './day-index.ts';
import { FlatBuilder, inPairs, sharedWords } from './flat-builder.ts';
import type { FlatLayer } from './flat-directory.ts';

/**
 * The base of a flat directory on disk, beside the store it was made of; numbers as the processor has them.
 *
 *     4096 bytes: JSON, filled up with spaces | dossiers | keys | firsts | buckets | institutions | qualities | links
 */
type FlatHeader = {
  readonly format: 1;
  readonly version: string;
  readonly dossiers: number;
  readonly shift: number;
  /** Words of keys, firsts, buckets, institutions, qualities and links. */
  readonly words: readonly number[];
  /** CRC-32 of everything behind the dossiers. */
  readonly check: number;
};

const HEADER_BYTES = 4096;
const DOSSIER_WORDS = 4;
const READ_BYTES = 32 * 1024 * 1024;
const NAME = /^flat-(\d+)$/;
const WORDS_WANTED = 6;
/** A base while a load writes it. */
export const NEW_BASE = 'flat.new';
/** Half a megabyte is gathered before it is written. */
const PENDING_WORDS = 256 * 1024;

/** The version of the newest base of a store that is not beyond a version; undefined where there is none. */
export function newestBase(folder: string, version: bigint): bigint | undefined {
  const versions = basesOf(folder).filter((one) => one <= version);
  return versions.reduce<bigint | undefined>((best, one) => (best === undefined || one > best ? one : best), undefined);
}

function basesOf(folder: string): readonly bigint[] {
  return readdirSync(folder).flatMap((name) => {
    const [, version] = NAME.exec(name) ?? [];
    return version === undefined ? [] : [BigInt(version)];
  });
}

/** Writes a base while its persons come in the order of their keys; nobody sees it before `finish`. */
export class FlatFileWriter {
  readonly builder = new FlatBuilder();
  readonly #folder: string;
  readonly #path: string;
  readonly #fd: number;
  readonly #pending = new Uint16Array(PENDING_WORDS);
  #pendingWords = 0;
  #offset = HEADER_BYTES;

  /** @param name of the file until it is finished; what a load that was cut has written there is kept for `resume` */
  constructor(folder: string, name = NEW_BASE) {
    this.#folder = folder;
    this.#path = join(folder, name);
    this.#fd = openSync(this.#path, existsSync(this.#path) ? 'r+' : 'w+', 0o600);
  }

  /** The dossiers of the persons that were added, or will be, in their order: four words each. */
  write(dossiers: Uint16Array): void {
    if (this.#pendingWords + dossiers.length > this.#pending.length) this.#writePending();
    if (dossiers.length > this.#pending.length) this.#write(bytesOf(dossiers));
    else {
      this.#pending.set(dossiers, this.#pendingWords);
      this.#pendingWords += dossiers.length;
    }
  }

  /** What was written is on the disk. */
  flush(): void {
    this.#writePending();
    fdatasyncSync(this.#fd);
  }

  /** Goes on behind the dossiers of the persons that were added: they were flushed before. */
  resume(): void {
    this.#offset = HEADER_BYTES + this.builder.dossiers * DOSSIER_WORDS * 2;
  }

  /** Durable and in its place on return. Bases before it are removed. */
  finish(version: bigint, institutions: Uint32Array, qualities: Uint32Array): void {
    const { keys, firsts, shift, buckets, links } = this.builder.finish();
    this.#writePending();
    if (this.#offset !== HEADER_BYTES + this.builder.dossiers * DOSSIER_WORDS * 2) {
      throw new TypeError('a flat directory whose persons have other dossiers than were written');
    }
    let check = 0;
    const parts = [keys, firsts, buckets, institutions, qualities, links];
    for (const words of parts) {
      check = crc32(bytesOf(words), check);
      this.#write(bytesOf(words));
    }
    ftruncateSync(this.#fd, this.#offset);
    const words = parts.map(({ length }) => length);
    const { dossiers } = this.builder;
    const header: FlatHeader = { format: 1, version: version.toString(), dossiers, shift, words, check };
    writeSync(this.#fd, Buffer.from(JSON.stringify(header).padEnd(HEADER_BYTES)), 0, HEADER_BYTES, 0);
    fdatasyncSync(this.#fd);
    closeSync(this.#fd);
    renameSync(this.#path, join(this.#folder, `flat-${version}`));
    for (const other of basesOf(this.#folder)) {
      if (other < version) rmSync(join(this.#folder, `flat-${other}`), { force: true });
    }
  }

  abandon(): void {
    closeSync(this.#fd);
    rmSync(this.#path, { force: true });
  }

  #writePending(): void {
    this.#write(bytesOf(this.#pending.subarray(0, this.#pendingWords)));
    this.#pendingWords = 0;
  }

  #write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const written = writeSync(this.#fd, bytes, from, bytes.length - from, this.#offset);
      from += written;
      this.#offset += written;
    }
  }
}

/** Reads a base into shared memory. @throws TypeError where it is damaged */
export async function readFlatFile(folder: string, version: bigint): Promise<FlatLayer> {
  await using file = await openFile(join(folder, `flat-${version}`), 'r');
  const head = Buffer.alloc(HEADER_BYTES);
  await fill(file, head, 0);
  const { dossiers: count, shift, words, check } = parseHeader(head, version);
  const dossiers = new Uint16Array(new SharedArrayBuffer(count * DOSSIER_WORDS * 2));
  let offset = HEADER_BYTES + dossiers.byteLength;
  const parts: Uint32Array[] = [];
  const reads = [fill(file, bytesOf(dossiers), HEADER_BYTES)];
  for (const length of words) {
    const part = sharedWords(length);
    parts.push(part);
    reads.push(fill(file, bytesOf(part), offset));
    offset += part.byteLength;
  }
  await Promise.all(reads);
  if (parts.reduce((sum, part) => crc32(bytesOf(part), sum), 0) !== check) {
    throw new TypeError('the flat directory is damaged');
  }
  const [keys, firsts, buckets, institutions, qualities, links] = parts;
  if (keys === undefined || firsts === undefined || buckets === undefined)
    throw new TypeError('a flat directory cut short');
  if (institutions === undefined || qualities === undefined || links === undefined) {
    throw new TypeError('a flat directory cut short');
  }
  const persons = inPairs({ keys, firsts });
  return { persons, shift, buckets, days: dayIndexOf(keys), dossiers, institutions, qualities, links };
}

function parseHeader(bytes: Buffer, version: bigint): FlatHeader {
  const header: unknown = JSON.parse(bytes.toString());
  const isKnown = typeof header === 'object' && header !== null && 'format' in header && header.format === 1;
  const found = header as FlatHeader;
  if (!isKnown || found.version !== version.toString() || found.words.length !== WORDS_WANTED) {
    throw new TypeError('a flat directory of another form');
  }
  return found;
}

function bytesOf(words: Uint16Array | Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** Reads until the target is full, in pieces side by side. */
async function fill(file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  const pieces: Promise<void>[] = [];
  for (let from = 0; from < target.length; from += READ_BYTES) {
    pieces.push(fillPiece(file, target.subarray(from, from + READ_BYTES), position + from));
  }
  await Promise.all(pieces);
}

async function fillPiece(file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  for (let from = 0; from < target.length; ) {
    const { bytesRead } = await file.read(target, from, target.length - from, position + from);
    if (bytesRead === 0) throw new TypeError('a flat directory cut short');
    from += bytesRead;
  }
}
