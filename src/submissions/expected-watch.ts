import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Expectation, ExpectedFile } from '../domain/expectation.ts';
import type { Flow } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { Ledger } from '../storage/ledger.ts';
import { expectedFiles, sinceKey } from './expected.ts';

const LOOK_MS = 60_000;
const DAY_MS = 86_400_000;
/** What was due longer ago is not an alarm any more, but history. */
const REMEMBERED_MS = 100 * DAY_MS;

type Parts = {
  readonly ledger: Pick<Ledger, 'read' | 'commit'>;
  readonly generation: Current<Generation>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** A file that is missing now: the latest of its expectation. */
export type MissingFile = {
  readonly flow: string;
  readonly partner: string;
  readonly day: string;
  readonly dueAt: number;
};

/** Raises an alarm, once for each, when a file that was expected is missing after its grace. */
export class ExpectedWatch {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #missing: readonly MissingFile[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#lookInBackground(), LOOK_MS).unref();
    this.#lookInBackground();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** What is missing as of the last look, for `status`. */
  missing(): readonly MissingFile[] {
    return this.#missing;
  }

  /** Looks at every expectation once. */
  async look(): Promise<void> {
    const { generation, metrics } = this.#parts;
    const missing: MissingFile[] = [];
    for (const flow of generation.value.flows) {
      const before = missing.length;
      for (const expectation of flow.expected ?? []) missing.push(...(await this.#lookAt(flow, expectation)));
      if (flow.expected?.length) metrics.gauge('sluis_expected_missing', missing.length - before, { flow: flow.code });
    }
    this.#missing = missing;
  }

  async #lookAt(flow: Flow, expectation: Expectation): Promise<readonly MissingFile[]> {
    const { ledger, clock } = this.#parts;
    const now = clock.now();
    const key = sinceKey(flow, expectation);
    const known = await ledger.read({ kind: 'raised', keys: [key] });
    if (!known.has(key)) await ledger.commit([{ kind: 'raiseOnce', key, at: now }]);
    const files = await expectedFiles(ledger, flow, expectation, { from: now - REMEMBERED_MS, to: now, now });
    for (const file of files) if (file.state === 'missing') await this.#raise(flow, expectation, file);
    const latest = files.findLast(({ missingAt }) => missingAt < now);
    if (latest?.state !== 'missing') return [];
    return [{ flow: flow.code, partner: expectation.from, day: latest.day, dueAt: latest.dueAt }];
  }

  async #raise({ code: flow }: Flow, { from: partner, every }: Expectation, file: ExpectedFile): Promise<void> {
    const { ledger, clock, logger, metrics } = this.#parts;
    const { day } = file;
    const dueAt = new Date(file.dueAt).toISOString();
    const key = `expected-missing/${flow}/${partner}/${every}/${dueAt}`;
    if ((await ledger.read({ kind: 'raised', keys: [key] })).has(key)) return;
    const fields = { flow, partner, every, day, dueAt };
    const line = { kind: 'expected-missing', outcome: 'failed', fields } as const;
    const { counters } = await ledger.commit([{ kind: 'raiseOnce', key, at: clock.now(), line }]);
    if (counters[key] !== 1) return;
    metrics.count('sluis_expected_missed_total', { flow });
    logger.error({ alarm: 'expected-missing', ...fields }, 'a file that was expected did not come');
  }

  #lookInBackground(): void {
    this.#looking ??= this.look()
      .catch((error: unknown) => this.#parts.logger.error({ err: error }, 'expected files could not be looked at'))
      .finally(() => {
        this.#looking = undefined;
      });
  }
}
