import type { DirectorySnapshot } from '../directory/directory.ts';
import { GatheredPersons } from '../directory/gathered-persons.ts';
import { crashPoint } from '../domain/crash-point.ts';
import { dateOf } from '../domain/period.ts';
import { blockCutter } from '../formats/open-blocks.ts';
import type { BlockPlan } from '../formats/record-block.ts';
import type { ContentStore } from '../storage/content-store.ts';
import { piecesOf } from '../storage/kept-bytes.ts';
import { actsInForce } from './authorize.ts';
import type { BatchResult, BatchTask } from './batch.ts';
import { type Chunk, LaneChunks } from './lane-chunks.ts';
import { LaneContents } from './lane-contents.ts';
import { LaneDesk } from './lane-desk.ts';
import { isLaneTask } from './lane-eligible.ts';
import type { ChunkResult } from './lane-messages.ts';
import { LineTexts } from './lane-rows.ts';
import { layoutsInForce } from './layouts-in-force.ts';
import { Router } from './route.ts';
import { isShared, type Shared, sharedOf } from './routers.ts';
import { lanePlan } from './run-lane.ts';

/** Kinds of batches that are kept: of one flow, generation, sender and day. */
const MOST_KINDS = 32;
/** Beginnings of files of one kind, each with a desk of some hundred KB. */
const MOST_BEGINNINGS = 4;

/** A beginning of files; `made` from its second file on. */
type Beginning = { readonly plan: BlockPlan; made: Made | undefined };
type Made = { readonly router: Router; readonly desk: LaneDesk };

/** What batches have in common that may share desks; `known` is undefined where the lane does not know every rule of them. */
type Kind = { readonly shared: Shared; readonly known: Beginning[] | undefined };

export type SmallParts = {
  readonly store: ContentStore;
  readonly snapshot: DirectorySnapshot;
};

/**
 * The lane for small batches, in the thread they run in: the same decisions by codes and bytes, over the few persons of the
 * batch. What it takes to decide so is made for the second batch of a kind, and kept for those after it.
 */
export class SmallLane {
  readonly #persons = new GatheredPersons();
  readonly #lines = new LineTexts(this.#persons);
  /** Least recently used first. */
  readonly #kinds = new Map<string, Kind>();
  #into: ArrayBuffer | undefined;

  /**
   * Contents are durable on return; nothing names them yet.
   * @returns undefined where the record-at-a-time path has to read the file; then nothing is left of this try
   * @throws what `runBatch` throws
   */
  async run(task: BatchTask, { store, snapshot }: SmallParts): Promise<BatchResult | undefined> {
    const { known } = this.#kindOf(task);
    if (snapshot.packed === undefined || known === undefined) return undefined;
    this.#persons.begin(snapshot);
    try {
      const { plan, made } = (await this.#beginningOf(task, known, store)) ?? {};
      if (plan === undefined || made === undefined) return undefined;
      const { router, desk } = made;
      const chunk = await onlyChunk(task, plan, store);
      const result = chunk && this.#decided(desk, chunk);
      return result && (await this.#left(result, new LaneContents(store, { task, plan }, snapshot.version, router)));
    } catch (error) {
      this.#kinds.clear(); // a desk that failed is not used again
      throw error;
    } finally {
      this.#persons.close();
    }
  }

  #decided(desk: LaneDesk, { bytes, isLast }: Chunk): ChunkResult | undefined {
    const into = this.#into;
    this.#into = undefined;
    const result = desk.decide({ bytes, isLast, into }, () => 0);
    this.#into = result?.bytes.buffer;
    return result;
  }

  async #left(result: ChunkResult, contents: LaneContents): Promise<BatchResult | undefined> {
    try {
      await contents.append(result);
      crashPoint('parse.chunk');
      crashPoint('parse.middle');
      if (contents.isWhole) {
        crashPoint('parse.done');
        crashPoint('authorize.done');
        return await contents.complete();
      }
    } catch (error) {
      await contents.abandon();
      throw error;
    }
    await contents.abandon();
    return undefined;
  }

  #kindOf(task: BatchTask): Kind {
    const { sender, environment, accessMethod, contents } = task;
    const key = JSON.stringify([
      sender,
      environment,
      accessMethod,
      task.flow.code,
      dateOf(task.receivedAt),
      contents.length,
    ]);
    const before = this.#kinds.get(key);
    this.#kinds.delete(key);
    const isSame = before !== undefined && isShared(before.shared, task);
    const kind = isSame ? before : { shared: sharedOf(task), known: isLaneTask(task) ? [] : undefined };
    this.#kinds.set(key, kind);
    for (const oldest of this.#kinds.keys()) {
      if (this.#kinds.size <= MOST_KINDS) break;
      this.#kinds.delete(oldest);
    }
    return kind;
  }

  /** The first file that begins so only leaves its plan. */
  async #beginningOf(task: BatchTask, known: Beginning[], store: ContentStore): Promise<Beginning | undefined> {
    const bytes = task.contents[0]?.bytes;
    const planned = bytes && known.find(({ plan: { head } }) => head.length > 0 && beginsWith(bytes, head));
    const plan = planned?.plan ?? (await lanePlan(task, layoutsInForce(task.flow, task.receivedAt), store));
    if (plan === undefined) return undefined;
    const found = planned ?? known.find((one) => isSamePlan(one.plan, plan));
    if (found !== undefined) {
      found.made ??= this.#make(task, found.plan);
      return found;
    }
    known.push({ plan, made: undefined });
    if (known.length > MOST_BEGINNINGS) known.shift();
    return undefined;
  }

  #make(task: BatchTask, plan: BlockPlan): Made {
    const router = new Router(task, plan.layout, actsInForce(task));
    return { router, desk: new LaneDesk({ task, plan }, this.#persons, this.#lines) };
  }
}

/** How a file is read is told by its header alone, where it has one. */
function isSamePlan(one: BlockPlan, other: BlockPlan): boolean {
  return one.layout === other.layout && one.head.length === other.head.length && beginsWith(one.head, other.head);
}

function beginsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return Buffer.compare(head, bytes.subarray(0, head.length)) === 0;
}

/** @returns undefined where no end of a record was found. @throws GatewayError `digest-mismatch` */
async function onlyChunk(task: BatchTask, plan: BlockPlan, store: ContentStore): Promise<Chunk | undefined> {
  const [content] = task.contents;
  if (content === undefined) return undefined;
  const chunks = new LaneChunks(content, blockCutter(plan), content.size + 1);
  for await (const chunk of chunks.of(piecesOf(store, content), plan.start)) return chunk;
  return undefined;
}
