import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curlWords, runClient, urlOf } from '../support/clients.ts';
import { adrm, answeredWhole, type Channel, ExchangePlace, goodRow } from '../support/exchange-place.ts';
import { hasTool } from '../support/tools.ts';

const CONTENT = adrm(...Array.from({ length: 90 }, (_, index) => goodRow(index + 1)));
const SIZE = Buffer.byteLength(CONTENT);
const BIG_BYTES = 6_000_000;
const ANNA: Channel = { account: 'anna@ksz', intake: '/INTEST/ADRM', mailbox: '/OUTTEST/ADRM' };
let place: ExchangePlace;
let folder: string;

beforeAll(async () => {
  place = await ExchangePlace.open();
  folder = await mkdtemp(join(tmpdir(), 'sluis-curl-uploads-'));
  await writeFile(join(folder, 'whole.csv'), CONTENT);
  await writeFile(join(folder, 'first.csv'), CONTENT.slice(0, 1000)); // ASCII
  await writeFile(join(folder, 'big.bin'), Buffer.alloc(BIG_BYTES, 'all work and no play '));
});
afterAll(async () => {
  await place.close();
  await rm(folder, { recursive: true });
});

type Told = { readonly status: number; readonly ended: number; readonly head: string; readonly trace: string };

/** One request as anna@ksz; `head` is what came back before the body, `trace` what curl tells of the exchange. */
async function curl(path: string, ...words: readonly string[]): Promise<Told> {
  const always = [...curlWords(place.gateway, 'anna@ksz'), '--verbose', '--dump-header', '-', '--output', 'body'];
  const { out, err, status } = await runClient('curl', [...always, ...words, urlOf(place.gateway, path)], {
    cwd: folder,
  });
  const head = out.split('\r\n\r\n').findLast((part) => part.startsWith('HTTP/1.1')) ?? '';
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), ended: status, head, trace: err };
}

const put = (file: string, ...words: readonly string[]) => ['--upload-file', file, ...words];
const header = (line: string) => ['--header', line];
const range = (text: string) => header(`Content-Range: bytes ${text}`);
const offsetIn = ({ head }: Told) => Number(/^upload-offset: (\d+)/im.exec(head)?.[1]);
const bodyOf = () => readFile(join(folder, 'body'));
const howFar = (path: string, total: number) =>
  curl(path, '--request', 'PUT', '--data-binary', '', ...range(`*/${total}`));
const sha256 = (bytes: string | Buffer, form: 'hex' | 'base64') => createHash('sha256').update(bytes).digest(form);

