/**
 * Start file for a gateway that is to crash: `node --import <this file>` with SLUIS_TEST_CRASH_AT=`<point>` or
 * `<point>:<n>` ends the process by SIGKILL when it passes that named point for the nth time. Worker threads inherit the
 * start file; each counts by itself.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';

/** Written to standard error before the end, so that the test knows the point was reached. */
export const REACHED = 'crash point reached: ';

const [, wanted, count] = /^(.+?)(?::(\d+))?$/.exec(process.env.SLUIS_TEST_CRASH_AT ?? '') ?? [];
let left = Number(count ?? 1);

function onPoint(name: unknown): void {
  if (name !== wanted) return;
  left -= 1;
  if (left > 0) return;
  writeSync(2, `${REACHED}${process.env.SLUIS_TEST_CRASH_AT}\n`);
  process.kill(process.pid, 'SIGKILL');
}

if (wanted !== undefined) subscribe('sluis.crash-point', onPoint);
