import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openDirectory, type ReferenceDirectory } from '../../src/directory/lmdb-directory.ts';
import type { LoadResult } from '../../src/directory/load.ts';
import { type DirectoryEnvironment, PERSON_LINES_HEADER } from '../../src/directory/person-lines.ts';
import { isInsz } from '../../src/domain/insz.ts';

const SECTORS = [
  { number: 11, name: 'health', anonymousMembers: true },
  { number: 7, name: 'child benefits', anonymousMembers: false },
];
const A = '74031295170';
const B = '85113098277';
const C = '00022993779';
const D = '12070496422';
const REAL = '74031289925'; // series 899

let folder: string;
let directory: ReferenceDirectory;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-directory-'));
  directory = openDirectory({ directory: folder });
  return async () => {
    await directory.close();
    await rm(folder, { recursive: true, force: true });
  };
});

async function load(lines: readonly string[], environment: DirectoryEnvironment = 'R', head = PERSON_LINES_HEADER) {
  const file = join(folder, 'persons.csv');
  await writeFile(file, `${[head, ...lines].join('\n')}\n`);
  return directory.load(environment, file, SECTORS);
}

async function loaded(lines: readonly string[], environment: DirectoryEnvironment = 'R'): Promise<void> {
  expect(await load(lines, environment)).toMatchObject({ loaded: true });
}

function problems(result: LoadResult): readonly (readonly [number, string])[] {
  return result.loaded ? [] : result.problems.map(({ line, problem }) => [line, problem]);
}

function lookup(text: string, environment: 'R' | 'T' | 'S' = 'R') {
  const snapshot = directory.snapshot(environment);
  onTestFinished(() => snapshot.close());
  if (!isInsz(text)) throw new Error(`${text} is no INSZ`);
  return snapshot.lookup(text);
}

const qualities = (text: string) => lookup(text)?.dossiers.map((dossier) => dossier.quality);

