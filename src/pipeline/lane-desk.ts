import {
  appendCodes,
  HAS_CODES,
  HAS_PERSON,
  MOST_RECEIVERS,
  OUTCOMES,
  RECEIVERS_SHIFT,
  RecordLogEntries,
  type RecordOutcome,
} from '../audit/record-log.ts';
import type { CodedPersons } from '../directory/flat-directory.ts';
import { NO_MANDATES } from '../directory/mandates.ts';
import type { PartnerId } from '../domain/principal.ts';
import type { Question } from '../domain/question.ts';
import { blockReader } from '../formats/open-blocks.ts';
import { type BlockReader, NOT_PLAIN, PLAIN_BEYOND_ASCII, type RecordBlock } from '../formats/record-block.ts';
import { type RowSource, wordsOf } from '../formats/row-bytes.ts';
import { GrowingBytes } from '../storage/growing-bytes.ts';
import { actsInForce, LINE_OF_SENDER_TOO_NARROW, lineHolder, NO_LINE_OF_SENDER } from './authorize.ts';
import { writerFor } from './batch-contents.ts';
import { outcomeOf } from './batch-log.ts';
import { LaneCounts } from './lane-counts.ts';
import type { ChunkResult, LaneChunk } from './lane-messages.ts';
import { type LanePlan, LaneRoutes, LINE_TOO_NARROW, NO_LINE, qualityNumber } from './lane-routes.ts';
import { LineTexts } from './lane-rows.ts';
import { type DeskSetup, laneLogHead } from './lane-setup.ts';
import { LaneOutput } from './lane-sinks.ts';
import { type LaneWay, laneWay } from './lane-way.ts';
import { Originals } from './originals.ts';
import { Questions } from './questions.ts';
import { RecordDesk } from './record-desk.ts';
import { rolePositions } from './record-rules.ts';
import { Registrations } from './registrations.ts';

const FIRST_BYTE_OF_MARK = 0xef;
/** As `find` answers: known and neither replaced nor changed. */
const FOUND = 0;
/** So that the buffer of one chunk has room for what becomes of the next. */
const SPARE_BYTES = 64 * 1024;
/** Their dossiers fit into the first cache of a processor. */
const ROWS_AHEAD = 128;
const DOSSIER_WORDS = 4;
/** 64 bytes, which come from the memory together. */
const CACHE_LINE_WORDS = 32;

/**
 * Decides the records of chunks of one file. What it is certain of it does by codes and bytes; every other record goes, in
 * its place, through `RecordDesk`, which alone says what is right. Both write into the same buffers.
 */
export class LaneDesk {
  readonly #hasActs: boolean;
  readonly #reader: BlockReader;
  readonly #directory: CodedPersons;
  readonly #desk: RecordDesk;
  readonly #routes: LaneRoutes<LaneWay>;
  readonly #entries: RecordLogEntries;
  readonly #outputs: readonly LaneOutput[];
  readonly #outputOf: ReadonlyMap<PartnerId, LaneOutput>;
  readonly #log = new GrowingBytes();
  readonly #person: number;
  readonly #replacedBy: number;
  readonly #refusalHead: string;
  readonly #isDelivered: boolean;
  readonly #lines: LineTexts;
  #source: RowSource | undefined;
  #refusals = '';
  #information = '';
  #firsts = new Int32Array(0);
  #counts = new Int32Array(0);
  readonly #decided = new LaneCounts();

