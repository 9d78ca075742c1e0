import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { type RunningGateway, removeFolder, startGateway, startIn } from '../support/gateway.ts';
import { type Ask, askAs, bodyOf, headerOf } from '../webdav/ask.ts';

const WORK = '/files/SHARED/work';

let gateway: RunningGateway;
let anna: Ask;
let bram: Ask;
let rjv: Ask;

async function meet(): Promise<void> {
  anna = await askAs(gateway, 'anna@ksz');
  bram = await askAs(gateway, 'bram@ksz');
  rjv = await askAs(gateway, 'anna@rjv');
}

beforeAll(async () => {
  gateway = await startGateway({
    change: { 'gateway.yaml': (text) => text.replace('maxLockSeconds: 3600', 'maxLockSeconds: 600') },
  });
  await meet();
});

afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

const lockInfo = (scope = 'exclusive', owner = '<D:owner>Anna at her desk</D:owner>'): string =>
  `<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:${scope}/></D:lockscope>` +
  `<D:locktype><D:write/></D:locktype>${owner}</D:lockinfo>`;

/** Locks a name and gives its token back. */
async function locked(ask: Ask, path: string, headers: readonly string[] = [], scope = 'exclusive'): Promise<string> {
  const answer = await ask('LOCK', path, headers, lockInfo(scope));
  expect([200, 201], answer.text).toContain(answer.status);
  return headerOf(answer.text, 'Lock-Token')?.slice(1, -1) ?? '';
}

const shows = (token: string): string[] => [`If: (<${token}>)`];

async function statusOf(answer: ReturnType<Ask>): Promise<number> {
  return (await answer).status;
}

test('OPTIONS offers the classes 1, 2 and 3, and the methods of locks', async () => {
  const { text } = await anna('OPTIONS', `${WORK}/`);
  expect(headerOf(text, 'DAV')).toBe('1, 2, 3');
  expect(headerOf(text, 'Allow')).toMatch(/PROPPATCH, LOCK, UNLOCK/);
});

test('a lock keeps everybody out who does not show its token, its owner too', async () => {
  const path = `${WORK}/report.txt`;
  await anna('PUT', path, [], 'draft');
  const token = await locked(anna, path);
  expect(token).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const ask of [anna, bram, rjv]) {
    const refused = await ask('PUT', path, [], 'mine');
    expect(refused.status).toBe(423);
    expect(bodyOf(refused.text)).toContain('<D:lock-token-submitted><D:href>/files/SHARED/work/report.txt</D:href>');
    expect(bodyOf(refused.text)).toContain('anna@ksz has locked this until');
    expect(await statusOf(ask('DELETE', path))).toBe(423);
    expect(await statusOf(ask('MOVE', path, [`Destination: ${WORK}/moved.txt`]))).toBe(423);
  }
  // A token that somebody overheard is worth nothing to him.
  expect(await statusOf(rjv('PUT', path, shows(token), 'stolen'))).toBe(423);
  expect(await statusOf(rjv('UNLOCK', path, [`Lock-Token: <${token}>`]))).toBe(403);
  expect(bodyOf((await anna('GET', path)).text)).toBe('draft');
  expect(await statusOf(anna('PUT', path, shows(token), 'final'))).toBe(204);
  expect(await statusOf(anna('UNLOCK', path, [`Lock-Token: <${token}>`]))).toBe(204);
  expect(await statusOf(rjv('PUT', path, [], 'free again'))).toBe(204);
});

test('lock discovery tells everybody of a lock, and its token only to its owner', async () => {
  const path = `${WORK}/seen.txt`;
  const token = await locked(anna, path, ['Timeout: Second-300', 'Depth: 0']);
  const ask = '<propfind xmlns="DAV:"><prop><lockdiscovery/></prop></propfind>';
  for (const [who, sees] of [
    [anna, true],
    [bram, false],
    [rjv, false],
  ] as const) {
    for (const [target, depth] of [
      [path, 'Depth: 0'],
      [`${WORK}/`, 'Depth: 1'],
    ] as const) {
      const { text } = await who('PROPFIND', target, [depth], ask);
      expect(text).toContain('<D:owner xmlns:D="DAV:">Anna at her desk</D:owner>');
      expect(text).toContain('<D:lockroot><D:href>/files/SHARED/work/seen.txt</D:href></D:lockroot>');
      expect(text).toMatch(/<D:timeout>Second-(300|29\d)<\/D:timeout>/);
      expect(text.includes(token)).toBe(sees);
    }
  }
  await anna('UNLOCK', path, [`Lock-Token: <${token}>`]);
});

