import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { contentCount } from '../support/contents.ts';
import { converse } from '../support/conversation.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import type { WireAnswer } from '../support/http-answers.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { descriptorsOf, residentBytes } from '../support/process-state.ts';
import { openTls } from '../support/raw-sockets.ts';
import { withoutPenalties } from '../support/settle.ts';
import { CAUSES } from './hostile-requests/all.ts';
import { type Case, CONTENT, FILE, raw, TOKEN } from './hostile-requests/case.ts';

const ACCOUNT = 'anna@ksz';
/** An ordinary request, to end a connection with. */
const LAST = raw(`OPTIONS ${FILE} HTTP/1.1`, 'Host: localhost', 'Connection: close');
const CHANGES = ['publish', 'copy', 'move', 'delete', 'make-folder'] as const;
const LOCKINFO = '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>';
const ALL = CAUSES.flatMap(({ twin, cases }) => [twin, ...cases]);

let gateway: RunningGateway;
let audit: AuditTrail;
let token: string;
let before: { readonly pid: number; readonly descriptors: number; readonly contents: number; readonly changes: number };

beforeAll(async () => {
  const quick = (text: string) =>
    withoutPenalties(text).replace('headersTimeoutSeconds: 10', 'headersTimeoutSeconds: 2');
  gateway = await startGateway({ change: { 'gateway.yaml': quick } });
  audit = new AuditTrail(gateway);
  const client = await WebdavClient.open(gateway, ACCOUNT);
  for (const name of ['there', 'été', 'appended', 'locked']) await client.put(`/SHARED/work/${name}.txt`, CONTENT);
  expect((await client.ask('MKCOL', '/SHARED/work/dir')).status).toBe(201);
  await client.put('/SHARED/work/dir/inner.txt', CONTENT);
  const locked = await client.ask('LOCK', '/SHARED/work/locked.txt', { headers: { Depth: '0' }, body: LOCKINFO });
  expect(locked.status).toBe(200);
  token = String(locked.headers['lock-token']).replace(/^<|>$/g, '');
  client.close();
  const pid = gateway.process.pid ?? 0;
  await eventually('the client to be gone', async () =>
    (await audit.all({ kind: 'login' })).length > 0 ? true : undefined,
  );
  before = {
    pid,
    descriptors: await descriptorsOf(pid),
    contents: await contentCount(gateway.data),
    changes: await changes(),
  };
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await removeFolder(gateway);
});

/** Changes of the tree, as the audit log has them. */
async function changes(): Promise<number> {
  let count = 0;
  for (const kind of CHANGES) count += (await audit.all({ kind, outcome: 'done' })).length;
  return count;
}

function withToken(bytes: Buffer): Buffer {
  return bytes.includes(TOKEN) ? Buffer.from(bytes.toString('latin1').replaceAll(TOKEN, token), 'latin1') : bytes;
}

async function send({ bytes, expected, ends }: Case): Promise<readonly WireAnswer[]> {
  const answers = expected.filter((status) => status >= 200).length;
  const socket = await openTls(gateway, ACCOUNT);
  const conversation = await converse(socket, { bytes: withToken(bytes), answers, ends, last: LAST });
  expect(conversation.fault).toBeUndefined();
  return conversation.answers;
}

