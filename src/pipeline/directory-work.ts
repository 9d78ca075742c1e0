import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Applied, DirectoryChanges } from '../directory/changes.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { Partner } from '../domain/partner.ts';
import type { Submission } from '../domain/submission.ts';
import type { AuditLine, LedgerCommand } from '../storage/commands.ts';
import type { Lease, Ledger } from '../storage/ledger.ts';
import type { BatchResult } from './batch.ts';
import { errorOf, type Failure } from './batch-messages.ts';
import type { DirectoryJob } from './directory-worker.ts';
import { leaseRef } from './submission-commands.ts';

/** More than the changes of the largest integration take. */
const LEASE_MS = 600_000;
const QUEUE = 'directory';

type Queued = Pick<DirectoryJob, 'environment' | 'changes'>;

type Parts = {
  readonly ledger: Ledger;
  /** The folder of the reference directory. */
  readonly directoryFolder: string;
  readonly generation: Current<Generation>;
  readonly logger: Logger;
};

/** The job that the closing commit of an integration leaves: its changes, to be made in the directory. */
export function directoryCommands(
  checked: {
    readonly submission: Submission;
    readonly partner: Partner;
    readonly result: Pick<BatchResult, 'changes'>;
  },
  dueAt: number,
): readonly LedgerCommand[] {
  const { ticket, environment, receivedAt } = checked.submission;
  const { changes } = checked.result;
  if (changes.length === 0) return [];
  const made = { ticket, inscriber: checked.partner.institution, at: receivedAt, changes };
  const payload: Queued = { environment: environment === 'T' ? 'T' : 'R', changes: made };
  return [{ kind: 'enqueue', queue: QUEUE, key: ticket, dueAt, payload }];
}

/**
 * Makes what integrations decided. The ledger is the truth: changes are made after the commit that decided them, before any
 * other batch is begun, each under its ticket, so that a crash makes them once.
 */
export class DirectoryWork {
  readonly #parts: Parts;
  #running: Promise<void> = Promise.resolve();
  /** One that has not begun: it will see all that was decided until then. */
  #waiting: Promise<void> | undefined;
  /** Commits on their way that leave changes, and looks for them; and whether there may be some that are not made yet. */
  #underWay = 0;
  #isDue = true;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** To be told before anybody else can see what it commits. */
  willLeave(committed: Promise<unknown>): void {
    const over = () => {
      this.#underWay -= 1;
      this.#isDue = true;
    };
    this.#underWay += 1;
    committed.then(over, over);
  }

  /** Everything that was decided so far stands in the directory when this returns. */
  drain(): Promise<void> {
    if (!this.#isDue && this.#underWay === 0) return Promise.resolve();
    if (this.#waiting !== undefined) return this.#waiting;
    const run = this.#running.then(() => {
      this.#waiting = undefined;
      this.#isDue = false;
      return this.#drain();
    });
    this.#waiting = run;
    this.#underWay += 1;
    const over = (isDue: boolean) => {
      this.#underWay -= 1;
      this.#isDue ||= isDue;
    };
    this.#running = run.then(
      () => over(false),
      () => over(true),
    );
    return run;
  }

  async #drain(): Promise<void> {
    const { ledger } = this.#parts;
    while ((await ledger.read({ kind: 'queueLength', queue: QUEUE })) > 0) {
      const [lease] = await ledger.claim(QUEUE, `${process.pid}`, 1, LEASE_MS);
      if (lease === undefined) throw new GatewayError('unavailable', 'changes of the directory are held by another');
      await this.#make(lease);
    }
  }

  async #make(lease: Lease): Promise<void> {
    const { ledger, directoryFolder, generation, logger } = this.#parts;
    const { environment, changes } = parseQueued(lease.payload);
    const { sectors } = generation.value;
    const applied = await inThread({ directory: directoryFolder, environment, changes, sectors });
    crashPoint('directory.applied');
    const line = changeLine(changes, environment, applied);
    await ledger.commit([
      { kind: 'finishLease', ...leaseRef(lease) },
      { kind: 'audit', line },
    ]);
    if (line.outcome === 'failed') {
      // Somebody loaded other lines between the decision and now.
      logger.error({ alarm: 'integration', ...line.fields }, 'the directory did not take what was answered');
    }
  }
}

function changeLine({ ticket }: DirectoryChanges, environment: string, { version, outcomes }: Applied): AuditLine {
  const count = (code: string) => outcomes.filter((outcome) => outcome.code === code).length;
  const [registered, ended] = [count('registered'), count('ended')];
  const refused = outcomes.length - registered - ended;
  const versionBefore = registered + ended > 0 ? version - 1n : version;
  return {
    kind: 'directory-change',
    outcome: refused === 0 ? 'done' : 'failed',
    fields: {
      ticket,
      environment,
      versionBefore: `${versionBefore}`,
      version: `${version}`,
      registered,
      ended,
      refused,
    },
  };
}

/** @throws what the directory throws; GatewayError `broken` where the thread ended without a word */
async function inThread(job: DirectoryJob): Promise<Applied> {
  const worker = new Worker(new URL('./directory-worker.ts', import.meta.url), { workerData: job });
  const ended = once(worker, 'exit');
  const said = await Promise.race([once(worker, 'message'), ended.then(() => [undefined])]);
  await ended;
  const [message] = said as [{ readonly applied: Applied } | { readonly failure: Failure } | undefined];
  if (message === undefined) throw new GatewayError('broken', 'the thread that changes the directory ended');
  if ('failure' in message) throw errorOf(message.failure);
  return message.applied;
}

/** The payload of a job in the queue `directory`, which only `directoryJob` writes. */
function parseQueued(payload: unknown): Queued {
  if (typeof payload !== 'object' || payload === null || !('changes' in payload)) {
    throw new GatewayError('broken', 'a job of the queue "directory" has no changes');
  }
  return payload as Queued;
}
