/**
 * Start file for a gateway whose calendar a test moves: NODE_OPTIONS `--import <this file>` with SLUIS_TEST_CLOCK=<file>,
 * which holds the milliseconds to add to the time of day. Threads and other processes of the gateway read it as well.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How old what was read may be. */
const LOOK_MS = 50;

export const MOVED_CLOCK = fileURLToPath(import.meta.url);

const file = process.env.SLUIS_TEST_CLOCK;
if (file !== undefined) {
  const now = Date.now;
  let [offset, readAt] = [0, Number.NEGATIVE_INFINITY];
  Date.now = () => {
    if (performance.now() - readAt > LOOK_MS) {
      offset = Number(readFileSync(file, 'utf8'));
      readAt = performance.now();
    }
    return now() + offset;
  };
}
