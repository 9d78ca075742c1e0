import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/domain/clock.ts';
import type { Flow } from '../../src/domain/flow.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Question } from '../../src/domain/question.ts';
import type { Submission, Ticket } from '../../src/domain/submission.ts';
import { Signer } from '../../src/evidence/cms.ts';
import { Notices } from '../../src/pipeline/notices.ts';
import { questionCommands } from '../../src/pipeline/question-flows.ts';
import { QuestionWatcher } from '../../src/pipeline/question-watcher.ts';
import { SealedFiles } from '../../src/pipeline/sealed-files.ts';
import { DiskStore } from '../../src/storage/disk-store.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { textOf } from '../../src/texts/texts.ts';
import { ecKey, TestCa } from '../support/certificates.ts';
import { generation, partner } from '../support/generation.ts';
import { decide, type Given } from '../support/reference/decide.ts';
import type { KnownQuestion } from '../support/reference/questions.ts';
import type { RulesBench } from './bench.ts';
import { differences } from './compare.ts';
import { flowFor } from './flows.ts';
import { Random } from './random.ts';
import { fileFor } from './rows.ts';
import { mandates, networkFor, openToAll, PARTNERS, people, taskFor } from './world.ts';

/**
 * Requests and answers over many files and weeks: the product with its ledger and its watch over late answers, and beside it a
 * list of questions that the reference keeps. What one file asks, later ones answer, in part, in any order, some too late.
 */

const HOUR = 3_600_000;
const STEPS = 14;
const NOW = Date.parse('2026-01-20T09:00:00Z');

export type Talked = {
  readonly records: number;
  readonly asked: number;
  readonly answered: number;
  readonly overdue: number;
  readonly closed: number;
  readonly differences: readonly string[];
};

/** What the reference remembers of a question beyond what a file needs. */
type Remembered = KnownQuestion & { readonly batch: string; readonly isLate: boolean };

/** What was told of a request whose answers did not all come in time. */
type Told = readonly [kind: string, batch: string, open: number];

export async function converse(bench: RulesBench, seed: number): Promise<Talked> {
  await using talk = await Conversation.open(bench, seed);
  return await talk.run();
}

class Conversation {
  readonly #bench: RulesBench;
  readonly #chance: Random;
  readonly #folder: string;
  readonly #ledger: Ledger;
  readonly #watcher: QuestionWatcher;
  readonly #clock: Clock & { at: number };
  readonly #persons: ReturnType<typeof people>;
  readonly #mandates: readonly string[];
  readonly #flows: { readonly request: Flow; readonly answer: Flow };
  readonly #differences: string[] = [];
  #questions: Remembered[] = [];
  readonly #told: Told[] = [];
  readonly #requests = new Map<string, { readonly at: number; isTold: boolean }>();
  #batches = 0;
  #records = 0;

  private constructor(parts: {
    bench: RulesBench;
    chance: Random;
    folder: string;
    ledger: Ledger;
    watcher: QuestionWatcher;
    clock: Clock & { at: number };
  }) {
    const { chance } = parts;
    this.#bench = parts.bench;
    this.#chance = chance;
    this.#folder = parts.folder;
    this.#ledger = parts.ledger;
    this.#watcher = parts.watcher;
    this.#clock = parts.clock;
    this.#persons = people(chance, 30);
    this.#mandates = mandates(chance);
    const request = flowFor(chance, 'request');
    const answer = { ...flowFor(chance, 'answer'), code: 'ANSW' };
    this.#flows = { request: { ...request, senderLine: 'none' }, answer: { ...answer, senderLine: 'none' } };
  }

