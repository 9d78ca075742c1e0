import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder } from '../support/gateway.ts';
import { type OpenSftp, openSftp } from '../support/running-transfer.ts';
import {
  Asker,
  CONTENT,
  folderOf,
  type Heard,
  PARTNERS,
  type PartnerName,
  requestsAt,
  SECRET,
  startPairs,
} from './absent/place.ts';

const LOCK =
  '<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype></D:lockinfo>';

let gateway: RunningGateway;
let audit: AuditTrail;
const askers = new Map<PartnerName, Asker>();
const sftps = new Map<PartnerName, OpenSftp>();
const tokens = new Map<PartnerName, string>();

const of = <Value>(map: ReadonlyMap<PartnerName, Value>, partner: PartnerName): Value => {
  const found = map.get(partner);
  if (found === undefined) throw new Error(`nothing of ${partner}`);
  return found;
};
const target = (path: string) => `/files${path.split('/').map(encodeURIComponent).join('/')}`;

beforeAll(async () => {
  gateway = await startPairs();
  audit = new AuditTrail(gateway);
  for (const partner of PARTNERS) {
    const asker = await Asker.open(gateway, `anna@${partner}`);
    askers.set(partner, asker);
    sftps.set(partner, await openSftp(gateway, `anna@${partner}`));
    const file = target(`${folderOf(partner)}/${SECRET}`);
    expect((await asker.ask({ method: 'PUT', target: file, body: CONTENT })).status).toBe(201);
    const own = target(`${folderOf(partner)}/own.txt`);
    expect((await asker.ask({ method: 'PUT', target: own, body: 'own' })).status).toBe(201);
    const locked = await asker.ask({ method: 'LOCK', target: file, body: LOCK });
    const token = /<(urn:uuid:[^>]+|opaquelocktoken:[^>]+)>/.exec(locked.headers.join('\n'))?.[1];
    tokens.set(partner, token ?? '');
    expect(token).toBeDefined();
  }
});
afterAll(async () => {
  for (const asker of askers.values()) asker.close();
  for (const { client } of sftps.values()) client.end();
  await gateway.stop();
  await removeFolder(gateway);
});

/** What was heard, as it would be of the other name. */
function asOf(partner: string, { status, headers, body }: Heard): unknown {
  const plain = (text: string) =>
    text.replaceAll(`of-${partner}`, 'of-?').replaceAll(`OF-${partner.toUpperCase()}`, 'OF-?');
  return [
    status,
    headers.map(plain),
    plain(body)
      .replaceAll(`/${partner}/`, '/?/')
      .replace(/"reference":"[^"]*"/g, ''),
  ];
}

/** `absent` is as long as the name of a partner, and nobody's; each pair has one of its own. */
const PAIRS = PARTNERS.flatMap((owner, row) =>
  PARTNERS.filter((one) => one !== owner).map((outsider, column) => ({ owner, outsider, absent: `q${row}${column}` })),
);

test.each(PAIRS)('$outsider sees of $owner what it sees of nobody, over WebDAV and the pages', async (pair) => {
  const asker = of(askers, pair.outsider);
  const handles = { lockToken: of(tokens, pair.owner), own: `${folderOf(pair.outsider)}/own.txt` };
  const [hidden, absent] = [pair.owner, pair.absent].map((name) => requestsAt(folderOf(name), handles));
  const differ: unknown[] = [];
  const done: string[] = [];
  for (const [what, request] of Object.entries(hidden ?? {})) {
    const twin = absent?.[what];
    if (twin === undefined) throw new Error(what);
    const [seen, unseen] = [await asker.ask(request), await asker.ask(twin)];
    if (seen.status < 300 && request.method !== 'OPTIONS') done.push(what);
    if (JSON.stringify(asOf(pair.owner, seen)) !== JSON.stringify(asOf(pair.absent, unseen))) {
      differ.push([what, asOf(pair.owner, seen), asOf(pair.absent, unseen)]);
    }
  }
  expect(done).toEqual([]);
  expect(differ).toEqual([]);
});

/** Status and sentence of one SFTP request, or that it was done. */
type Outcome = readonly [code: number | 'done', sentence: string];
type Ask = (callback: (error?: { code?: unknown; message: string } | null) => void) => void;

function outcome(ask: Ask): Promise<Outcome> {
  return new Promise((resolve) => ask((error) => resolve(error ? [Number(error.code), error.message] : ['done', ''])));
}

