import type { DirectoryChange } from '../directory/changes.ts';
import type { Finding } from '../domain/finding.ts';
import type { Authorization, Environment, Flow } from '../domain/flow.ts';
import type { OutputFormat } from '../domain/format.ts';
import type { Institution, Network, Sector } from '../domain/partner.ts';
import type { AccessMethod, PartnerId } from '../domain/principal.ts';
import type { RecordTotals, Ticket } from '../domain/submission.ts';
import type { CompletedContent } from '../storage/content-store.ts';
import type { RememberedOriginals } from '../storage/original-commands.ts';
import type { QuestionEffects } from './questions.ts';

/** Everything a batch needs to know, pinned from one generation; plain data, so that it can go to a worker thread. */
export type BatchTask = SharedTask & {
  readonly ticket: Ticket;
  readonly environment: Environment;
  readonly accessMethod: AccessMethod;
  readonly receivedAt: number;
  readonly sender: BatchSender;
  /** One file, or the parts of a set in their order. */
  readonly contents: readonly CompletedContent[];
};

/** What the batches of one flow and generation have in common: the same object for all of them. */
export type SharedTask = {
  readonly flow: Flow;
  readonly generation: string;
  /** The acts of this flow, of any sender. */
  readonly authorizations: readonly Authorization[];
  readonly sectors: readonly Sector[];
  /** Who receives for an institution: partners that receive this flow. */
  readonly receivers: readonly BatchReceiver[];
  /** Of a flow of messages: whom a record can name by KBO number or partner id. */
  readonly addressees?: readonly Addressee[] | undefined;
  /** Of a flow of requests: who holds the datum; undefined where nobody is connected who does. */
  readonly source?: Pick<BatchReceiver, 'partner' | 'institution'> | undefined;
};

/** `kbo`: for whom it may hand in without a mandate. `purposes`: of a partner of the extension, the only ones it has. */
export type BatchSender = {
  readonly partner: PartnerId;
  readonly institution: Institution;
  readonly kbo?: string | undefined;
  readonly purposes?: readonly string[] | undefined;
};

export type Addressee = { readonly partner: string; readonly institution: Institution; readonly kbo: string };

/** `output`: the format it wants; undefined where it takes what the sender gives. `network`: primary where left out. */
export type BatchReceiver = {
  readonly partner: PartnerId;
  readonly institution: Institution;
  readonly network?: Network | undefined;
  readonly purposes?: readonly string[] | undefined;
  readonly output?: OutputFormat | undefined;
  /** The version of the layout it wants; undefined where it takes the one of the file. */
  readonly outputVersion?: string | undefined;
};

/** One output: the records of this batch that one receiver gets, in the order of the input. */
export type BatchOutput = {
  readonly receiver: PartnerId;
  readonly content: CompletedContent;
  readonly records: number;
  readonly authorizations: readonly { readonly id: string; readonly version: number }[];
};

/** One record that was refused (or about which the sender is told something), with all its faults. */
export type RecordAnswer = {
  readonly record: number;
  readonly faults: readonly Omit<Finding, 'record'>[];
};

export type BatchResult = {
  /** A fault of the whole file (charset 138, layout 312, no data 134…): then there are no outputs. */
  readonly fileErrors: readonly Omit<Finding, 'record' | 'severity'>[];
  readonly totals: RecordTotals;
  /** By receiver id; empty in environment S. */
  readonly outputs: readonly BatchOutput[];
  /** JSON lines of `RecordAnswer`: refused records; and records accepted with information for the sender. */
  readonly refusals: CompletedContent;
  readonly information: CompletedContent;
  readonly refusedCount: number;
  readonly informationCount: number;
  /** Records that were refused because their sender has no line of the person. */
  readonly unknownCount: number;
  /** One JSON line per record: outcome, code, receivers, authorization, quality, filtered blocks. */
  readonly recordLog: CompletedContent;
  /** Who got accepted records that later ones may change or cancel. */
  readonly originals: readonly RememberedOriginals[];
  readonly questions: QuestionEffects;
  /** What an integration changes in the reference directory. */
  readonly changes: readonly DirectoryChange[];
  /** The version of the layout the records were read by. */
  readonly layoutVersion: string;
  /** The one directory version every decision of this batch was made with. */
  readonly directoryVersion: string;
};

/** Looks up who got the originals of these references, as the ledger knows it. */
export type OriginalsLookup = (references: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;