/** What a refusal may not show: whose program this is, where it lies, what it was doing. */
function expectOurPage({ status, headers, body }: WireAnswer, isHead: boolean): void {
  expect(headers.get('server')).toBe('Sluis');
  expect([...headers.keys()].filter((name) => /^(access-control-|x-powered-by|set-cookie)/.test(name))).toEqual([]);
  expect(headers.get('content-type'), `${status}`).toMatch(/^(text\/plain|application\/xml); charset=utf-8$/);
  if (!isHead) expect(body.length).toBeGreaterThan(3);
  expect(body).not.toMatch(/node:|\.[jt]s:\d|Error|\n\s+at |\/etc\/|\/src\/|node_modules|undefined|\[object/);
  expect(body).not.toContain(gateway.folder);
  expect(body.length).toBeLessThan(1000);
}

describe('the table', () => {
  test('has hundreds of requests that differ in cause, and none twice', () => {
    const refused = ALL.filter(({ expected }) => expected.every((status) => status >= 400));
    expect(refused.length).toBeGreaterThanOrEqual(300);
    expect(CAUSES.filter(({ cases }) => cases.length > 8).map(({ cause }) => cause)).toEqual([]);
    expect(CAUSES.filter(({ twin }) => twin.expected.some((status) => status > 404)).map(({ cause }) => cause)).toEqual(
      [],
    );
    const twice = Map.groupBy(
      CAUSES.flatMap(({ cases }) => cases),
      ({ bytes }) => bytes.toString('latin1'),
    );
    expect(
      [...twice.values()].filter((cases) => cases.length > 1).map((cases) => cases.map(({ what }) => what)),
    ).toEqual([]);
  });
});

for (const { cause, rule, twin, cases } of CAUSES) {
  describe(cause, () => {
    test.each([{ ...twin, what: `the twin, ${twin.what}` }, ...cases])('$what: $expected', async (one) => {
      const refusals = one.audit && {
        kind: one.audit.kind,
        outcome: 'refused' as const,
        fields: { code: one.audit.code },
      };
      const written = refusals && (await audit.all(refusals)).length;
      const answers = await send(one);
      const stayed = answers.length > one.expected.length;
      expect(
        answers.map(({ status }) => status),
        rule,
      ).toEqual(stayed ? [...one.expected, 200] : one.expected);
      const isHead = one.bytes.toString('latin1').startsWith('HEAD ');
      for (const answer of answers.filter(({ status }) => status >= 400)) expectOurPage(answer, isHead);
      if (one.holds !== undefined) expect(answers.at(stayed ? -2 : -1)?.body).toContain(one.holds);
      if (refusals === undefined || written === undefined) return;
      await eventually('the audit line', async () => ((await audit.all(refusals)).length > written ? true : undefined));
    });
  });
}

describe('after the whole table', () => {
  test('the same process answers as before', async () => {
    expect([gateway.process.pid, gateway.process.exitCode, gateway.process.signalCode]).toEqual([
      before.pid,
      null,
      null,
    ]);
    const client = await WebdavClient.open(gateway, ACCOUNT);
    expect((await client.get('/SHARED/work/there.txt')).toString()).toBe(CONTENT);
    expect((await client.get('/SHARED/work/dir/inner.txt')).toString()).toBe(CONTENT);
    client.close();
  });

  test('the audit log has a line for each change that was answered with success, and no other', async () => {
    const changing = ALL.filter(({ bytes }) => !/^(UN)?LOCK /.test(bytes.toString('latin1')));
    const expected = changing
      .flatMap((one) => one.expected)
      .filter((status) => status === 201 || status === 204).length;
    await eventually('the changes', async () => ((await changes()) - before.changes >= expected ? true : undefined));
    expect((await changes()) - before.changes).toBe(expected);
  });

  test('nothing was a fault of the gateway', () => {
    expect(gateway.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  });

  test('no descriptor and no content is left behind, and memory does not grow with what was refused', async () => {
    const refused = ALL.filter(({ expected, once }) => !once && expected.every((status) => status >= 400));
    const settled = async () =>
      (await descriptorsOf(before.pid)) <= before.descriptors ? await residentBytes(before.pid) : undefined;
    const first = await eventually('descriptors as before', settled);
    const kept = await contentCount(gateway.data);
    for (const one of refused) await send(one);
    const second = await eventually('descriptors as before', settled);
    expect(second - first).toBeLessThan(64 * 1024 * 1024);
    expect(await contentCount(gateway.data)).toBe(kept);
  });
});
