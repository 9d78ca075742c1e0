import { isMainThread, type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { CheckpointThread } from './checkpoints.ts';
import type { Sql } from './sql.ts';
import { failureOf } from './sqlite-failure.ts';
import {
  type AnsweredQuery,
  type AskedQuery,
  type Failure,
  MAX_CALLS_PER_TRANSACTION,
  type Outcome,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
  type WriteCall,
} from './sqlite-messages.ts';
import { openForReading, openForWriting } from './sqlite-open.ts';
import { answer } from './sqlite-queries.ts';
import { LedgerWriter } from './sqlite-writer.ts';

/** The threads that SQLite lives in: one that writes, one that reads. Each answers its messages in order. */

/** Answers wait this long for each other: a message costs more than most queries, and a long one holds up nobody. */
const HOLD_MS = 1;

/** `more`: what came behind the request. */
type Role = { handle(request: WorkerRequest, more: () => WorkerRequest | undefined): void; close(): Promise<void> };

function parseStart(value: unknown): WorkerStart {
  return value as WorkerStart;
}

function reply(message: WorkerReply): void {
  parentPort?.postMessage(message);
}

/** Nothing more is done here. */
function broken(failure: Failure): void {
  reply({ kind: 'broken', failure });
  parentPort?.close();
}

function startWriter({ file, now }: WorkerStart): Role {
  const { sql, lock } = openForWriting(file, now);
  const checkpoints = new CheckpointThread(file, broken);
  const writer = new LedgerWriter(sql, checkpoints);
  return {
    handle: (request, more) => {
      if (request.kind !== 'batch') return;
      reply({ kind: 'batch', outcomes: writer.run(withThoseBehind(request.calls, more)) });
      writer.checkpoint();
    },
    close: async () => {
      await checkpoints.close();
      sql.close(); // the last connection to close copies the write-ahead log into the file
      lock.close();
    },
  };
}

function startReader({ file }: WorkerStart): Role {
  const sql = openForReading(file);
  return {
    handle: (request) => {
      if (request.kind !== 'queries') return;
      // One snapshot for all of them, which SQLite looks for and holds once.
      sql.run('BEGIN');
      answerAll(sql, request.queries);
      if (sql.inTransaction) sql.run('COMMIT');
    },
    close: async () => sql.close(),
  };
}

function answerAll(sql: Sql, queries: readonly AskedQuery[]): void {
  let answers: AnsweredQuery[] = [];
  let since = performance.now();
  for (const { id, query } of queries) {
    answers.push({ id, outcome: outcomeOf(() => answer(sql, query)) });
    if (performance.now() - since < HOLD_MS) continue;
    reply({ kind: 'answers', answers });
    answers = [];
    since = performance.now();
  }
  if (answers.length > 0) reply({ kind: 'answers', answers });
}

/** Whatever came while the last transaction ran shares the next one. Nothing but calls comes before the last is answered. */
function withThoseBehind(first: readonly WriteCall[], more: () => WorkerRequest | undefined): readonly WriteCall[] {
  const calls = [...first];
  while (calls.length < MAX_CALLS_PER_TRANSACTION) {
    const next = more();
    if (next?.kind !== 'batch') break;
    calls.push(...next.calls);
  }
  return calls;
}

function outcomeOf(work: () => unknown): Outcome {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

function serve(start: WorkerStart): void {
  const port = parentPort;
  if (port === null) return;
  try {
    const role = start.role === 'writer' ? startWriter(start) : startReader(start);
    port.on('message', (request: WorkerRequest) => {
      try {
        if (request.kind !== 'close') return role.handle(request, () => nextOf(port));
        role.close().then(
          () => port.close(),
          (error: unknown) => broken(failureOf(error)),
        );
      } catch (error) {
        broken(failureOf(error));
      }
    });
    reply({ kind: 'ready' });
  } catch (error) {
    reply({ kind: 'broken', failure: failureOf(error) });
  }
}

function nextOf(port: MessagePort): WorkerRequest | undefined {
  const received: { readonly message: WorkerRequest } | undefined = receiveMessageOnPort(port);
  return received?.message;
}

if (!isMainThread) serve(parseStart(workerData));
