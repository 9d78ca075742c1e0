import { afterAll, beforeAll, expect, test } from 'vitest';
import { PACKET } from '../../src/sftp/codec.ts';
import { type Expected, type Listing, type Mode, Model } from './interleaving-model.ts';
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
  readonly folder: string;
  readonly names: readonly string[];
  readonly stable: string;
};

/** A request that was sent and what it must bring; `opened` is the folder that it opens. */
type Asked = {
  readonly what: string;
  readonly id: number;
  readonly expected: Expected;
  readonly opened?: Listing | undefined;
};
type OpenFolder = { readonly handle: string; readonly listing: Listing };

/** Looks at each answer in its turn. @returns the folders that were opened */
async function answered(sftp: RawSftp, asked: readonly Asked[], seed: number): Promise<readonly OpenFolder[]> {
  const folders: OpenFolder[] = [];
  for (const { what, id, expected, opened } of asked) {
    const answer = readAnswer(await sftp.next());
    expect({ what, seed, ...told(answer) }).toEqual({ what, seed, id, ...expected });
    if (opened !== undefined) folders.push({ handle: answer.handle ?? '', listing: opened });
  }
  return folders;
}

/** Lists folders that were opened among other requests, all in one go: each has what stood there when its turn to be opened came. */
function listInTurn({ sftp, model, stable }: Place, folders: readonly OpenFolder[]): readonly Asked[] {
  const asked: Asked[] = [];
  for (const step of ['readdir', 'readdir', 'close', 'readdir'] as const) {
    for (const { handle, listing } of folders) {
      const type = step === 'close' ? PACKET.CLOSE : PACKET.READDIR;
      const id = sftp.send(type, (w) => w.string(handle));
      asked.push({
        what: step,
        id,
        expected: step === 'close' ? model.closeFolder(listing) : model.readFolder(listing),
      });
      const statId = sftp.send(PACKET.LSTAT, (w) => w.string(stable));
      asked.push({ what: 'stat', id: statId, expected: model.stat(stable) });
    }
  }
  return asked;
}

/** Opens files and a folder, then sends requests about them and about names in one go, and looks at each answer in its turn. */
async function interleave(place: Place, seed: number): Promise<void> {
  const { sftp, model, folder, names, stable } = place;
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
  const first = { handle: (await sftp.path(PACKET.OPENDIR, folder)).handle ?? '', listing: model.openFolder() };
  const asked: Asked[] = [];
  const ask = (what: string, id: number, expected: Expected, opened?: Listing) =>
    asked.push({ what, id, expected, opened });
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
          'readdir',
          sftp.send(PACKET.READDIR, (w) => w.string(first.handle)),
          model.readFolder(first.listing),
        ),
      () => {
        const id = sftp.send(PACKET.OPENDIR, (w) => w.string(folder));
        ask('opendir', id, { handle: true }, model.openFolder());
      },
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
  const folders = await answered(sftp, asked, seed);
  await answered(sftp, listInTurn(place, [...folders, first]), seed);
}

function told({ id, code, size, data, names, handle }: Answer) {
  if (names !== undefined) return { id, names };
  if (handle !== undefined) return { id, handle: true };
  if (data !== undefined) return { id, data: data.toString('hex') };
  return size === undefined ? { id, code } : { id, size };
}

test(`${INTERLEAVINGS} random interleavings of pipelined requests are answered as a model of a file tree answers them`, async () => {
  const sessions = Array.from({ length: SESSIONS }, async (_, session) => {
    const sftp = await RawSftp.open(fixture, session % 2 === 0 ? 'batch@ksz' : 'batch@rjv');
    const folder = `/SHARED/work/${session}`;
    await sftp.ask(PACKET.MKDIR, (w) => w.string(folder).uint32(0));
    const names = ['a', 'b', 'c'].map((name) => `${folder}/${name}`);
    const stable = `${folder}/stable`;
    const model = new Model();
    const content = Buffer.alloc(250, session);
    await sftp.put(stable, content);
    model.files.set(stable, content);
    for (let seed = session; seed < INTERLEAVINGS; seed += SESSIONS)
      await interleave({ sftp, model, folder, names, stable }, seed);
    for (const name of names) {
      const expected = model.files.get(name);
      if (expected !== undefined) expect(await sftp.get(name)).toBe(expected.toString());
    }
    sftp.client.end();
  });
  await Promise.all(sessions);
}, 120_000);
