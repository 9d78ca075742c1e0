import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDirectory, type ReferenceDirectory } from '../../../src/directory/lmdb-directory.ts';
import type { LoadResult } from '../../../src/directory/load.ts';
import { DETAILED_HEADER, PERSON_LINES_HEADER } from '../../../src/directory/person-lines.ts';
import { isInsz } from '../../../src/domain/insz.ts';
import { parseDate } from '../../../src/domain/period.ts';
import { personKey } from '../../../src/domain/person-key.ts';

const SECTORS = [
  { number: 11, name: 'health', anonymousMembers: true },
  { number: 7, name: 'child benefits', anonymousMembers: false },
];
const PEOPLE = [
  '74031295170',
  '85113098277',
  '00022993779',
  '12070496422',
  '91220892329',
  '60000094128',
  '12070496490',
];
const [A = '', B = '', C = '', D = ''] = PEOPLE;

let folder: string;
/** Every file is a large one to it. */
let bulk: ReferenceDirectory;
/** And a small one to this: the path that is to be agreed with. */
let small: ReferenceDirectory;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-bulk-'));
  // Parts of a few lines, so that lines are cut everywhere.
  bulk = openDirectory({ directory: join(folder, 'bulk'), bulkBytes: 1, segmentBytes: 151 });
  small = openDirectory({ directory: join(folder, 'small') });
  return async () => {
    await bulk.close();
    await small.close();
    await rm(folder, { recursive: true, force: true });
  };
});

async function fileOf(lines: readonly string[], head = PERSON_LINES_HEADER, end = '\n'): Promise<string> {
  const file = join(folder, 'dump.csv');
  await writeFile(file, `${[head, ...lines].join('\n')}${end}`);
  return file;
}

async function reopened(segmentBytes: number): Promise<ReferenceDirectory> {
  await bulk.close();
  return openDirectory({ directory: join(folder, 'bulk'), bulkBytes: 1, segmentBytes });
}

function insz(text: string) {
  if (!isInsz(text)) throw new Error(`${text} is no INSZ`);
  return text;
}

/** Everything a directory knows of these people, by all of its ways. */
async function knowledge(directory: ReferenceDirectory) {
  const snapshot = directory.snapshot('R');
  const flat = await directory.flat('R');
  const known = PEOPLE.map(insz).map((person) => {
    const { version: _, ...facts } = directory.facts('R', person) ?? { version: 0n };
    expect(flat?.lookup(person)).toEqual(snapshot.lookup(person));
    return { person, known: snapshot.lookup(person), facts };
  });
  const { dossiers, institutions, qualities } = flat?.parts.base ?? { dossiers: [], institutions: [], qualities: [] };
  expect([snapshot.version, dossiers.length / 4 <= 0 || institutions.length > 0, qualities.length >= 0]).toEqual([
    flat?.version ?? 0n,
    true,
    true,
  ]);
  snapshot.close();
  const { version: _, ...stats } = directory.stats('R');
  return { known, stats };
}

const outcome = (result: LoadResult) => (result.loaded ? { ...result, version: 0n } : result);

