import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder } from '../support/gateway.ts';
import { type OpenSftp, openSftp } from '../support/running-transfer.ts';
import { Asker, folderOf, type Heard, PARTNERS, type PartnerName, type Request, startPairs } from './absent/place.ts';

const LOCK =
  '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';
const NO_TOKEN = 'urn:uuid:00000000-0000-4000-8000-000000000000';
/** What came of each upload; over SFTP the last byte is held back. */
const [HELD, TOTAL] = [5, 9];

type Partner = {
  readonly asker: Asker;
  readonly sftp: OpenSftp;
  readonly token: string;
  /** Of an upload and of a folder that are open. */
  readonly handles: readonly Buffer[];
};

let gateway: RunningGateway;
const partners = new Map<PartnerName, Partner>();

const of = (name: PartnerName): Partner => {
  const found = partners.get(name);
  if (found === undefined) throw new Error(`nothing of ${name}`);
  return found;
};
const url = (path: string) => `/files${path.split('/').map(encodeURIComponent).join('/')}`;

type Callback = (error?: { code?: unknown; message: string } | null) => void;
type Ask = (callback: Callback) => void;
/** Status and sentence of one SFTP request, or that it was done. */
type Outcome = readonly [code: number | 'done', sentence: string];

const outcome = (ask: Ask): Promise<Outcome> =>
  new Promise((resolve) => ask((error) => resolve(error ? [Number(error.code), error.message] : ['done', ''])));

const opened = ({ sftp }: OpenSftp, path: string, flags: 'w' | undefined) =>
  new Promise<Buffer>((resolve, reject) => {
    const take = (error: Error | undefined, handle: Buffer) => (error ? reject(error) : resolve(handle));
    if (flags === undefined) sftp.opendir(path, take);
    else sftp.open(path, flags, take);
  });

/** Leaves an upload over SFTP without a word. */
async function cut(partner: PartnerName, path: string): Promise<void> {
  const one = await openSftp(gateway, `batch@${partner}`);
  const handle = await opened(one, path, 'w');
  expect(await outcome((done) => one.sftp.write(handle, Buffer.from('012345'), 0, 6, 0, done))).toEqual(['done', '']);
  one.client.destroy();
  await one.ended;
}

async function open(partner: PartnerName): Promise<Partner> {
  const asker = await Asker.open(gateway, `anna@${partner}`);
  const folder = folderOf(partner);
  const put = async (name: string, body: string, headers: Request['headers'] = {}) =>
    (await asker.ask({ method: 'PUT', target: url(`${folder}/${name}`), headers, body })).status;
  expect(await put('own.txt', 'own')).toBe(201);
  expect(await put('locked.txt', 'locked')).toBe(201);
  expect(await put('part.bin', 'parts', { 'Content-Range': `bytes 0-4/${TOTAL}` })).toBe(202);
  await cut(partner, `${folder}/cut.csv.filepart`);
  const locked = await asker.ask({ method: 'LOCK', target: url(`${folder}/locked.txt`), body: LOCK });
  const token = /<(urn:uuid:[^>]+)>/.exec(locked.headers.join('\n'))?.[1] ?? '';
  expect(token).not.toBe('');
  const sftp = await openSftp(gateway, `anna@${partner}`);
  return {
    asker,
    sftp,
    token,
    handles: [await opened(sftp, `${folder}/open.bin`, 'w'), await opened(sftp, folder, undefined)],
  };
}

beforeAll(async () => {
  gateway = await startPairs();
  for (const partner of PARTNERS) partners.set(partner, await open(partner));
});
afterAll(async () => {
  for (const { asker, sftp } of partners.values()) {
    asker.close();
    sftp.client.end();
  }
  await gateway.stop();
  await removeFolder(gateway);
});

/** `absent` is as long as the name of a partner, and nobody's; each pair has one of its own. */
const PAIRS = PARTNERS.flatMap((owner, row) =>
  PARTNERS.filter((one) => one !== owner).map((outsider, column) => ({ owner, outsider, absent: `q${row}${column}` })),
);