describe('loading person lines', () => {
  test('the lines of one person need not stand together', async () => {
    await loaded([
      `${A};12;0;030;1;2020-01-01;2020-12-31;`,
      `${B};7;1;102;0;2012-01-01;;`,
      `${A};7;1;101;0;2015-06-01;;`,
    ]);
    expect(lookup(A)).toEqual({
      insz: A,
      dossiers: [
        { institution: { sector: 7, type: 1 }, quality: '101', phase: 0, period: { begin: '2015-06-01' } },
        {
          institution: { sector: 12, type: 0 },
          quality: '030',
          phase: 1,
          period: { begin: '2020-01-01', end: '2020-12-31' },
        },
      ],
    });
    expect(directory.stats('R')).toEqual({ version: 1n, persons: 2, dossiers: 3, replaced: 0, cancelled: 0 });
  });

  test('a later load takes the place of what was known of its persons, and of no one else', async () => {
    await loaded([`${A};7;1;101;0;2015-06-01;;`, `${A};12;0;030;0;2015-06-01;;`, `${B};7;1;102;0;2012-01-01;;`]);
    await loaded([`${A};7;1;103;0;2015-06-01;;`]);
    expect([qualities(A), qualities(B), qualities(C)]).toEqual([['103'], ['102'], undefined]);
    expect(directory.stats('R')).toEqual({ version: 2n, persons: 2, dossiers: 2, replaced: 0, cancelled: 0 });
  });

  test('a number alone is known, without a dossier', async () => {
    await loaded([`${A};;;;;;;`]);
    expect(lookup(A)).toEqual({ insz: A, dossiers: [] });
  });

  test('CRLF and a last line without end', async () => {
    const file = join(folder, 'crlf.csv');
    await writeFile(file, `${PERSON_LINES_HEADER}\r\n${A};7;1;101;0;2015-06-01;;\r\n${B};;;;;;;`);
    expect(await directory.load('R', file, SECTORS)).toMatchObject({ loaded: true, lines: 2, persons: 2 });
  });

  const faulty: readonly [string, string, RegExp][] = [
    ['a number that is no INSZ', '74031295199;7;1;101;0;2015-06-01;;', /ssin/],
    ['too few columns', `${A};7;1;101`, /4 columns/],
    ['a sector that is no number', `${A};x;1;101;0;2015-06-01;;`, /sector/],
    ['a quality without three digits', `${A};7;1;10;0;2015-06-01;;`, /quality/],
    ['quality 999', `${A};7;1;999;0;2015-06-01;;`, /replaced_by/],
    ['a phase that is no number', `${A};7;1;101;x;2015-06-01;;`, /phase/],
    ['a begin that is no day', `${A};7;1;101;0;2015-02-30;;`, /begin/],
    ['an absent begin', `${A};7;1;101;0;;;`, /begin/],
    ['an end before the begin', `${A};7;1;101;0;2015-06-01;2015-05-31;`, /end is before/],
    ['a final member of a sector with anonymous members', `${A};11;205;001;0;2015-06-01;;`, /managing institution/],
    ['a replacement that is no INSZ', `${A};;;;;;;74031295199`, /replaced_by/],
    ['a number that replaces itself', `${A};;;;;;;${A}`, /itself/],
    ['a replaced number with a dossier', `${A};7;1;101;0;2015-06-01;;${B}`, /no dossier/],
    ['a replacement nobody knows', `${A};;;;;;;${C}`, /neither/],
  ];
  test.each(faulty)('%s is a problem of its line, and nothing is loaded', async (_title, line, problem) => {
    const result = await load([`${B};7;1;102;0;2012-01-01;;`, line]);
    expect(problems(result)).toEqual([[3, expect.stringMatching(problem)]]);
    expect(lookup(B)).toBeUndefined();
    expect(directory.stats('R').version).toBe(0n);
  });

  test('every problem is told, in the order of the lines', async () => {
    const result = await load([
      `${A};7;1;101;0;2015-06-01;;`,
      'x;7;1;101;0;2015-06-01;;',
      `${A};7;0;101;0;2016-01-01;2016-12-31;`,
      `${B};7;1;1;x;2015-06-01;;`,
      `${C};7;1;101;0;2015-06-01;;`,
      `${C};;;;;;;${B}`,
    ]);
    expect(problems(result).map(([line]) => line)).toEqual([3, 4, 5, 5, 7]);
  });

  test('no problem repeats a number', async () => {
    const result = await load([`${A};7;1;101;0;2015-06-01;;`, `${A};7;1;101;0;2015-06-01;;`, '74031295199;;;;;;;']);
    expect(problems(result).length).toBe(2);
    expect(JSON.stringify(problems(result))).not.toMatch(/\d{11}/);
  });

  test('the same person, sector and quality has one line on any day; one after the other is fine', async () => {
    const first = `${A};7;1;101;0;2015-01-01;2015-12-31;`;
    expect(problems(await load([first, `${A};7;0;101;0;2015-12-31;;`]))).toEqual([
      [3, expect.stringMatching(/line 2/)],
    ]);
    await loaded([first, `${A};7;1;101;0;2016-01-01;;`, `${A};7;1;102;0;2015-01-01;;`]);
  });

  test('another header is a problem', async () => {
    expect(problems(await load([], 'R', 'ssin;sector'))).toEqual([[1, expect.stringContaining('first line')]]);
  });

  test('a file with very many problems names the first thousand and counts the rest', async () => {
    const result = await load(Array.from({ length: 1500 }, () => 'x'));
    expect(result).toMatchObject({ loaded: false, moreProblems: 500 });
    expect(problems(result).length).toBe(1000);
  });

  test('an absent file is refused', async () => {
    await expect(directory.load('R', join(folder, 'absent.csv'), SECTORS)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('replaced numbers', () => {
  test('the chain is followed to its end', async () => {
    await loaded([`${A};;;;;;;${B}`, `${B};;;;;;;${C}`, `${C};7;1;101;0;2015-06-01;;`]);
    expect(lookup(A)).toMatchObject({ insz: A, replacedBy: C, dossiers: [{ quality: '101' }] });
    expect(lookup(B)).toMatchObject({ insz: B, replacedBy: C });
    expect(lookup(C)?.replacedBy).toBeUndefined();
    expect(directory.stats('R')).toMatchObject({ persons: 1, replaced: 2 });
  });

  test('a replacement may stand in the directory already', async () => {
    await loaded([`${C};7;1;101;0;2015-06-01;;`, `${A};7;1;102;0;2015-06-01;;`]);
    await loaded([`${A};;;;;;;${C}`]);
    expect(lookup(A)).toMatchObject({ replacedBy: C });
    expect(directory.stats('R')).toEqual({ version: 2n, persons: 1, dossiers: 1, replaced: 1, cancelled: 0 });
  });

  test('a circle is refused, also one that closes over an earlier load', async () => {
    expect((await load([`${A};;;;;;;${B}`, `${B};;;;;;;${A}`])).loaded).toBe(false);
    await loaded([`${A};;;;;;;${B}`, `${B};;;;;;;`]);
    expect(problems(await load([`${B};;;;;;;${A}`]))).toEqual([[2, expect.stringMatching(/circle/)]]);
    expect(lookup(A)).toMatchObject({ replacedBy: B });
  });
});

describe('environments', () => {
  test('T has a directory of its own; S reads the one of R', async () => {
    await loaded([`${A};7;1;101;0;2015-06-01;;`]);
    await loaded([`${B};7;1;101;0;2015-06-01;;`], 'T');
    const known = (['R', 'T', 'S'] as const).map((environment) =>
      [A, B].map((one) => lookup(one, environment) !== undefined),
    );
    expect(known).toEqual([
      [true, false],
      [false, true],
      [true, false],
    ]);
  });

  test('T takes synthetic persons only, on both sides of a replacement', async () => {
    expect(problems(await load([`${REAL};7;1;101;0;2015-06-01;;`], 'T'))).toEqual([[2, expect.stringMatching(/900/)]]);
    expect(problems(await load([`${A};;;;;;;${REAL}`], 'T'))).toEqual([[2, expect.stringMatching(/900/)]]);
    await loaded([`${REAL};7;1;101;0;2015-06-01;;`], 'R');
  });
});

describe('snapshots', () => {
  test('one stays on its version while the directory changes', async () => {
    await loaded([`${A};7;1;101;0;2015-06-01;;`]);
    const before = directory.snapshot('R');
    await loaded([`${A};7;1;103;0;2015-06-01;;`, `${D};;;;;;;`]);
    const after = directory.snapshot('R');
    if (!isInsz(A) || !isInsz(D)) throw new Error('no INSZ');
    for (let turn = 0; turn < 3; turn += 1) {
      expect([before.version, before.lookup(A)?.dossiers[0]?.quality, before.lookup(D)]).toEqual([
        1n,
        '101',
        undefined,
      ]);
      expect([after.version, after.lookup(A)?.dossiers[0]?.quality]).toEqual([2n, '103']);
      await new Promise((resolve) => setImmediate(resolve));
    }
    before.close();
    before.close();
    after.close();
  });

  test('what was loaded is there after closing and opening again', async () => {
    await loaded([`${A};7;1;101;0;2015-06-01;;`]);
    await directory.close();
    directory = openDirectory({ directory: folder });
    expect(qualities(A)).toEqual(['101']);
    expect(directory.stats('R').version).toBe(1n);
  });

  test('a directory that nothing was loaded into knows nobody, also for a reader', async () => {
    const reader = openDirectory({ directory: join(folder, 'nothing'), readOnly: true });
    const snapshot = reader.snapshot('R');
    if (!isInsz(A)) throw new Error('no INSZ');
    expect([snapshot.version, snapshot.lookup(A), reader.stats('R').persons]).toEqual([0n, undefined, 0]);
    await expect(reader.load('R', 'x', SECTORS)).rejects.toThrow(TypeError);
    await reader.close();
  });

  test('a worker thread reads what this thread loads', async () => {
    await loaded([`${A};7;1;101;0;2015-06-01;;`]);
    const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), { workerData: { folder, insz: A } });
    const ask = async () => {
      const answer = once(worker, 'message');
      worker.postMessage('look');
      return (await answer)[0];
    };
    expect(await ask()).toEqual({ version: 1n, quality: '101' });
    await loaded([`${A};7;1;104;0;2015-06-01;;`]);
    expect(await ask()).toEqual({ version: 2n, quality: '104' });
    await worker.terminate();
    expect(qualities(A)).toEqual(['104']);
  });
});
