import { afterAll, beforeAll, expect, test } from 'vitest';
import { PACKET } from '../../src/sftp/codec.ts';
import { type Expected, type Mode, Model } from './interleaving-model.ts';
import { type Answer, CREATE_NEW, OPEN, RawSftp, readAnswer, uint64 } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

const INTERLEAVINGS = 1000;
const SESSIONS = 8;
const REQUESTS = 10;
const MODES: readonly Mode[] = ['new', 'current', 'append', 'read'];
const FLAGS = {
  new: CREATE_NEW | OPEN.READ,
  current: OPEN.WRITE | OPEN.CREATE,
  append: OPEN.WRITE | OPEN.CREATE | OPEN.APPEND,
  read: OPEN.READ,
} as const;

let fixture: SftpFixture;
beforeAll(async () => {
  fixture = await startSftp();
});
afterAll(() => fixture.close());

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Place = {
  readonly sftp: RawSftp;
  readonly model: Model;
  readonly names: readonly string[];
  readonly stable: string;
};

/** Opens files, then sends requests about them and about names in one go, and looks at each answer in its turn. */
async function interleave({ sftp, model, names, stable }: Place, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const one = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const handles: string[] = [];
  for (let count = 2 + random(2); count > 0; count -= 1) {
    const mode = one(MODES);
    const path = mode === 'read' ? stable : one(names);
    const handle = await sftp.handle(path, FLAGS[mode]);
    model.open(handle, path, mode);
    handles.push(handle);
  }
  const asked: { readonly what: string; readonly id: number; readonly expected: Expected }[] = [];
  const ask = (what: string, id: number, expected: Expected) => asked.push({ what, id, expected });
  for (let left = REQUESTS; left > 0; left -= 1) {
    const [handle, path, other] = [one(handles), one(names), one(names)];
    const [offset, length] = [random(300), 1 + random(200)];
    const data = Buffer.alloc(length, 1 + random(255));
    const kinds = [
      () =>
        ask(
          'write',
          sftp.send(PACKET.WRITE, (w) => w.string(handle).bytes(uint64(offset)).string(data)),
          model.write(handle, offset, data),
        ),
      () =>
        ask(
          'read',
          sftp.send(PACKET.READ, (w) => w.string(handle).bytes(uint64(offset)).uint32(length)),
          model.read(handle, offset, length),
        ),
      () =>
        ask(
          'fstat',
          sftp.send(PACKET.FSTAT, (w) => w.string(handle)),
          model.fstat(handle),
        ),
      () =>
        ask(
          'truncate',
          sftp.send(PACKET.FSETSTAT, (w) => w.string(handle).uint32(1).bytes(uint64(offset))),
          model.truncate(handle, offset),
        ),
      () =>
        ask(
          'stat',
          sftp.send(PACKET.LSTAT, (w) => w.string(path)),
          model.stat(path),
        ),
      () =>
        ask(
          'close',
          sftp.send(PACKET.CLOSE, (w) => w.string(handle)),
          model.close(handle),
        ),
      () =>
        ask(
          'remove',
          sftp.send(PACKET.REMOVE, (w) => w.string(path)),
          model.remove(path),
        ),
      () => {
        if (path === other) return;
        const extended = (name: string) => sftp.send(PACKET.EXTENDED, (w) => w.string(name).string(path).string(other));
        if (random(2) === 0) ask('posix-rename', extended('posix-rename@openssh.com'), model.rename(path, other, true));
        else
          ask(
            'rename',
            sftp.send(PACKET.RENAME, (w) => w.string(path).string(other)),
            model.rename(path, other, false),
          );
      },
    ];
    // WRITEs come as often as all others together, so that many follow each other.
    (random(2) === 0 ? kinds[0] : one(kinds))?.();
  }
  for (const handle of handles)
    ask(
      'close',
      sftp.send(PACKET.CLOSE, (w) => w.string(handle)),
      model.close(handle),
    );
  for (const { what, id, expected } of asked) {
    const answer = readAnswer(await sftp.next());
    expect({ what, seed, ...told(answer) }).toEqual({ what, seed, id, ...expected });
  }
}

function told({ id, code, size, data }: Answer) {
  if (data !== undefined) return { id, data: data.toString('hex') };
  return size === undefined ? { id, code } : { id, size };
}

test(`${INTERLEAVINGS} random interleavings of pipelined requests are answered as a model of a file tree answers them`, async () => {
  const sessions = Array.from({ length: SESSIONS }, async (_, session) => {
    const sftp = await RawSftp.open(fixture, session % 2 === 0 ? 'batch@ksz' : 'batch@rjv');
    const names = ['a', 'b', 'c'].map((name) => `/SHARED/work/${session}-${name}`);
    const stable = `/SHARED/work/${session}-stable`;
    const model = new Model();
    const content = Buffer.alloc(250, session);
    await sftp.put(stable, content);
    model.files.set(stable, content);
    for (let seed = session; seed < INTERLEAVINGS; seed += SESSIONS)
      await interleave({ sftp, model, names, stable }, seed);
    for (const name of names) {
      const expected = model.files.get(name);
      if (expected !== undefined) expect(await sftp.get(name)).toBe(expected.toString());
    }
    sftp.client.end();
  });
  await Promise.all(sessions);
}, 120_000);
