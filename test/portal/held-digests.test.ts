import { expect, test } from 'vitest';
import type { PartnerId, Session } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import type { FileParts } from '../../src/portal/files/parts.ts';
import { uploadRoutes } from '../../src/portal/files/uploads.ts';
import type { Incoming } from '../../src/portal/route.ts';

/** `GET /upload` over uploads whose digest is done when the test says so. */
function desk() {
  const waiting: (() => void)[] = [];
  const inspect: FileParts['browsing']['inspect'] = async (_, path) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    await promise;
    if (path === parseVPath('/IN/broken')) throw new Error('the disk is gone');
    return { path, held: 3, total: 9, touchedAt: 0, sha256: 'ab'.repeat(32) };
  };
  const routes = uploadRoutes(() => ({ browsing: { inspect } }) as unknown as FileParts);
  const route = routes.find(({ method, path }) => method === 'GET' && path === '/upload');
  const ask = async (caller: string, path = '/IN/x'): Promise<number | Error> => {
    const [id = '', partner = ''] = caller.split('@');
    const session = {
      principal: { kind: 'person', id, partner: partner as PartnerId, roles: [] },
    } as unknown as Session;
    const incoming = { session, language: 'en', params: {}, query: { path }, body: {} } as unknown as Incoming;
    const answer = await route?.run(incoming);
    if (answer === undefined || !('status' in answer)) throw new Error('no answer');
    if (answer.status === 429) expect(answer.headers?.['Retry-After']).toBe(2);
    return answer.status;
  };
  const begun = async (count: number) => expect.poll(() => waiting.length).toBe(count);
  return { ask, begun, waiting };
}

test('three digests of one principal run at once, and a fourth is told to come again until one has ended', async () => {
  const { ask, begun, waiting } = desk();
  const running = [ask('anna@ksz'), ask('anna@ksz'), ask('anna@ksz', '/IN/broken')];
  const broken = expect(running[2]).rejects.toThrow('the disk is gone');
  await begun(3);
  expect(await ask('anna@ksz')).toBe(429);
  const other = ask('bram@ksz');
  await begun(4); // nothing was begun for the one that was refused
  waiting[2]?.();
  await broken;
  const next = ask('anna@ksz');
  await begun(5);
  expect(await ask('anna@ksz')).toBe(429);
  for (const end of waiting) end();
  expect(await Promise.all([running[0], running[1], other, next])).toEqual([200, 200, 200, 200]);
});

test('six run at once in all', async () => {
  const { ask, begun, waiting } = desk();
  const running = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ask(`${id}@ksz`));
  await begun(6);
  expect(await ask('g@rjv')).toBe(429);
  for (const end of waiting) end();
  expect(await Promise.all(running)).toEqual(Array(6).fill(200));
  const last = ask('g@rjv');
  await begun(7);
  waiting[6]?.();
  expect(await last).toBe(200);
});
