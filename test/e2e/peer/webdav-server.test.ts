import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CAUSES } from '../hostile-requests/all.ts';
import { FILE, is, request } from '../hostile-requests/case.ts';
import { fatesOf, isAsExpected } from './peer.ts';

/** The evidence of docs/decisions/0001: `npm run compare:webdav-server` writes it. */
const LIST: readonly { readonly cause: string; readonly what: string }[] = JSON.parse(
  await readFile(join(import.meta.dirname, 'killing-requests.json'), 'utf8'),
);

test('each request that the decision names ends webdav-server, and an ordinary one does not', {
  timeout: 180_000,
}, async () => {
  const killing = LIST.map(({ cause, what }) => {
    const found = CAUSES.find((one) => one.cause === cause);
    const one = found && [found.twin, ...found.cases].find((candidate) => candidate.what === what);
    if (one === undefined) throw new Error(`the table has no such request any more: ${cause}: ${what}`);
    return one;
  });
  expect(killing.length).toBeGreaterThan(20);
  const ordinary = is('GET', request('GET', FILE), 200);
  const [first, ...fates] = await fatesOf([ordinary, ...killing]);
  expect(first && isAsExpected(first, ordinary)).toBe(true);
  const survived = killing.filter((_, index) => fates[index]?.kind !== 'killed').map(({ what }) => what);
  expect(survived).toEqual([]);
});
