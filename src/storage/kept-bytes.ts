import { type ContentRef, type ContentStore, type ReadableContent, SMALL_BYTES } from './content-store.ts';
import type { Ledger } from './ledger.ts';

/** The contents with the bytes of those that lie in the ledger: for threads, which read nothing but the disk. */
export async function withBytes<Content extends Pick<ContentRef, 'contentId' | 'size'>>(
  ledger: Pick<Ledger, 'read'>,
  contents: readonly Content[],
): Promise<readonly (Content & { readonly bytes?: Uint8Array | undefined })[]> {
  const contentIds = contents.filter(({ size }) => size <= SMALL_BYTES).map(({ contentId }) => contentId);
  if (contentIds.length === 0) return contents;
  const kept = await ledger.read({ kind: 'contents', contentIds });
  return contents.map((content) => ({ ...content, bytes: kept.get(content.contentId) }));
}

/** The bytes of a content in pieces, to be read once; where they are at hand, without a stream. */
export function piecesOf(
  store: Pick<ContentStore, 'read'>,
  content: ReadableContent,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  const { bytes } = content;
  if (bytes === undefined) return store.read(content);
  return bytes.length === 0 ? [] : [bytes];
}
