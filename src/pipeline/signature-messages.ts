import type { SetSignatureFailure } from '../evidence/set-signature.ts';
import type { ReadableContent } from '../storage/content-store.ts';

/** What the serving thread and the thread that verifies signatures say to each other; all of it plain data. */

export type SignatureWorkerStart = {
  /** The folder of the store, which the thread opens for itself. */
  readonly contentDirectory: string;
  readonly policy: {
    /** DER. */
    readonly issuers: readonly Uint8Array[];
    readonly intermediates: readonly Uint8Array[];
    readonly clockToleranceMs: number;
    readonly allowedPolicies: readonly string[];
  };
};

export type SignatureJob = {
  readonly signature: ReadableContent;
  readonly file: ReadableContent & { readonly sha256: string };
  /** The moment at which certificates must be valid, milliseconds since the epoch. */
  readonly at: number;
};

export type SignatureVerified =
  /** The path as DER, the signer first. */
  | { readonly ok: true; readonly path: readonly Uint8Array[] }
  | { readonly ok: false; readonly reason: SetSignatureFailure };
