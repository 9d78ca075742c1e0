import type { Insz } from '../domain/insz.ts';
import type { Institution } from '../domain/partner.ts';
import type { IsoDate } from '../domain/period.ts';

/**
 * One change of a person line, as a record of an integration asks for it.
 *
 *     register  adds a line from `begin` to `end` (open where absent)
 *     end       gives the line of this institution and quality an end: the line that begins on `begin`, or where `begin` is
 *               absent the one that holds on `end`
 */
export type DirectoryChange = {
  /** Number of the record in its submission; it names the outcome. */
  readonly record: number;
  readonly insz: Insz;
  readonly institution: Institution;
  readonly quality: string;
  readonly phase: number;
} & (
  | { readonly action: 'register'; readonly begin: IsoDate; readonly end?: IsoDate | undefined }
  | { readonly action: 'end'; readonly begin?: IsoDate | undefined; readonly end: IsoDate }
);

export type DirectoryChanges = {
  /** Of the submission: what was applied under a ticket is never applied again. */
  readonly ticket: string;
  readonly inscriber: Institution;
  /** Milliseconds since 1970; its day is the last change of the lines. */
  readonly at: number;
  readonly changes: readonly DirectoryChange[];
};

/** What became of a change; all but the first two left the directory as it was. */
export type ChangeCode =
  | 'registered'
  | 'ended'
  /** The number is not known, or was cancelled. */
  | 'unknown-person'
  /** The person has a line of this sector and quality on some of these days. */
  | 'double-inscription'
  /** No line of this institution and quality to end, or it begins after that end. */
  | 'no-such-line'
  /** The line names a final member of a sector that does not show its members. */
  | 'anonymous-member'
  /** A day, quality or institution the directory has no room for: days are from 1900-01-01 to 2079-06-05. */
  | 'out-of-range';

export type ChangeOutcome = {
  readonly record: number;
  readonly code: ChangeCode;
  /** The number the line stands under, where the one of the record was replaced. */
  readonly replacedBy?: Insz | undefined;
};

export type Applied = {
  /** The version that these changes made; where nothing changed, the one they were held against. */
  readonly version: bigint;
  /** One for each change, in their order. */
  readonly outcomes: readonly ChangeOutcome[];
  /** Whether the ticket was applied before: these are the outcomes of that time. */
  readonly repeated: boolean;
};