  static async open(bench: RulesBench, seed: number): Promise<Conversation> {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-talk-'));
    const clock = { at: NOW, now: () => clock.at, monotonic: () => clock.at };
    const onBroken = (error: Error) => {
      throw error;
    };
    const ledger = await openSqliteLedger({ file: join(folder, 'ledger.sqlite'), clock, onBroken });
    const key = ecKey();
    const certificate = await (await TestCa.root('Answers', NOW)).issue(NOW, { key });
    const signer = Signer.of(key, [certificate], clock);
    const store = new DiskStore({ directory: join(folder, 'content') });
    const partners = PARTNERS.map(({ partner: id, institution }) => partner(id, { institution, sends: ['RULE'] }));
    const current = { value: generation({ partners }) };
    const silent = () => undefined;
    const watcher = new QuestionWatcher({
      ...{ ledger, clock },
      notices: new Notices({
        sealed: new SealedFiles({ store, ledger, signer: { value: signer } }),
        textOf,
        generation: current,
      }),
      logger: { debug: silent, info: silent, warn: silent, error: silent },
      metrics: { count: silent, observe: silent, gauge: silent },
    });
    return new Conversation({ bench, chance: new Random(seed), folder, ledger, watcher, clock });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ledger.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async run(): Promise<Talked> {
    await this.#bench.know(this.#persons.lines, this.#mandates);
    for (let step = 0; step < STEPS; step += 1) {
      const what = step === 0 ? 'request' : this.#chance.of(['request', 'answer', 'answer', 'answer', 'wait'] as const);
      if (what === 'wait') await this.#wait(this.#chance.of([1, 50, 96, 97, 300, 719, 720]) * HOUR);
      else await this.#batch(what);
      await this.#compareLedger(`step ${step + 1}, ${what}`);
    }
    const count = (is: (one: Remembered) => boolean) => this.#questions.filter(is).length;
    return {
      records: this.#records,
      asked: this.#questions.length,
      answered: count(({ state }) => state === 'answered'),
      overdue: count(({ isLate }) => isLate),
      closed: count(({ state }) => state === 'closed'),
      differences: this.#differences,
    };
  }

  async #batch(kind: 'request' | 'answer'): Promise<void> {
    const flow = this.#flows[kind];
    const sources = this.#questions.map(({ source }) => source as PartnerId);
    const sender = kind === 'answer' && sources.length > 0 ? this.#chance.of(sources) : undefined;
    const drawn = taskFor(this.#chance, flow, sender);
    this.#batches += 1;
    const ticket = `0M3Q1ZK8B${String(this.#batches).padStart(4, '0')}` as Ticket;
    const task = {
      ...drawn,
      ...{ ticket, environment: 'R' as const, receivedAt: drawn.receivedAt + this.#batches },
      ...openToAll(drawn),
    };
    const isOpen = this.#questions.filter(({ state }) => state === 'open');
    const about = this.#chance.chance(0.7) && isOpen.length > 0 ? isOpen : this.#questions;
    const { parts } = fileFor(this.#chance, task, this.#persons, this.#chance.whole(5, 60), about);
    const known = { mandates: this.#mandates, lines: this.#persons.lines, originals: [] };
    const given: Given = { ...known, task, parts, questions: this.#questions, network: networkFor(this.#chance, task) };
    const expected = decide(given);
    const made = await this.#bench.run(given, (keys) => this.#find(kind, task.sender.partner, keys));
    this.#records += expected.verdicts.length;
    this.#differences.push(...differences(expected, made).map((one) => `${ticket}: ${one}`));
    const of = received(ticket, task.sender.partner, flow.code, this.#clock.at);
    const commands = questionCommands({ submission: of, flow, result: made.result }, this.#clock.at);
    if (commands.length > 0) await this.#ledger.commit(commands);
    this.#remember(ticket, expected);
  }

  #find(kind: 'request' | 'answer', partner: PartnerId, keys: readonly string[]): Promise<readonly Question[]> {
    const as = kind === 'request' ? 'asker' : 'source';
    return this.#ledger.read({ kind: 'questions', flow: 'RULE', environment: 'R', as, partner, keys });
  }

  #remember(batch: string, { asked, answered }: ReturnType<typeof decide>): void {
    const done = new Set(answered.map(({ question }) => question));
    this.#questions = [
      ...this.#questions.map((one) => (done.has(one.ticket) ? { ...one, state: 'answered' as const } : one)),
      ...asked.map((one) => ({ ...one, askedAt: this.#clock.at, batch, isLate: false })),
    ];
    if (asked.length > 0) this.#requests.set(batch, { at: this.#clock.at, isTold: false });
  }

  /** After 96 hours what is missing is told, after 720 it is closed. */
  async #wait(forMs: number): Promise<void> {
    this.#clock.at += forMs;
    for (;;) {
      const [lease] = await this.#ledger.claim('questions', 'test', 1, 1000);
      if (lease === undefined) break;
      await this.#watcher.handle(lease);
    }
    for (const [batch, request] of this.#requests) {
      const isOpen = (one: Remembered) => one.batch === batch && one.state === 'open';
      const age = this.#clock.at - request.at;
      const open = this.#questions.filter(isOpen).length;
      if (open === 0) continue;
      if (age >= 96 * HOUR && !request.isTold) {
        request.isTold = true;
        this.#told.push(['answers-overdue', batch, open]);
        this.#questions = this.#questions.map((one) => (isOpen(one) ? { ...one, isLate: true } : one));
      }
      if (age < 720 * HOUR) continue;
      this.#told.push(['questions-closed', batch, open]);
      this.#questions = this.#questions.map((one) => (isOpen(one) ? { ...one, state: 'closed' } : one));
    }
  }

  /** The ledger has every question as the reference has it, and told the same of those that are late. */
  async #compareLedger(where: string): Promise<void> {
    const check = (what: string, wanted: unknown, got: unknown) => {
      const [one, other] = [JSON.stringify(wanted), JSON.stringify(got)];
      if (one !== other) this.#differences.push(`${where}, ${what}\n  reference ${one}\n  product   ${other}`);
    };
    const inLedger = await Promise.all(
      [...new Set(this.#questions.map(({ asker }) => asker as PartnerId))].map((asker) =>
        this.#find(
          'request',
          asker,
          this.#questions.map(({ ticket }) => ticket),
        ),
      ),
    );
    const plain = (one: { ticket: string; asker: string; source: string; state: string }, isLate: boolean) =>
      [one.ticket, one.asker, one.source, one.state, isLate].join(' ');
    check(
      'questions',
      this.#questions.map((one) => plain(one, one.isLate)).toSorted(),
      inLedger
        .flat()
        .map((one) => plain(one, one.overdueAt !== undefined))
        .toSorted(),
    );
    const late = this.#questions.filter(({ state, isLate }) => state === 'open' && isLate).length;
    check('overdue', late, await this.#ledger.read({ kind: 'overdueQuestions' }));
    const lines = await this.#ledger.read({ kind: 'auditLines', from: 1, limit: 1000 });
    const told = lines.map(({ kind, fields }): Told => [kind, String(fields.ticket), Number(fields.open)]);
    check('told', [...this.#told].toSorted(), told.toSorted());
  }
}

function received(ticket: Ticket, partner: PartnerId, flow: string, receivedAt: number): Submission {
  return {
    ...{ ticket, partner, flow, environment: 'R', fileName: 'RULE.csv', sha256: '', files: [], receivedAt },
    ...{ principal: { kind: 'machine', id: 'batch', partner, roles: [] }, generation: '', state: 'checking' },
    ...{ errors: [], receipt: [], notification: [] },
  };
}
