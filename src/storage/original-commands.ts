import type { Environment } from '../domain/flow.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { Ticket } from '../domain/submission.ts';

/** Who may cancel or change what: originals are those of a flow, an environment and their sender. */
export type OriginalsOf = { readonly flow: string; readonly environment: Environment; readonly partner: PartnerId };

/** Originals that the same receivers got, as one value: millions of them go from thread to thread. */
export type RememberedOriginals = {
  readonly receivers: readonly string[];
  /** A JSON array of at most `MOST_REFERENCES`. */
  readonly references: string;
  readonly count: number;
};

/** So many are written in some ten milliseconds. */
export const MOST_REFERENCES = 2000;

export type OriginalCommand =
  /** Remembers who got the originals of a batch. Repeatable. */
  | ({ readonly kind: 'rememberOriginals'; readonly originals: readonly RememberedOriginals[] } & OriginalsOf)
  /**
   * Puts originals of a large batch down that count for nobody yet. `stage` is a number that no other try of any batch has.
   * Repeatable.
   */
  | ({
      readonly kind: 'stageOriginals';
      readonly stage: number;
      readonly ticket: Ticket;
      readonly originals: RememberedOriginals;
    } & OriginalsOf)
  /** Lets all that was put down under a stage count. */
  | { readonly kind: 'publishOriginals'; readonly stage: number }
  /** Takes some of what was put down away, at most `MOST_REFERENCES`, and with the last of them the stage; none that counts. */
  | { readonly kind: 'dropStage'; readonly stage: number };

export type OriginalQuery =
  /** The receivers of those that are known. */
  | ({ readonly kind: 'originals'; readonly references: readonly string[] } & OriginalsOf)
  /** Stages of earlier tries of a batch, of which nothing counts. */
  | { readonly kind: 'leftStages'; readonly ticket: Ticket };
