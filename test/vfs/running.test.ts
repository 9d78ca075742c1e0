import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseVPath } from '../../src/domain/vpath.ts';
import { generation, session } from '../support/generation.ts';
import { openTree, type TreeParts } from '../support/parts.ts';

const batch = session('batch@ksz');
const PATH = parseVPath('/SHARED/work/report.csv');
const WHOLE = Buffer.alloc(1000, 'x');
const SENTENCE = 'your right to do this has ended while it ran; nothing of it is kept';
let tree: TreeParts;

beforeEach(async () => {
  tree = await openTree();
});
afterEach(() => tree.close());

/** Nobody has a right in /SHARED/work any more. */
function takeRights(): Promise<void> {
  tree.current.value = { ...generation(), id: 'another', folders: [] };
  return tree.vfs.running.recheck();
}

function giveRights(): void {
  tree.current.value = generation();
}

const begin = () => tree.vfs.uploads.begin(batch, PATH, { condition: 'any', startFrom: 'empty' });
const resume = (offset: number) => tree.vfs.uploads.resume(batch, PATH, { condition: 'any', offset, total: 1000 });

test('an upload goes on while its right holds, and is over when it ends', async () => {
  const upload = await begin();
  await upload.write(0, WHOLE.subarray(0, 500));
  await tree.vfs.running.recheck();
  await upload.write(500, WHOLE.subarray(500));
  expect(tree.vfs.running.list()).toEqual([{ session: batch.id, direction: 'in', path: PATH, bytes: 1000 }]);
  await takeRights();
  await expect(upload.write(1000, WHOLE)).rejects.toMatchObject({ code: 'not-allowed', message: SENTENCE });
  await expect(upload.commit()).rejects.toMatchObject({ code: 'not-allowed' });
  await upload.abort();
  giveRights();
  await expect(tree.vfs.stat(batch, PATH)).rejects.toMatchObject({ code: 'not-found' });
  expect(tree.vfs.running.list()).toEqual([]);
  expect(tree.vfs.uploads.isBeingWritten(PATH)).toBe(false);
});

test('an upload in parts leaves nothing of earlier parts either', async () => {
  const first = await resume(0);
  await first.write(WHOLE.subarray(0, 400));
  await first.end({});
  const second = await resume(400);
  await second.write(WHOLE.subarray(400, 600));
  await takeRights();
  await expect(second.write(WHOLE.subarray(600))).rejects.toMatchObject({ message: SENTENCE });
  await second.leave();
  giveRights();
  expect(await tree.vfs.uploads.held(batch, PATH)).toBeUndefined();
});

test('a session that must go takes what it has under way with it, and nobody else’s', async () => {
  const other = session('anna@ksz');
  const [own, others] = [
    await resume(0),
    await tree.vfs.uploads.begin(other, parseVPath('/SHARED/work/x'), { condition: 'any', startFrom: 'empty' }),
  ];
  await own.write(WHOLE.subarray(0, 400));
  tree.vfs.running.expel(batch.id);
  await expect(own.end({})).rejects.toMatchObject({ code: 'not-allowed' });
  expect(await tree.vfs.uploads.held(batch, PATH)).toBeUndefined();
  await others.write(0, WHOLE);
  expect((await others.commit()).size).toBe(1000);
});

test('what runs for one of several designations ends with that one, and the others’ goes on', async () => {
  const [first, second] = [session('anna@ksz'), { ...session('anna@rjv'), id: session('anna@ksz').id }];
  const path = (name: string) => parseVPath(`/SHARED/work/${name}`);
  const open = (by: typeof first, name: string) =>
    tree.vfs.uploads.begin(by, path(name), { condition: 'any', startFrom: 'empty' });
  const [ends, stays] = [await open(first, 'of-ksz'), await open(second, 'of-rjv')];
  const both = [first.principal, second.principal];
  tree.vfs.running.renewed({ ...first, designations: both });
  await ends.write(0, WHOLE);
  tree.vfs.running.renewed({ ...first, principal: second.principal, designations: [second.principal] });
  await expect(ends.commit()).rejects.toMatchObject({ code: 'not-allowed', message: /institution/ });
  await stays.write(0, WHOLE);
  expect((await stays.commit()).size).toBe(1000);
  const line = (await tree.auditLines()).findLast(({ kind, outcome }) => kind === 'publish' && outcome === 'refused');
  expect(line?.fields).toMatchObject({ reason: 'designation-ended', principal: 'anna@ksz', path: path('of-ksz') });
});

test('what began with a second factor ends with the level, where its place asks for it', async () => {
  const [shared] = generation().folders;
  if (shared === undefined) throw new Error('a folder is needed');
  tree.current.value = generation({ folders: [{ ...shared, level: 2 }] });
  const strong = { ...batch, level: 2 as const };
  const upload = await tree.vfs.uploads.begin(strong, PATH, { condition: 'any', startFrom: 'empty' });
  tree.vfs.running.renewed(strong);
  await upload.write(0, WHOLE);
  tree.vfs.running.renewed({ ...strong, level: 1 });
  await expect(upload.commit()).rejects.toMatchObject({ code: 'not-allowed', message: SENTENCE });
});

test('a download stops where its right ends; one that ended before is not looked at', async () => {
  const upload = await begin();
  const bytes = Buffer.alloc(4 * 1024 * 1024, 'y');
  await upload.write(0, bytes);
  await upload.commit();
  expect((await text((await tree.vfs.read(batch, PATH)).body)).length).toBe(bytes.length);
  const { body } = await tree.vfs.read(batch, PATH);
  const pieces = body[Symbol.asyncIterator]();
  await pieces.next();
  expect(tree.vfs.running.list()).toMatchObject([{ direction: 'out', path: PATH }]);
  await takeRights();
  await expect(Array.fromAsync({ [Symbol.asyncIterator]: () => pieces })).rejects.toMatchObject({ message: SENTENCE });
  await expect.poll(() => tree.vfs.running.list()).toEqual([]);
});

test('the log says what was ended, for which line, and how far it was', async () => {
  const upload = await begin();
  await upload.write(0, WHOLE);
  await takeRights();
  const line = (await tree.auditLines()).findLast(({ kind }) => kind === 'publish');
  expect(line).toMatchObject({ outcome: 'refused' });
  expect(line?.fields).toMatchObject({ code: 'not-allowed', reason: 'right-ended', bytes: 1000, path: PATH });
});
