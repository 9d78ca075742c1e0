import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { Client } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseVPath } from '../../src/domain/vpath.ts';
import { FieldWriter, PACKET } from '../../src/sftp/codec.ts';
import { session } from '../support/generation.ts';
import { descriptorsOf } from '../support/process-state.ts';
import { HeldBytes } from './held-bytes.ts';
import { CREATE_NEW, OPEN, RawSftp, uint64 } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** `npm run fuzz:sftp` gives it a minute. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 3);
const WORK = '/SHARED/work';
const KEPT = `${WORK}/fuzz-kept`;
const NAMES = ['a', 'b', 'c', 'dir', 'dir/in'].map((name) => `${WORK}/fuzz-${name}`);
/** Requests of the client beside, before and during. */
const PROBES = 200;
/** What a heap may grow by in a minute of sessions that left nothing: caches of the ledger among others. */
const MAX_GROWTH_BYTES = 48 * 1024 * 1024;

/** What one session may make the gateway hold, whatever it sends and does not read: requests, answers, sealed packets. */
const MAX_HELD_BYTES = 4_000_000;
/** So many requests at least came through a login, on average: what lies behind the door is tried, not the door. */
const MIN_REQUESTS_OF_LOGIN = 50;

let fixture: SftpFixture;
let bystander: RawSftp;
beforeAll(async () => {
  // A file with a hole of gigabytes is read for its digest, which would be all that happens here.
  fixture = await startSftp({ limits: { maxFileBytes: 1_000_000 } });
  bystander = await RawSftp.open(fixture, 'batch@rjv');
  await bystander.put(KEPT, 'untouched');
});
afterAll(() => fixture.close());

/** What a session has to work with: handles that are open, handles that are not. */
type State = { readonly handles: readonly string[] };
type Field = (state: State) => Buffer;

const text = (value: string | Buffer) => new FieldWriter().string(value).joined();
const plain =
  (bytes: Buffer): Field =>
  () =>
    bytes;
const handle: fc.Arbitrary<Field> = fc
  .nat(20)
  .map((index) => (state) => text(state.handles[index % state.handles.length] ?? 'none'));
/** Not the file of the client beside: these requests may remove what they name. */
const path = fc.constantFrom('/', WORK, '/IN', '/IN/ADRM', '..', '', ...NAMES).map((value) => plain(text(value)));
const offset = fc
  .oneof(fc.nat(1000), fc.constantFrom(2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER))
  .map((value) => plain(uint64(value)));
const number = fc
  .oneof(fc.nat(63), fc.constantFrom(0x80000000, 0xffffffff, 100_000))
  .map((value) => plain(new FieldWriter().uint32(value).joined()));
const bytes = fc.uint8Array({ maxLength: 300 }).map((value) => plain(text(Buffer.from(value))));
const noise = fc.uint8Array({ maxLength: 40 }).map((value) => plain(Buffer.from(value)));
const extension = fc
  .constantFrom(
    ...['posix-rename@openssh.com', 'statvfs@openssh.com', 'fstatvfs@openssh.com', 'fsync@openssh.com', 'copy-data'],
    ...['lsetstat@openssh.com', 'expand-path@openssh.com', 'check-file', 'check-file-name', 'limits@openssh.com'],
  )
  .map((name) => plain(text(name)));
const attributes = fc.constantFrom(Buffer.alloc(4), Buffer.from('000000080000000100000001', 'hex')).map(plain);
const anything = fc.oneof(handle, path, offset, number, bytes, noise);

/** Each request with its own fields, so that most are carried out; one in four is of any type with any fields. */
const SHAPES: readonly (readonly [type: number, fields: readonly fc.Arbitrary<Field>[]])[] = [
  ...([
    [PACKET.OPEN, [path, number, attributes]],
    [PACKET.READ, [handle, offset, number]],
    [PACKET.WRITE, [handle, offset, bytes]],
    [PACKET.RENAME, [path, path]],
    [PACKET.SETSTAT, [path, attributes]],
    [PACKET.FSETSTAT, [handle, attributes]],
    [PACKET.MKDIR, [path, attributes]],
  ] as const),
  ...[PACKET.CLOSE, PACKET.FSTAT, PACKET.READDIR].map((type) => [type, [handle]] as const),
  ...[PACKET.REMOVE, PACKET.RMDIR, PACKET.STAT, PACKET.OPENDIR, PACKET.REALPATH].map((type) => [type, [path]] as const),
];
const shaped = fc
  .constantFrom(...SHAPES)
  .chain(([type, fields]) => fc.tuple(...fields).map((made) => ({ type, fields: made })));
const extended = fc
  .tuple(extension, fc.oneof(handle, path), fc.array(anything, { maxLength: 4 }))
  .map(([name, first, more]) => ({ type: PACKET.EXTENDED, fields: [name, first, ...more] }));
const wild = fc.record({
  type: fc.oneof(fc.integer({ min: PACKET.OPEN, max: PACKET.SYMLINK }), fc.nat(255)),
  fields: fc.array(anything, { maxLength: 5 }),
});
const request = fc.oneof(
  { weight: 5, arbitrary: shaped },
  { weight: 1, arbitrary: extended },
  { weight: 1, arbitrary: wild },
);
type Asked = { readonly type: number; readonly fields: readonly Field[] };
/** Most attacks are whole packets, after which their session goes on; of the others hardly any session is left. */
const attacks = fc.oneof(
  { weight: 12, arbitrary: fc.array(shaped, { minLength: 20, maxLength: 150 }) },
  { weight: 1, arbitrary: fc.array(request, { minLength: 1, maxLength: 40 }) },
);

