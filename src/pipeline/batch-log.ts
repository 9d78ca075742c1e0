import {
  RecordLogEntries,
  type RecordLogHead,
  type RecordOutcome,
  type RecordReceiver,
  recordLogHead,
} from '../audit/record-log.ts';
import type { CompletedContent, ContentStore } from '../storage/content-store.ts';
import { GrowingBytes } from '../storage/growing-bytes.ts';
import { actsInForce } from './authorize.ts';
import type { BatchTask } from './batch.ts';
import { BatchContent } from './batch-content.ts';
import { KEY_BLOCK, type Route, type Router } from './route.ts';

export type RecordFate = Omit<RecordOutcome, 'receivers'> & { readonly routes: readonly Route[] };

/** What the decisions of one batch are made with, and the tables its log refers to. */
export function batchLogHead(
  task: BatchTask,
  versions: Pick<RecordLogHead, 'directoryVersion' | 'layoutVersion' | 'mandatesVersion'>,
  router?: Router,
): RecordLogHead {
  return {
    batch: task.ticket,
    flow: task.flow.code,
    environment: task.environment,
    sender: task.sender.partner,
    receivedAt: task.receivedAt,
    generation: task.generation,
    ...versions,
    authorizations: actsInForce(task).map(({ id, version }) => ({ id, version })),
    receivers: router?.receivers() ?? [],
    blocks: task.flow.blocks.map(({ name }) => name).filter((name) => name !== KEY_BLOCK),
  };
}

/** The record log of one batch: what it was decided with, then an entry for each record. */
export class BatchLog {
  readonly #content: BatchContent;
  readonly #head: RecordLogHead;
  #entries: RecordLogEntries | undefined;
  readonly #collected = new GrowingBytes();

  constructor(store: ContentStore, head: RecordLogHead) {
    this.#content = new BatchContent(store);
    this.#content.append(recordLogHead(head));
    this.#head = head;
  }

  /** The file was refused as a whole: no record of it counts. */
  fileRefused(codes: readonly string[]): void {
    this.#append({ record: 0, outcome: 'refused', codes, receivers: [] });
  }

  record(fate: RecordFate): void {
    this.#append(outcomeOf(fate));
  }

  #append(outcome: RecordOutcome): void {
    this.#entries ??= new RecordLogEntries(this.#head);
    this.#entries.append(outcome, this.#collected);
  }

  /** Entries that were made elsewhere, in their place. */
  append(entries: Uint8Array): void {
    this.#content.append(entries);
  }

  get content(): BatchContent {
    return this.#content;
  }

  drain(): Promise<void> {
    if (this.#collected.length > 0) this.#content.append(this.#collected.take());
    return this.#content.drain();
  }

  async complete(): Promise<CompletedContent> {
    await this.drain();
    return this.#content.complete();
  }

  abandon(): Promise<void> {
    return this.#content.abandon();
  }
}

export function outcomeOf({ routes, heldBack = [], ...fate }: RecordFate): RecordOutcome {
  return { ...fate, receivers: routes.map(loggedReceiver), ...(heldBack.length === 0 ? {} : { heldBack }) };
}

function loggedReceiver(route: Route): RecordReceiver {
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
