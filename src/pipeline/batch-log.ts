import type { RecordOutcome, RecordReceiver } from '../audit/record-log.ts';
import type { Insz } from '../domain/insz.ts';
import type { ContentRef, ContentStore } from '../storage/content-store.ts';
import { actsInForce } from './authorize.ts';
import type { BatchTask } from './batch.ts';
import { TextContent } from './batch-outputs.ts';
import type { ActReference, Route } from './route.ts';

/** The first line of a record log: what every decision of the batch was made with. */
type Head = {
  readonly batch: string;
  readonly flow: string;
  readonly environment: string;
  readonly sender: string;
  readonly receivedAt: number;
  readonly generation: string;
  readonly directoryVersion: string;
  readonly layoutVersion: string;
  /** Where records name an employer. */
  readonly mandatesVersion?: string | undefined;
  readonly authorizations: readonly ActReference[];
};

type Versions = Pick<Head, 'directoryVersion' | 'layoutVersion' | 'mandatesVersion'>;

type LoggedReceiver = RecordReceiver & {
  /** Further acts that add data blocks. */
  readonly alsoAuthorizations?: readonly ActReference[];
};

type LoggedRecord = RecordOutcome & {
  readonly recordTicket: string;
  /** The person concerned, where the record names one. */
  readonly insz?: Insz | undefined;
  readonly replacedBy?: Insz | undefined;
  readonly receivers: readonly LoggedReceiver[];
  /** Receivers of the original that may get nothing any more. */
  readonly heldBack?: readonly string[] | undefined;
};

export type RecordFate = Omit<LoggedRecord, 'recordTicket' | 'receivers'> & { readonly routes: readonly Route[] };

/** The record log of one batch: what it was decided with, then one line per record. */
export class BatchLog {
  readonly #content: TextContent;
  readonly #ticket: string;

  constructor(store: ContentStore, ticket: string) {
    this.#content = new TextContent(store);
    this.#ticket = ticket;
  }

  begin(task: BatchTask, versions: Versions): void {
    const head: Head = {
      batch: task.ticket,
      flow: task.flow.code,
      environment: task.environment,
      sender: task.sender.partner,
      receivedAt: task.receivedAt,
      generation: task.generation,
      ...versions,
      authorizations: actsInForce(task).map(({ id, version }) => ({ id, version })),
    };
    this.#line(head);
  }

  /** The file was refused as a whole: no record of it counts. */
  fileRefused(codes: readonly string[]): void {
    this.#line({ record: 0, outcome: 'refused', codes });
  }

  record({ record, routes, heldBack = [], ...fate }: RecordFate): void {
    const line: LoggedRecord = {
      record,
      recordTicket: `${this.#ticket}-${record}`,
      ...fate,
      receivers: routes.map(loggedReceiver),
      ...(heldBack.length === 0 ? {} : { heldBack }),
    };
    this.#line(line);
  }

  drain(): Promise<void> {
    return this.#content.drain();
  }

  complete(): Promise<ContentRef> {
    return this.#content.complete();
  }

  abandon(): Promise<void> {
    return this.#content.abandon();
  }

  #line(value: object): void {
    this.#content.write(`${JSON.stringify(value)}\n`);
  }
}

function loggedReceiver(route: Route): LoggedReceiver {
  const [authorization, ...others] = route.acts;
  if (authorization === undefined) throw new TypeError('a record goes nowhere without an act');
  return {
    receiver: route.receiver,
    authorization,
    ...(others.length === 0 ? {} : { alsoAuthorizations: others }),
    quality: route.dossier?.quality ?? '',
    filtered: route.filteredBlocks,
  };
}
