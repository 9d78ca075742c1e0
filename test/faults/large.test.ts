import { afterAll, beforeAll, expect, test } from 'vitest';
import { LargeBench } from './large-bench.ts';

/** The short form of `npm run faults:large`: a batch that is just large enough for the lane, killed in its middle. */

const RECORDS = 30_000;
const PERSONS = 2000;

let bench: LargeBench;

beforeAll(async () => {
  bench = await LargeBench.prepare(RECORDS, PERSONS);
}, 60_000);
afterAll(() => bench.remove());

test('a large batch that a crash cut leaves the same bytes as one that ran through', async () => {
  const whole = await bench.run(undefined);
  expect(whole.length).toBeGreaterThan(100);
  expect(await bench.run('parse.middle')).toEqual(whole);
}, 120_000);
