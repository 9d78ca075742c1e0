import { setTimeout as delay } from 'node:timers/promises';
import type { SessionsNow } from '../access/live-sessions.ts';
import type { Audit } from '../audit/audit.ts';
import type { Logger } from '../domain/logger.ts';
import type { MisfitFacts } from '../domain/misfit.ts';
import type { StepUpRow } from '../storage/commands.ts';
import { BytesUnderWay } from '../vfs/under-way.ts';
import type { MetricJson } from './messages.ts';
import type { Welcome } from './owner-socket.ts';
import { UploadsOfWorkers } from './uploads-of-workers.ts';
import { type Holdings, WorkerDesk } from './worker-desk.ts';

/** A worker that does not take up a generation within this is given up; its successor begins with the new one. */
const TAKE_UP_MS = 5_000;
/** Lists of what was revoked may have to be fetched first. */
const PREPARE_MS = 90_000;
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
  readonly underWay = new BytesUnderWay();
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
    holdings: Omit<Holdings, 'uploads' | 'underWay'>,
    introduction: () => unknown,
    { audit, logger }: Omit<WorkersParts, 'names'>,
  ): Welcome {
    return (name, link) => {
      const desk = new WorkerDesk(name, link, { ...holdings, uploads: this.uploads, underWay: this.underWay });
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

  /**
   * Lets every worker make a generation ready. One that says nothing in time is given up; its successor begins with the one
   * that is in force then. @returns what does not fit in one of them; then nothing is left of it in any
   */
  async prepare(plan: unknown): Promise<MisfitFacts | undefined> {
    const answers = await this.#each(PREPARE_MS, 'it did not make a generation ready', (desk) =>
      desk.worker.call('prepare', plan),
    );
    const misfit = answers.find((answer) => answer !== undefined);
    if (misfit !== undefined) await this.discard();
    return misfit;
  }

  /** Returns when no worker serves by another generation any more. */
  async commit(generation: string): Promise<void> {
    await this.#each(TAKE_UP_MS, 'it did not take up the generation in force', (desk) =>
      desk.worker.call('commit', generation),
    );
  }

  async discard(): Promise<void> {
    await this.#each(TAKE_UP_MS, 'it did not give up a generation', (desk) => desk.worker.call('discard', undefined));
  }

  /** Asks all at once; who does not answer is given up. */
  async #each<T>(
    deadlineMs: number,
    why: string,
    ask: (desk: WorkerDesk) => Promise<T>,
  ): Promise<readonly (T | undefined)[]> {
    return Promise.all(
      [...this.#joined.keys()].map(async (desk) => {
        const answered = ask(desk).then(
          (answer) => ({ answer }),
          () => undefined,
        );
        const answer = await Promise.race([answered, delay(deadlineMs, undefined, { ref: false })]);
        if (answer === undefined) desk.drop(why);
        return answer?.answer;
      }),
    );
  }

  /** What the workers have under way; one that does not say so in time is left out. */
  async sessionsNow(): Promise<readonly SessionsNow[]> {
    const nothing: SessionsNow = { transfers: [], bytes: [] };
    const asked = [...this.#joined.keys()].map(({ worker }) =>
      Promise.race([
        worker.call('sessions.now', undefined).catch(() => nothing),
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
