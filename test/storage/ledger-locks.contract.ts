import { describe, expect, test } from 'vitest';
import type { LedgerCommand, LockReach, LockRow } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import {
  copy,
  folder,
  freeze,
  type HandClock,
  move,
  newLedger,
  type OpenLedger,
  path,
  publish,
  remove,
} from './ledger-fixture.ts';

const [ANNA, BRAM] = ['anna@ksz', 'bram@ksz'];
const MINUTE_MS = 60_000;

type Lock = Partial<Pick<LockRow, 'depth' | 'scope' | 'principal'>>;

function take(token: string, raw: string, more: Lock & { forMs?: number; max?: number } = {}): LedgerCommand {
  const { depth = 0, scope = 'exclusive', principal = ANNA, forMs = MINUTE_MS, max = 100 } = more;
  const lock = { token, path: path(raw), depth, scope, principal, owner: '<D:href>anna</D:href>' };
  return { kind: 'takeLock', lock, forMs, maxOfPrincipal: max };
}

function refresh(token: string, raw: string, principal = ANNA, forMs = MINUTE_MS): LedgerCommand {
  return { kind: 'refreshLock', token, principal, path: path(raw), forMs };
}

function release(token: string, raw: string, principal = ANNA): LedgerCommand {
  return { kind: 'releaseLock', token, principal, path: path(raw) };
}

function hold(raw: string, reach: LockReach, tokens: readonly string[] = [], principal = ANNA): LedgerCommand {
  return { kind: 'mustHoldLocks', path: path(raw), reach, principal, tokens };
}

async function tokensOn(ledger: Ledger, clock: HandClock, raw: string): Promise<readonly string[]> {
  return (await ledger.read({ kind: 'locksOn', path: path(raw), now: clock.at })).map((lock) => lock.token);
}

/** `/w/a`, `/w/sub/b`, `/w2` and the same below `/x`. */
const FILES = [folder('/w'), publish('/w/a'), folder('/w/sub'), publish('/w/sub/b'), folder('/w2'), publish('/x')];

/** What every ledger promises of locks. */
export function locksContract(open: OpenLedger): void {
  async function withFiles(...commands: readonly LedgerCommand[]) {
    const made = await newLedger(open);
    await made.ledger.commit([...FILES, ...commands]);
    return made;
  }

  takingContract(withFiles);
  endingContract(withFiles);
  holdingContract(withFiles);
}

type WithFiles = (...commands: readonly LedgerCommand[]) => ReturnType<typeof newLedger>;

