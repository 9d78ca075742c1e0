import { expect, test } from 'vitest';
import { parseVPath } from '../../src/domain/vpath.ts';
import { formatHttpDate, parseHttpDate } from '../../src/http/http-date.ts';
import { parseIf } from '../../src/http/if-header.ts';
import { evaluate, parsePreconditions, type Subjects, writeCondition } from '../../src/http/preconditions.ts';
import type { Entry } from '../../src/vfs/files.ts';

const NOW = Date.UTC(2026, 0, 1);
const CHANGED = Date.UTC(1994, 10, 6, 8, 49, 37, 500); // Sun, 06 Nov 1994 08:49:37.5 GMT

function fileNamed(name: string, etag: string): Entry {
  const path = parseVPath(`/${name}`);
  const times = { createdAt: CHANGED, modifiedAt: CHANGED };
  return { path, name, kind: 'file', size: 1, etag, sha256: '', ...times, properties: [] };
}

const here = fileNamed('here', 'v1');
const other = fileNamed('other', 'v9');

/** The token of a lock on `here`. */
const LOCK = 'urn:uuid:3c1e6f4a-0000-4000-8000-000000000001';

type Verdict = 'proceed' | 'not-modified' | 'failed' | 'malformed';

async function verdict(method: string, headers: Readonly<Record<string, string>>, entry: Entry | undefined) {
  try {
    const conditions = parsePreconditions({ headers: new Map(Object.entries(headers)) }, NOW);
    const request = { method, host: 'localhost', path: here.path };
    const subjects: Subjects = {
      entry: async (path) => (path === other.path ? other : undefined),
      covers: async (path, token) => path === here.path && token === LOCK,
    };
    return await evaluate(conditions, request, entry, subjects);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return error.code === 'precondition-failed' ? 'failed' : 'malformed';
  }
}

type Case = readonly [method: string, header: string, value: string, onFile: Verdict, onNothing: Verdict];

/** What stands there is `"v1"`, changed 1994-11-06 08:49:37; or nothing stands there. RFC 9110 §13.1, RFC 4918 §10.4. */
const CASES: readonly Case[] = [
  ['PUT', 'if-match', '"v1"', 'proceed', 'failed'],
  ['PUT', 'if-match', '"v0", "v1"', 'proceed', 'failed'],
  ['PUT', 'if-match', '"v0"', 'failed', 'failed'],
  ['PUT', 'if-match', 'W/"v1"', 'failed', 'failed'],
  ['PUT', 'if-match', '*', 'proceed', 'failed'],
  ['PUT', 'if-match', 'v1', 'malformed', 'malformed'],
  ['PUT', 'if-match', '"v1" "v2"', 'malformed', 'malformed'],
  ['PUT', 'if-none-match', '*', 'failed', 'proceed'],
  ['PUT', 'if-none-match', '"v1"', 'failed', 'proceed'],
  ['PUT', 'if-none-match', '"v0"', 'proceed', 'proceed'],
  ['GET', 'if-none-match', '"v1"', 'not-modified', 'proceed'],
  ['GET', 'if-none-match', 'W/"v1"', 'not-modified', 'proceed'],
  ['HEAD', 'if-none-match', '*', 'not-modified', 'proceed'],
  ['GET', 'if-modified-since', 'Sun, 06 Nov 1994 08:49:37 GMT', 'not-modified', 'proceed'],
  ['GET', 'if-modified-since', 'Sunday, 06-Nov-94 08:49:37 GMT', 'not-modified', 'proceed'],
  ['GET', 'if-modified-since', 'Sun Nov  6 08:49:37 1994', 'not-modified', 'proceed'],
  ['GET', 'if-modified-since', 'Sun, 06 Nov 1994 08:49:36 GMT', 'proceed', 'proceed'],
  ['GET', 'if-modified-since', 'yesterday', 'proceed', 'proceed'],
  ['PUT', 'if-modified-since', 'Sun, 06 Nov 1994 08:49:37 GMT', 'proceed', 'proceed'],
  ['PUT', 'if-unmodified-since', 'Sun, 06 Nov 1994 08:49:37 GMT', 'proceed', 'proceed'],
  ['PUT', 'if-unmodified-since', 'Sun, 06 Nov 1994 08:49:36 GMT', 'failed', 'proceed'],
  ['PUT', 'if', '(["v1"])', 'proceed', 'failed'],
  ['PUT', 'if', '(["v0"])', 'failed', 'failed'],
  ['PUT', 'if', '(["v0"]) (["v1"])', 'proceed', 'failed'],
  ['PUT', 'if', '(Not ["v1"])', 'failed', 'proceed'],
  ['PUT', 'if', '(<urn:uuid:1>)', 'failed', 'failed'],
  ['PUT', 'if', '(Not <DAV:no-lock>)', 'proceed', 'proceed'],
  ['PUT', 'if', '(<urn:uuid:1> ["v1"])', 'failed', 'failed'],
  ['PUT', 'if', '(Not <urn:uuid:1> ["v1"])', 'proceed', 'failed'],
  ['PUT', 'if', '</files/other> (["v9"])', 'proceed', 'proceed'],
  ['PUT', 'if', '<https://localhost/files/other>(["v8"])', 'failed', 'failed'],
  ['PUT', 'if', '<https://elsewhere/files/other>(["v9"])', 'failed', 'failed'],
  ['PUT', 'if', '</files/here> (["v1"]) </files/other> (["v0"])', 'proceed', 'failed'],
  ['PUT', 'if', '</files/absent> (Not ["v1"])', 'proceed', 'proceed'],
  ['PUT', 'if', '([W/"v1"])', 'failed', 'failed'],
];

