import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Certificate } from '../../src/pki/certificate.ts';
import type { Downloaded } from '../../src/pki/download.ts';
import { OcspSource, type OcspStatus } from '../../src/pki/ocsp.ts';
import { TestCa } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { type AnswerSpec, makeAnswer, readRequest, rightAnswer } from '../support/ocsp-answer.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const [MINUTE, HOUR] = [60_000, 3_600_000];

let ca: TestCa;
let he: Certificate;
let now: number;
let said: Partial<AnswerSpec> | 'nothing';
let asked: number;
let problems: string[];
let source: OcspSource;

beforeAll(async () => {
  ca = await TestCa.root('CA', NOW);
  he = await ca.issue(NOW);
});

beforeEach(() => {
  now = NOW;
  said = {};
  asked = 0;
  problems = [];
  source = new OcspSource({
    responders: new Map([[ca.certificate.keyId ?? '', [{ url: 'http://127.0.0.1/', nonce: 'offered' }]]]),
    download: async (_url, body): Promise<Downloaded> => {
      asked += 1;
      if (said === 'nothing') return { ok: false, reason: 'unreachable' };
      const request = readRequest(body?.bytes ?? new Uint8Array());
      return { ok: true, bytes: makeAnswer(request, { ...rightAnswer(ca, now), ...said }) };
    },
    delegates: { statusOf: async () => ({ state: 'unknown', why: 'not-known' }) },
    ...{ graceMs: 10 * MINUTE, toleranceMs: 0, maxAgeMs: HOUR },
    now: () => now,
    onProblem: ({ reason }) => problems.push(reason),
  });
});

async function status(at = now): Promise<OcspStatus['state']> {
  now = at;
  return (await source.statusOf(he, ca.certificate, at)).state;
}

/** One round of fetching ahead, in the background: `done` tells what it leads to. */
async function tickAt(at: number, done: () => boolean): Promise<void> {
  now = at;
  source.tick();
  await eventually('the round to have ended', () => done() || undefined);
}

test('one exchange for everybody who asks at once, and none while the answer is fresh', async () => {
  expect(await Promise.all([status(), status(), status()])).toEqual(['good', 'good', 'good']);
  expect(await status(NOW + 29 * MINUTE)).toBe('good');
  expect(asked).toBe(1);
  expect(source.version).toBe(0);
});

test('fetched ahead at half life; another answer makes a new version', async () => {
  await status();
  now = NOW + 20 * MINUTE;
  source.tick();
  expect(asked).toBe(1);
  said = { state: 'revoked' };
  await tickAt(NOW + 31 * MINUTE, () => source.version === 1);
  expect(asked).toBe(2);
  expect(await status()).toBe('revoked');
});

test('an older answer played back changes nothing', async () => {
  said = { state: 'revoked' };
  expect(await status()).toBe('revoked');
  said = { state: 'good', thisUpdate: NOW - HOUR, nextUpdate: NOW + 2 * HOUR };
  await tickAt(NOW + 31 * MINUTE, () => problems.length > 0);
  expect(problems).toEqual(['older-than-loaded']);
  expect(await status()).toBe('revoked');
});

test('a responder that is gone: good until the end and its grace, then not, in a new version', async () => {
  await status();
  said = 'nothing';
  const end = NOW + HOUR + 10 * MINUTE;
  expect(await status(end)).toBe('good');
  expect(source.version).toBe(0);
  await tickAt(end + 1, () => source.version === 1);
  expect(await source.statusOf(he, ca.certificate, now)).toMatchObject({ state: 'unavailable', stale: true });
});

test('who was revoked stays so, however long the responder is gone', async () => {
  said = { state: 'revoked' };
  await status();
  said = 'nothing';
  expect(await status(NOW + 5 * HOUR)).toBe('revoked');
});

test('how old the oldest answer is', async () => {
  said = { thisUpdate: NOW, nextUpdate: NOW + HOUR };
  await status();
  expect(source.ages(NOW + HOUR / 2)).toEqual([{ issuer: ca.certificate.keyId, source: 'ocsp', ratio: 0.5 }]);
});
