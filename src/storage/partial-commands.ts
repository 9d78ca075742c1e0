import type { VPath } from '../domain/vpath.ts';

/** What is held of uploads that were cut. */
export type PartialCommand =
  /**
   * `base`: the version of what stood there when it began, 0 for nothing.
   * @throws `already-exists` where one is held for this principal and path, `precondition-failed` where another version
   * stands there now, `not-allowed` from `maxOfPrincipal` on
   */
  | {
      readonly kind: 'beginPartial';
      readonly principal: string;
      readonly path: VPath;
      readonly contentId: string;
      readonly total?: number | undefined;
      readonly base?: number | undefined;
      readonly maxOfPrincipal: number;
    }
  /** So many bytes are held now. @throws `not-found` where it has ended, or is another content now */
  | {
      readonly kind: 'advancePartial';
      readonly principal: string;
      readonly path: VPath;
      readonly contentId: string;
      readonly size: number;
    }
  /** Forgets it; the content is left to its publication or the sweeper. None there is no error. */
  | { readonly kind: 'endPartial'; readonly principal: string; readonly path: VPath };
