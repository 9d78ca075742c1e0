import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Arrival } from '../../src/domain/arrival.ts';
import type { Session } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import type { Upload, WriteCondition } from '../../src/vfs/files.ts';
import { generation, partner, session } from '../support/generation.ts';
import { openTree, type TreeParts } from '../support/parts.ts';

const anna = session('anna@ksz');
const batch = session('batch@ksz');
const rjv = session('anna@rjv');
let tree: TreeParts;

beforeEach(async () => {
  tree = await openTree();
});
afterEach(() => tree.close());

async function begin(
  who: Session,
  path: string,
  condition: WriteCondition = 'any',
  startFrom: 'empty' | 'current' = 'empty',
) {
  return tree.vfs.uploads.begin(who, parseVPath(path), { condition, startFrom });
}

async function put(who: Session, path: string, content: string, condition: WriteCondition = 'any') {
  const upload = await begin(who, path, condition);
  if (content !== '') await upload.write(0, Buffer.from(content));
  return upload.commit();
}

async function get(who: Session, path: string) {
  return text((await tree.vfs.read(who, parseVPath(path))).body);
}

async function names(who: Session, path: string) {
  return (await Array.fromAsync(tree.vfs.list(who, parseVPath(path)))).map((entry) => entry.name);
}

function code(outcome: Promise<unknown>) {
  return outcome.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
}

describe('what a principal sees', () => {
  test('the tree of a partner by flow, and flat', async () => {
    expect(await names(anna, '/')).toEqual(['IN', 'INTEST', 'INTEST-S', 'OUT', 'OUTTEST', 'SHARED']);
    expect(await names(anna, '/IN')).toEqual(['ADRM']);
    expect(await names(anna, '/SHARED')).toEqual(['work']);
    expect(await names(session('anna@rva'), '/')).toEqual(['IN', 'INTEST', 'INTEST-S', 'OUT', 'OUTTEST']);
    expect(await names(session('anna@rva'), '/IN')).toEqual([]);
  });

  test('a forbidden name and an absent one get the same answer', async () => {
    await put(anna, '/IN/ADRM/mine.csv', 'x');
    const forbidden = await tree.vfs.stat(session('anna@rva'), parseVPath('/SHARED/work')).catch((error) => error);
    const absent = await tree.vfs.stat(session('anna@rva'), parseVPath('/OUT/nothing')).catch((error) => error);
    expect([forbidden.code, forbidden.message]).toEqual([absent.code, absent.message]);
    expect(await code(tree.vfs.stat(rjv, parseVPath('/partners/ksz/IN/ADRM/mine.csv')))).toBe('not-found');
  });
});

