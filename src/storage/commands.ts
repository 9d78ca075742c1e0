import type { Delivery, DeliveryState } from '../domain/delivery.ts';
import type { Environment } from '../domain/flow.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { Submission, SubmissionState, Ticket } from '../domain/submission.ts';
import type { VPath } from '../domain/vpath.ts';
import type { AlarmCommand } from './alarm-commands.ts';
import type { ContentCommand } from './content-commands.ts';
import type { ContentRef } from './content-store.ts';
import type { DeliveryCommand } from './delivery-commands.ts';
import type { Queue } from './ledger.ts';
import type { OriginalCommand } from './original-commands.ts';
import type { PartialCommand } from './partial-commands.ts';
import type { QuestionCommand } from './question-commands.ts';
import type { SubmissionCommand } from './submission-queries.ts';
import type { TrafficCommand } from './traffic-commands.ts';

/**
 * A row of the file tree. Paths here are *ledger paths*: `/partners/<id>/IN/<FLOW>/name` and `/SHARED/<name>/…`. The
 * standard folders of partners need no rows: a file may be published in a folder that has none.
 */
export type EntryRow = {
  readonly path: VPath;
  readonly kind: 'file' | 'folder';
  /** Grows with every change of this name, never reused: the source of ETags. */
  readonly version: number;
  /** Empty string, 0 and empty digest for folders. */
  readonly contentId: string;
  readonly size: number;
  readonly sha256: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** The ticket of the submission that froze it, while it is frozen. */
  readonly frozenBy?: Ticket | undefined;
  /** When the sweeper may remove it. */
  readonly expiresAt?: number | undefined;
  /** Properties that clients stored beside it; they move and are copied with it, and stay when its bytes change. */
  readonly properties?: readonly DeadProperty[] | undefined;
};

export type PropertyName = { readonly namespace: string; readonly name: string };

/** A property whose meaning only clients know (RFC 4918 §4): its whole element, as XML that stands by itself. */
export type DeadProperty = PropertyName & { readonly xml: string };

/** One step of a PROPPATCH (RFC 4918 §9.2). */
export type PropertyChange =
  | { readonly kind: 'set'; readonly property: DeadProperty }
  | { readonly kind: 'remove'; readonly property: PropertyName };

/** A write lock (RFC 4918 §6, §7) on a ledger path. It ends by itself at `until`, on the ledger's clock. */
export type LockRow = {
  /** `urn:uuid:` and a random UUID. */
  readonly token: string;
  readonly path: VPath;
  /** `infinity` covers everything below its path too. */
  readonly depth: 0 | 'infinity';
  readonly scope: 'exclusive' | 'shared';
  /** Who took it, `anna@ksz`: nobody else's request holds it, whatever token it shows. */
  readonly principal: string;
  /** What the client calls the owner, as XML. */
  readonly owner: string;
  readonly until: number;
};

/**
 * Whose locks a change must hold. `content`: those that cover the path. `name`: also those of the folder it appears in
 * or vanishes from (RFC 4918 §7.4). `tree`: `name`, and those of everything below it.
 */
export type LockReach = 'content' | 'name' | 'tree';

/** Bytes of a file that came in so far; the rest is still to come. One per principal and ledger path. */
export type PartialRow = {
  readonly principal: string;
  readonly path: VPath;
  readonly contentId: string;
  /** Bytes that are held for sure. */
  readonly size: number;
  /** Bytes the file will have; undefined where only its end will tell. */
  readonly total: number | undefined;
  /** Where no total is known: the version of what stood at the path when it began, 0 for nothing. */
  readonly base: number | undefined;
  readonly startedAt: number;
  readonly touchedAt: number;
};

/** What lies in some areas of the tree, with the bytes that are held of uploads to them; areas are those of `areaOf`. */
export type Usage = { readonly bytes: number; readonly files: number };

/** What must be true of a name: it is absent, it is there with this version, or either. */
export type Expectation = 'absent' | 'any' | { readonly version: number };

/** What stands at a path and above it, and what the areas hold. */
export type TargetRow = {
  readonly entry: EntryRow | undefined;
  readonly parent: EntryRow | undefined;
  readonly locks: readonly LockRow[];
  readonly parentLocks: readonly LockRow[];
  readonly usage: Usage;
  /** What the principal that was named holds of an upload to this path. */
  readonly partial: PartialRow | undefined;
};

