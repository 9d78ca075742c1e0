import type { Current } from '../domain/current.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { Submission } from '../domain/submission.ts';
import type { CountedWindow } from '../storage/alarm-commands.ts';
import type { CommitResult, LedgerCommand } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { BatchResult } from './batch.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WINDOWS = { hour: HOUR_MS, day: DAY_MS } as const satisfies Record<CountedWindow['window'], number>;
const MOST_SHOWN = 100;

type Parts = {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly generation: Current<Generation>;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** One alarm that stands now. `since` in milliseconds since the epoch. */
export type Raised = CountedWindow & { readonly partner: string; readonly count: number; readonly threshold: number };

/**
 * Who asks after many persons it does not know may be trying who stands in the directory. Counts records refused for that
 * by partner, in clock hours and days (UTC), of everything that was decided by the real directory. The sender is told nothing.
 */
export class UnknownPersonsWatch {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** What stands in the commit that closes a batch: its count, and the audit line where it is one too many. */
  commands(
    { partner, environment }: Pick<Submission, 'partner' | 'environment'>,
    { unknownCount: count }: Pick<BatchResult, 'unknownCount'>,
    at: number,
  ): readonly LedgerCommand[] {
    if (environment === 'T' || count === 0) return [];
    return windowsAt(at).map((of) => {
      const threshold = this.#threshold(of);
      const fields = { partner, window: of.window, threshold };
      return {
        ...{ kind: 'countUnknownPersons', partner, of, count, threshold, forgetBefore: at - 2 * DAY_MS },
        line: { kind: 'unknown-persons', outcome: 'refused', fields },
      };
    });
  }

  /** After that commit: one warning and one count for each window whose threshold it reached. */
  raise({ partner }: Pick<Submission, 'partner'>, { counters }: CommitResult, at: number): void {
    const { logger, metrics } = this.#parts;
    for (const { window, since } of windowsAt(at)) {
      const count = counters[window];
      if (count === undefined) continue;
      metrics.count('sluis_unknown_persons_alarms_total', { partner, window });
      const fields = { partner, window, since: new Date(since).toISOString(), count };
      logger.warn({ alarm: 'unknown-persons', ...fields }, 'a partner asks after many persons it does not know');
    }
  }

  /** The alarms of this hour and of today, the largest first. */
  async raised(now: number): Promise<readonly Raised[]> {
    const { ledger } = this.#parts;
    const counts = await ledger.read({ kind: 'unknownPersons', windows: windowsAt(now), limit: MOST_SHOWN });
    return counts.flatMap((one) => {
      const threshold = this.#threshold(one);
      return one.count < threshold ? [] : [{ ...one, threshold }];
    });
  }

  #threshold({ window }: CountedWindow): number {
    const { unknownPersonsPerHour, unknownPersonsPerDay } = this.#parts.generation.value.alarms;
    return window === 'hour' ? unknownPersonsPerHour : unknownPersonsPerDay;
  }
}

function windowsAt(at: number): readonly CountedWindow[] {
  return (['hour', 'day'] as const).map((window) => ({ window, since: at - (at % WINDOWS[window]) }));
}
