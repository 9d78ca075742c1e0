import { setTimeout as delay } from 'node:timers/promises';
import type { UnderWay } from '../access/live-sessions.ts';
import type { Audit } from '../audit/audit.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { StepUpRow } from '../storage/commands.ts';
import type { MetricJson } from './messages.ts';
import type { Welcome } from './owner-socket.ts';
import { UploadsOfWorkers } from './uploads-of-workers.ts';
import { type Holdings, WorkerDesk } from './worker-desk.ts';

/** A worker that does not take up a generation within this is given up; its successor begins with the new one. */
const TAKE_UP_MS = 5_000;
const METRICS_MS = 2_000;

export type WorkersParts = {
  /** Those that should be there. */
  readonly names: readonly string[];
  readonly audit: Pick<Audit, 'note'>;
  readonly logger: Logger;
};

/** The other processes of the gateway, as its owner sees them. */
export class Workers {
  readonly uploads = new UploadsOfWorkers();
  readonly names: readonly string[];
  readonly #joined = new Map<WorkerDesk, number>();

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** Those that serve, by name. */
  list(): readonly { readonly name: string; readonly pid: number }[] {
    return [...this.#joined].map(([{ name }, pid]) => ({ name, pid })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @param introduction what a worker needs to begin, at the moment it joins */
  welcome(
    holdings: Omit<Holdings, 'uploads'>,
    introduction: () => unknown,
    { audit, logger }: Omit<WorkersParts, 'names'>,
  ): Welcome {
    return (name, link) => {
      const desk = new WorkerDesk(name, link, { ...holdings, uploads: this.uploads });
      const join = async ({ pid }: { readonly pid: number }) => {
        this.#joined.set(desk, pid);
        logger.info({ worker: name, pid }, 'a worker has joined');
        audit.note({ kind: 'process', outcome: 'done', fields: { process: name, pid, event: 'joined' } });
        return introduction();
      };
      const gone = (why: string) => {
        const pid = this.#joined.get(desk);
        if (pid === undefined) return;
        this.#joined.delete(desk);
        logger.warn({ worker: name, pid, why }, 'a worker is gone');
        audit.note({ kind: 'process', outcome: 'done', fields: { process: name, pid, event: 'gone' } });
      };
      return desk.handlers(join, gone);
    };
  }

  tellStepUps(rows: readonly StepUpRow[]): void {
    for (const { worker } of this.#joined.keys()) worker.tell('step-ups', rows);
  }

  /** Returns when no worker serves by another generation any more. */
  async takeUp(generation: Generation): Promise<void> {
    await Promise.all(
      [...this.#joined.keys()].map(async (desk) => {
        const taken = desk.worker.call('generation', generation).then(
          () => true,
          () => false,
        );
        const late = delay(TAKE_UP_MS, false, { ref: false });
        if (!(await Promise.race([taken, late]))) desk.drop('it did not take up the generation in force');
      }),
    );
  }

  /** What the workers have under way; one that does not say so in time is left out. */
  async underWay(): Promise<readonly UnderWay[]> {
    const nothing: UnderWay = { transfers: [], bytes: [] };
    const asked = [...this.#joined.keys()].map(({ worker }) =>
      Promise.race([
        worker.call('under-way', undefined).catch(() => nothing),
        delay(METRICS_MS, nothing, { ref: false }),
      ]),
    );
    return Promise.all(asked);
  }

  /** What the workers counted; one that does not say so in time is left out. */
  async metrics(): Promise<readonly (readonly MetricJson[])[]> {
    const asked = [...this.#joined.keys()].map(({ worker }) =>
      Promise.race([worker.call('metrics', undefined).catch(() => []), delay(METRICS_MS, [] as const, { ref: false })]),
    );
    return Promise.all(asked);
  }
}
