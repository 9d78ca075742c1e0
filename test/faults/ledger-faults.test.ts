import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway, startIn } from '../support/gateway.ts';
import { hasTool } from '../support/tools.ts';
import { askAs, bodyOf } from '../webdav/ask.ts';

const WORK = '/files/SHARED/work';
const SMALL = 'a small file lies in the ledger';
/** Above what the ledger keeps, so that its bytes are durable before the commit. */
const LARGE = 'x'.repeat(100_000);

let gateway: RunningGateway | undefined;

afterEach(async () => {
  if (gateway === undefined) return;
  await gateway.stop();
  await removeFolder(gateway);
  gateway = undefined;
});

/** Lets system calls on one file of a running gateway fail until it is ended. */
async function failing({ process: { pid }, data }: RunningGateway, calls: string, error: string, file: string) {
  const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`, '-P', join(data, file)];
  const child = spawn('strace', ['-f', '-o', '/dev/null', ...inject, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  await eventually('strace to be attached', async () => said.includes('attached') || undefined);
  return async () => {
    child.kill('SIGINT');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
}

/** Some machines let nobody look into another process. */
function mayAttach(): boolean {
  const script = 'sleep 3 & timeout -s INT 0.5 strace -o /dev/null -p $!; test $? = 124';
  return hasTool('strace') && spawnSync('sh', ['-c', script], { stdio: 'ignore' }).status === 0;
}

describe.runIf(mayAttach())('a ledger whose disk fails', () => {
  test.each([
    ['small', SMALL],
    ['large', LARGE],
  ])('has no room: a %s file is refused, and it goes on by itself when there is room', async (_, body) => {
    gateway = await startGateway();
    const anna = await askAs(gateway, 'anna@ksz');
    expect((await anna('PUT', `${WORK}/before.txt`, [], body)).status).toBe(201);
    const end = await failing(gateway, 'pwrite64', 'ENOSPC', 'ledger.sqlite-wal');
    expect((await anna('PUT', `${WORK}/refused.txt`, [], body)).status).toBe(507);
    await end();
    await eventually('uploads to go on', async () => {
      const { status } = await anna('PUT', `${WORK}/after.txt`, [], body);
      return status === 201 || status === 204 || undefined;
    });
    expect((await anna('GET', `${WORK}/refused.txt`)).status).toBe(404);
    expect(bodyOf((await anna('GET', `${WORK}/before.txt`)).text)).toBe(body);
  });

  test('fails at fsync: the gateway ends with 3, and what was acknowledged is there after the next start', async () => {
    const first = await startGateway();
    gateway = first;
    const anna = await askAs(first, 'anna@ksz');
    expect((await anna('PUT', `${WORK}/kept.txt`, [], SMALL)).status).toBe(201);
    const end = await failing(first, 'fsync,fdatasync', 'EIO', 'ledger.sqlite-wal');
    const answered = await anna('PUT', `${WORK}/unknown.txt`, [], SMALL).then(
      ({ status }) => status,
      () => 0,
    );
    expect([0, 500]).toContain(answered);
    expect(await first.ended).toBe(3);
    await end();
    gateway = await startIn(first.folder);
    const again = await askAs(gateway, 'anna@ksz');
    expect(bodyOf((await again('GET', `${WORK}/kept.txt`)).text)).toBe(SMALL);
  });
});
