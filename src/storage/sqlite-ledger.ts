import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { CommitResult, LedgerCommand } from './commands.ts';
import type { Lease, Ledger, Queue } from './ledger.ts';
import type { Answer, Query } from './queries.ts';
import { RecentContents } from './recent-contents.ts';
import {
  type AskedQuery,
  type Failure,
  MAX_CALLS_PER_TRANSACTION,
  type Outcome,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
  type WriteCall,
} from './sqlite-messages.ts';

/** Calls that wait at most; more are refused. */
const MAX_WAITING = 10_000;

export type SqliteLedgerOptions = {
  /** The ledger file; SQLite and the lock put others beside it. The folder is made where it is not there. */
  readonly file: string;
  readonly clock?: Clock;
  /** Told once, when it is not known any more what is durable: the process has to end with exit 3. */
  readonly onBroken: (error: GatewayError) => void;
  /** Told after every transaction how many calls shared it. */
  readonly onCommit?: (calls: number) => void;
};

/**
 * Opens or makes the ledger and starts its two threads.
 * @throws GatewayError `unavailable` where another gateway has it open, `broken` where it is damaged or not durable
 */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<Ledger> {
  const clock = options.clock ?? systemClock;
  const writer = await startThread({ role: 'writer', file: options.file, now: clock.now() });
  try {
    const reader = await startThread({ role: 'reader', file: options.file, now: clock.now() });
    return new SqliteLedger(writer, reader, clock, options);
  } catch (error) {
    await endThread(writer);
    throw error;
  }
}

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (error: GatewayError) => void };
type Call = { readonly call: WriteCall; readonly waiting: Waiting };

/** The serving thread's side: it collects calls and hands them over, and never touches SQLite. */
class SqliteLedger implements Ledger {
  readonly #writer: Worker;
  readonly #reader: Worker;
  readonly #clock: Clock;
  readonly #options: SqliteLedgerOptions;
  #calls: Call[] = [];
  /** The callers of what was sent, in its order: of the transaction that runs now, and of the next ones. */
  readonly #running: Waiting[] = [];
  #scheduled = false;
  readonly #queries = new Map<number, Waiting>();
  readonly #recent = new RecentContents();
  #asked: AskedQuery[] = [];
  #lastQuery = 0;
  #ended: GatewayError | undefined;
  #idle: (() => void) | undefined;