function sftpRequests({ sftp }: OpenSftp, folder: string, own: string): Readonly<Record<string, Ask>> {
  const file = `${folder}/${SECRET}`;
  return {
    STAT: (callback) => sftp.stat(file, callback),
    LSTAT: (callback) => sftp.lstat(file, callback),
    'STAT of the folder': (callback) => sftp.stat(folder, callback),
    'OPEN to read': (callback) => sftp.open(file, 'r', callback),
    'OPEN to write': (callback) => sftp.open(file, 'w', callback),
    'OPEN to append': (callback) => sftp.open(file, 'a', callback),
    'OPEN to make': (callback) => sftp.open(`${folder}/new`, 'wx', callback),
    OPENDIR: (callback) => sftp.opendir(folder, callback),
    REMOVE: (callback) => sftp.unlink(file, callback),
    MKDIR: (callback) => sftp.mkdir(`${folder}/new`, callback),
    RMDIR: (callback) => sftp.rmdir(folder, callback),
    'RENAME away': (callback) => sftp.rename(file, `${own}-moved`, callback),
    'RENAME over': (callback) => sftp.rename(own, file, callback),
    'RENAME by posix-rename': (callback) => sftp.ext_openssh_rename(own, file, callback),
    SETSTAT: (callback) => sftp.utimes(file, 1, 1, callback),
    STATVFS: (callback) => sftp.ext_openssh_statvfs(folder, callback),
    'STAT by ..': (callback) => sftp.stat(`/SHARED/x/..${folder.slice(7)}/${SECRET}`, callback),
    'STAT in capitals': (callback) => sftp.stat(file.toUpperCase(), callback),
    'STAT of the NFD twin': (callback) => sftp.stat(file.normalize('NFD'), callback),
  };
}

test.each(PAIRS)('$outsider sees of $owner what it sees of nobody, over SFTP', async (pair) => {
  const { owner, outsider } = pair;
  const own = `${folderOf(outsider)}/own.txt`;
  const [hidden, absent] = [owner, pair.absent].map((name) => sftpRequests(of(sftps, outsider), folderOf(name), own));
  for (const [what, ask] of Object.entries(hidden ?? {})) {
    const twin = absent?.[what];
    if (twin === undefined) throw new Error(what);
    const [seen, unseen] = [await outcome(ask), await outcome(twin)];
    expect([what, seen]).toEqual([what, unseen]);
    expect([what, seen[0]]).not.toEqual([what, 'done']);
  }
});

test.each(PAIRS)('a handle of $owner is nothing in the session of $outsider', async ({ owner, outsider }) => {
  const { sftp } = of(sftps, owner);
  const handle = await new Promise<Buffer>((resolve, reject) =>
    sftp.open(`${folderOf(owner)}/${SECRET}`, 'r', (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  const never = Buffer.from('0123456789abcdef');
  const { sftp: foreign } = of(sftps, outsider);
  const piece = Buffer.alloc(64);
  for (const ask of [
    (held: Buffer): Ask =>
      (callback) =>
        foreign.read(held, piece, 0, 64, 0, callback),
    (held: Buffer): Ask =>
      (callback) =>
        foreign.write(held, piece, 0, 64, 0, callback),
    (held: Buffer): Ask =>
      (callback) =>
        foreign.fstat(held, callback),
    (held: Buffer): Ask =>
      (callback) =>
        foreign.close(held, callback),
  ]) {
    const [seen, unseen] = [await outcome(ask(handle)), await outcome(ask(never))];
    expect(seen).toEqual(unseen);
    expect(seen[0]).not.toBe('done');
  }
  expect(await outcome((callback) => sftp.read(handle, piece, 0, 64, 0, callback))).toEqual(['done', '']);
  expect(await outcome((callback) => sftp.close(handle, callback))).toEqual(['done', '']);
});

test('the log says of each hidden name what it says of an absent one, the rule that was asked aside', async () => {
  // Lines come in order: all of what was asked before stands in the log with this one.
  const path = '/SHARED/the-last';
  await of(askers, 'ksz').ask({ method: 'GET', target: target(path) });
  const every = await eventually('the line of the last request', async () => {
    const lines = await audit.every();
    return lines.some(({ fields }) => fields.path === path) ? lines : undefined;
  });
  const linesOf = (outsider: string, name: string, isSftp: boolean) =>
    every
      .filter(({ fields }) => fields.principal === `anna@${outsider}` && (fields.protocol === 'sftp') === isSftp)
      .filter(({ fields }) => [fields.path, fields.to].some((one) => String(one).includes(`of-${name}`)))
      .map(({ kind, outcome, fields }) =>
        [kind, outcome, fields.path, fields.to, fields.code, fields.protocol].map((field) =>
          String(field).replaceAll(name, '?'),
        ),
      );
  for (const { owner, outsider, absent } of PAIRS) {
    for (const isSftp of [false, true]) {
      const lines = linesOf(outsider, owner, isSftp);
      expect(lines.length, `${outsider} ${owner} ${isSftp}`).toBeGreaterThan(10);
      expect(lines).toEqual(linesOf(outsider, absent, isSftp));
    }
  }
});

test('afterwards everybody has what he had, unchanged', async () => {
  for (const partner of PARTNERS) {
    const read = await of(askers, partner).ask({ method: 'GET', target: target(`${folderOf(partner)}/${SECRET}`) });
    expect([partner, read.status, read.body]).toEqual([partner, 200, CONTENT]);
    const listed = await of(askers, partner).ask({
      ...{ method: 'PROPFIND', target: `${target(folderOf(partner))}/`, headers: { Depth: '1' } },
    });
    const hrefs = [...listed.body.matchAll(/<D:href>([^<]*)<\/D:href>/g)].map(([, href]) =>
      decodeURIComponent(href ?? ''),
    );
    const files = hrefs.filter((href) => href.startsWith('/files/'));
    // The lock names the file once more.
    expect([...new Set(files.slice(1).map((href) => href.split('/').at(-1)))]).toEqual(['own.txt', SECRET]);
  }
});
