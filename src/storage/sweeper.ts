import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Logger } from '../domain/logger.ts';
import type { ContentStore } from './content-store.ts';
import type { Ledger } from './ledger.ts';

const PAGE = 200;
const QUESTIONS_PAGE = 5_000;

type Parts = {
  readonly ledger: Ledger;
  readonly store: ContentStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly namesEveryMs: number;
  readonly contentsEveryMs: number;
  readonly partialsEveryMs: number;
  /** Content that no row names is removed after this; longer than any batch or upload takes. */
  readonly contentGraceMs: number;
  /** How long an upload in parts is kept that nobody goes on with. */
  readonly partialMs: () => number;
  /** How long questions are kept that were answered or closed. */
  readonly endedQuestionsMs: () => number;
};

/** Removes names whose time is over, and content that no row names any more: the hub keeps none. */
export class Sweeper {
  readonly #parts: Parts;
  #timers: NodeJS.Timeout[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timers = [
      setInterval(() => this.#queue('names', () => this.sweepNames()), this.#parts.namesEveryMs),
      setInterval(() => this.#queue('partials', () => this.sweepPartials()), this.#parts.partialsEveryMs),
      setInterval(() => this.#queue('questions', () => this.sweepQuestions()), this.#parts.partialsEveryMs),
      setInterval(() => this.#queue('contents', () => this.sweepContents()), this.#parts.contentsEveryMs),
    ];
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#running;
  }

  /** @returns how many names were removed */
  async sweepNames(): Promise<number> {
    const { ledger, clock } = this.#parts;
    const expired = await ledger.read({ kind: 'expired', now: clock.now(), limit: PAGE });
    if (expired.length === 0) return 0;
    const contentIds = expired.map((entry) => entry.contentId);
    await ledger.commit([
      ...expired.flatMap((entry) => [
        { kind: 'remove' as const, path: entry.path, recursive: false, expect: { version: entry.version } },
        {
          kind: 'audit' as const,
          line: { kind: 'swept', outcome: 'done' as const, fields: { path: entry.path, sha256: entry.sha256 } },
        },
      ]),
      { kind: 'dropContents', contentIds },
    ]);
    await this.#removeUnnamed(contentIds);
    return expired.length;
  }

  /** @returns how many uploads in parts were given up */
  async sweepPartials(): Promise<number> {
    const { ledger, clock, partialMs } = this.#parts;
    const stale = await ledger.read({ kind: 'stalePartials', before: clock.now() - partialMs(), limit: PAGE });
    if (stale.length === 0) return 0;
    await ledger.commit(
      stale.flatMap(({ principal, path, size, total }) => [
        { kind: 'endPartial' as const, principal, path },
        {
          kind: 'audit' as const,
          line: {
            kind: 'abandon-parts',
            outcome: 'done' as const,
            fields: { principal, path, size, total: total ?? null },
          },
        },
      ]),
    );
    await this.#removeUnnamed(stale.map(({ contentId }) => contentId));
    return stale.length;
  }

  /** @returns how many questions were forgotten that ended long ago */
  async sweepQuestions(): Promise<number> {
    const { ledger, clock, endedQuestionsMs } = this.#parts;
    const before = clock.now() - endedQuestionsMs();
    const tickets = await ledger.read({ kind: 'endedQuestions', before, limit: QUESTIONS_PAGE });
    if (tickets.length === 0) return 0;
    const fields = { questions: tickets.length, endedBefore: new Date(before).toISOString() };
    await ledger.commit([
      { kind: 'removeQuestions', tickets },
      { kind: 'audit', line: { kind: 'questions-forgotten', outcome: 'done', fields } },
    ]);
    return tickets.length;
  }

  /** Content whose last name was just removed: nobody can name it again. */
  async #removeUnnamed(contentIds: readonly string[]): Promise<void> {
    const named = await this.#parts.ledger.read({ kind: 'namedContents', contentIds });
    for (const contentId of contentIds) {
      if (contentId === '' || named.has(contentId)) continue;
      crashPoint('sweep.unlink');
      await this.#parts.store.remove(contentId);
    }
  }

  /** @returns how many contents were removed */
  async sweepContents(): Promise<number> {
    const { ledger, store, contentGraceMs } = this.#parts;
    return store.sweep((contentIds) => ledger.read({ kind: 'namedContents', contentIds }), contentGraceMs);
  }

  #queue(what: string, sweep: () => Promise<number>): void {
    this.#running = this.#running.then(async () => {
      try {
        const removed = await sweep();
        if (removed > 0) this.#parts.logger.debug({ what, removed }, 'swept');
      } catch (error) {
        this.#parts.logger.warn({ err: error, what }, 'a sweep failed; the next one comes');
      }
    });
  }
}
