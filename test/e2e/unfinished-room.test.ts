import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { PortalClient } from '../support/portal.ts';
import { processesOf, servingAgain, sessionsOf } from '../support/processes.ts';
import { type OpenSftp, openSftp } from '../support/running-transfer.ts';
import { type Ask, askAs } from '../webdav/ask.ts';

const WORK = '/SHARED/work';
/** What statvfs counts in, and what may lie in the folder. */
const BLOCK = 4096;
const QUOTA = 100 * BLOCK;
const FULL =
  'De ruimte die u hier toekomt, is op. Verwijder wat u niet meer nodig hebt, ook onafgewerkte uploads, of vraag meer ruimte.';

let gateway: RunningGateway;
let anna: Ask;
let portal: PortalClient;

beforeAll(async () => {
  gateway = await startIn(
    await makeFolder({
      'folders.yaml': (text) =>
        text.replace('    content: reviewed', `    quotaBytes: ${QUOTA}\n    content: reviewed`),
      'gateway.yaml': (text) =>
        text
          .replace(/^processes: 1$/m, 'processes: 3')
          .replace('maxConnectionsPerPrincipal: 20', 'maxConnectionsPerPrincipal: 200'),
    }),
  );
  await enter();
});
afterAll(async () => {
  portal.close();
  await gateway.stop();
  await removeFolder(gateway);
});

async function enter(): Promise<void> {
  anna = await askAs(gateway, 'anna@ksz');
  portal = await PortalClient.open(gateway, 'anna@ksz');
}

/** Used and free, as WebDAV tells them. */
async function room(): Promise<readonly [used: number, free: number]> {
  const body = '<propfind xmlns="DAV:"><prop><quota-used-bytes/><quota-available-bytes/></prop></propfind>';
  const { text } = await anna('PROPFIND', `/files${WORK}/`, ['Depth: 0'], body);
  const number = (name: string) => Number(new RegExp(`${name}>(\\d+)<`).exec(text)?.[1]);
  return [number('quota-used-bytes'), number('quota-available-bytes')];
}

beforeEach(async () => {
  expect(await room()).toEqual([0, QUOTA]);
});

/** `done`, or code and sentence of the refusal. */
type Heard = 'done' | readonly [code: number, sentence: string];
type Callback = (error?: (Error & { code?: unknown }) | null) => void;

const heard = (ask: (callback: Callback) => void): Promise<Heard> =>
  new Promise((resolve) => ask((error) => resolve(error ? [Number(error.code), error.message] : 'done')));

const REFUSED: Heard = [4, FULL];

/** A session, and what it does with one file that it has open. */
class Writer {
  readonly open: OpenSftp;
  readonly #handle: Buffer;

  private constructor(open: OpenSftp, handle: Buffer) {
    this.open = open;
    this.#handle = handle;
  }

