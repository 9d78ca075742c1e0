import { expect, test } from 'vitest';
import { fuzzWebdav } from './fuzz/webdav-run.ts';

test('random and mutated requests break no promise', async () => {
  const { requests, statuses } = await fuzzWebdav({ seed: 20261128, milliseconds: 30_000, maxRequests: 640 });
  expect(requests).toBeGreaterThan(0);
  // They reach every layer: the parser and the guard, the handler, and the tree.
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['201', '400', '404', '501']));
});