function asOf(name: string, { status, headers, body }: Heard): unknown {
  const plain = (text: string) => text.replaceAll(name, '?').replace(/"reference":"[^"]*"/g, '');
  return [status, headers.map(plain), plain(body)];
}

/** Every way to go on with an upload, to ask for it and to take it away. */
function goingOn(path: string, own: string, token: string): Readonly<Record<string, Request>> {
  const range = (text: string) => ({ 'Content-Range': `bytes ${text}` });
  const append = { 'Content-Type': 'application/x-sabredav-partialupdate', 'X-Update-Range': 'append' };
  const target = url(path);
  return {
    'how far it is': { method: 'PUT', target, headers: range(`*/${TOTAL}`) },
    'the rest of it': { method: 'PUT', target, headers: range('5-8/9'), body: 'rest' },
    'its first bytes': { method: 'PUT', target, headers: range('0-3/9'), body: 'mine' },
    'more at its end': { method: 'PATCH', target, headers: append, body: 'mine' },
    'the whole': { method: 'PUT', target, body: 'mine' },
    'the whole with a token': { method: 'PUT', target, headers: { If: `(<${token}>)` }, body: 'mine' },
    'the rest with a token': {
      method: 'PUT',
      target,
      headers: { ...range('5-8/9'), If: `(<${token}>)` },
      body: 'rest',
    },
    GET: { method: 'GET', target },
    HEAD: { method: 'HEAD', target },
    PROPFIND: { method: 'PROPFIND', target, headers: { Depth: '0' } },
    DELETE: { method: 'DELETE', target },
    'DELETE with a token': { method: 'DELETE', target, headers: { If: `(<${token}>)` } },
    LOCK: { method: 'LOCK', target, body: LOCK },
    'LOCK again': { method: 'LOCK', target, headers: { If: `(<${token}>)` } },
    UNLOCK: { method: 'UNLOCK', target, headers: { 'Lock-Token': `<${token}>` } },
    'MOVE to its end name': { method: 'MOVE', target, headers: { Destination: url(`${own}-moved`) } },
    'COPY over it': { method: 'COPY', target: url(own), headers: { Destination: target } },
    'upload of the page': { method: 'GET', target: `/api/v1/upload?path=${encodeURIComponent(path)}` },
  };
}

const LEFT = ['part.bin', 'cut.csv.filepart', 'open.bin', 'locked.txt'];

test.each(PAIRS)(
  '$outsider goes on with nothing that $owner left, over WebDAV',
  async ({ owner, outsider, absent }) => {
    const { asker } = of(outsider);
    const own = `${folderOf(outsider)}/own.txt`;
    const differ: unknown[] = [];
    for (const name of LEFT) {
      const twins = goingOn(`${folderOf(absent)}/${name}`, own, of(owner).token);
      for (const [what, request] of Object.entries(goingOn(`${folderOf(owner)}/${name}`, own, of(owner).token))) {
        const twin = twins[what];
        if (twin === undefined) throw new Error(what);
        const [seen, unseen] = [asOf(owner, await asker.ask(request)), asOf(absent, await asker.ask(twin))];
        if (JSON.stringify(seen) !== JSON.stringify(unseen)) differ.push([name, what, seen, unseen]);
        expect([name, what, (seen as readonly [number])[0]]).not.toEqual([
          name,
          what,
          expect.toSatisfy((code) => code < 300),
        ]);
      }
    }
    expect(differ).toEqual([]);
  },
);

