import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { CheckpointReply } from './checkpoints.ts';
import { integer, SQLITE, type Sql, sqliteCode } from './sql.ts';
import { failureOf } from './sqlite-failure.ts';
import { openForCheckpoints } from './sqlite-open.ts';

/** The thread that copies the write-ahead log into the ledger file beside the one that writes. `copy` has it done once, `close` ends it. */

/** PASSIVE: waits for nobody, and copies what may be copied (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint). */
function copied(sql: Sql): CheckpointReply {
  try {
    return { kind: 'copied', frames: integer(sql.one('PRAGMA wal_checkpoint(PASSIVE)'), 'log') };
  } catch (error) {
    // A full disk refuses whoever writes; it is tried again.
    if (sqliteCode(error) === SQLITE.FULL) return { kind: 'copied', frames: 0 };
    return { kind: 'broken', failure: failureOf(error) };
  }
}

function start(port: NonNullable<typeof parentPort>): void {
  const sql = openForCheckpoints(String(workerData));
  port.on('message', (message) => {
    if (message === 'copy') return port.postMessage(copied(sql));
    sql.close();
    port.close();
  });
}

if (!isMainThread && parentPort !== null) start(parentPort);