const MARK = 0xfffffff0;

/** Sessions one after the other: each serves attacks until one ends it, or its handles are used up. */
class Attacker {
  logins = 0;
  #session: (RawSftp & { client: Client }) | undefined;

  /** Three handles of its own and one of somebody else, then requests in one go, whose answers are read late. */
  async attack(requests: readonly Asked[], foreign: string): Promise<void> {
    const sftp = await this.#begin();
    const handles = await handlesOf(sftp);
    if (handles === undefined) return this.end();
    const state = { handles: [...handles, ...handles, foreign] };
    sftp.channel.pause();
    for (const { type, fields } of requests) {
      const body = Buffer.concat(fields.map((field) => field(state)));
      sftp.sendRaw(new FieldWriter().byte(type).uint32(7).bytes(body).packet());
    }
    for (const handle of handles) sftp.send(PACKET.CLOSE, (w) => w.string(handle));
    sftp.sendRaw(new FieldWriter().byte(PACKET.REALPATH).uint32(MARK).string('/').packet());
    await new Promise((resolve) => setImmediate(resolve));
    sftp.channel.resume();
    for (let answer = await sftp.next(); answer?.body.readUInt32BE(0) !== MARK; answer = await sftp.next()) {
      if (answer === undefined) return this.end();
    }
  }

  /** Lets it go, as its client would. */
  async end(): Promise<void> {
    const sftp = this.#session;
    this.#session = undefined;
    if (sftp === undefined) return;
    sftp.channel.end();
    while ((await sftp.next()) !== undefined) {}
    sftp.client.end();
  }

  async #begin(): Promise<RawSftp & { client: Client }> {
    if (this.#session === undefined) this.logins += 1;
    this.#session ??= await RawSftp.open(fixture);
    return this.#session;
  }
}

/** Undefined where the session has no room for more. */
async function handlesOf(sftp: RawSftp): Promise<readonly string[] | undefined> {
  const download = await sftp.open(KEPT, OPEN.READ);
  const upload = await sftp.open(`${WORK}/fuzz-a`, CREATE_NEW);
  const folder = await sftp.path(PACKET.OPENDIR, WORK);
  const full = [download, upload, folder].some(({ message }) => message?.includes('open handles'));
  return full ? undefined : [download, upload, folder].flatMap(({ handle: one }) => one ?? []);
}

/** How long the client beside waits, in milliseconds. */
async function probe(): Promise<number> {
  const began = performance.now();
  expect((await bystander.stat(KEPT)).type).toBe(PACKET.ATTRS);
  return performance.now() - began;
}

function percentile99(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  return (sorted[Math.floor(sorted.length * 0.99)] ?? 0).toFixed(1);
}

/** What is in use, and no garbage: how much of that lies about says nothing. */
async function heapBytes(): Promise<number> {
  collectGarbage();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

test(
  'random requests with handles and names that are right are answered or close their channel; others are served, and nothing is left',
  async () => {
    const foreign = await bystander.handle(KEPT, OPEN.READ);
    const alone: number[] = [];
    while (alone.length < PROBES) alone.push(await probe());
    const before = {
      sessions: fixture.listener.sessions().length,
      descriptors: await descriptorsOf('self'),
    };
    const heap = await heapBytes();
    const beside: number[] = [];
    const attacker = new Attacker();
    const held = HeldBytes.watch();
    let sent = 0;
    const once = async (requests: readonly Asked[]): Promise<void> => {
      sent += requests.length;
      const attacked = attacker.attack(requests, foreign);
      beside.push(await probe());
      await attacked;
      beside.push(await probe());
    };
    // The time limit leaves the last one under way.
    let last = Promise.resolve();
    const property = fc.asyncProperty(attacks, (requests) => {
      last = once(requests);
      return last;
    });
    await fc.assert(property, { numRuns: 1_000_000, interruptAfterTimeLimit: SECONDS * 1000, endOnFailure: true });
    await last;
    await attacker.end();
    await expect.poll(() => fixture.listener.sessions().length, { timeout: 10_000 }).toBe(before.sessions);
    await expect.poll(() => descriptorsOf('self'), { timeout: 10_000 }).toBeLessThanOrEqual(before.descriptors);
    // What is held ends with its session, and so do uploads: nothing is under way that the ledger does not know.
    expect(held.left).toBe(0);
    const lies = await fixture.tree.ledger.read({ kind: 'usage', areas: [parseVPath(WORK)] });
    expect((await fixture.tree.vfs.quota.of(session('batch@ksz'), parseVPath(WORK)))?.usedBytes).toBe(lies.bytes);
    expect(held.most).toBeGreaterThan(0);
    expect(held.most).toBeLessThan(MAX_HELD_BYTES);
    expect(sent / attacker.logins).toBeGreaterThan(MIN_REQUESTS_OF_LOGIN);
    expect((await heapBytes()) - heap).toBeLessThan(MAX_GROWTH_BYTES);
    expect((await bystander.read(foreign, 0, 9)).data?.toString()).toBe('untouched');
    expect(fixture.warnings.filter((line) => line.startsWith('an SFTP request failed'))).toEqual([]);
    held.stop();
    const grown = Math.round(((await heapBytes()) - heap) / 1e6);
    console.log(
      `${sent} requests in ${attacker.logins} sessions, of which one held ${held.most} bytes at most; the heap grew by ${grown} MB; p99 of the client beside: alone ${percentile99(alone)} ms, then ${percentile99(beside)} ms`,
    );
  },
  SECONDS * 1000 + 60_000,
);
