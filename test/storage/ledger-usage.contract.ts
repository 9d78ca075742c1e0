import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaOf } from '../../src/domain/tree.ts';
import type { LedgerCommand, Usage } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import { copy, folder, move, newLedger, type OpenLedger, path, publish, remove, tree } from './ledger-fixture.ts';

const [IN, OUT, WORK, MORE] = ['/partners/ksz/IN', '/partners/ksz/OUT', '/SHARED/work', '/SHARED/more'];

function usage(ledger: Ledger, ...areas: readonly string[]): Promise<Usage> {
  return ledger.read({ kind: 'usage', areas: areas.map(path) });
}

function mustFit(maxBytes: number, ...areas: readonly string[]): LedgerCommand {
  return { kind: 'mustFit', areas: areas.map(path), maxBytes };
}

/** Three files in IN, of 1, 2 and 3 bytes, and one of 10 in SHARED/work. */
const FILES = [
  publish(`${IN}/ADRM/a`, 'a'),
  folder(`${IN}/f`),
  publish(`${IN}/f/b`, 'bb'),
  publish(`${IN}/f/g/c`, 'ccc'),
  publish(`${WORK}/d`, 'dddddddddd'),
];

/** What every ledger promises of how much lies where. */
export function usageContract(open: OpenLedger): void {
  describe('usage', () => {
    test('counts bytes and files of each area, of several together, and of one twice named once', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(FILES);
      expect(await usage(ledger, IN)).toEqual({ bytes: 6, files: 3 });
      expect(await usage(ledger, IN, WORK, IN)).toEqual({ bytes: 16, files: 4 });
      expect(await usage(ledger, MORE)).toEqual({ bytes: 0, files: 0 });
      expect(await usage(ledger)).toEqual({ bytes: 0, files: 0 });
    });

    test('counts what is held of uploads, by the area they are for, until each has ended', async () => {
      const { ledger } = await newLedger(open);
      const [file, principal] = [path(`${WORK}/p`), 'anna@ksz'];
      const begin = { kind: 'beginPartial' as const, principal, path: file, contentId: 'c', maxOfPrincipal: 10 };
      const held = (size: number) => ({
        ...{ kind: 'advancePartial' as const, principal, path: file, contentId: 'c', size },
      });
      const end = { kind: 'endPartial' as const, principal, path: file };
      await ledger.commit([...FILES, begin, held(7)]);
      expect(await usage(ledger, WORK)).toEqual({ bytes: 17, files: 1 });
      await ledger.commit([held(4)]);
      expect(await usage(ledger, IN, WORK)).toEqual({ bytes: 20, files: 4 });
      await expect(ledger.commit([publish(`${WORK}/e`, 'eeeeeee'), mustFit(20, WORK)])).rejects.toMatchObject({
        code: 'over-quota',
      });
      // What takes its place is counted, and it no more.
      await ledger.commit([publish(`${WORK}/p`, 'eeeeeee'), end, mustFit(17, WORK)]);
      await ledger.commit([end]);
      expect(await usage(ledger, WORK)).toEqual({ bytes: 17, files: 2 });
    });

    test.each([
      ['a file that grows', [publish(`${IN}/ADRM/a`, 'aaaa')], [9, 3], [10, 1]],
      ['a file that becomes empty', [publish(`${IN}/f/g/c`, '')], [3, 3], [10, 1]],
      ['a file that is removed', [remove(`${IN}/f/b`)], [4, 2], [10, 1]],
      ['a folder that is removed', [remove(`${IN}/f`, true)], [1, 1], [10, 1]],
      ['a move within the area', [move(`${IN}/f`, `${IN}/h`)], [6, 3], [10, 1]],
      ['a move of a folder elsewhere', [move(`${IN}/f`, `${WORK}/f`)], [1, 1], [15, 3]],
      ['a move over a file', [move(`${IN}/f/b`, `${WORK}/d`, true)], [4, 2], [2, 1]],
      ['a move over a folder', [move(`${WORK}/d`, `${IN}/f`, true)], [11, 2], [0, 0]],
      ['a copy of a folder', [copy(`${IN}/f`, `${WORK}/f`)], [6, 3], [15, 3]],
      ['a copy of a folder alone', [copy(`${IN}/f`, `${WORK}/f`, { recursive: false })], [6, 3], [10, 1]],
      ['a copy over a file', [copy(`${IN}/f/b`, `${WORK}/d`, { overwrite: true })], [6, 3], [2, 1]],
      ['a folder that is made', [folder(`${WORK}/n`)], [6, 3], [10, 1]],
      ['a file above all areas', [publish('/a', 'aa'), move('/a', `${WORK}/a`)], [6, 3], [12, 2]],
    ] as const)('after %s', async (_title, commands, inside, work) => {
      const { ledger } = await newLedger(open);
      await ledger.commit(FILES);
      await ledger.commit(commands);
      expect(await usage(ledger, IN)).toEqual({ bytes: inside[0], files: inside[1] });
      expect(await usage(ledger, WORK)).toEqual({ bytes: work[0], files: work[1] });
    });

    test('follows a folder that holds several areas', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([folder('/partners/ksz'), ...FILES, publish(`${OUT}/e`, 'eeee')]);
      await ledger.commit([move('/partners/ksz', '/partners/rva')]);
      expect(await usage(ledger, IN, OUT)).toEqual({ bytes: 0, files: 0 });
      expect(await usage(ledger, '/partners/rva/IN')).toEqual({ bytes: 6, files: 3 });
      expect(await usage(ledger, '/partners/rva/OUT')).toEqual({ bytes: 4, files: 1 });
    });
  });

  describe('a quota', () => {
    test('looks at what the commands before it made, and undoes them where it is not kept', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(FILES);
      const more = publish(`${WORK}/e`, 'eeee');
      await expect(ledger.commit([more, mustFit(19, IN, WORK)])).rejects.toMatchObject({ code: 'over-quota' });
      expect(await usage(ledger, IN, WORK)).toEqual({ bytes: 16, files: 4 });
      expect(await tree(ledger, WORK)).toEqual({ [`${WORK}/d`]: 'dddddddddd' });
      await ledger.commit([more, mustFit(20, IN, WORK)]);
      await ledger.commit([mustFit(20, IN, WORK), publish(`${MORE}/x`, 'elsewhere'), mustFit(14, WORK)]);
      await expect(ledger.commit([remove(`${WORK}/d`), mustFit(3, WORK)])).rejects.toMatchObject({
        code: 'over-quota',
      });
      await ledger.commit([remove(`${WORK}/d`), mustFit(4, WORK)]);
    });
  });

  test('usage is what a recount finds, after any history', { timeout: 60_000 }, async () => {
    const { ledger } = await newLedger(open);
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { minLength: 20, maxLength: 40, size: 'max' }), async (steps) => {
        const names = await ledger.read({ kind: 'children', folder: path('/'), after: '', limit: 99 });
        await ledger.commit([...names.map((entry) => remove(entry.path, true)), ...ROOTS]);
        // Many steps are refused, which must leave the count alone as well.
        await Promise.allSettled(steps.map((command) => ledger.commit([withParent(command)])));
        const found = await Promise.all(AREAS.map(async (area) => [area, await usage(ledger, area)] as const));
        expect(Object.fromEntries(found)).toEqual(recount(await tree(ledger)));
      }),
      { numRuns: 60 },
    );
  });
}

