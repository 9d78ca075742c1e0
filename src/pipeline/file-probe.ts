import type { Clock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Environment, Flow } from '../domain/flow.ts';
import type { Logger } from '../domain/logger.ts';
import type { Institution } from '../domain/partner.ts';
import { JobThread } from './job-thread.ts';
import { layoutsInForce } from './layouts-in-force.ts';
import type { Probed, ProbeJob } from './probe.ts';
import type { ProbeWorkerStart } from './probe-worker.ts';

/** Far more than reading the beginning of a file takes. */
const DEADLINE_MS = 60_000;

/** Files above this take turns: of several that are large the first is answered first, and small ones wait for none. */
const LARGE_BYTES = 512 * 1024;

/** A file that is about to get its receipt. */
export type ProbedFile = {
  readonly contents: ProbeJob['contents'];
  readonly maxBytes: number;
  readonly flow: Flow;
  readonly environment: Environment;
  readonly sender: Institution;
};

/** Reads files before their receipts, off the serving thread. */
export class FileProbe {
  readonly #thread: JobThread<ProbeJob, Probed>;
  /** Settled when the large files before are read. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor({ contentFolder, clock, logger }: { contentFolder: string; clock: Clock; logger: Logger }) {
    const workerData: ProbeWorkerStart = { contentDirectory: contentFolder };
    this.#thread = new JobThread({
      file: new URL('./probe-worker.ts', import.meta.url),
      workerData,
      deadlineMs: DEADLINE_MS,
    });
    this.#clock = clock;
    this.#logger = logger;
  }

  start(): void {
    this.#thread.start();
  }

  /**
   * What is wrong with the file as a whole, as far as it is read, and its lot. A file that can not be read now is no fault of its
   * sender: the check of its records, which reads all of it, decides.
   * @throws GatewayError `unavailable` where the gateway stops
   */
  async read({ contents, maxBytes, flow, environment, sender }: ProbedFile): Promise<Probed> {
    const layouts = layoutsInForce(flow, this.#clock.now());
    const facts = { environment, sender };
    try {
      return await this.#inTurn({ contents, maxBytes, format: flow.format, layouts, facts });
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'unavailable') throw error;
      const contentIds = contents.map(({ contentId }) => contentId);
      this.#logger.warn({ err: error, contentIds }, 'a file could not be read before its receipt');
      return {};
    }
  }

  #inTurn(job: ProbeJob): Promise<Probed> {
    const bytes = job.contents.reduce((sum, { size }) => sum + size, 0);
    if (bytes <= LARGE_BYTES) return this.#thread.ask(job);
    const probed = this.#turn.then(() => this.#thread.ask(job));
    this.#turn = probed.catch(() => undefined);
    return probed;
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}