describe.skipIf(!hasTool('curl')).each([
  { title: 'a shared folder', at: '/SHARED/work', isIntake: false },
  { title: 'an intake folder', at: '/INTEST/ADRM', isIntake: true },
])('curl uploads to $title', ({ at, isIntake }) => {
  /** What was handed in is answered once; anything else can be read back. */
  async function arrived(name: string): Promise<void> {
    expect(await curl(`${at}/${name}`)).toMatchObject({ status: 200 });
    expect((await bodyOf()).toString()).toBe(CONTENT);
    if (!isIntake) return;
    const { receipt, notification } = await answeredWhole(place, ANNA, name);
    expect(receipt).toMatchObject({ size: SIZE, sha256: sha256(CONTENT, 'hex') });
    expect(notification.records).toMatchObject({ total: 90, accepted: 90 });
    const mailbox = await place.mailbox(ANNA.account, ANNA.mailbox);
    const receipts = (await mailbox.list()).filter(
      (one) => one.startsWith(`${name}.`) && one.endsWith('.receipt.json'),
    );
    expect(receipts).toHaveLength(1);
  }

  const waits = [...header('Expect: 100-continue'), '--expect100-timeout', '20'];

  test('bytes that wait to be asked for come when they may', async () => {
    const told = await curl(`${at}/ADRM_asked.csv`, ...put('whole.csv', ...waits));
    expect(told.status).toBe(201);
    expect(told.trace).toMatch(/^< HTTP\/1\.1 100 Continue/m);
    await arrived('ADRM_asked.csv');
  });

  test('and are not asked for where they may not', async () => {
    const refused = [`${at}/none/big.bin`, '/OUT/ADRM/big.bin', '/IN/NONE/big.bin'];
    for (const path of refused) {
      const { status, trace } = await curl(path, ...put('big.bin', ...waits));
      expect([403, 404, 409]).toContain(status);
      expect(trace).not.toMatch(/100 Continue/);
    }
  });

  test('an upload goes on where it stopped, and nothing is seen of it before it is whole', async () => {
    const path = `${at}/ADRM_resumed.csv`;
    const first = await curl(path, ...put('first.csv', ...range(`0-999/${SIZE}`)));
    expect(first.status).toBe(202);
    expect(offsetIn(first)).toBe(1000);
    expect((await curl(path)).status).toBe(404);
    expect(await (await place.client('anna@ksz')).list(at)).not.toContain('ADRM_resumed.csv');
    const wrong = await curl(path, ...put('whole.csv', '--continue-at', '2000'));
    expect(wrong.status).toBe(416);
    expect(offsetIn(wrong)).toBe(1000);
    const rest = await curl(path, ...put('whole.csv', '--continue-at', '1000'));
    expect(rest.trace).toContain(`> Content-Range: bytes 1000-${SIZE - 1}/${SIZE}`);
    expect(rest.status).toBe(201);
    expect(offsetIn(rest)).toBe(SIZE);
    await arrived('ADRM_resumed.csv');
  });

  test.each([
    ['Repr-Digest', (hash: string) => `sha-256=:${hash}:`],
    ['Content-Digest', (hash: string) => `sha-256=:${hash}:`],
    ['Digest', (hash: string) => `SHA-256=${hash}`],
  ] as const)('%s is compared with what came', async (name, write) => {
    const path = `${at}/ADRM_${name}.csv`;
    const wrong = await curl(path, ...put('whole.csv', ...header(`${name}: ${write(sha256('other', 'base64'))}`)));
    expect(wrong.status).toBe(400);
    expect((await curl(path)).status).toBe(404);
    const right = await curl(path, ...put('whole.csv', ...header(`${name}: ${write(sha256(CONTENT, 'base64'))}`)));
    expect(right.status).toBe(201);
    await arrived(`ADRM_${name}.csv`);
  });

  test('a new name is taken once under If-None-Match, and bytes of unknown length come in chunks', async () => {
    const path = `${at}/ADRM_once.csv`;
    const once = header('If-None-Match: *');
    expect((await curl(path, ...put('whole.csv', ...once, ...header('Transfer-Encoding: chunked')))).status).toBe(201);
    expect([412, 423]).toContain((await curl(path, ...put('first.csv', ...once))).status);
    await arrived('ADRM_once.csv');
  });
});

describe.skipIf(!hasTool('curl'))('curl and what it has in part', () => {
  test('an upload that was cut goes on from the bytes that came', async () => {
    const path = '/SHARED/work/cut.bin';
    const cut = ['--limit-rate', '1M', '--max-time', '3', ...range(`0-${BIG_BYTES - 1}/${BIG_BYTES}`)];
    expect((await curl(path, ...put('big.bin', ...cut))).ended).toBe(28); // CURLE_OPERATION_TIMEDOUT
    const held = offsetIn(await howFar(path, BIG_BYTES));
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(BIG_BYTES);
    expect((await curl(path)).status).toBe(404);
    expect((await curl(path, ...put('big.bin', '--continue-at', String(held)))).status).toBe(201);
    expect((await curl(path)).status).toBe(200);
    expect((await bodyOf()).equals(await readFile(join(folder, 'big.bin')))).toBe(true);
    expect(offsetIn(await howFar(path, BIG_BYTES))).toBe(0);
  });

  test('a download goes on where it stopped, unless the file has changed', async () => {
    const path = '/SHARED/work/part.csv';
    await curl(path, ...put('whole.csv'));
    const { head } = await curl(path, '--range', '0-99');
    expect(head).toContain(`Content-Range: bytes 0-99/${SIZE}`);
    const etag = /^etag: ("[^"]+")/im.exec(head)?.[1] ?? '';
    const rest = await curl(path, '--continue-at', '100', ...header(`If-Range: ${etag}`));
    expect(rest).toMatchObject({ status: 206, ended: 0 });
    expect((await bodyOf()).toString()).toBe(CONTENT); // curl adds to what it has
    await curl(path, ...put('first.csv'));
    expect((await curl(path, '--range', '100-', ...header(`If-Range: ${etag}`))).status).toBe(200);
    expect((await curl(path, ...header(`If-None-Match: ${etag}`))).status).toBe(200);
    const again = await curl(path, '--head');
    const now = /^etag: ("[^"]+")/im.exec(again.head)?.[1] ?? '';
    expect((await curl(path, ...header(`If-None-Match: ${now}`))).status).toBe(304);
    expect(again.head).toContain(`Repr-Digest: sha-256=:${sha256(CONTENT.slice(0, 1000), 'base64')}:`);
  });
});
