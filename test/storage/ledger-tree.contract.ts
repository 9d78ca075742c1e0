import { describe, expect, test } from 'vitest';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import {
  AT,
  content,
  copy,
  folder,
  freeze,
  move,
  newLedger,
  type OpenLedger,
  path,
  publish,
  remove,
  TICKET,
  ticket,
  tree,
} from './ledger-fixture.ts';

/** What every ledger promises of names and folders. */
export function treeContract(open: OpenLedger): void {
  describe('publishing', () => {
    test('makes a file in a folder that has no row', async () => {
      const { ledger } = await newLedger(open);
      const { versions } = await ledger.commit([publish('/partners/rva/IN/ADDR/a.csv', 'c1')]);
      const entry = await ledger.read({ kind: 'entry', path: path('/partners/rva/IN/ADDR/a.csv') });
      expect(entry).toEqual({
        path: '/partners/rva/IN/ADDR/a.csv',
        kind: 'file',
        version: versions['/partners/rva/IN/ADDR/a.csv'],
        ...content('c1'),
        createdAt: AT,
        modifiedAt: AT,
      });
      expect(await ledger.read({ kind: 'entry', path: path('/partners/rva/IN/ADDR') })).toBeUndefined();
    });

    test('replaces a file, and its version grows and is never used again', async () => {
      const { ledger } = await newLedger(open);
      const seen: number[] = [];
      for (const id of ['one', 'two']) seen.push((await ledger.commit([publish('/a', id)])).versions['/a'] ?? 0);
      await ledger.commit([remove('/a')]);
      seen.push((await ledger.commit([publish('/a', 'three')])).versions['/a'] ?? 0);
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      expect(await tree(ledger)).toEqual({ '/a': 'three' });
    });

    test.each([
      ['absent', true, 'precondition-failed'],
      ['absent', false, undefined],
      ['this version', true, undefined],
      ['this version', false, 'precondition-failed'],
      ['another version', true, 'precondition-failed'],
    ] as const)('expecting %s where a file is there: %s → %s', async (expectation, there, code) => {
      const { ledger } = await newLedger(open);
      const version = there ? ((await ledger.commit([publish('/a', 'old')])).versions['/a'] ?? 0) : 1;
      const expect_ =
        expectation === 'absent' ? 'absent' : { version: version + (expectation === 'this version' ? 0 : 1) };
      const command: LedgerCommand = {
        kind: 'publish',
        path: path('/a'),
        content: content('new'),
        expect: expect_,
        parentMustExist: false,
        at: AT,
      };
      if (code === undefined) await ledger.commit([command]);
      else await expect(ledger.commit([command])).rejects.toMatchObject({ code });
      expect(await tree(ledger)).toEqual(code === undefined ? { '/a': 'new' } : there ? { '/a': 'old' } : {});
    });

    test('asks for a parent folder only where it must exist', async () => {
      const { ledger } = await newLedger(open);
      const strict = (raw: string): LedgerCommand => ({
        kind: 'publish',
        path: path(raw),
        content: content('c'),
        expect: 'any',
        parentMustExist: true,
        at: AT,
      });
      await ledger.commit([strict('/top'), folder('/f'), strict('/f/a')]);
      for (const raw of ['/absent/a', '/top/a']) {
        await expect(ledger.commit([strict(raw)])).rejects.toMatchObject({ code: 'no-parent' });
      }
    });

    test('where a folder stands, or where names lie below, is refused', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([folder('/f'), publish('/partners/rva/IN/a')]);
      for (const raw of ['/f', '/partners/rva/IN', '/']) {
        await expect(ledger.commit([publish(raw)])).rejects.toMatchObject({ code: 'is-folder' });
      }
    });
  });

  describe('listing', () => {
    test('gives children in order, page by page, and nobody else’s', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(['b', 'a', 'B', 'é', 'a-1', 'd/deep', 'c'].map((name) => publish(`/f/${name}`)));
      await ledger.commit([publish('/fa'), publish('/g/x')]);
      const names: string[] = [];
      for (let after = ''; ; ) {
        const page = await ledger.read({ kind: 'children', folder: path('/f'), after, limit: 2 });
        names.push(...page.map((entry) => entry.path));
        const last = page.at(-1);
        if (last === undefined) break;
        after = last.path.slice('/f/'.length);
      }
      expect(names).toEqual(['/f/B', '/f/a-1', '/f/b', '/f/c', '/f/é', '/f/a'].sort());
    });

    test('names that have expired are found, but not while they are frozen', async () => {
      const { ledger } = await newLedger(open);
      const at = (raw: string, expiresAt: number) => publish(raw, raw, { expiresAt });
      await ledger.commit([
        at('/old', AT),
        at('/frozen', AT),
        at('/new', AT + 10),
        publish('/forever'),
        freeze('/frozen'),
      ]);
      const paths = async (now: number) =>
        (await ledger.read({ kind: 'expired', now, limit: 9 })).map((row) => row.path);
      expect(await paths(AT + 5)).toEqual(['/old']);
      await ledger.commit([{ kind: 'thaw', path: path('/frozen'), ticket: TICKET, expiresAt: AT + 20 }]);
      expect(await paths(AT + 20)).toEqual(['/old', '/new', '/frozen']);
    });
  });

  describe('folders', () => {
    const SMALL = [
      folder('/a'),
      folder('/a/b'),
      publish('/a/b/1'),
      folder('/a/b/c'),
      publish('/a/b/c/2'),
      publish('/a/bc', 'twin'),
      folder('/a/b-c'),
      publish('/a/b-c/3', 'twin'),
      folder('/z'),
    ];
    const TWINS = { '/a': 'folder', '/a/bc': 'twin', '/a/b-c': 'folder', '/a/b-c/3': 'twin', '/z': 'folder' };

    test('move with everything below, and with nothing whose name only begins alike', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(SMALL);
      const before = await ledger.read({ kind: 'entry', path: path('/a/b/c/2') });
      const { versions } = await ledger.commit([move('/a/b', '/z/n')]);
      expect(await tree(ledger)).toEqual({
        ...TWINS,
        '/z/n': 'folder',
        '/z/n/1': '/a/b/1',
        '/z/n/c': 'folder',
        '/z/n/c/2': '/a/b/c/2',
      });
      const top = await ledger.read({ kind: 'entry', path: path('/z/n') });
      const after = await ledger.read({ kind: 'entry', path: path('/z/n/c/2') });
      expect(versions['/z/n']).toBe(top?.version);
      expect(after?.version).toBeGreaterThan(before?.version ?? Number.POSITIVE_INFINITY);
      expect(after?.modifiedAt).toBe(before?.modifiedAt);
    });

    test('copy with everything below, or alone', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(SMALL);
      await ledger.commit([copy('/a/b', '/z/deep'), copy('/a/b', '/z/flat', { recursive: false })]);
      const found = await tree(ledger, '/z');
      expect(found).toEqual({
        '/z/deep': 'folder',
        '/z/deep/1': '/a/b/1',
        '/z/deep/c': 'folder',
        '/z/deep/c/2': '/a/b/c/2',
        '/z/flat': 'folder',
      });
      const versions = await Promise.all(
        Object.keys(await tree(ledger)).map(
          async (raw) => (await ledger.read({ kind: 'entry', path: path(raw) }))?.version,
        ),
      );
      expect(new Set(versions).size).toBe(versions.length);
    });

    test('are removed with everything below only when that is asked', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(SMALL);
      await expect(ledger.commit([remove('/a/b')])).rejects.toMatchObject({ code: 'not-empty' });
      await ledger.commit([remove('/a/b', true)]);
      expect(await tree(ledger)).toEqual(TWINS);
      await ledger.commit([remove('/z')]);
    });

    test('that are overwritten lose everything below', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([...SMALL, folder('/y'), publish('/y/old')]);
      await expect(ledger.commit([move('/a/b', '/y')])).rejects.toMatchObject({ code: 'already-exists' });
      await expect(ledger.commit([copy('/a/b', '/y')])).rejects.toMatchObject({ code: 'already-exists' });
      await ledger.commit([copy('/a/b', '/y', { overwrite: true })]);
      expect(Object.keys(await tree(ledger, '/y'))).toEqual(['/y/1', '/y/c', '/y/c/2']);
      await ledger.commit([move('/a/bc', '/y', true)]);
      expect(await tree(ledger)).toMatchObject({ '/y': 'twin' });
      expect(await tree(ledger, '/y')).toEqual({});
    });

    test.each([
      ['/a/b', '/a/b'],
      ['/a/b', '/a/b/c/d'],
      ['/a/b', '/a'],
      ['/a/b', '/'],
    ])('%s is neither moved nor copied to %s', async (from, to) => {
      const { ledger } = await newLedger(open);
      await ledger.commit(SMALL);
      await expect(ledger.commit([move(from, to, true)])).rejects.toMatchObject({ code: 'not-allowed' });
      await expect(ledger.commit([copy(from, to, { overwrite: true })])).rejects.toMatchObject({ code: 'not-allowed' });
    });

    test('a name that is taken is not made again, and what is absent is not found', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([folder('/f'), publish('/a')]);
      for (const raw of ['/f', '/a', '/']) {
        await expect(ledger.commit([folder(raw)])).rejects.toMatchObject({ code: 'already-exists' });
      }
      const strict: LedgerCommand = { kind: 'makeFolder', path: path('/no/f'), parentMustExist: true, at: AT };
      await expect(ledger.commit([strict])).rejects.toMatchObject({ code: 'no-parent' });
      const absent: readonly LedgerCommand[] = [
        remove('/no'),
        move('/no', '/x'),
        copy('/no', '/x'),
        freeze('/no'),
        { kind: 'setModified', path: path('/no'), modifiedAt: AT },
      ];
      for (const command of absent) await expect(ledger.commit([command])).rejects.toMatchObject({ code: 'not-found' });
    });
  });

  describe('a frozen file', () => {
    const REFUSED: Readonly<Record<string, LedgerCommand>> = {
      'is not written': publish('/f/a', 'other'),
      'is not moved': move('/f/a', '/x'),
      'is not moved with its folder': move('/f', '/x'),
      'is not removed': remove('/f/a'),
      'is not removed with its folder': remove('/f', true),
      'is not overwritten by a move': move('/b', '/f/a', true),
      'is not overwritten by a copy': copy('/b', '/f/a', { overwrite: true }),
      'is not overwritten with its folder': move('/b', '/f', true),
      'is not frozen for another ticket': freeze('/f/a', ticket('0000000000002')),
    };
    for (const [title, command] of Object.entries(REFUSED)) {
      test(`${title}, and the refusal names its ticket`, async () => {
        const { ledger } = await newLedger(open);
        await ledger.commit([folder('/f'), publish('/f/a', 'a'), publish('/b', 'b'), freeze('/f/a')]);
        const before = await tree(ledger);
        await expect(ledger.commit([command])).rejects.toMatchObject({
          code: 'frozen',
          message: expect.stringMatching(/ticket 0000000000001$/),
        });
        expect(await tree(ledger)).toEqual(before);
        await ledger.commit([{ kind: 'thaw', path: path('/f/a'), ticket: TICKET, expiresAt: AT }, command]);
      });
    }

    test('is found below its folders, and is thawed by its own ticket only', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([
        publish('/f/g/a'),
        publish('/f/gx'),
        freeze('/f/g/a'),
        freeze('/f/gx', ticket('0000000000002')),
      ]);
      await ledger.commit([freeze('/f/g/a')]);
      const within = async (raw: string) =>
        (await ledger.read({ kind: 'frozenWithin', path: path(raw) })).map((row) => [row.path, row.frozenBy]);
      expect(await within('/f/g')).toEqual([['/f/g/a', TICKET]]);
      expect(await within('/f/g/a')).toEqual([['/f/g/a', TICKET]]);
      expect(await within('/')).toHaveLength(2);
      await ledger.commit([{ kind: 'thaw', path: path('/f/gx'), ticket: TICKET, expiresAt: AT }]);
      expect(await within('/f')).toHaveLength(2);
      await ledger.commit([{ kind: 'thaw', path: path('/gone'), ticket: TICKET, expiresAt: AT }]);
    });

    test('may be copied, and the copy is free', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([publish('/a', 'a'), freeze('/a'), copy('/a', '/b'), publish('/b', 'b')]);
      expect(await tree(ledger)).toEqual({ '/a': 'a', '/b': 'b' });
    });

    test('was the version that was expected', async () => {
      const { ledger } = await newLedger(open);
      const { versions } = await ledger.commit([publish('/a')]);
      const at = (version: number) => freeze('/a', TICKET, { version });
      await expect(ledger.commit([at((versions['/a'] ?? 0) + 1)])).rejects.toMatchObject({
        code: 'precondition-failed',
      });
      await ledger.commit([at(versions['/a'] ?? 0)]);
    });
  });
}
