import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { SftpClient, WebdavClient } from '../support/partner-client.ts';
import { PortalClient } from '../support/portal.ts';
import { takeUp } from '../support/reload.ts';

const SECRET = 'a 74031295170 content nobody at the hub reads';
const PART = '/PARTNERS/rva/IN/notes.txt.part';
const ROLE = { with: '  - id: bram\n    roles: [helpdesk]\n', without: '  - id: bram\n' };

let gateway: RunningGateway;
let audit: AuditTrail;
let helpdesk: WebdavClient;
let terminal: SftpClient;
let pages: PortalClient;

/** Bram of KSZ, which is the hub, is of the helpdesk. RVA has handed in a file that is still being written. */
beforeAll(async () => {
  gateway = await startGateway({
    change: { 'partners/ksz.yaml': (text) => text.replace(ROLE.without, ROLE.with) },
  });
  audit = new AuditTrail(gateway);
  const rva = await WebdavClient.open(gateway, 'anna@rva');
  // A working name is no arrival: it stays where it is.
  await rva.put('/IN/notes.txt.part', SECRET);
  rva.close();
  helpdesk = await WebdavClient.open(gateway, 'bram@ksz');
  terminal = await SftpClient.open(gateway, 'bram@ksz');
  pages = await PortalClient.open(gateway, 'bram@ksz');
});
afterAll(async () => {
  helpdesk.close();
  terminal.close();
  pages.close();
  await gateway.stop();
  await removeFolder(gateway);
});
test('the helpdesk sees over both protocols which files partners have in their folders', async () => {
  for (const client of [helpdesk, terminal]) {
    expect(await client.list('/')).toContain('PARTNERS');
    expect(await client.list('/PARTNERS')).toEqual(['kbf', 'ksz', 'rjv', 'rva']);
    expect(await client.list('/PARTNERS/rva')).toEqual(['IN', 'INTEST', 'INTEST-S', 'OUT', 'OUTTEST']);
    expect(await client.list('/PARTNERS/rva/IN')).toEqual(['notes.txt.part']);
    expect(await client.list('/PARTNERS/ksz/IN')).toContain('ADRM');
  }
  const rule = 'hub-roles#helpdesk';
  for (const protocol of ['webdav', 'sftp']) {
    const fields = { principal: 'bram@ksz', path: '/PARTNERS/rva/IN', protocol, rule };
    await audit.line({ kind: 'list', outcome: 'done', fields });
  }
});

test('metadata tells the size and the time, and neither a digest nor a property nor a lock', async () => {
  const body = '<propfind xmlns="DAV:"><allprop/></propfind>';
  const { status, body: told } = await helpdesk.ask('PROPFIND', PART, { body, headers: { Depth: '0' } });
  expect(status).toBe(207);
  expect(told.toString()).toContain(`<D:getcontentlength>${SECRET.length}</D:getcontentlength>`);
  const head = await helpdesk.ask('HEAD', PART);
  expect(head.headers['repr-digest']).toBeUndefined();
  const api = await pages.ask('GET', `/entry?path=${encodeURIComponent(PART)}`);
  expect(api.json).toMatchObject({ sha256: null, size: SECRET.length, rights: ['list', 'view'] });
});

describe('content is refused by', () => {
  const to = { Destination: '/files/IN/ADRM/taken.csv' };
  test.each<[string, string, Readonly<Record<string, string>>, string?]>([
    ['GET', 'GET', {}],
    ['GET of a range', 'GET', { Range: 'bytes=0-0' }],
    ['GET of several ranges', 'GET', { Range: 'bytes=0-0,2-3' }],
    ['COPY', 'COPY', to],
    ['MOVE', 'MOVE', to],
    ['PUT', 'PUT', {}, 'x'],
    ['DELETE', 'DELETE', {}],
    [
      'LOCK',
      'LOCK',
      {},
      '<lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><write/></locktype></lockinfo>',
    ],
    [
      'PROPPATCH',
      'PROPPATCH',
      {},
      '<propertyupdate xmlns="DAV:"><set><prop><x xmlns="u:x">1</x></prop></set></propertyupdate>',
    ],
  ])('%s', async (_, method, headers, body) => {
    const answer = await helpdesk.ask(method, PART, { headers, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(403);
    expect(answer.body.toString()).not.toContain('74031295170');
  });

  test('SFTP: reading, removing, renaming, writing', async () => {
    await expect(terminal.get(PART)).rejects.toMatchObject({ code: 3 });
    await expect(terminal.remove(PART)).rejects.toMatchObject({ code: 3 });
    await expect(terminal.rename(PART, '/IN/ADRM/taken.csv')).rejects.toMatchObject({ code: 3 });
    await expect(terminal.put(PART, 'x')).rejects.toMatchObject({ code: 3 });
  });

  test.each(['content', 'preview', 'archive'])('the portal: %s', async (route) => {
    const answer = await (route === 'archive'
      ? pages.ask('POST', '/archive', { json: { paths: [PART] } })
      : pages.ask('GET', `/${route}?path=${encodeURIComponent(PART)}`));
    expect(answer.status).toBe(403);
    expect(answer.body.toString()).not.toContain('74031295170');
  });
});

test('the submissions of a partner are told with state and counts, without digest or anything that was sent', async () => {
  const sender = await WebdavClient.open(gateway, 'batch@ksz');
  await sender.put('/IN/ADRM/wrong.csv', `${SECRET};x\n`);
  sender.close();
  const told = await eventually('the submission', async () => {
    const { items } = (await pages.get('/partners/ksz/submissions')) as { items: readonly Record<string, unknown>[] };
    return items.find(({ file, state }) => file === 'wrong.csv' && state === 'rejected');
  });
  expect(told).toEqual({
    ...{ ticket: expect.stringMatching(/^[0-9A-Z]{13}$/), file: 'wrong.csv', flow: 'ADRM', environment: 'R' },
    ...{ state: 'rejected', size: SECRET.length + 3, records: null, errors: expect.any(Array) },
    ...{ receivedAt: expect.any(String), answeredAt: expect.any(String) },
  });
  expect(JSON.stringify(told)).not.toContain('74031295170');
  const fields = { principal: 'bram@ksz', path: '/PARTNERS/ksz', rule: 'hub-roles#helpdesk' };
  await audit.line({ kind: 'list-submissions', outcome: 'done', fields });
  expect((await pages.ask('GET', '/partners/nobody/submissions')).status).toBe(404);
  const outsider = await PortalClient.open(gateway, 'anna@rva');
  const refused = await outsider.ask('GET', '/partners/ksz/submissions');
  outsider.close();
  expect(refused.status).toBe(404);
});

test('a person without the role sees nothing of it, and who loses it neither', async () => {
  const other = await WebdavClient.open(gateway, 'anna@ksz');
  expect(await other.list('/')).not.toContain('PARTNERS');
  expect((await other.ask('PROPFIND', PART, { headers: { Depth: '0' } })).status).toBe(404);
  other.close();
  await takeUp(gateway, 'partners/ksz.yaml', (text) => text.replace(ROLE.with, ROLE.without));
  await eventually('the end of the role', async () => {
    const answer = await helpdesk.ask('PROPFIND', '/PARTNERS/', { headers: { Depth: '1' } });
    return answer.status === 404 ? true : undefined;
  });
  await expect(terminal.list('/PARTNERS')).rejects.toMatchObject({ code: 2 });
});