test.each(PAIRS)('$outsider goes on with nothing that $owner left, over SFTP', async ({ owner, outsider, absent }) => {
  const { sftp } = of(outsider).sftp;
  const own = `${folderOf(outsider)}/own.txt`;
  const requests = (path: string): Readonly<Record<string, Ask>> => ({
    STAT: (done) => sftp.stat(path, done),
    LSTAT: (done) => sftp.lstat(path, done),
    'OPEN to read': (done) => sftp.open(path, 'r', done),
    'OPEN to append': (done) => sftp.open(path, 'a', done),
    'OPEN to go on': (done) => sftp.open(path, 'r+', done),
    'OPEN to begin anew': (done) => sftp.open(path, 'w', done),
    'OPEN to make': (done) => sftp.open(path, 'wx', done),
    'SETSTAT of the size': (done) => sftp.setstat(path, { size: 1 }, done),
    REMOVE: (done) => sftp.unlink(path, done),
    'RENAME to its end name': (done) => sftp.rename(path, path.replace('.filepart', ''), done),
    'RENAME away': (done) => sftp.rename(path, `${own}-moved`, done),
    'RENAME over it': (done) => sftp.ext_openssh_rename(own, path, done),
  });
  for (const name of LEFT) {
    const twins = requests(`${folderOf(absent)}/${name}`);
    for (const [what, ask] of Object.entries(requests(`${folderOf(owner)}/${name}`))) {
      const [seen, unseen] = [await outcome(ask), await outcome(twins[what] ?? ask)];
      expect([name, what, seen]).toEqual([name, what, unseen]);
      expect([name, what, seen[0]]).not.toEqual([name, what, 'done']);
    }
  }
});

test.each(PAIRS)('no token of $owner opens what $outsider has locked himself', async ({ owner, outsider, absent }) => {
  const { asker } = of(outsider);
  const target = url(`${folderOf(outsider)}/locked.txt`);
  const requests = (token: string, partner: string): Readonly<Record<string, Request>> => {
    const If = `(<${token}>)`;
    const tagged = `<https://127.0.0.1${url(`${folderOf(partner)}/locked.txt`)}> (<${token}>)`;
    return {
      PUT: { method: 'PUT', target, headers: { If }, body: 'mine' },
      'PUT for another name': { method: 'PUT', target, headers: { If: tagged }, body: 'mine' },
      'PUT where it is not held': { method: 'PUT', target, headers: { If: `(Not <${token}>)` }, body: 'mine' },
      DELETE: { method: 'DELETE', target, headers: { If } },
      MOVE: { method: 'MOVE', target, headers: { If, Destination: `${target}-moved` } },
      PROPPATCH: { method: 'PROPPATCH', target, headers: { If } },
      'LOCK again': { method: 'LOCK', target, headers: { If } },
      UNLOCK: { method: 'UNLOCK', target, headers: { 'Lock-Token': `<${token}>` } },
    };
  };
  const twins = requests(NO_TOKEN, absent);
  for (const [what, request] of Object.entries(requests(of(owner).token, owner))) {
    const [seen, unseen] = [await asker.ask(request), await asker.ask(twins[what] ?? request)];
    expect([what, asOf(of(owner).token, seen)]).toEqual([what, asOf(NO_TOKEN, unseen)]);
    expect([what, seen.status < 300]).toEqual([what, false]);
  }
});

test.each(PAIRS)('no handle that $owner has open is one of $outsider', async ({ owner, outsider }) => {
  const { sftp } = of(outsider).sftp;
  const piece = Buffer.alloc(4, 'x');
  const requests = (handle: Buffer): readonly Ask[] => [
    (done) => sftp.write(handle, piece, 0, 4, 0, done),
    (done) => sftp.read(handle, piece, 0, 4, 0, done),
    (done) => sftp.fstat(handle, done),
    (done) => sftp.fsetstat(handle, { size: 0 }, done),
    (done) => sftp.readdir(handle, done),
    (done) => sftp.ext_openssh_fsync(handle, done),
    (done) => sftp.close(handle, done),
  ];
  for (const handle of of(owner).handles) {
    const twins = requests(Buffer.from('0123456789abcdef'));
    for (const [index, ask] of requests(handle).entries()) {
      const [seen, unseen] = [await outcome(ask), await outcome(twins[index] ?? ask)];
      expect([index, seen]).toEqual([index, unseen]);
      expect([index, seen[0]]).not.toEqual([index, 'done']);
    }
  }
});