  /** @param lines may be those of other desks over the same persons */
  constructor(setup: DeskSetup, directory: CodedPersons, lines = new LineTexts(directory.layer)) {
    const { task, plan } = setup;
    const { layout, header } = plan;
    this.#hasActs = actsInForce(task).length > 0;
    this.#reader = blockReader(plan);
    this.#directory = directory;
    const originals = new Originals(noOriginals);
    const questions = new Questions(layout, noQuestions);
    this.#desk = new RecordDesk(
      task,
      layout,
      { directory: this.#directory, mandates: NO_MANDATES, originals, questions, registrations: new Registrations() },
      {
        deliver: (receiver, values, mask, acts) => this.#outputOf.get(receiver)?.append(values, mask, acts),
        refusal: (line) => {
          this.#refusals += line;
        },
        information: (line) => {
          this.#information += line;
        },
        log: (fate) => this.#entries.append(outcomeOf(fate), this.#log),
      },
    );
    const { router } = this.#desk.decisions;
    this.#entries = new RecordLogEntries(laneLogHead(setup, directory.version, router));
    const head = { layout, header };
    this.#outputs = router
      .groups()
      .map(({ receiver }) => new LaneOutput(receiver, writerFor(task, head, receiver, router)));
    this.#outputOf = new Map(this.#outputs.map((output) => [output.receiver, output]));
    const roles = rolePositions(layout);
    this.#person = roles.person;
    this.#replacedBy = roles.replacedBy ?? -1;
    this.#refusalHead = `"faults":[{"field":${JSON.stringify(layout.roles.person)},"code":`;
    this.#isDelivered = task.environment !== 'S';
    this.#lines = lines;
    const needsLine = task.flow.senderLine === 'required';
    this.#routes = new LaneRoutes(directory.layer, {
      groups: router.groups(),
      senderHolder: needsLine ? lineHolder(task.sender.institution, task.sectors) : undefined,
      planOf: (group, allowed) =>
        laneWay(
          { setup, router, entries: this.#entries, lines: this.#lines, outputOf: this.#outputOf },
          group,
          allowed,
        ),
    });
  }

  /**
   * @param before tells how many records of the file stand before the chunk, once it knows how many are in it
   * @returns undefined where the record-at-a-time path has to read the whole file
   */
  decide({ bytes, isLast, into }: LaneChunk, before: (count: number) => number): ChunkResult | undefined {
    const block = this.#reader.read(bytes, isLast);
    if (block === undefined || !this.#hasActs) return undefined;
    const first = before(block.count) + 1;
    this.#source = { block, words: wordsOf(block.bytes) };
    this.#find(block);
    let touched = 0;
    for (let from = 0; from < block.count; from += ROWS_AHEAD) {
      const until = Math.min(from + ROWS_AHEAD, block.count);
      touched += this.#touchDossiers(from, until);
      for (let row = from; row < until; row += 1) {
        if (this.#isDecided(block, row, first + row)) continue;
        const record = block.record(row, first + row);
        this.#desk.take(record, this.#desk.check(record));
      }
    }
    // A sum nobody used would be left out, and the reads with it.
    if (touched < 0) throw new RangeError('a sum of days is below zero');
    return this.#result(block, bytes, into);
  }

  #find({ count, persons }: RecordBlock): void {
    if (this.#firsts.length < count) {
      this.#firsts = new Int32Array(count);
      this.#counts = new Int32Array(count);
    }
    this.#directory.find(persons, count, this.#firsts, this.#counts);
    this.#routes.learn();
  }

  /** Dossiers lie anywhere in gigabytes: asked for together they come together, and are in the cache when they are read. */
  #touchDossiers(from: number, until: number): number {
    const { dossiers } = this.#directory.layer;
    let touched = 0;
    for (let row = from; row < until; row += 1) {
      const first = this.#firsts[row] ?? 0;
      if (first < FOUND) continue;
      const last = (first + (this.#counts[row] ?? 0)) * DOSSIER_WORDS;
      for (let at = first * DOSSIER_WORDS; at < last; at += CACHE_LINE_WORDS) touched += dossiers[at] ?? 0;
      touched += dossiers[last - 1] ?? 0;
    }
    return touched & 1;
  }

  /** Whether the record was plain and all that becomes of it was written. */
  #isDecided(block: RecordBlock, row: number, record: number): boolean {
    if (block.plain[row] === NOT_PLAIN || this.#isUnusual(block, row)) return false;
    const first = this.#firsts[row] ?? 0;
    if (first < FOUND) return false;
    const receivers = this.#routes.route(
      first,
      this.#counts[row] ?? 0,
      block.periodBegins[row] ?? 0,
      block.periodEnds[row] ?? 0,
    );
    if (receivers === NO_LINE) return this.#refuse(block, row, record, NO_LINE_OF_SENDER);
    if (receivers === LINE_TOO_NARROW) return this.#refuse(block, row, record, LINE_OF_SENDER_TOO_NARROW);
    return this.#accept(block, row, receivers);
  }

  #isUnusual({ plain, bytes, rowStarts, starts, ends, fields }: RecordBlock, row: number): boolean {
    const place = row * fields + this.#replacedBy;
    if (this.#replacedBy >= 0 && (ends[place] ?? 0) > (starts[place] ?? 0)) return true;
    if (plain[row] !== PLAIN_BEYOND_ASCII) return false;
    // A byte order mark within a value is quoted.
    const mark = bytes.indexOf(FIRST_BYTE_OF_MARK, rowStarts[row]);
    return mark >= 0 && mark < (rowStarts[row + 1] ?? 0);
  }

  #accept(block: RecordBlock, row: number, receivers: number): boolean {
    const { plans, lines } = this.#routes;
    if (receivers > MOST_RECEIVERS) return false;
    for (let index = 0; index < receivers; index += 1) if (!isWhole(plans[index], block, row)) return false;
    this.#decided.accepted += 1;
    if (receivers === 0) this.#decided.withoutReceiver += 1;
    const outcome: RecordOutcome['outcome'] = receivers === 0 ? 'without-receiver' : 'accepted';
    const log = this.#log;
    log.reserve(5 + receivers * 32);
    let at = log.length;
    log.bytes[at++] = OUTCOMES.indexOf(outcome) | HAS_PERSON | (receivers << RECEIVERS_SHIFT);
    at = writeUint32(log.bytes, at, block.persons[row] ?? 0);
    for (let index = 0; index < receivers; index += 1) {
      const plan = plans[index];
      const line = lines[index] ?? 0;
      if (plan === undefined) continue;
      at = this.#entry(plan.of, line, log.bytes, at);
      if (this.#isDelivered) this.#deliver(plan, row, line);
    }
    log.length = at;
    return true;
  }

  #entry({ entry }: LaneWay, line: number, target: Uint8Array, start: number): number {
    const length = entry?.length ?? 0;
    for (let index = 0; index < length - 2; index += 1) target[start + index] = entry?.[index] ?? 0;
    const { dossiers, qualities } = this.#directory.layer;
    const quality = qualityNumber(qualities[dossiers[line + 1] ?? 0] ?? 0);
    target[start + length - 2] = quality & 0xff;
    target[start + length - 1] = quality >> 8;
    return start + length;
  }

  #deliver({ group, of }: LanePlan<LaneWay>, row: number, line: number): void {
    const output = this.#outputs[group];
    if (output === undefined) return;
    if (this.#source !== undefined) of.rows?.write(this.#source, row, line, output.bytes);
    output.wrote(of.route.acts);
  }

  /** As `RecordDesk` words it. */
  #refuse({ bytes, starts, ends, fields, persons }: RecordBlock, row: number, record: number, code: string): boolean {
    const place = row * fields + this.#person;
    const value = Buffer.from(bytes.buffer, bytes.byteOffset).toString('latin1', starts[place], ends[place]);
    this.#refusals += `{"record":${record},${this.#refusalHead}"${code}","severity":"fatal","value":"${value}"}]}\n`;
    this.#decided.refused += 1;
    if (code === NO_LINE_OF_SENDER) this.#decided.unknown += 1;
    const log = this.#log;
    log.reserve(5);
    log.bytes[log.length] = OUTCOMES.indexOf('refused') | HAS_PERSON | HAS_CODES;
    log.length = writeUint32(log.bytes, log.length + 1, persons[row] ?? 0);
    appendCodes([code], log);
    return true;
  }

  #result(block: RecordBlock, chunk: Uint8Array<ArrayBuffer>, into: ArrayBuffer | undefined): ChunkResult {
    const outputs = this.#outputs.filter(({ records }) => records > 0);
    const [refusals, information] = [Buffer.from(this.#refusals), Buffer.from(this.#information)];
    const pieces = [...outputs.map(({ bytes }) => bytes.view()), refusals, information, this.#log.view()];
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const isRoom = into !== undefined && into.byteLength >= length;
    const all = new Uint8Array(isRoom ? into : new ArrayBuffer(length + SPARE_BYTES), 0, length);
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    const log = this.#log.length;
    this.#log.length = 0;
    this.#refusals = '';
    this.#information = '';
    return {
      bytes: all,
      outputs: outputs.map((output) => output.finish()),
      ...{ refusals: refusals.length, information: information.length, log },
      ...this.#decided.since(this.#desk),
      end: block.end,
      chunkBytes: chunk.length,
      chunk: chunk.buffer,
    };
  }
}

function isWhole(plan: LanePlan<LaneWay> | undefined, block: RecordBlock, row: number): boolean {
  return plan?.of.entry !== undefined && plan.of.rows?.takes(block, row) === true;
}

function writeUint32(target: Uint8Array, at: number, value: number): number {
  target[at] = value & 0xff;
  target[at + 1] = (value >>> 8) & 0xff;
  target[at + 2] = (value >>> 16) & 0xff;
  target[at + 3] = value >>> 24;
  return at + 4;
}

/** Flows of other kinds do not come here. */
async function noQuestions(): Promise<readonly Question[]> {
  return [];
}

/** Layouts with references do not come here. */
async function noOriginals(): Promise<ReadonlyMap<string, readonly string[]>> {
  return new Map();
}