describe('uploads', () => {
  test('nothing is visible before the commit, and nothing is left after an abort', async () => {
    const upload = await begin(anna, '/SHARED/work/a.txt');
    await upload.write(0, Buffer.from('half'));
    expect(await names(anna, '/SHARED/work')).toEqual([]);
    await upload.abort();
    expect(await names(anna, '/SHARED/work')).toEqual([]);
    expect(await code(upload.write(4, Buffer.from('more')))).toBe('bad-request');
  });

  test('the old version stays readable while a new one comes in', async () => {
    const first = await put(anna, '/SHARED/work/a.txt', 'old');
    const upload = await begin(rjv, '/SHARED/work/a.txt');
    await upload.write(0, Buffer.from('new'));
    expect(await get(anna, '/SHARED/work/a.txt')).toBe('old');
    const second = await upload.commit();
    expect(await get(anna, '/SHARED/work/a.txt')).toBe('new');
    expect(second.etag).not.toBe(first.etag);
    expect((await tree.vfs.stat(anna, parseVPath('/SHARED/work/a.txt'))).etag).toBe(second.etag);
  });

  test('a digest or size that differs from what was announced publishes nothing', async () => {
    const upload = await begin(anna, '/SHARED/work/a.txt');
    await upload.write(0, Buffer.from('abc'));
    expect(await code(upload.commit({ expectedSha256: '0'.repeat(64) }))).toBe('digest-mismatch');
    expect(await names(anna, '/SHARED/work')).toEqual([]);
  });

  test.each<[string, WriteCondition, string]>([
    ['absent over a file', 'absent', 'already-exists'],
    ['an old ETag', { etags: ['00000000'] }, 'precondition-failed'],
  ])('the condition %s is refused', async (_, condition, expected) => {
    await put(anna, '/SHARED/work/a.txt', 'x');
    expect(await code(begin(anna, '/SHARED/work/a.txt', condition))).toBe(expected);
  });

  test('of two uploads that both expect the name to be absent, one wins', async () => {
    const uploads = [
      await begin(anna, '/SHARED/work/a.txt', 'absent'),
      await begin(rjv, '/SHARED/work/a.txt', 'absent'),
    ];
    const write = async (upload: Upload, index: number) => {
      await upload.write(0, Buffer.from(String(index)));
      return upload.commit();
    };
    const outcomes = await Promise.all(uploads.map((upload, index) => code(write(upload, index))));
    expect(outcomes.toSorted()).toEqual(['done', 'precondition-failed']);
  });

  test('appending starts from the bytes that stand there', async () => {
    await put(anna, '/SHARED/work/a.txt', 'one ');
    const upload = await begin(anna, '/SHARED/work/a.txt', 'any', 'current');
    await upload.write(upload.size, Buffer.from('two'));
    await upload.commit();
    expect(await get(anna, '/SHARED/work/a.txt')).toBe('one two');
  });

  test('the limit of the folder holds for the bytes, wherever they are written', async () => {
    const upload = await begin(batch, '/IN/ADRM/a.csv');
    expect(await code(upload.write(999_999, Buffer.from('xy')))).toBe('too-large');
    expect(await code(upload.write(Number.MAX_SAFE_INTEGER, Buffer.from('x')))).toBe('too-large');
    await upload.abort();
  });

  test('a right that is taken away while the bytes come in ends the upload', async () => {
    const upload = await begin(anna, '/IN/ADRM/a.csv');
    await upload.write(0, Buffer.from('x'));
    tree.current.value = generation({ partners: [partner('ksz', { disabled: true })] });
    expect(await code(upload.commit())).toBe('not-found');
    tree.current.value = generation();
    expect(await names(anna, '/IN/ADRM')).toEqual([]);
  });
});

describe('arrivals', () => {
  test('over SFTP the bytes are frozen in the commit that publishes them, and the refusal names the ticket', async () => {
    await put(batch, '/IN/ADRM/a.csv', 'x');
    const [lease] = await tree.ledger.claim('arrival', 'test', 10, 1000);
    expect(lease?.payload).toMatchObject({
      path: '/partners/ksz/IN/ADRM/a.csv',
      partner: 'ksz',
      environment: 'R',
      folderFlow: 'ADRM',
    });
    const ticket = lease && (lease.payload as Arrival).ticket;
    expect(ticket).toMatch(/^[0-9A-Z]{13}$/);
    const refusals = await Promise.all([
      begin(batch, '/IN/ADRM/a.csv').catch((error) => error),
      tree.vfs.remove(batch, parseVPath('/IN/ADRM/a.csv'), { recursive: false }).catch((error) => error),
      tree.vfs.move(batch, parseVPath('/IN/ADRM/a.csv'), parseVPath('/IN/ADRM/b.csv'), false).catch((error) => error),
    ]);
    for (const refusal of refusals) {
      expect(refusal.code).toBe('frozen');
      expect(refusal.message).toContain(ticket);
    }
  });

  test('over WebDAV a file may still be written until it has settled', async () => {
    const dav = session('anna@ksz', 'webdav');
    await put(dav, '/IN/ADRM/a.csv', '');
    await put(dav, '/IN/ADRM/a.csv', 'whole');
    expect(await tree.ledger.claim('arrival', 'test', 10, 1000)).toEqual([]);
    expect(await tree.ledger.read({ kind: 'queueLength', queue: 'arrival' })).toBe(1);
  });

  test('renaming a part file to its final name is the arrival, and so is a copy from elsewhere', async () => {
    await put(batch, '/IN/ADRM/a.csv.filepart', 'x');
    expect(tree.arrivals.count).toBe(0);
    await tree.vfs.move(batch, parseVPath('/IN/ADRM/a.csv.filepart'), parseVPath('/IN/ADRM/a.csv'), false);
    await put(anna, '/SHARED/work/b.csv', 'y');
    await tree.vfs.copy(anna, parseVPath('/SHARED/work/b.csv'), parseVPath('/IN/ADRM/b.csv'), {
      overwrite: false,
      recursive: true,
    });
    const leases = await tree.ledger.claim('arrival', 'test', 10, 1000);
    expect(leases.map((lease) => lease.key).toSorted()).toEqual([
      '/partners/ksz/IN/ADRM/a.csv',
      '/partners/ksz/IN/ADRM/b.csv',
    ]);
  });

  test('folders do not arrive', async () => {
    await tree.vfs.makeFolder(anna, parseVPath('/SHARED/work/folder'));
    const moved = tree.vfs.move(anna, parseVPath('/SHARED/work/folder'), parseVPath('/IN/ADRM/folder'), false);
    expect(await code(moved)).toBe('not-allowed');
  });
});