  static async begin(name: string, account = 'batch@ksz'): Promise<Writer> {
    const open = await openSftp(gateway, account);
    const handle = await new Promise<Buffer>((resolve, reject) =>
      open.sftp.open(`${WORK}/${name}`, 'w', (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    return new Writer(open, handle);
  }

  write(bytes: number, at = 0): Promise<Heard> {
    return heard((callback) => this.open.sftp.write(this.#handle, Buffer.alloc(bytes, 'x'), 0, bytes, at, callback));
  }

  close(): Promise<Heard> {
    return heard((callback) => this.open.sftp.close(this.#handle, callback));
  }

  /** Goes without a word. */
  async cut(): Promise<void> {
    this.open.client.destroy();
    await this.open.ended;
  }
}

async function freeBlocks(): Promise<number> {
  const { client, sftp } = await openSftp(gateway, 'batch@ksz');
  const { f_bavail } = await new Promise<{ f_bavail: number }>((resolve, reject) =>
    sftp.ext_openssh_statvfs(WORK, (error, stats) =>
      error ? reject(error) : resolve(stats as unknown as { f_bavail: number }),
    ),
  );
  client.end();
  return f_bavail;
}

const put = async (name: string, bytes: number, headers: readonly string[] = []) =>
  (await anna('PUT', `/files${WORK}/${name}`, headers, 'x'.repeat(bytes))).status;

test('bytes that come in over one connection leave less room to every other, whatever process serves it', async () => {
  const writers = await Promise.all([1, 2, 3, 4].map((number) => Writer.begin(`at-once-${number}`)));
  const serving = (await sessionsOf(gateway)).filter(({ principal }) => principal === 'batch@ksz');
  expect(new Set(serving.map((one) => one.process))).toEqual(new Set(['worker-1', 'worker-2']));
  for (const writer of writers) expect(await writer.write(24 * BLOCK)).toBe('done');
  expect(await room()).toEqual([96 * BLOCK, 4 * BLOCK]);
  expect(await freeBlocks()).toBe(4);
  const [first, second, third, loser] = writers;
  expect(await put('refused', 5 * BLOCK, ['Expect: 100-continue'])).toBe(507);
  expect(await put('refused', 1, [`Content-Range: bytes 0-0/${5 * BLOCK}`])).toBe(507);
  expect(await loser?.write(5 * BLOCK, 24 * BLOCK)).toEqual(REFUSED);
  // Its client does not get it to stand there, and what came of it counts no more.
  expect(await loser?.close()).toEqual(REFUSED);
  expect(await room()).toEqual([72 * BLOCK, 28 * BLOCK]);
  expect(await first?.close()).toBe('done');
  expect(await room()).toEqual([72 * BLOCK, 28 * BLOCK]);
  expect(await second?.write(28 * BLOCK, 24 * BLOCK)).toBe('done');
  expect(await third?.write(5 * BLOCK, 24 * BLOCK)).toEqual(REFUSED);
  for (const writer of writers) await writer.cut();
  expect((await anna('DELETE', `/files${WORK}/at-once-1`)).status).toBe(204);
  // What came before a cut is held for the account that sent it.
  await eventually('all to have ended', async () => ((await room())[0] === 52 * BLOCK - 1 ? true : undefined));
  const { client, sftp } = await openSftp(gateway, 'batch@ksz');
  expect(await heard((callback) => sftp.unlink(`${WORK}/at-once-2`, callback))).toBe('done');
  client.end();
});

test('bytes beyond a hole count as the file would', async () => {
  const [sparse, other] = [await Writer.begin('sparse'), await Writer.begin('beside')];
  expect(await sparse.write(1, 90 * BLOCK)).toBe('done');
  expect(await other.write(20 * BLOCK)).toEqual(REFUSED);
  expect(await other.close()).toEqual(REFUSED);
  await sparse.cut();
  await other.cut();
  // Its first byte never came: nothing is held.
  await eventually('room', async () => ((await room())[0] === 0 ? true : undefined));
});

test('what is held of a cut upload counts, over a restart too, until it is finished or given up', async () => {
  const writer = await Writer.begin('cut');
  expect(await writer.write(60 * BLOCK)).toBe('done');
  await writer.cut();
  // The last byte is held back.
  const held = 60 * BLOCK - 1;
  await eventually('it to be held', async () => ((await room())[0] === held ? true : undefined));
  await gateway.stop();
  gateway = await startIn(gateway.folder);
  await enter();
  expect(await room()).toEqual([held, QUOTA - held]);
  expect(await freeBlocks()).toBe(40);
  expect(await put('other', 41 * BLOCK)).toBe(507);
  expect(await put('other', 40 * BLOCK)).toBe(201);
  // It may go on by itself: its own bytes stand in nobody's way.
  const { client, sftp } = await openSftp(gateway, 'batch@ksz');
  const handle = await new Promise<Buffer>((resolve, reject) =>
    sftp.open(`${WORK}/cut`, 'r+', (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  const last = Buffer.from('x');
  expect(await heard((callback) => sftp.write(handle, last, 0, 1, held, callback))).toBe('done');
  expect(await heard((callback) => sftp.close(handle, callback))).toBe('done');
  client.end();
  expect(await room()).toEqual([QUOTA, 0]);
  for (const name of ['cut', 'other']) expect((await anna('DELETE', `/files${WORK}/${name}`)).status).toBe(204);
});

test('parts over WebDAV and the pages count from the first on, and no more when they are given up', async () => {
  const part = (bytes: number, total: number) => [`Content-Range: bytes 0-${bytes - 1}/${total}`];
  expect(await put('parts', 30 * BLOCK, part(30 * BLOCK, 60 * BLOCK))).toBe(202);
  expect(await room()).toEqual([30 * BLOCK, 70 * BLOCK]);
  const content = `/content?path=${WORK}/pages`;
  const headers = {
    'Content-Range': `bytes 0-${40 * BLOCK - 1}/${70 * BLOCK}`,
    'Content-Type': 'application/octet-stream',
  };
  const body = 'x'.repeat(40 * BLOCK);
  expect((await portal.ask('PUT', content, { headers, body })).status).toBe(202);
  expect(await room()).toEqual([70 * BLOCK, 30 * BLOCK]);
  // Together they are too large now, and the second hears it before it is sent.
  const rest = 'x'.repeat(30 * BLOCK);
  const goOn = [`Content-Range: bytes ${30 * BLOCK}-${60 * BLOCK - 1}/${60 * BLOCK}`];
  expect((await anna('PUT', `/files${WORK}/parts`, goOn, rest)).status).toBe(201);
  expect(await room()).toEqual([100 * BLOCK, 0]);
  const refused = await portal.ask('PUT', content, {
    ...{ body: rest, headers: { ...headers, 'Content-Range': `bytes ${40 * BLOCK}-${70 * BLOCK - 1}/${70 * BLOCK}` } },
  });
  expect([refused.status, refused.json]).toMatchObject([507, { code: 'over-quota' }]);
  expect((await portal.ask('DELETE', `/upload?path=${WORK}/pages`)).status).toBe(204);
  expect(await room()).toEqual([60 * BLOCK, 40 * BLOCK]);
  expect((await anna('DELETE', `/files${WORK}/parts`)).status).toBe(204);
  const line = {
    kind: 'upload-part',
    outcome: 'refused',
    fields: { code: 'over-quota', path: `${WORK}/pages` },
  } as const;
  expect(await new AuditTrail(gateway).line(line)).toBeDefined();
});

test('a file may take the place of one as large, and a process that dies leaves nothing counted', async () => {
  expect(await put('same', 90 * BLOCK)).toBe(201);
  const writer = await Writer.begin('same', 'batch@ksz');
  expect(await writer.write(62 * BLOCK)).toBe('done');
  const before = await processesOf(gateway);
  const serving = (await sessionsOf(gateway)).find(({ principal }) => principal === 'batch@ksz')?.process ?? '';
  process.kill(before[serving] ?? 0, 'SIGKILL');
  await servingAgain(gateway, before, [serving]);
  await writer.open.ended;
  expect(await room()).toEqual([90 * BLOCK, 10 * BLOCK]);
  expect(await put('same', 95 * BLOCK)).toBe(204);
  expect((await anna('DELETE', `/files${WORK}/same`)).status).toBe(204);
});