describe('a large load', () => {
  test('brings what the dump says, and takes nothing else away', async () => {
    const first = await fileOf([`${A};7;1;101;0;2015-06-01;;`, `${B};7;1;102;2;2012-01-01;2012-12-31;`, `${D};;;;;;;`]);
    expect(await bulk.load('R', first, SECTORS)).toEqual({
      loaded: true,
      version: 1n,
      lines: 3,
      persons: 3,
      dossiers: 2,
      replaced: 0,
      cancelled: 0,
    });
    const second = await fileOf([`${C};12;0;030;0;2020-01-01;;`, `${A};7;1;103;0;2015-06-01;;`, `${D};;;;;;;${C}`]);
    expect(await bulk.load('R', second, SECTORS)).toMatchObject({ loaded: true, version: 2n, persons: 2, replaced: 1 });
    const snapshot = bulk.snapshot('R');
    const qualities = (text: string) => snapshot.lookup(insz(text))?.dossiers.map((dossier) => dossier.quality);
    expect([A, B, C, D].map(qualities)).toEqual([['103'], ['102'], ['030'], ['030']]);
    snapshot.close();
    expect(bulk.facts('R', insz(C))?.replaces).toEqual([D]);
    expect(bulk.stats('R')).toEqual({ version: 2n, persons: 3, dossiers: 3, replaced: 1, cancelled: 0 });
    expect(await readdir(join(folder, 'bulk/R'))).toEqual(['current', 'store-2']);
  });

  test('readers keep their version, and the next snapshot has the new one whole', async () => {
    await bulk.load('R', await fileOf([`${A};7;1;101;0;2015-06-01;;`]), SECTORS);
    const reader = openDirectory({ directory: join(folder, 'bulk'), readOnly: true });
    const before = reader.snapshot('R');
    await bulk.load('R', await fileOf([`${A};7;1;104;0;2015-06-01;;`, `${B};;;;;;;`]), SECTORS);
    const after = reader.snapshot('R');
    const seen = [before, after].map((one) => [
      one.version,
      one.lookup(insz(A))?.dossiers[0]?.quality,
      one.lookup(insz(B)),
    ]);
    expect(seen).toEqual([
      [1n, '101', undefined],
      [2n, '104', { insz: B, dossiers: [] }],
    ]);
    before.close();
    after.close();
    await reader.close();
  });

  test('integrations follow it, and their tickets are known behind the next one', async () => {
    await bulk.load('R', await fileOf([`${A};7;1;101;0;2015-06-01;;`]), SECTORS);
    const begin = parseDate('2026-01-01') ?? expect.fail();
    const line = { institution: { sector: 12, type: 0 }, quality: '030', phase: 0 };
    const change = { record: 1, action: 'register', insz: insz(A), ...line, begin } as const;
    const changes = { ticket: 'T1', inscriber: { sector: 12, type: 0 }, at: Date.UTC(2026, 0, 5), changes: [change] };
    const applied = await bulk.apply('R', changes, SECTORS);
    expect(applied).toMatchObject({ version: 2n, outcomes: [{ code: 'registered' }] });
    await bulk.load('R', await fileOf([`${B};;;;;;;`]), SECTORS);
    expect(await bulk.apply('R', changes, SECTORS)).toEqual({ ...applied, repeated: true });
    expect(bulk.facts('R', insz(A))?.dossiers).toMatchObject([
      { quality: '101' },
      { quality: '030', lastChange: '2026-01-05', inscriber: { sector: 12, type: 0 } },
    ]);
  });

  test('what a file that is no dump and one that is empty lack is told', async () => {
    const other = await fileOf([], 'ssin;sector');
    expect(await bulk.load('R', other, SECTORS)).toMatchObject({ loaded: false, problems: [{ line: 1 }] });
    await expect(bulk.load('R', join(folder, 'absent.csv'), SECTORS)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a large load agrees with a small one', () => {
  const faulty = [
    ['a final member of an anonymous sector', [`${A};11;205;001;0;2015-06-01;;`]],
    ['lines that overlap', [`${A};7;1;101;0;2015-06-01;;`, `${B};;;;;;;`, `${A};7;0;101;0;2016-01-01;2016-12-31;`]],
    ['a replaced number with a dossier', [`${A};7;1;101;0;2015-06-01;;`, `${A};;;;;;;${B}`, `${B};;;;;;;`]],
    ['a cancelled number that is known as well', [`${A};;;;;;;cancelled`, `${B};;;;;;;`, `${A};;;;;;;`]],
    ['a replacement nobody knows', [`${B};;;;;;;`, `${A};;;;;;;${C}`]],
    ['a circle', [`${A};;;;;;;${B}`, `${B};;;;;;;${A}`]],
    ['a line that is too long', [`${B};;;;;;;`, 'x'.repeat(5000), `${A};;;;;;;`, 'y']],
    ['a line that is not UTF-8 in the middle, and an empty one', [`${A};;;;;;;`, '', `${B};x;1;101;0;2015-06-01;;`]],
    ['a last line without an end', [`${A};;;;;;;`, `${B};7;1`]],
  ] as const;
  test.each(faulty)('about %s', async (_title, lines) => {
    const file = await fileOf(lines, PERSON_LINES_HEADER, _title.includes('without an end') ? '' : '\n');
    const [one, other] = [await bulk.load('R', file, SECTORS), await small.load('R', file, SECTORS)];
    expect(other.loaded).toBe(false);
    expect(one).toEqual(other);
    expect(bulk.stats('R')).toEqual(small.stats('R'));
  });

  test('about more than a thousand lines of one person', async () => {
    const lines = Array.from(
      { length: 1001 },
      (_, index) => `${A};${index % 100};${index % 7};${100 + (index % 800)};0;2015-06-01;;`,
    );
    const file = await fileOf([`${B};;;;;;;`, ...lines]);
    bulk = await reopened(4000);
    expect(await bulk.load('R', file, SECTORS)).toEqual(await small.load('R', file, SECTORS));
  });

  const person = fc.constantFrom(...PEOPLE);
  const part = fc.constantFrom('0', '7', '12', '11', '012', '999', '1000', '', 'x');
  const quality = fc.constantFrom('101', '030', '999', '10', '000');
  const day = fc.constantFrom('2015-06-01', '2020-12-31', '2016-02-29', '2015-02-29', '1899-12-31', '2079-06-05', '');
  const dossier = fc
    .tuple(person, part, part, quality, part, day, day)
    .map(([one, ...columns]) => `${one};${columns.join(';')};`);
  const line = fc.oneof(
    { weight: 8, arbitrary: dossier },
    { weight: 2, arbitrary: fc.tuple(person, person).map(([one, by]) => `${one};;;;;;;${by}`) },
    { weight: 1, arbitrary: person.map((one) => `${one};;;;;;;`) },
    { weight: 1, arbitrary: person.map((one) => `${one};;;;;;;cancelled`) },
    { weight: 1, arbitrary: fc.constantFrom('', ';;;;;;;', '74031295199;7;1;101;0;2015-06-01;;', 'é') },
  );
  const details = fc.constantFrom(';;', ';2020-02-03;', ';2020-02-03;12/0', ';;7/1', ';x;', ';;11/4');
  const easy = fc
    .tuple(
      person,
      fc.integer({ min: 0, max: 20 }),
      quality.filter((one) => one.length === 3 && one !== '999'),
    )
    .map(([one, sector, code]) => `${one};${sector};0;${code};1;2015-06-01;;`);

  test('whatever stands in the file', { timeout: 120_000 }, async () => {
    let loads = 0;
    const files = fc.tuple(
      fc.oneof(fc.uniqueArray(easy, { maxLength: 12 }), fc.array(line, { maxLength: 8 })),
      fc.constantFrom('\n', '\r\n'),
    );
    const property = fc.asyncProperty(files, fc.boolean(), details, async ([lines, end], isDetailed, detail) => {
      const head = isDetailed ? DETAILED_HEADER : PERSON_LINES_HEADER;
      const file = join(folder, 'dump.csv');
      await writeFile(file, [head, ...lines.map((one) => `${one}${isDetailed ? detail : ''}`)].join(end));
      const [one, other] = [await bulk.load('R', file, SECTORS), await small.load('R', file, SECTORS)];
      expect(outcome(one)).toEqual(outcome(other));
      expect(await knowledge(bulk)).toEqual(await knowledge(small));
      if (one.loaded) loads += 1;
    });
    // At least this one is sound.
    await fc.assert(property, { numRuns: 6, examples: [[[[`${A};7;0;101;1;2015-06-01;;`], '\n'], false, ';;']] });
    expect(loads).toBeGreaterThan(0);
  });

  test('find on the base of a dump knows everybody', async () => {
    await bulk.load('R', await fileOf([`${A};7;1;101;0;2015-06-01;;`, `${C};12;0;030;0;2020-01-01;;`]), SECTORS);
    const flat = await bulk.flat('R');
    const [firsts, counts] = [new Int32Array(3), new Int32Array(3)];
    flat?.find(Uint32Array.from([A, B, C].map((one) => personKey(insz(one)))), 3, firsts, counts);
    expect([[...firsts], [...counts]]).toEqual([
      [0, -1, 1],
      [1, 0, 1],
    ]);
  });
});