test('in a folder of both, what one has begun is nothing for the other', async () => {
  const [begun, cutOff, absent] = ['begun.bin', 'cut.bin', 'never.bin'].map((name) => `/SHARED/work/${name}`) as [
    string,
    string,
    string,
  ];
  const ksz = of('ksz').asker;
  const part = { method: 'PUT', target: url(begun), headers: { 'Content-Range': `bytes 0-4/${TOTAL}` }, body: 'parts' };
  expect((await ksz.ask(part)).status).toBe(202);
  await cut('ksz', cutOff);
  const { asker, sftp } = of('rjv');
  for (const path of [begun, cutOff]) {
    for (const what of ['how far it is', 'the rest of it', 'GET', 'HEAD', 'PROPFIND', 'DELETE', 'upload of the page']) {
      const [one, other] = [path, absent].map((name) => goingOn(name, '/SHARED/work/own', NO_TOKEN)[what]);
      if (one === undefined || other === undefined) throw new Error(what);
      const name = path.split('/').at(-1) ?? '';
      expect([what, asOf(name, await asker.ask(one))]).toEqual([what, asOf('never.bin', await asker.ask(other))]);
    }
    for (const request of ['stat', 'lstat', 'unlink'] as const) {
      const [seen, unseen] = [path, absent].map((name) => outcome((done) => sftp.sftp[request](name, done)));
      expect([request, await seen]).toEqual([request, await unseen]);
    }
    const reading =
      (name: string): Ask =>
      (done) =>
        sftp.sftp.open(name, 'r+', done);
    expect(await outcome(reading(path))).toEqual(await outcome(reading(absent)));
  }
});

test('the log says the same of both, and everybody can go on with what he left', async () => {
  for (const partner of PARTNERS) {
    const { asker, token } = of(partner);
    const folder = folderOf(partner);
    const rest = {
      method: 'PUT',
      target: url(`${folder}/part.bin`),
      headers: { 'Content-Range': 'bytes 5-8/9' },
      body: 'rest',
    };
    expect((await asker.ask(rest)).status).toBe(201);
    const batch = await openSftp(gateway, `batch@${partner}`);
    const size = await new Promise<number>((resolve, reject) =>
      batch.sftp.stat(`${folder}/cut.csv.filepart`, (error, stats) => (error ? reject(error) : resolve(stats.size))),
    );
    expect(size).toBe(HELD);
    batch.client.end();
    const locked = { method: 'PUT', target: url(`${folder}/locked.txt`), body: 'still mine' };
    expect((await asker.ask(locked)).status).toBe(423);
    expect((await asker.ask({ ...locked, headers: { If: `(<${token}>)` } })).status).toBe(204);
  }
  const path = '/SHARED/the-last';
  await of('ksz').asker.ask({ method: 'GET', target: url(path) });
  const trail = new AuditTrail(gateway);
  const every = await eventually('the line of the last request', async () => {
    const lines = await trail.every();
    return lines.some(({ fields }) => fields.path === path) ? lines : undefined;
  });
  const linesOf = (outsider: string, name: string) =>
    every
      .filter(({ fields }) => fields.principal === `anna@${outsider}`)
      .filter(({ fields }) => [fields.path, fields.to].some((one) => String(one).includes(`of-${name}`)))
      .map(({ kind, outcome: came, fields }) =>
        [kind, came, fields.path, fields.to, fields.code, fields.protocol].map((one) =>
          String(one).replaceAll(name, '?'),
        ),
      );
  for (const { owner, outsider, absent } of PAIRS) {
    expect(linesOf(outsider, owner).length, `${outsider} ${owner}`).toBeGreaterThan(50);
    expect(linesOf(outsider, owner)).toEqual(linesOf(outsider, absent));
  }
});
