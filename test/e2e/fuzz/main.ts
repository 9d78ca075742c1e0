/** `npm run fuzz:webdav -- [seconds] [seed]`: random requests against a gateway of its own; exits 1 where a promise breaks. */
import { randomInt } from 'node:crypto';
import { fuzzWebdav } from './webdav-run.ts';

const MAX_SECONDS = 600;
const MAX_REQUESTS = 1_000_000;

const [, , seconds = '60', seed = `${randomInt(2 ** 31)}`] = process.argv;
const milliseconds = 1000 * Math.min(Number(seconds), MAX_SECONDS);
console.log(`seed ${seed}, ${milliseconds / 1000} s`);
const began = performance.now();
const counts = await fuzzWebdav({ seed: Number(seed), milliseconds, maxRequests: MAX_REQUESTS });
console.log(
  `${counts.requests} requests in ${Math.round((performance.now() - began) / 1000)} s, ${counts.unanswered} without an answer`,
);
for (const [status, count] of Object.entries(counts.statuses)) console.log(`${status}: ${count}`);
