import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { RecordOutcome } from '../../src/audit/record-log.ts';
import { RecordLogReader } from '../../src/audit/record-log-reader.ts';
import { openDirectory, type ReferenceDirectory } from '../../src/directory/lmdb-directory.ts';
import { MANDATE_LINES_HEADER } from '../../src/directory/mandate-lines.ts';
import { type Mandates, openMandates } from '../../src/directory/mandates.ts';
import { PERSON_LINES_HEADER } from '../../src/directory/person-lines.ts';
import type { Flow } from '../../src/domain/flow.ts';
import type { Insz } from '../../src/domain/insz.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Question } from '../../src/domain/question.ts';
import type { Ticket } from '../../src/domain/submission.ts';
import type { BatchResult, BatchTask, RecordAnswer } from '../../src/pipeline/batch.ts';
import { isLaneTask } from '../../src/pipeline/lane-eligible.ts';
import type { LaneSetup } from '../../src/pipeline/lane-messages.ts';
import { LaneThreads } from '../../src/pipeline/lane-threads.ts';
import { originalKey } from '../../src/pipeline/originals.ts';
import { sourceOf } from '../../src/pipeline/question-flows.ts';
import { type QuestionsLookup, questionMatch } from '../../src/pipeline/questions.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { SmallLane } from '../../src/pipeline/small-lane.ts';
import type { CompletedContent, ReadableContent } from '../../src/storage/content-store.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import { SmallStore } from '../../src/storage/small-store.ts';
import { generation, partner } from '../support/generation.ts';
import type { Given } from '../support/reference/decide.ts';
import { isOfSyntheticSeries } from '../support/reference/identifiers.ts';
import type { KnownQuestion, Network } from '../support/reference/questions.ts';
import { SECTORS } from './world.ts';