for (const [method, header, value, onFile, onNothing] of CASES) {
  test(`${method} with ${header}: ${value}`, async () => {
    expect(await verdict(method, { [header]: value }, here)).toBe(onFile);
    expect(await verdict(method, { [header]: value }, undefined)).toBe(onNothing);
  });
}

test('If-None-Match wins over If-Modified-Since, and If-Match over If-Unmodified-Since', async () => {
  const recent = formatHttpDate(NOW);
  expect(await verdict('GET', { 'if-none-match': '"v0"', 'if-modified-since': recent }, here)).toBe('proceed');
  const long = formatHttpDate(0);
  expect(await verdict('PUT', { 'if-match': '"v1"', 'if-unmodified-since': long }, here)).toBe('proceed');
});

test('what a condition rested on must still hold at the commit', () => {
  const of = (headers: Record<string, string>) =>
    parsePreconditions({ headers: new Map(Object.entries(headers)) }, NOW);
  expect(writeCondition(of({}), here)).toBe('any');
  expect(writeCondition(of({ 'if-match': '*' }), here)).toEqual({ etags: ['v1'] });
  expect(writeCondition(of({ if: '(Not <DAV:no-lock>)' }), undefined)).toBe('absent');
});

for (const broken of [
  '',
  '()',
  '(',
  ')',
  '(<urn:a:b>',
  '(<urn:a:b>) x',
  '(["v1"',
  '([v1])',
  '(Not)',
  '(NotNot <urn:a:b>)',
  '(<>)',
  '(<no-scheme>)',
  '<urn:a:b>',
  '(["a"]) <urn:a:b> (["a"])',
  '(<urn:a:b> or <urn:a:c>)',
  `(["a"])${'(["a"])'.repeat(100)}`,
]) {
  test(`the If header ${JSON.stringify(broken.slice(0, 40))} is malformed`, () => {
    expect(() => parseIf(broken)).toThrowError(expect.objectContaining({ code: 'bad-request' }));
  });
}

const DATES: readonly (readonly [string, number | undefined])[] = [
  ['Sun, 06 Nov 1994 08:49:37 GMT', 784111777000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 784111777000],
  ['Sun Nov  6 08:49:37 1994', 784111777000],
  ['Friday, 01-Jan-77 00:00:00 GMT', 220924800000],
  ['Sun, 06 Nov 1994 08:49:37 CET', undefined],
  ['Sun, 31 Feb 1994 08:49:37 GMT', undefined],
  ['Sun, 06 Nov 1994 25:49:37 GMT', undefined],
  ['1994-11-06T08:49:37Z', undefined],
  ['', undefined],
];

for (const [text, expected] of DATES) {
  test(`as an HTTP date, "${text}" is ${expected}`, () => expect(parseHttpDate(text, NOW)).toBe(expected));
}
