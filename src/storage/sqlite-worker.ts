import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { AnsweredQuery, Outcome, WorkerReply, WorkerRequest, WorkerStart } from './sqlite-messages.ts';
import { openForReading, openForWriting } from './sqlite-open.ts';
import { answer } from './sqlite-queries.ts';
import { failureOf, LedgerWriter } from './sqlite-writer.ts';

/** The threads that SQLite lives in: one that writes, one that reads. Each answers its messages in order. */

/** Answers wait this long for each other: a message costs more than most queries, and a long one holds up nobody. */
const HOLD_MS = 1;

type Role = { handle(request: WorkerRequest): void; close(): void };

function parseStart(value: unknown): WorkerStart {
  return value as WorkerStart;
}

function reply(message: WorkerReply): void {
  parentPort?.postMessage(message);
}

function startWriter({ file, now }: WorkerStart): Role {
  const { sql, lock } = openForWriting(file, now);
  const writer = new LedgerWriter(sql);
  return {
    handle: (request) => {
      if (request.kind !== 'batch') return;
      reply({ kind: 'batch', outcomes: writer.run(request.calls) });
      writer.checkpoint();
    },
    close: () => {
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
      let answers: AnsweredQuery[] = [];
      let since = performance.now();
      for (const { id, query } of request.queries) {
        answers.push({ id, outcome: outcomeOf(() => answer(sql, query)) });
        if (performance.now() - since < HOLD_MS) continue;
        reply({ kind: 'answers', answers });
        answers = [];
        since = performance.now();
      }
      if (answers.length > 0) reply({ kind: 'answers', answers });
    },
    close: () => sql.close(),
  };
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
        if (request.kind !== 'close') return role.handle(request);
        role.close();
        port.close();
      } catch (error) {
        reply({ kind: 'broken', failure: failureOf(error) });
        port.close();
      }
    });
    reply({ kind: 'ready' });
  } catch (error) {
    reply({ kind: 'broken', failure: failureOf(error) });
  }
}

if (!isMainThread) serve(parseStart(workerData));
