import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogOutput } from '../../src/ops/log-output.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { quickSettling } from '../support/settle.ts';

/** Who reads the lines of the log may end before the gateway. */

let gateway: RunningGateway;

/** A stream that is paused still takes what comes into a buffer of its own. */
function stopReading(stream: unknown): void {
  (stream as { readonly _handle: { readStop(): void } })._handle.readStop();
}

beforeAll(async () => {
  gateway = await startIn(await makeFolder({ 'gateway.yaml': quickSettling }));
});
afterAll(async () => {
  await gateway.stop('SIGKILL');
  await removeFolder(gateway);
});

test('a gateway whose log nobody reads any more goes on, and ends in order when it is asked to', async () => {
  const place = ExchangePlace.of(gateway);
  // Gone with lines that it has not read: the next write is told so, and all others that the pipe is broken.
  stopReading(gateway.process.stdout);
  const first = await handIn(place, KSZ_R, { 'ADRM_unread.csv': adrm(goodRow(1)) });
  await first.receipt('ADRM_unread.csv');
  gateway.process.stdout?.destroy();
  for (const number of [2, 3]) {
    const name = `ADRM_after-${number}.csv`;
    const mailbox = await handIn(place, KSZ_R, { [name]: adrm(goodRow(number)) });
    const { ticket } = await mailbox.receipt(name);
    const answer = `${name}.${ticket}.notification.json`;
    await eventually('the answer', async () => ((await mailbox.list()).includes(answer) ? true : undefined));
  }
  await place.close();
  expect(await gateway.stop()).toBe(0);
});

test('a line is lost where there is no room for it, and stands where there is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluis-log-output-'));
  const [full, file] = [openSync('/dev/full', 'w'), openSync(join(folder, 'log'), 'w')];
  for (const fd of [full, file]) new LogOutput(fd).write('a line\n');
  for (const fd of [full, file]) closeSync(fd);
  expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('a line\n');
  await rm(folder, { recursive: true });
});
