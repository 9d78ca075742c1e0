import type { CharacterClass } from './charset.ts';
import type { Expectation } from './expectation.ts';
import type { Columns, FlowFormat } from './format.ts';
import type { Institution } from './partner.ts';
import type { IsoDate } from './period.ts';
import type { Level, PartnerId, Right, RuleRef } from './principal.ts';
import type { VPath } from './vpath.ts';

/** R real, T test, S simulation (nothing is delivered to others). */
export type Environment = 'R' | 'T' | 'S';

/** How a day is written. Between reading and writing it is always `yyyy-MM-dd`. */
export type DateForm = 'yyyy-MM-dd' | 'yyyyMMdd';

export type FieldType =
  | { readonly kind: 'integer'; readonly maxDigits: number }
  /** A whole number of euro cents. */
  | { readonly kind: 'cents'; readonly maxDigits: number; readonly signed: boolean }
  /** `maxDigits` stand before the point at most; exactly `decimals` behind it. */
  | {
      readonly kind: 'decimal';
      readonly maxDigits: number;
      readonly decimals: number;
      readonly point: '.' | ',';
      readonly signed: boolean;
    }
  | {
      readonly kind: 'text';
      readonly maxLength: number;
      readonly pattern?: string | undefined;
      /** With a class the text is one line of these characters. */
      readonly characters?: CharacterClass | undefined;
    }
  | { readonly kind: 'digits'; readonly length: number }
  | { readonly kind: 'code'; readonly values: readonly string[] }
  | { readonly kind: 'date'; readonly form: DateForm }
  /** A date whose day, or day and month, are 00 where nobody knows them. */
  | { readonly kind: 'incomplete-date'; readonly form: DateForm }
  /** `yyyyQn` */
  | { readonly kind: 'quarter' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'insz' }
  | { readonly kind: 'kbo' }
  /** Number of an employer at the RSZ. */
  | { readonly kind: 'rsz' }
  /** Number of a sector, or of a type within it: 0–999. */
  | { readonly kind: 'sector' }
  /** Sector and type, as in 25/0. */
  | { readonly kind: 'institution' }
  | { readonly kind: 'uuid' };

/** One field of a record. `name` is the column, or the dotted path of a JSON member or XML element (`period.begin`). */
export type Field = {
  readonly name: string;
  readonly type: FieldType;
  /** `in-group`: needed where anything else of its group (`period` of `period.begin`) is there. */
  readonly required: boolean | 'in-group';
  /** Where it stands, in a flow of fixed width. */
  readonly columns?: Columns | undefined;
};

/** Fields that carry meaning for the checks; each names a field of the layout. */
export type FieldRoles = {
  readonly number?: string | undefined;
  readonly person: string;
  readonly replacedBy?: string | undefined;
  /** The period or the day the record speaks of; in a request or an answer, also a quarter. */
  readonly periodBegin: string;
  readonly periodEnd?: string | undefined;
  /** Filled in per receiver from its own directory line, never copied. */
  readonly quality?: string | undefined;
  readonly qualityBegin?: string | undefined;
  readonly qualityEnd?: string | undefined;
  /** Unique reference per sender, and the reference of the original that a record cancels or changes. */
  readonly reference?: string | undefined;
  readonly cancels?: string | undefined;
  /** Of a `message`: who it is for, in one of four ways; none where the flow has one fixed receiver. */
  readonly receiver?: string | undefined;
  readonly receiverSector?: string | undefined;
  readonly receiverType?: string | undefined;
  readonly receiverKbo?: string | undefined;
  readonly receiverPartner?: string | undefined;
  /** Of an `answer`: the hub's ticket of the question it answers. */
  readonly questionTicket?: string | undefined;
  /** Of an `integration`: what to do with the line, and its phase. Its institution is named by the roles of a receiver. */
  readonly action?: string | undefined;
  readonly phase?: string | undefined;
  /** For which employer the sender hands in; it needs a mandate. */
  readonly employer?: string | undefined;
  /** Levels of an authorization that a record can name. */
  readonly application?: string | undefined;
  readonly user?: string | undefined;
  readonly question?: string | undefined;
  readonly information?: string | undefined;
};

export type LayoutVersion = {
  readonly version: string;
  readonly validFrom: IsoDate;
  readonly validUntil?: IsoDate | undefined;
  /** The first and last day of the reference periods it is for; left out where it is for all. */
  readonly referenceFrom?: IsoDate | undefined;
  readonly referenceUntil?: IsoDate | undefined;
  readonly fields: readonly Field[];
  readonly roles: FieldRoles;
  /**
   * Records with one of these values change or cancel an original: the one `cancels` names, else the one that had their own
   * reference.
   */
  readonly changes?: { readonly field: string; readonly values: readonly string[] } | undefined;
  /** Pairs of date fields whose first may not be after the second. */
  readonly periods: readonly { readonly begin: string; readonly end: string }[];
  /** Numbers that add up to another. */
  readonly totals: readonly { readonly sum: readonly string[]; readonly equals: string }[];
  /** Birth dates that the number of the person must agree with: only they show a number of the wrong century. */
  readonly births: readonly { readonly date: string; readonly insz: string }[];
  /** Of an `integration`: groups of fields that prove who is meant; each record has all of one group. None are asked for where there are none. */
  readonly proofs?: readonly (readonly string[])[] | undefined;
};

