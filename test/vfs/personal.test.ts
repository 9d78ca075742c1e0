import { afterEach, beforeEach, expect, test } from 'vitest';
import { ALL_RIGHTS, type PartnerId, type Right, type Session } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import { flow, generation, session } from '../support/generation.ts';
import { openTree, type TreeParts } from '../support/parts.ts';

const DAY_MS = 86_400_000;
const anna = session('anna@ksz');
const OVER = { overwrite: false, recursive: true };
let tree: TreeParts;

/** KSZ may put data there by `act-adrm`, and work with the folder beside it as the rights say. */
beforeEach(async () => {
  tree = await openTree(value(ALL_RIGHTS));
});
afterEach(() => tree.close());

function value(besides: readonly Right[]) {
  const [work] = generation().folders;
  if (work === undefined) throw new Error('the shared folder is missing');
  const grant = { partner: 'ksz' as PartnerId, rule: 'folders.yaml#/folders/0/grants/0' };
  const data = { ...work, path: parseVPath('/SHARED/data'), content: 'personal' as const };
  return generation({
    flows: [flow('ADRM', { holdDays: 10 })],
    folders: [
      { ...data, grants: [{ ...grant, rights: ALL_RIGHTS, authorization: 'act-adrm' }] },
      { ...work, grants: [{ ...grant, rights: besides }] },
    ],
  });
}

async function put(path: string, who: Session = anna): Promise<void> {
  const upload = await tree.vfs.uploads.begin(who, parseVPath(path), { condition: 'any', startFrom: 'empty' });
  await upload.write(0, Buffer.from(path));
  await upload.commit();
}

/** Whole days until it is removed by itself. */
async function daysLeft(path: string): Promise<number | undefined> {
  const row = await tree.ledger.read({ kind: 'entry', path: parseVPath(path) });
  if (row === undefined) throw new Error(`${path} is not there`);
  return row.expiresAt === undefined ? undefined : Math.round((row.expiresAt - Date.now()) / DAY_MS);
}

test('personal data in a shared folder go as long after they came as a delivery of the flow would, under every name', async () => {
  await put('/SHARED/data/a');
  await put('/SHARED/work/a');
  expect(await daysLeft('/SHARED/data/a')).toBe(10);
  expect(await daysLeft('/SHARED/work/a')).toBeUndefined();
  const path = (name: string) => parseVPath(`/SHARED/data/${name}`);
  await tree.vfs.move(anna, path('a'), path('b'), false);
  await tree.vfs.copy(anna, path('b'), path('c'), OVER);
  await tree.vfs.makeFolder(anna, path('inner'));
  await tree.vfs.move(anna, path('c'), path('inner/c'), false);
  await tree.vfs.copy(anna, path('inner'), path('twin'), OVER);
  await tree.vfs.move(anna, path('twin'), path('last'), false);
  for (const name of ['b', 'inner/c', 'last/c'])
    expect([name, await daysLeft(`/SHARED/data/${name}`)]).toEqual([name, 10]);
});

test('what came in another way is not moved or copied to them', async () => {
  await put('/SHARED/work/a');
  const [from, to] = [parseVPath('/SHARED/work/a'), parseVPath('/SHARED/data/a')];
  await expect(tree.vfs.move(anna, from, to, false)).rejects.toMatchObject({ code: 'not-allowed' });
  await expect(tree.vfs.copy(anna, from, to, OVER)).rejects.toMatchObject({ code: 'not-allowed' });
});

test('who may take away and not read moves nothing to where he may', async () => {
  await put('/SHARED/work/a');
  tree.current.value = value(['list', 'delete', 'move']);
  const [from, to] = [parseVPath('/SHARED/work/a'), parseVPath('/IN/ADRM/a')];
  await expect(tree.vfs.move(anna, from, to, false)).rejects.toMatchObject({ code: 'not-allowed' });
  await tree.vfs.move(anna, from, parseVPath('/SHARED/work/b'), false);
  await tree.vfs.remove(anna, parseVPath('/SHARED/work/b'), { recursive: false });
});