describe('the tree', () => {
  test('folders are made, moved, copied and removed with all below them', async () => {
    await tree.vfs.makeFolder(anna, parseVPath('/SHARED/work/one'));
    await put(anna, '/SHARED/work/one/a.txt', 'a');
    await tree.vfs.copy(rjv, parseVPath('/SHARED/work/one'), parseVPath('/SHARED/work/two'), {
      overwrite: false,
      recursive: true,
    });
    await tree.vfs.move(rjv, parseVPath('/SHARED/work/one'), parseVPath('/SHARED/work/three'), false);
    expect(await names(anna, '/SHARED/work')).toEqual(['three', 'two']);
    expect(await get(anna, '/SHARED/work/two/a.txt')).toBe('a');
    expect(await code(tree.vfs.remove(anna, parseVPath('/SHARED/work/two'), { recursive: false }))).toBe('not-empty');
    await tree.vfs.remove(anna, parseVPath('/SHARED/work/two'), { recursive: true });
    expect(await names(anna, '/SHARED/work')).toEqual(['three']);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['a folder below none', () => tree.vfs.makeFolder(anna, parseVPath('/SHARED/work/no/folder')), 'no-parent'],
    ['a file below none', () => put(anna, '/SHARED/work/no/a.txt', 'x'), 'no-parent'],
    ['a folder in an intake', () => tree.vfs.makeFolder(anna, parseVPath('/IN/ADRM/folder')), 'not-allowed'],
    [
      'removing a configured folder',
      () => tree.vfs.remove(anna, parseVPath('/SHARED/work'), { recursive: true }),
      'not-allowed',
    ],
    ['removing the root', () => tree.vfs.remove(anna, parseVPath('/'), { recursive: true }), 'not-allowed'],
    ['a file in the mailbox', () => put(anna, '/OUT/ADRM/a.csv', 'x'), 'not-allowed'],
    ['a file in another partner', () => put(anna, '/rjv/OUT/ADRM/a.csv', 'x'), 'not-found'],
  ])('%s is refused', async (_, action, expected) => {
    expect(await code(action())).toBe(expected);
  });

  test('a large folder is listed page by page, in order', async () => {
    const content = await tree.store.begin();
    const ref = await tree.store.complete(content);
    const all = Array.from({ length: 1_203 }, (_, index) => `f${String(index).padStart(5, '0')}`);
    await tree.ledger.commit(
      all.map((name) => ({
        kind: 'publish' as const,
        path: parseVPath(`/SHARED/work/${name}`),
        content: ref,
        expect: 'absent' as const,
        parentMustExist: false,
        at: 1,
      })),
    );
    expect(await names(anna, '/SHARED/work')).toEqual(all);
  });
});

test('every change, look and refusal is a line of the audit log', async () => {
  await put(anna, '/SHARED/work/a.txt', 'x');
  await get(rjv, '/SHARED/work/a.txt');
  await code(tree.vfs.stat(session('anna@rva'), parseVPath('/SHARED/work/a.txt')));
  const lines = (await tree.auditLines()).map((line) => [
    line.kind,
    line.outcome,
    line.fields.principal,
    line.fields.rule,
  ]);
  expect(lines).toContainEqual(['publish', 'done', 'anna@ksz', 'folders.yaml#work-ksz']);
  expect(lines).toContainEqual(['read', 'done', 'anna@rjv', 'folders.yaml#work-rjv']);
  expect(lines).toContainEqual(['stat', 'refused', 'anna@rva', 'standard-tree#nothing']);
});
