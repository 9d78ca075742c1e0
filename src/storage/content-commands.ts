import type { CompletedContent, ContentRef } from './content-store.ts';

/** Small contents, which lie in the ledger itself. */
export type ContentCommand =
  /** Keeps a content; one that is there already stays as it is: an id names the same bytes for ever. */
  | { readonly kind: 'keepContent'; readonly content: ContentRef; readonly bytes: Uint8Array }
  /** Removes those that nothing names; others, and what is not there, are left. */
  | { readonly kind: 'dropContents'; readonly contentIds: readonly string[] };

export type ContentQuery =
  /** The bytes of those that lie in the ledger. */
  | { readonly kind: 'contents'; readonly contentIds: readonly string[] }
  /** All that lie in the ledger, in their order there; pass the position of the last of a page as `after`. */
  | { readonly kind: 'keptContents'; readonly after: number; readonly limit: number };

/** `keptAt`: when it was kept, on the ledger's clock. */
export type KeptContent = { readonly position: number; readonly contentId: string; readonly keptAt: number };

/** What a commit must carry that names these contents: those that lie on a disk need nothing. */
export function keeping(contents: readonly CompletedContent[]): readonly ContentCommand[] {
  return contents.flatMap((content) => {
    const { bytes } = content;
    return bytes === undefined ? [] : [{ kind: 'keepContent', content: refOf(content), bytes }];
  });
}

/** What a row says of a content, without its bytes. */
export function refOf({ contentId, size, sha256 }: ContentRef): ContentRef {
  return { contentId, size, sha256 };
}
