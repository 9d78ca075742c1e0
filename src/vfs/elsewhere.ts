import type { VPath } from '../domain/vpath.ts';
import type { PartialState } from './files.ts';

/**
 * Uploads under way in other processes of the gateway. What is durable stands in the ledger; this is what a second
 * connection must know of a first one whose bytes are still coming.
 */
export interface Elsewhere {
  /** Bytes begin to come for a ledger path here, and have ended to come. */
  began(path: VPath): void;
  ended(path: VPath): void;
  /** Whether bytes are on their way to this ledger path in another process. */
  isBeingWritten(path: VPath): boolean;
  /** An upload in parts runs here, and has ended; `key` names its principal and ledger path. */
  partsBegan(key: string): void;
  partsEnded(key: string): void;
  /** Ends such an upload that runs in another process; what came of it is kept when this returns. */
  supersede(key: string): Promise<void>;
  /** How far such an upload is that runs in another process. */
  held(key: string): Promise<PartialState | undefined>;
}

/** For a gateway of one process. */
export const NOWHERE_ELSE: Elsewhere = {
  began: () => undefined,
  ended: () => undefined,
  isBeingWritten: () => false,
  partsBegan: () => undefined,
  partsEnded: () => undefined,
  supersede: async () => undefined,
  held: async () => undefined,
};