function takingContract(withFiles: WithFiles): void {
  describe('taking a lock', () => {
    test('makes it last by the clock of the ledger, and it is read as it was given', async () => {
      const { ledger, clock } = await withFiles(take('t1', '/w/a', { forMs: 1000.9 }));
      const lock: LockRow = {
        token: 't1',
        path: path('/w/a'),
        depth: 0,
        scope: 'exclusive',
        principal: ANNA,
        owner: '<D:href>anna</D:href>',
        until: clock.at + 1000,
      };
      expect(await ledger.read({ kind: 'locksOn', path: path('/w/a'), now: clock.at + 999 })).toEqual([lock]);
      expect(await ledger.read({ kind: 'locksOn', path: path('/w/a'), now: clock.at + 1000 })).toEqual([]);
    });

    test.each([
      ['the same name', take('t2', '/w/a', { principal: BRAM }), take('t1', '/w/a'), '/w/a'],
      ['the same name, by the same principal', take('t2', '/w/a'), take('t1', '/w/a'), '/w/a'],
      [
        'a name below a folder that is locked with all below it',
        take('t2', '/w/sub/b'),
        take('t1', '/w', { depth: 'infinity' }),
        '/w',
      ],
      [
        'a folder with all below it, where one name is locked',
        take('t2', '/w', { depth: 'infinity' }),
        take('t1', '/w/sub/b'),
        '/w/sub/b',
      ],
      ['what is shared', take('t2', '/w/a'), take('t1', '/w/a', { scope: 'shared' }), '/w/a'],
      ['what is locked, to share it', take('t2', '/w/a', { scope: 'shared' }), take('t1', '/w/a'), '/w/a'],
      [
        'a folder, to share it, where a name below is locked',
        take('t2', '/w', { scope: 'shared', depth: 'infinity' }),
        take('t1', '/w/a'),
        '/w/a',
      ],
    ])('is refused for %s', async (_title, command, before, at) => {
      const { ledger } = await withFiles(before);
      await expect(ledger.commit([command])).rejects.toMatchObject({
        code: 'locked',
        path: at,
        message: expect.stringMatching(/^anna@ksz has locked this until 2023-11-14T22:14:20\.000Z/),
      });
    });

    test.each([
      ['another name', take('t2', '/w/a'), take('t1', '/w/sub/b')],
      ['a name whose folder alone is locked', take('t2', '/w/a'), take('t1', '/w')],
      ['a folder alone, where a name below is locked', take('t2', '/w'), take('t1', '/w/a')],
      [
        'a folder whose name only begins alike',
        take('t2', '/w2', { depth: 'infinity' }),
        take('t1', '/w', { depth: 'infinity' }),
      ],
      [
        'what is shared, to share it too',
        take('t2', '/w/a', { scope: 'shared' }),
        take('t1', '/w', { scope: 'shared', depth: 'infinity' }),
      ],
    ])('is done for %s', async (_title, command, before) => {
      const { ledger } = await withFiles(before);
      await ledger.commit([command]);
    });

    test('asks for a name that is there and not frozen', async () => {
      const { ledger } = await withFiles(freeze('/w/a'));
      await expect(ledger.commit([take('t1', '/w/none')])).rejects.toMatchObject({ code: 'not-found' });
      await expect(ledger.commit([take('t1', '/w/a')])).rejects.toMatchObject({ code: 'frozen' });
      await ledger.commit([take('t1', '/w/sub/b')]);
    });

    test('goes up to a number for each principal, and locks that ended do not count', async () => {
      const { ledger, clock } = await withFiles(take('t1', '/w/a', { forMs: 1000 }));
      const second = take('t2', '/x', { max: 1 });
      await expect(ledger.commit([second])).rejects.toMatchObject({ code: 'not-allowed' });
      await ledger.commit([take('t3', '/w2', { max: 1, principal: BRAM })]);
      clock.at += 1000;
      await ledger.commit([second]);
    });

    test('is done where the lock before it has ended, from its last moment on', async () => {
      const { ledger, clock } = await withFiles(take('t1', '/w/a', { forMs: 1000 }));
      clock.at += 999;
      const again = take('t2', '/w/a', { principal: BRAM });
      await expect(ledger.commit([again])).rejects.toMatchObject({ code: 'locked', path: '/w/a' });
      clock.at += 1;
      await ledger.commit([again]);
      expect(await tokensOn(ledger, clock, '/w/a')).toEqual(['t2']);
    });

    test('shows it on all it covers, and in the listing of its folder', async () => {
      const { ledger, clock } = await withFiles(
        take('t1', '/w', { depth: 'infinity', scope: 'shared' }),
        take('t2', '/w/a', { scope: 'shared', principal: BRAM }),
        take('t3', '/w2'),
      );
      expect(await tokensOn(ledger, clock, '/w/a')).toEqual(['t1', 't2']);
      expect(await tokensOn(ledger, clock, '/w/sub/b')).toEqual(['t1']);
      expect(await tokensOn(ledger, clock, '/w2/none')).toEqual([]);
      const inside = async (raw: string, now = clock.at) =>
        (await ledger.read({ kind: 'locksIn', folder: path(raw), now })).map((lock) => lock.token);
      expect(await inside('/')).toEqual(['t1', 't3']);
      expect(await inside('/w')).toEqual(['t2']);
      expect(await inside('/w', clock.at + MINUTE_MS)).toEqual([]);
    });
  });
}

function endingContract(withFiles: WithFiles): void {
  describe('a lock', () => {
    test('is refreshed by whoever holds it, on any name it covers', async () => {
      const { ledger, clock } = await withFiles(take('t1', '/w', { depth: 'infinity' }), take('t2', '/x'));
      for (const [token, raw, principal] of [
        ['t1', '/w/a', BRAM],
        ['t1', '/w2', ANNA],
        ['t2', '/w', ANNA],
        ['none', '/w', ANNA],
      ] as const) {
        await expect(ledger.commit([refresh(token, raw, principal)])).rejects.toMatchObject({ code: 'not-locked' });
      }
      clock.at += MINUTE_MS - 1;
      await ledger.commit([refresh('t1', '/w/sub/b')]);
      clock.at += MINUTE_MS - 1;
      expect(await tokensOn(ledger, clock, '/w')).toEqual(['t1']);
      await expect(ledger.commit([refresh('t2', '/x')])).rejects.toMatchObject({ code: 'not-locked' });
    });

    test('is released by whoever holds it, on any name it covers', async () => {
      const { ledger, clock } = await withFiles(take('t1', '/w', { depth: 'infinity' }), take('t2', '/w2'));
      for (const [token, raw, principal, code] of [
        ['t1', '/w/a', BRAM, 'not-allowed'],
        ['t1', '/x', BRAM, 'not-locked'],
        ['t1', '/x', ANNA, 'not-locked'],
        ['t2', '/w2/below', ANNA, 'not-locked'],
      ] as const) {
        await expect(ledger.commit([release(token, raw, principal)])).rejects.toMatchObject({ code });
      }
      await ledger.commit([release('t1', '/w/a')]);
      expect(await tokensOn(ledger, clock, '/w')).toEqual([]);
      await expect(ledger.commit([release('t1', '/w/a')])).rejects.toMatchObject({ code: 'not-locked' });
      clock.at += MINUTE_MS;
      await expect(ledger.commit([release('t2', '/w2')])).rejects.toMatchObject({ code: 'not-locked' });
    });

    test.each([
      ['is removed', remove('/w', true), ['x']],
      ['is moved away', move('/w', '/n'), ['x']],
      ['is overwritten by a move', move('/x', '/w', true), []],
      ['is overwritten by a copy', copy('/x', '/w', { overwrite: true }), ['x']],
    ] as const)('ends, with those below it, where its name %s', async (_title, command, left) => {
      const { ledger, clock } = await withFiles(
        take('w', '/w'),
        take('a', '/w/a'),
        take('b', '/w/sub/b'),
        take('x', '/x'),
      );
      await ledger.commit([take('w2', '/w2'), command]);
      const tokens: string[] = [];
      for (const raw of ['/w', '/w/a', '/w/sub/b', '/n', '/n/a', '/n/sub/b', '/x']) {
        tokens.push(...(await tokensOn(ledger, clock, raw)));
      }
      expect(tokens).toEqual(left);
      expect(await tokensOn(ledger, clock, '/w2')).toEqual(['w2']);
    });

    test('stays on a file that is written, and a copy has none', async () => {
      const { ledger, clock } = await withFiles(take('a', '/w/a'));
      await ledger.commit([publish('/w/a', 'other'), copy('/w/a', '/copy')]);
      expect(await tokensOn(ledger, clock, '/w/a')).toEqual(['a']);
      expect(await tokensOn(ledger, clock, '/copy')).toEqual([]);
    });
  });
}

