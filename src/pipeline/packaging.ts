import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw, createGzip } from 'node:zlib';
import type { Packaging } from '../domain/format.ts';
import type { CompletedContent, ContentStore, ContentUpload } from '../storage/content-store.ts';
import { ZipOfOne } from './zip.ts';

/** What a packed delivery is called behind the name of what is in it. */
export const PACKED_SUFFIX = { gzip: '.gz', zip: '.zip' } as const satisfies Record<Packaging, string>;

/**
 * Packs a content into a new one, in pieces: a gzip file (RFC 1952), or a ZIP that holds exactly one file. The same content
 * and name give the same bytes.
 * @param name of the file inside a ZIP
 */
export async function packed(
  store: ContentStore,
  content: CompletedContent,
  packaging: Packaging,
  name: string,
): Promise<CompletedContent> {
  const target = new Target(store, await store.begin());
  if (packaging === 'gzip') {
    await pipeline(store.read(content), createGzip(), (pieces) => target.add(pieces));
    return target.complete();
  }
  const zip = new ZipOfOne(name, content.size);
  await target.add([zip.head()]);
  const headEnd = target.size;
  let checksum = 0;
  const counted = async function* (pieces: AsyncIterable<Uint8Array>) {
    for await (const piece of pieces) {
      checksum = crc32(piece, checksum);
      yield piece;
    }
  };
  await pipeline(store.read(content), counted, createDeflateRaw(), (pieces) => target.add(pieces));
  await target.add([zip.tail(checksum, target.size - headEnd)]);
  return target.complete();
}

class Target {
  size = 0;
  readonly #store: ContentStore;
  readonly #upload: ContentUpload;

  constructor(store: ContentStore, upload: ContentUpload) {
    this.#store = store;
    this.#upload = upload;
  }

  async add(pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    for await (const piece of pieces) {
      await this.#store.writePart(this.#upload, this.size, piece);
      this.size += piece.length;
    }
  }

  complete(): Promise<CompletedContent> {
    return this.#store.complete(this.#upload, { size: this.size });
  }
}