test('a lock on a name that is free makes an empty file that is locked', async () => {
  const path = `${WORK}/new.txt`;
  const answer = await anna('LOCK', path, [], lockInfo());
  expect(answer.status).toBe(201);
  expect(headerOf((await rjv('HEAD', path)).text, 'Content-Length')).toBe('0');
  expect(await statusOf(rjv('PUT', path, [], 'x'))).toBe(423);
  expect(await statusOf(anna('LOCK', `${WORK}/absent/new.txt`, [], lockInfo()))).toBe(409);
  const token = headerOf(answer.text, 'Lock-Token');
  await anna('UNLOCK', path, [`Lock-Token: ${token}`]);
});

test('shared locks go together, an exclusive one with none', async () => {
  const path = `${WORK}/shared.txt`;
  await anna('PUT', path, [], 'x');
  const hers = await locked(anna, path, [], 'shared');
  const his = await locked(rjv, path, [], 'shared');
  const refused = await bram('LOCK', path, [], lockInfo());
  expect([refused.status, bodyOf(refused.text)]).toEqual([
    423,
    expect.stringContaining('<D:no-conflicting-lock><D:href>'),
  ]);
  expect(await statusOf(bram('PUT', path, [], 'y'))).toBe(423);
  expect(await statusOf(rjv('PUT', path, shows(his), 'y'))).toBe(204);
  await anna('UNLOCK', path, [`Lock-Token: <${hers}>`]);
  await rjv('UNLOCK', path, [`Lock-Token: <${his}>`]);
  const alone = await locked(bram, path);
  expect(await statusOf(anna('LOCK', path, [], lockInfo('shared')))).toBe(423);
  await bram('UNLOCK', path, [`Lock-Token: <${alone}>`]);
});

test('a lock on a folder covers what is in it, and what comes and goes there', async () => {
  await anna('MKCOL', `${WORK}/deep`);
  await anna('MKCOL', `${WORK}/deep/er`);
  await anna('PUT', `${WORK}/deep/er/a`, [], 'a');
  const token = await locked(anna, `${WORK}/deep/`, ['Depth: infinity']);
  const from = `${WORK}/outside`;
  await rjv('PUT', from, [], 'o');
  expect(await statusOf(rjv('PUT', `${WORK}/deep/er/a`, [], 'x'))).toBe(423);
  expect(await statusOf(rjv('PUT', `${WORK}/deep/er/new`, [], 'x'))).toBe(423);
  expect(await statusOf(rjv('MKCOL', `${WORK}/deep/er/new`))).toBe(423);
  expect(await statusOf(rjv('COPY', from, [`Destination: ${WORK}/deep/copy`]))).toBe(423);
  expect(await statusOf(rjv('MOVE', from, [`Destination: ${WORK}/deep/moved`]))).toBe(423);
  const tagged = [`If: </files/SHARED/work/deep> (<${token}>)`];
  expect(await statusOf(anna('PUT', `${WORK}/deep/er/new`, tagged, 'x'))).toBe(201);
  // A lock below stands against one above it: RFC 4918 §9.10.3.
  await anna('UNLOCK', `${WORK}/deep/er/a`, [`Lock-Token: <${token}>`]); // any name it covers will do
  const inner = await locked(rjv, `${WORK}/deep/er/a`);
  const conflict = await anna('LOCK', `${WORK}/deep`, ['Depth: infinity'], lockInfo());
  expect(conflict.status).toBe(207);
  expect(conflict.text).toMatch(
    /deep\/er\/a<\/D:href><D:status>HTTP\/1\.1 423[\s\S]*deep\/<\/D:href><D:status>HTTP\/1\.1 424/,
  );
  expect(bodyOf((await anna('DELETE', `${WORK}/deep`)).text)).toContain(
    '<D:href>/files/SHARED/work/deep/er/a</D:href>',
  );
  await rjv('UNLOCK', `${WORK}/deep/er/a`, [`Lock-Token: <${inner}>`]);
  expect(await statusOf(anna('DELETE', `${WORK}/deep`))).toBe(204);
});