/** A lot of this number by this partner in this flow and environment, received since. */
export type LotOf = {
  readonly partner: PartnerId;
  readonly flow: string;
  readonly environment: Environment;
  readonly lot: number;
  readonly since: number;
};

/** One line of the audit log; `at`, `seq` and the chain are added by the ledger when it is appended. */
export type AuditLine = {
  readonly kind: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  readonly fields: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
};

/** A certificate or key by its SHA-256, and the address it is used from. */
export type StepUpKey = { readonly fingerprint: string; readonly address: string };

/** Level 2 until a time of the ledger's clock. */
export type StepUpRow = StepUpKey & { readonly principal: string; readonly until: number };

export type LeaseRef = { readonly queue: Queue; readonly key: string; readonly fence: number };

/**
 * Whether a name that is moved or copied may take the place of another: never, of whatever stands there with all below it (RFC 4918 §9.9.3),
 * or as rename(2) does: a file of a file, a folder of an empty folder. @throws `is-folder`, `not-folder`, `not-empty`
 */
export type Overwrite = boolean | 'as-rename';

export type LedgerCommand =
  /** Makes or replaces a file. @throws `frozen`, `precondition-failed`, `is-folder`, and `no-parent` where `parentMustExist` */
  | {
      readonly kind: 'publish';
      readonly path: VPath;
      readonly content: ContentRef;
      readonly expect: Expectation;
      readonly parentMustExist: boolean;
      readonly at: number;
      readonly expiresAt?: number | undefined;
    }
  /** @throws `already-exists`, `no-parent` where `parentMustExist` */
  | { readonly kind: 'makeFolder'; readonly path: VPath; readonly parentMustExist: boolean; readonly at: number }
  /** Moves a file, or a folder with all below it. With `overwrite`, what stands at `to` is removed first. @throws `frozen` for anything frozen below either */
  | {
      readonly kind: 'move';
      readonly from: VPath;
      readonly to: VPath;
      readonly overwrite: Overwrite;
      readonly parentMustExist: boolean;
      /** When it would be removed under its old name it is under the new one; else that is forgotten. */
      readonly keepsEnd?: boolean | undefined;
      readonly at: number;
    }
  /** Copies rows; no bytes move. `recursive` false copies a folder alone (Depth: 0). `keepsEnd` as in `move`. */
  | {
      readonly kind: 'copy';
      readonly from: VPath;
      readonly to: VPath;
      readonly overwrite: Overwrite;
      readonly recursive: boolean;
      readonly parentMustExist: boolean;
      readonly keepsEnd?: boolean | undefined;
      readonly at: number;
    }
  /** Removes a file or a folder. @throws `not-found`, `frozen`, and `not-empty` for a folder with children where not `recursive` */
  | {
      readonly kind: 'remove';
      readonly path: VPath;
      readonly recursive: boolean;
      readonly expect?: Expectation | undefined;
    }
  | { readonly kind: 'setModified'; readonly path: VPath; readonly modifiedAt: number }
  /**
   * Does the steps in their order; the version stays. @throws `not-found`, `too-large` where the properties of the path
   * would have more than `maxBytes` of UTF-8 together
   */
  | {
      readonly kind: 'patchProperties';
      readonly path: VPath;
      readonly changes: readonly PropertyChange[];
      readonly maxBytes: number;
    }
  /**
   * Takes a lock for `forMs` from now. @throws `locked` (with its path) where a lock at, above or below stands against it,
   * `frozen`, `not-found` where nothing is at the path, `not-allowed` where the principal holds `maxOfPrincipal` already
   */
  | {
      readonly kind: 'takeLock';
      readonly lock: Omit<LockRow, 'until'>;
      readonly forMs: number;
      readonly maxOfPrincipal: number;
    }
  /** Lets a lock of this principal that covers the path last for `forMs` from now. @throws `not-locked` */
  | {
      readonly kind: 'refreshLock';
      readonly token: string;
      readonly principal: string;
      readonly path: VPath;
      readonly forMs: number;
    }
  /** Ends a lock that covers the path. @throws `not-locked` where there is none, `not-allowed` for another principal's */
  | { readonly kind: 'releaseLock'; readonly token: string; readonly principal: string; readonly path: VPath }
  /**
   * A precondition: where locks cover what the change reaches, one of each must be held, which is: its token is among
   * `tokens` and it is this principal's. @throws `locked`, with the path of a lock that is not held
   */
  | {
      readonly kind: 'mustHoldLocks';
      readonly path: VPath;
      readonly reach: LockReach;
      readonly principal: string;
      readonly tokens: readonly string[];
    }
  /** A precondition on what the commands before it made: the areas together hold at most this. @throws `over-quota` */
  | { readonly kind: 'mustFit'; readonly areas: readonly VPath[]; readonly maxBytes: number }
  | PartialCommand
  /** Freezes a file for a ticket. @throws `not-found`, `precondition-failed`, `frozen` (by another ticket) */
  | { readonly kind: 'freeze'; readonly path: VPath; readonly ticket: Ticket; readonly expect: Expectation }
  /** Ends the freeze of a ticket and says when the name may be swept. A name that is gone or not frozen by it is left. */
  | { readonly kind: 'thaw'; readonly path: VPath; readonly ticket: Ticket; readonly expiresAt: number }
  /** Adds work; the same key again replaces payload and due time and fences out a lease that is held. */
  | {
      readonly kind: 'enqueue';
      readonly queue: Queue;
      readonly key: string;
      readonly dueAt: number;
      readonly payload: unknown;
    }
  /** Removes a job, held or not; one that is not there is no error. */
  | { readonly kind: 'dequeue'; readonly queue: Queue; readonly key: string }
  /** Removes the job. @throws `fenced` */
  | ({ readonly kind: 'finishLease' } & LeaseRef)
  /** Gives the job back, due later. @throws `fenced` */
  | ({ readonly kind: 'releaseLease'; readonly dueAt: number; readonly payload?: unknown } & LeaseRef)
  /** @throws `already-exists` for a ticket that was ever used */
  | { readonly kind: 'insertSubmission'; readonly submission: Submission }
  /** A precondition. @throws `precondition-failed` where a lot of this number was taken before */
  | ({ readonly kind: 'mustBeNewLot' } & LotOf)
  /**
   * A precondition: the submission before was answered, or put in quarantine where that holds nobody up.
   * @throws `precondition-failed`
   */
  | { readonly kind: 'mustFollow'; readonly ticket: Ticket; readonly overtakesQuarantine: boolean }
  /** @throws `precondition-failed` where the state is not `from`, or the table NEXT does not allow the step */
  | {
      readonly kind: 'setSubmissionState';
      readonly ticket: Ticket;
      readonly from: SubmissionState;
      readonly to: SubmissionState;
      readonly at: number;
      readonly patch?: Partial<
        Pick<Submission, 'errors' | 'records' | 'notification' | 'answeredAt' | 'receipt' | 'recordLog'>
      >;
    }
  /**
   * Inserts a delivery. `sequence` must be the next one of its flow, environment and receiver.
   * @throws `precondition-failed` where it is not (the caller reads `nextSequence` again), `already-exists` for the id
   */
  | { readonly kind: 'insertDelivery'; readonly delivery: Delivery; readonly at: number }
  | { readonly kind: 'setDeliveryState'; readonly id: string; readonly to: DeliveryState; readonly at: number }
  | OriginalCommand
  | ContentCommand
  | QuestionCommand
  | DeliveryCommand
  | AlarmCommand
  | TrafficCommand
  | SubmissionCommand
  /** Opens level 2 for one certificate at one address, from now on; a grant that is there begins anew. */
  | ({ readonly kind: 'grantStepUp'; readonly principal: string; readonly forMs: number } & StepUpKey)
  /** Ends the grants of a certificate, at one address or at all; none there is no error. */
  | { readonly kind: 'endStepUp'; readonly fingerprint: string; readonly address?: string | undefined }
  /** Uses a one-time code up. @throws `precondition-failed` where this principal used it, or a later one, before */
  | { readonly kind: 'useCode'; readonly principal: string; readonly counter: number }
  /** Adds 1 to a counter; its new value is in the result under the counter's name. */
  | { readonly kind: 'increment'; readonly counter: string }
  | { readonly kind: 'audit'; readonly line: AuditLine };

export type CommitResult = {
  /** Versions of the entries published or moved by this call, by path. */
  readonly versions: Readonly<Record<string, number>>;
  readonly counters: Readonly<Record<string, number>>;
};

/** One line of the audit log as it stands: hash = SHA-256 over previous hash and the canonical JSON of seq, at, line. */
export type ChainedLine = AuditLine & {
  readonly seq: number;
  readonly at: number;
  readonly previous: string;
  readonly hash: string;
};