const AREAS = ['/SHARED/s', '/partners/p/IN', '/partners/p/OUT', '/partners/q/IN'];
const ROOTS = ['/SHARED', '/partners', '/partners/p', '/partners/q', ...AREAS].map((raw) => folder(raw));

/** Few paths, so that steps meet: areas, what is above them, and names below. */
const PATH = fc.constantFrom(
  '/partners/p',
  '/partners/q',
  ...AREAS.flatMap((area) => [area, `${area}/a`, `${area}/a`, `${area}/b`, `${area}/a/c`]),
);
const STEP: fc.Arbitrary<LedgerCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(PATH, fc.nat({ max: 20 })).map(([at, size]) => publish(at, 'x'.repeat(size))) },
  { weight: 3, arbitrary: PATH.map(folder) },
  { weight: 3, arbitrary: fc.tuple(PATH, PATH, fc.boolean()).map((all) => move(...all)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(PATH, PATH, fc.boolean(), fc.boolean())
      .map(([from, to, overwrite, recursive]) => copy(from, to, { overwrite, recursive })),
  },
  { weight: 2, arbitrary: fc.tuple(PATH, fc.boolean()).map((all) => remove(...all)) },
);

/** Only in folders that have a row of their own, so that the recount finds every file. */
function withParent(command: LedgerCommand): LedgerCommand {
  return 'parentMustExist' in command ? { ...command, parentMustExist: true } : command;
}

/** The names of contents are as long as their bytes. */
function recount(found: Readonly<Record<string, string>>): Record<string, Usage> {
  const counted: Record<string, Usage> = Object.fromEntries(AREAS.map((area) => [area, { bytes: 0, files: 0 }]));
  for (const [raw, contentId] of Object.entries(found)) {
    const area = areaOf(path(raw));
    const before = area === undefined ? undefined : counted[area];
    if (area === undefined || before === undefined || contentId === 'folder') continue;
    counted[area] = { bytes: before.bytes + contentId.length, files: before.files + 1 };
  }
  return counted;
}