  constructor(writer: Worker, reader: Worker, clock: Clock, options: SqliteLedgerOptions) {
    this.#writer = writer;
    this.#reader = reader;
    this.#clock = clock;
    this.#options = options;
    for (const worker of [writer, reader]) {
      worker.on('message', (message: WorkerReply) => this.#receive(message));
      worker.on('error', (error) => this.#break({ code: 'broken', message: BROKEN, cause: String(error) }));
      worker.on('exit', () => this.#break({ code: 'broken', message: BROKEN, cause: 'a thread of the ledger ended' }));
    }
  }

  async commit(commands: readonly LedgerCommand[]): Promise<CommitResult> {
    const result = parseCommitResult(await this.#write({ kind: 'commit', commands, now: this.#now() }));
    this.#recent.committed(commands);
    return result;
  }

  async claim(queue: Queue, worker: string, max: number, leaseMs: number): Promise<readonly Lease[]> {
    return parseLeases(await this.#write({ kind: 'claim', queue, worker, max, leaseMs, now: this.#now() }));
  }

  async extend(leases: readonly Lease[], leaseMs: number): Promise<readonly Lease[]> {
    return parseLeases(await this.#write({ kind: 'extend', leases, leaseMs, now: this.#now() }));
  }

  async read<Q extends Query>(query: Q): Promise<Answer<Q>> {
    this.#mustTakeCalls(this.#queries.size);
    const recent = query.kind === 'contents' ? this.#recent.find(query.contentIds) : undefined;
    if (recent !== undefined) return parseAnswer<Q>(recent);
    this.#lastQuery += 1;
    const id = this.#lastQuery;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#queries.set(id, { resolve, reject });
    this.#askSoon({ id, query });
    return parseAnswer<Q>(await promise);
  }

  async close(): Promise<void> {
    if (this.#ended?.code === 'broken') await Promise.all([this.#reader.terminate(), this.#writer.terminate()]);
    if (this.#ended !== undefined) return;
    this.#ended = new GatewayError('unavailable', 'the gateway is stopping');
    if (!this.#isIdle()) await new Promise<void>((resolve) => (this.#idle = resolve));
    await endThread(this.#reader);
    await endThread(this.#writer);
  }

  #now(): number {
    return Math.trunc(this.#clock.now());
  }

  #mustTakeCalls(waiting: number): void {
    if (this.#ended !== undefined) throw this.#ended;
    if (waiting >= MAX_WAITING) throw new GatewayError('unavailable', 'the gateway is overloaded; try again later');
  }

  #write(call: WriteCall): Promise<unknown> {
    this.#mustTakeCalls(this.#calls.length + this.#running.length);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#calls.push({ call, waiting: { resolve, reject } });
    this.#schedule();
    return promise;
  }

  // Queries of the same turn of the event loop go together: waking the other thread costs more than most of them.
  #askSoon(asked: AskedQuery): void {
    this.#asked.push(asked);
    if (this.#asked.length > 1) return;
    setImmediate(() => {
      const queries = this.#asked;
      this.#asked = [];
      try {
        send(this.#reader, { kind: 'queries', queries });
      } catch (error) {
        const failure = { code: 'broken' as const, message: BROKEN, cause: String(error) };
        const outcome = { ok: false as const, failure };
        this.#receive({ kind: 'answers', answers: queries.map(({ id }) => ({ id, outcome })) });
      }
    });
  }

  // Calls of the same turn of the event loop go together: that of the callers whom the last transaction has answered. The
  // thread takes with each transaction whatever has come by then, and need not wait for this one to ask it to.
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const calls = this.#calls;
      this.#calls = [];
      while (calls.length > 0) this.#send(calls.splice(0, MAX_CALLS_PER_TRANSACTION));
      if (this.#isIdle()) this.#idle?.();
    });
  }

  #send(batch: readonly Call[]): void {
    if (batch.length === 0) return;
    try {
      send(this.#writer, { kind: 'batch', calls: batch.map(({ call }) => call) });
      this.#running.push(...batch.map(({ waiting }) => waiting));
    } catch {
      // Nothing was sent: one of the calls holds a value that no other thread can have. The others go on without it.
      this.#send(batch.filter(canBeSent));
    }
  }

  #receive(message: WorkerReply): void {
    if (message.kind === 'batch') {
      const answered = this.#running.splice(0, message.outcomes.length);
      for (const [index, waiting] of answered.entries()) settle(waiting, message.outcomes[index]);
      this.#options.onCommit?.(answered.length);
    } else if (message.kind === 'answers') {
      for (const { id, outcome } of message.answers) {
        const waiting = this.#queries.get(id);
        this.#queries.delete(id);
        if (waiting !== undefined) settle(waiting, outcome);
      }
    } else if (message.kind === 'broken') {
      this.#break(message.failure);
    }
    if (this.#isIdle()) this.#idle?.();
  }

  #isIdle(): boolean {
    return this.#calls.length === 0 && this.#running.length === 0 && this.#queries.size === 0;
  }

  #break(failure: Failure): void {
    if (this.#ended?.code === 'broken' || (this.#ended !== undefined && this.#isIdle())) return;
    const error = errorOf(failure);
    this.#ended = error;
    const waiting = [...this.#running, ...this.#calls.map((call) => call.waiting), ...this.#queries.values()];
    this.#running.length = 0;
    this.#calls = [];
    this.#queries.clear();
    for (const { reject } of waiting) reject(error);
    this.#idle?.();
    this.#options.onBroken(error);
  }
}

const BROKEN = 'the gateway could not do this; the operator has been told';

async function startThread(start: WorkerStart): Promise<Worker> {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: start });
  const [reply] = await once(worker, 'message');
  const message = parseReply(reply);
  if (message.kind === 'ready') return worker;
  await worker.terminate();
  throw errorOf(message.kind === 'broken' ? message.failure : { code: 'broken', message: BROKEN });
}

async function endThread(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return; // it has ended
  const ended = once(worker, 'exit');
  send(worker, { kind: 'close' });
  await ended;
}

function send(worker: Worker, request: WorkerRequest): void {
  worker.postMessage(request);
}

function canBeSent({ call, waiting }: Call): boolean {
  try {
    structuredClone(call);
    return true;
  } catch (error) {
    waiting.reject(new GatewayError('broken', BROKEN, { cause: error }));
    return false;
  }
}

function settle(waiting: Waiting, outcome: Outcome | undefined): void {
  if (outcome?.ok === true) waiting.resolve(outcome.value);
  else waiting.reject(errorOf(outcome?.failure ?? { code: 'broken', message: BROKEN }));
}

function errorOf({ code, message, cause, ...facts }: Failure): GatewayError {
  return new GatewayError(code, message, cause === undefined ? facts : { cause, ...facts });
}

// What the two threads answer is what the interface promises; here it gets its types back.

function parseReply(value: unknown): WorkerReply {
  return value as WorkerReply;
}

function parseCommitResult(value: unknown): CommitResult {
  return value as CommitResult;
}

function parseLeases(value: unknown): readonly Lease[] {
  return value as readonly Lease[];
}

function parseAnswer<Q extends Query>(value: unknown): Answer<Q> {
  return value as Answer<Q>;
}
