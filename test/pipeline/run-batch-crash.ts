import { subscribe } from 'node:diagnostics_channel';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, workerData } from 'node:worker_threads';

/** Start file of a child process: the first batch worker that comes to the middle of its file ends there. */
if (!isMainThread) {
  const marker = join(workerData.contentDirectory, 'died-once');
  subscribe('sluis.crash-point', (point) => {
    if (point !== 'parse.middle' || existsSync(marker)) return;
    writeFileSync(marker, '');
    process.exit(1); // in a worker thread this ends the thread
  });
}