/** What a flow of requests asks for. */
export type Asks = {
  /** The kind of datum; the availability table says which source holds it. */
  readonly datum: string;
  /** The flow in which the source answers. */
  readonly answerFlow: string;
  /** From the closing of the request on: when a missing answer is told to everybody, and when none is taken any more. */
  readonly answerWithinHours: number;
  readonly closeAfterHours: number;
  /** A field that stands behind those of the layout where the source gets it: the hub's ticket of the question. */
  readonly ticketField?: { readonly name: string; readonly columns?: Columns | undefined } | undefined;
};

/** A named group of fields; a receiver gets the blocks its authorization lists. The block `key` always passes. */
export type DataBlock = { readonly name: string; readonly fields: readonly string[] };

export type Trigger = 'go-file' | 'upload';

/**
 * How a flow finds who gets a record. `mutation`: everybody with a line and an act; `message`: the receiver it names;
 * `request`: the source that holds the datum; `answer`: who asked; `integration`: the reference directory itself.
 */
export const FLOW_KINDS = ['mutation', 'message', 'request', 'answer', 'integration'] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

/** A kind of exchange. */
export type Flow = {
  readonly code: string;
  readonly title: string;
  readonly kind: FlowKind;
  /** Of a `message` whose records do not name their receiver: the one they all go to. */
  readonly receiver?: Institution | undefined;
  /** Of a `request`. */
  readonly asks?: Asks | undefined;
  readonly senderLine: 'required' | 'creates' | 'none';
  readonly triggers: readonly Trigger[];
  /** Names this flow recognises in a flat intake folder, anchored. */
  readonly pattern: string;
  readonly format: FlowFormat;
  readonly layouts: readonly LayoutVersion[];
  readonly blocks: readonly DataBlock[];
  readonly names: 'unique' | 'reusable';
  readonly namesWindowDays: number;
  readonly refuseSameContent: boolean;
  readonly order: 'strict' | 'none';
  /** What a quarantined file does to the files of the flow behind it. */
  readonly afterQuarantine: 'hold' | 'overtake';
  /** How long a delivery stays in its mailbox, and when its receiver is reminded of one that nobody picked up. */
  readonly holdDays: number;
  readonly remindAfterDays: readonly number[];
  readonly purposes: readonly string[];
  readonly maxFileBytes: number;
  /** Seconds the name of an answered submission stays listed in the intake folder. */
  readonly keepAnsweredSeconds: number;
  /** What it takes to hand in or take away files of this flow. */
  readonly level: Level;
  /** Files that are expected regularly; nothing is, where there are none. */
  readonly expected?: readonly Expectation[] | undefined;
  readonly source: string;
};

/** One dated legal act that allows one flow between named parties for one purpose. */
export type Authorization = {
  readonly id: string;
  readonly version: number;
  readonly instrument: string;
  readonly reference: string;
  readonly textDigest: string;
  readonly flow: string;
  readonly act: 'communication' | 'consultation';
  readonly purpose: string;
  readonly sender: Institution;
  readonly receivers: readonly AuthorizedReceiver[];
  /** Where one of these is there, a record must name a member of it: the levels below the institution. */
  readonly applications?: readonly string[] | undefined;
  readonly users?: readonly string[] | undefined;
  readonly questions?: readonly string[] | undefined;
  readonly information?: readonly string[] | undefined;
  readonly environments: readonly Environment[];
  readonly from: IsoDate;
  readonly until?: IsoDate | undefined;
  readonly source: string;
};

export type AuthorizedReceiver = {
  readonly institution: Institution;
  /** `none`: this receiver of messages needs no line of the person, since the message is what makes one. */
  readonly line?: 'none' | undefined;
  /** Three digits each, 000–999. */
  readonly qualities: readonly string[];
  readonly blocks: readonly string[];
};

/** Rights beyond the standard tree, on one folder of `/SHARED`. */
export type SharedFolder = {
  readonly path: VPath;
  readonly content: 'non-personal' | 'reviewed' | 'personal';
  readonly approver?: string | undefined;
  readonly level: Level;
  /** Bytes that may lie in it, and the largest file. */
  readonly quotaBytes?: number | undefined;
  readonly maxFileBytes?: number | undefined;
  readonly grants: readonly FolderGrant[];
  /** Where it stands in the configuration. */
  readonly source: RuleRef;
};

export type FolderGrant = {
  readonly partner: PartnerId;
  /** One account of the partner; absent means every account. */
  readonly account?: string | undefined;
  readonly rights: readonly Right[];
  readonly authorization?: string | undefined;
  readonly until?: IsoDate | undefined;
  readonly rule: string;
};