test('a lock on a folder alone covers its names, not what is in its files', async () => {
  await anna('MKCOL', `${WORK}/shelf`);
  await anna('PUT', `${WORK}/shelf/book`, [], '1');
  const token = await locked(anna, `${WORK}/shelf/`, ['Depth: 0']);
  expect(await statusOf(rjv('PUT', `${WORK}/shelf/book`, [], '2'))).toBe(204);
  expect(await statusOf(rjv('PUT', `${WORK}/shelf/other`, [], '2'))).toBe(423);
  expect(await statusOf(rjv('DELETE', `${WORK}/shelf/book`))).toBe(423);
  await anna('UNLOCK', `${WORK}/shelf`, [`Lock-Token: <${token}>`]);
  expect(await statusOf(rjv('DELETE', `${WORK}/shelf/book`))).toBe(204);
});

test('a lock is refreshed by its token, lasts as long as limits allow, and goes with its file', async () => {
  const path = `${WORK}/fleeting.txt`;
  const token = await locked(anna, path, ['Timeout: Infinite, Second-10']);
  const longest = await anna('LOCK', path, [...shows(token), 'Timeout: Second-4100000000']);
  expect(bodyOf(longest.text)).toMatch(/<D:timeout>Second-(600|59\d)</);
  const shorter = await anna('LOCK', path, [...shows(token), 'Timeout: Second-60']);
  expect(bodyOf(shorter.text)).toMatch(/<D:timeout>Second-(60|5\d)</);
  expect(await statusOf(bram('LOCK', path, shows(token)))).toBe(412);
  expect(await statusOf(anna('LOCK', path, shows('urn:uuid:00000000-0000-4000-8000-000000000000')))).toBe(412);
  expect(await statusOf(anna('LOCK', path, []))).toBe(400);
  expect(await statusOf(anna('LOCK', path, ['Timeout: soon'], lockInfo()))).toBe(400);
  expect(await statusOf(anna('DELETE', path, shows(token)))).toBe(204);
  expect(await statusOf(rjv('PUT', path, [], 'new'))).toBe(201);
  const gone = await anna('UNLOCK', path, [`Lock-Token: <${token}>`]);
  expect([gone.status, bodyOf(gone.text)]).toEqual([
    409,
    expect.stringContaining('<D:lock-token-matches-request-uri/>'),
  ]);
});

test('a moved file leaves its lock behind', async () => {
  const token = await locked(anna, `${WORK}/before`);
  expect(await statusOf(anna('MOVE', `${WORK}/before`, [...shows(token), `Destination: ${WORK}/after`]))).toBe(201);
  expect(await statusOf(rjv('PUT', `${WORK}/after`, [], 'x'))).toBe(204);
});

test('locks outlive a restart, and a name that nobody may see can not be locked', async () => {
  const path = `${WORK}/lasting.txt`;
  const token = await locked(anna, path);
  await gateway.stop('SIGKILL');
  gateway = await startIn(gateway.folder);
  await meet();
  expect(await statusOf(rjv('PUT', path, [], 'x'))).toBe(423);
  expect(await statusOf(anna('PUT', path, shows(token), 'x'))).toBe(204);
  const [hidden, absent] = await Promise.all([
    rjv('LOCK', '/files/IN/WLAT/x', [], lockInfo()),
    rjv('LOCK', '/files/nowhere/x', [], lockInfo()),
  ]);
  expect([hidden.status, bodyOf(hidden.text)]).toEqual([404, bodyOf(absent.text)]);
  expect(await statusOf(anna('LOCK', `${WORK}/`, [], lockInfo()))).toBe(403);
  await anna('UNLOCK', path, [`Lock-Token: <${token}>`]);
  const trail = new AuditTrail(gateway);
  const fields = { path: '/SHARED/work/lasting.txt' };
  expect(await trail.line({ kind: 'lock', fields: { ...fields, seconds: 600, scope: 'exclusive' } })).toBeDefined();
  const refusal = { ...fields, principal: 'anna@rjv', code: 'locked' };
  expect(await trail.line({ kind: 'publish', outcome: 'refused', fields: refusal })).toBeDefined();
  expect(await trail.line({ kind: 'unlock', outcome: 'done', fields })).toBeDefined();
});