const LOCKED: Readonly<Record<string, readonly LedgerCommand[]>> = {
  file: [take('t', '/w/a')],
  folder: [take('t', '/w')],
  'folder and all below': [take('t', '/w', { depth: 'infinity' })],
  'below a folder': [take('t', '/w/sub/b')],
};

function holdingContract(withFiles: WithFiles): void {
  describe('a change that must hold locks', () => {
    test.each([
      ['file', '/w/a', 'content', '/w/a'],
      ['file', '/w/a', 'name', '/w/a'],
      ['file', '/w/sub/b', 'tree', undefined],
      ['folder', '/w/a', 'content', undefined],
      ['folder', '/w/a', 'name', '/w'],
      ['folder', '/w/new', 'tree', '/w'],
      ['folder', '/w/sub/b', 'name', undefined],
      ['folder', '/w', 'content', '/w'],
      ['folder and all below', '/w/sub/new', 'content', '/w'],
      ['folder and all below', '/w2', 'tree', undefined],
      ['below a folder', '/w', 'name', undefined],
      ['below a folder', '/w', 'tree', '/w/sub/b'],
      ['below a folder', '/', 'tree', '/w/sub/b'],
    ] as const)('with %s locked, on %s reaching %s: stopped by %s', async (what, raw, reach, stopped) => {
      const { ledger, clock } = await withFiles(...(LOCKED[what] ?? []));
      for (const change of [hold(raw, reach), hold(raw, reach, ['t'], BRAM), hold(raw, reach, ['other'])]) {
        if (stopped === undefined) await ledger.commit([change]);
        else await expect(ledger.commit([change])).rejects.toMatchObject({ code: 'locked', path: stopped });
      }
      await ledger.commit([hold(raw, reach, ['other', 't'])]);
      clock.at += MINUTE_MS;
      await ledger.commit([hold(raw, reach)]);
    });

    test('holds any one of those who share, and one of each place', async () => {
      const shared = { scope: 'shared' } as const;
      const { ledger } = await withFiles(
        take('anna', '/w/a', shared),
        take('bram', '/w/a', { ...shared, principal: BRAM }),
        take('all', '/w', { ...shared, depth: 'infinity', principal: BRAM }),
      );
      // `anna` covers the file and `all` its folder, so a change of the name needs both places.
      await ledger.commit([hold('/w/a', 'content', ['anna'])]);
      await ledger.commit([hold('/w/a', 'name', ['all'], BRAM), hold('/w', 'tree', ['all'], BRAM)]);
      for (const change of [hold('/w/a', 'name', ['anna']), hold('/w', 'tree', ['anna'])]) {
        await expect(ledger.commit([change])).rejects.toMatchObject({ code: 'locked', path: '/w' });
      }
    });

    test('says who stands against it until when, and undoes what came before it', async () => {
      const { ledger } = await withFiles(take('t', '/w/a'));
      const change = ledger.commit([publish('/new'), hold('/w/a', 'content', [], BRAM)]);
      await expect(change).rejects.toMatchObject({
        code: 'locked',
        message: expect.stringMatching(/^anna@ksz has locked this until 2023-11-14T22:14:20\.000Z/),
        path: '/w/a',
      });
      expect(await ledger.read({ kind: 'entry', path: path('/new') })).toBeUndefined();
    });
  });
}