/** What the product made of one batch, read back from what it left. */
export type Made = {
  readonly result: BatchResult;
  readonly log: readonly RecordOutcome[];
  readonly answers: readonly RecordAnswer[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly isInLane: boolean;
};

/** Counts the batches that went through its threads. */
class CountedThreads extends LaneThreads {
  batches = 0;

  override begin(setup: LaneSetup): void {
    this.batches += 1;
    super.begin(setup);
  }
}

/** Counts the batches that it decided. */
class CountedSmallLane extends SmallLane {
  batches = 0;

  override async run(...given: Parameters<SmallLane['run']>): ReturnType<SmallLane['run']> {
    const result = await super.run(...given);
    if (result !== undefined) this.batches += 1;
    return result;
  }
}

export class RulesBench {
  readonly #folder: string;
  readonly #store: SmallStore;
  readonly #directory: ReferenceDirectory;
  readonly #mandates: Mandates;
  readonly #lane = new CountedThreads({ threads: 2, minBytes: 2000, chunkBytes: 16_384 });
  readonly #smallLane = new CountedSmallLane();

  private constructor(folder: string) {
    this.#folder = folder;
    this.#store = new SmallStore({ disk: new DiskStore({ directory: join(folder, 'content') }) });
    this.#directory = openDirectory({ directory: join(folder, 'directory') });
    this.#mandates = openMandates({ directory: join(folder, 'directory') });
  }

  static async open(): Promise<RulesBench> {
    return new RulesBench(await mkdtemp(join(tmpdir(), 'sluis-rules-')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lane.close();
    await this.#directory.close();
    await this.#mandates.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async know(lines: readonly string[], mandates: readonly string[]): Promise<void> {
    const file = join(this.#folder, 'lines.csv');
    const load = async (environment: 'R' | 'T', of: readonly string[]) => {
      await writeFile(file, `${[PERSON_LINES_HEADER, ...of].join('\n')}\n`);
      const result = await this.#directory.load(environment, file, SECTORS);
      if (!result.loaded) throw new Error(JSON.stringify(result.problems));
    };
    await load('R', lines);
    await load('T', inTest(lines));
    for (const environment of ['R', 'T'] as const) {
      await writeFile(file, `${[MANDATE_LINES_HEADER, ...mandates].join('\n')}\n`);
      const result = await this.#mandates.load(environment, file);
      if (!result.loaded) throw new Error(JSON.stringify(result.problems));
    }
  }

  /** @param lookup where questions are looked up; else those that are given */
  async run(
    { task: asGiven, parts: files, originals, questions, network }: Given,
    lookup?: QuestionsLookup,
  ): Promise<Made> {
    const task = { ...asGiven, ...sourceIn(network, asGiven.flow) };
    const contents: CompletedContent[] = [];
    for (const part of files) {
      const upload = await this.#store.begin();
      await this.#store.writePart(upload, 0, Buffer.from(part));
      contents.push(await this.#store.complete(upload));
    }
    const ledger = new Map(originals.map((one) => [originalKey(one.reference, one.person), one.receivers]));
    const parts = {
      store: this.#store,
      directory: this.#directory,
      mandates: this.#mandates,
      lane: this.#lane,
      smallLane: this.#smallLane,
      originals: async (asked: readonly string[]) => new Map([...ledger].filter(([key]) => asked.includes(key))),
      questions: lookup ?? lookupIn(questions, task),
    };
    const batch = { ...task, contents };
    // The lane of small files decides the second of a kind; the first is decided record by record.
    if (isLaneTask(batch)) await runBatch(batch, parts);
    const before = this.#inLane;
    const result = await runBatch(batch, parts);
    const outputs = await Promise.all(
      result.outputs.map(async ({ receiver, content }) => [receiver, await this.#text(content)] as const),
    );
    const told = (await this.#text(result.refusals)) + (await this.#text(result.information));
    const log: RecordOutcome[] = [];
    for await (const one of new RecordLogReader(this.#store.read(result.recordLog)).outcomes()) log.push(one);
    await this.#store.sweep(async () => new Set(), 0);
    return {
      result,
      log,
      answers: told.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RecordAnswer])),
      outputs: Object.fromEntries(outputs),
      isInLane: this.#inLane > before,
    };
  }

  get #inLane(): number {
    return this.#lane.batches + this.#smallLane.batches;
  }

  #text(content: ReadableContent): Promise<string> {
    return text(this.#store.read(content));
  }
}

/** Questions as the query of the ledger gives them: those of the sender, the latest first. */
function lookupIn(known: readonly KnownQuestion[], { flow, environment, sender }: Given['task']): QuestionsLookup {
  const questions = known
    .filter(({ asker, source }) => sender.partner === (flow.kind === 'request' ? asker : source))
    .map(({ reference, person, begin, ...one }): Question => {
      const match = questionMatch(reference, person as Insz, begin as IsoDate);
      const ids = { asker: one.asker as PartnerId, source: one.source as PartnerId, batch: 'B' as Ticket };
      return { ...one, ...ids, match, flow: flow.code, environment };
    })
    .toSorted((one, other) => other.askedAt - one.askedAt || (one.ticket < other.ticket ? 1 : -1));
  return async (keys) => questions.filter(({ ticket, match }) => keys.includes(ticket) || keys.includes(match));
}

/** The source as the product finds it in its configuration. */
function sourceIn({ availability, connected }: Network, flow: Flow): Pick<BatchTask, 'source'> {
  const partners = connected.map(({ partner: id, institution, disabled, receives }) =>
    partner(id, { institution, disabled, receives: receives ? [flow.code] : [] }),
  );
  const entries = availability.map(({ datum, source }) => ({ datum, source: source as PartnerId }));
  return { source: sourceOf(generation({ partners, availability: entries }), flow) };
}

/** Environment T has synthetic persons only, and no number whose replacement is not there. */
export function inTest(lines: readonly string[]): readonly string[] {
  const columns = (line: string) => line.split(';');
  let left = lines.filter((line) => isOfSyntheticSeries(columns(line)[0] ?? ''));
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    const numbers = new Set(['', 'cancelled', ...left.map((line) => columns(line)[0])]);
    left = left.filter((line) => numbers.has(columns(line)[7]));
  }
  return left;
}
