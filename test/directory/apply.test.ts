import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DirectoryChange } from '../../src/directory/changes.ts';
import { openDirectory, type ReferenceDirectory } from '../../src/directory/lmdb-directory.ts';
import { DETAILED_HEADER } from '../../src/directory/person-lines.ts';
import { isInsz } from '../../src/domain/insz.ts';
import { parseDate } from '../../src/domain/period.ts';
import { inszOfKey, personKey } from '../../src/domain/person-key.ts';
import { keysOf, sizesOf } from './layer-keys.ts';

const SECTORS = [
  { number: 11, name: 'health', anonymousMembers: true },
  { number: 12, name: 'social security', anonymousMembers: false },
];
const [A, B] = [insz('74031295170'), insz('85113098277')];
const [C, D] = [insz('00022993779'), insz('12070496422')];
const E = insz('91220892329');
const AT = Date.UTC(2026, 10, 28, 12);
const RSZ = { sector: 12, type: 0 };
const LINE = { institution: { sector: 12, type: 1 }, quality: '030', phase: 0 } as const;

function insz(text: string) {
  if (!isInsz(text)) throw new Error(`${text} is no INSZ`);
  return text;
}

function day(text: string) {
  const date = parseDate(text);
  if (date === undefined) throw new Error(`${text} is no day`);
  return date;
}

let folder: string;
let directory: ReferenceDirectory;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-apply-'));
  directory = openDirectory({ directory: folder });
  const file = join(folder, 'persons.csv');
  const lines = [
    `${A};12;1;030;0;2020-01-01;2020-12-31;;2020-02-03;12/0`,
    `${B};;;;;;;${A};;`,
    `${C};;;;;;;cancelled;;`,
    `${D};;;;;;;;;`,
  ];
  await writeFile(file, `${[DETAILED_HEADER, ...lines].join('\n')}\n`);
  expect(await directory.load('R', file, SECTORS)).toMatchObject({ loaded: true, cancelled: 1 });
  return async () => {
    await directory.close();
    await rm(folder, { recursive: true, force: true });
  };
});

const apply = (ticket: string, changes: readonly DirectoryChange[]) =>
  directory.apply('R', { ticket, inscriber: RSZ, at: AT, changes }, SECTORS);

const register = (record: number, person = D, begin = '2026-01-01', end?: string): DirectoryChange => {
  const until = end === undefined ? undefined : day(end);
  return { record, action: 'register', insz: person, ...LINE, begin: day(begin), end: until };
};

const end = (record: number, person = D, last = '2026-06-30', begin?: string): DirectoryChange => {
  return {
    record,
    action: 'end',
    insz: person,
    ...LINE,
    begin: begin === undefined ? undefined : day(begin),
    end: day(last),
  };
};

describe('integrations', () => {
  test('a line is registered and ended, with its day and its inscriber beside it', async () => {
    expect(await apply('T1', [register(1)])).toEqual({
      version: 2n,
      outcomes: [{ record: 1, code: 'registered' }],
      repeated: false,
    });
    expect(directory.stats('R')).toMatchObject({ version: 2n, dossiers: 2 });
    expect(await apply('T2', [end(1)])).toMatchObject({ version: 3n, outcomes: [{ code: 'ended' }] });
    const period = { begin: '2026-01-01', end: '2026-06-30' };
    expect(directory.facts('R', D)).toEqual({
      version: 3n,
      state: 'in-use',
      replaces: [],
      dossiers: [{ ...LINE, period, lastChange: '2026-11-28', inscriber: RSZ }],
    });
  });

  test('what an institution registered keeps its inscriber and day when another line comes', async () => {
    await apply('T1', [register(1, A, '2021-01-01')]);
    expect(directory.facts('R', A)?.dossiers.map(({ period, lastChange }) => [period.begin, lastChange])).toEqual([
      ['2020-01-01', '2020-02-03'],
      ['2021-01-01', '2026-11-28'],
    ]);
  });

  test('one person, sector and quality has one line on any day, also within one ticket', async () => {
    const other = { ...register(2, D, '2026-05-01'), institution: { sector: 12, type: 2 } };
    const applied = await apply('T1', [register(1), other, { ...register(3), quality: '031' }, register(4)]);
    expect(applied.outcomes.map(({ code }) => code)).toEqual([
      'registered',
      'double-inscription',
      'registered',
      'double-inscription',
    ]);
    expect(await apply('T2', [register(1, A, '2020-12-31')])).toMatchObject({
      version: 2n,
      outcomes: [{ code: 'double-inscription' }],
    });
    expect(await apply('T3', [register(1, A, '2021-01-01')])).toMatchObject({ outcomes: [{ code: 'registered' }] });
  });

  test('the same ticket again changes nothing and gets the same answer, also after a restart', async () => {
    const first = await apply('T1', [register(1), register(2), end(3, D, '2026-03-31')]);
    await directory.close();
    directory = openDirectory({ directory: folder });
    expect(await apply('T1', [register(1), register(2), end(3, D, '2026-03-31')])).toEqual({
      ...first,
      repeated: true,
    });
    expect(directory.stats('R')).toMatchObject({ version: 2n, dossiers: 2 });
  });

  test('a replaced number leads to the one in use; unknown and cancelled ones lead nowhere', async () => {
    const applied = await apply('T1', [register(1, B, '2021-01-01'), register(2, C), register(3, E)]);
    expect(applied.outcomes).toEqual([
      { record: 1, code: 'registered', replacedBy: A },
      { record: 2, code: 'unknown-person' },
      { record: 3, code: 'unknown-person' },
    ]);
    expect(directory.facts('R', A)?.dossiers.length).toBe(2);
  });

  test.each<[string, Partial<DirectoryChange>, string]>([
    ['a final member of a sector with anonymous members', { institution: { sector: 11, type: 4 } }, 'anonymous-member'],
    ['quality 999', { quality: '999' }, 'out-of-range'],
    ['a day beyond the calendar', { begin: day('2079-06-06') }, 'out-of-range'],
    ['an end before the begin', { end: day('2025-12-31') }, 'out-of-range'],
  ])('%s is not registered', async (_title, change, code) => {
    const changed = { ...register(1), ...change } as DirectoryChange;
    expect(await apply('T1', [changed])).toMatchObject({ version: 1n, outcomes: [{ record: 1, code }] });
    expect(directory.facts('R', D)?.dossiers).toEqual([]);
    expect(await apply('T2', [register(1)])).toMatchObject({ outcomes: [{ code: 'registered' }] });
  });

  test('the managing institution of such a sector is registered', async () => {
    const managing = { ...register(1), institution: { sector: 11, type: 0 } };
    expect(await apply('T1', [managing])).toMatchObject({ outcomes: [{ code: 'registered' }] });
  });

  test('only a line that is there is ended: by its begin, or by the day on which it holds', async () => {
    await apply('T1', [register(1), register(2, A, '2022-01-01', '2022-12-31')]);
    const codes = async (ticket: string, changes: readonly DirectoryChange[]) =>
      (await apply(ticket, changes)).outcomes.map(({ code }) => code);
    expect(await codes('T2', [end(1, D, '2025-12-31'), end(2, D, '2026-06-30', '2026-01-02')])).toEqual([
      'no-such-line',
      'no-such-line',
    ]);
    expect(await codes('T3', [{ ...end(1), phase: 1 }, end(2, A, '2021-06-30')])).toEqual([
      'no-such-line',
      'no-such-line',
    ]);
    // A later end may not run into the next line.
    expect(await codes('T4', [end(1, A, '2022-01-01', '2020-01-01')])).toEqual(['double-inscription']);
    expect(await codes('T5', [end(1, A, '2021-12-31', '2020-01-01'), end(2, D, '2026-06-30', '2026-01-01')])).toEqual([
      'ended',
      'ended',
    ]);
  });
});

describe('flat directories and changes', () => {
  test('one stands still while integrations go on; the next one knows them', async () => {
    const before = await directory.flat('R');
    await apply('T1', [register(1)]);
    await apply('T2', [register(1, A, '2021-01-01')]);
    const after = await directory.flat('R');
    expect([before?.version, before?.lookup(D)?.dossiers, after?.version]).toEqual([1n, [], 3n]);
    expect(after?.lookup(D)?.dossiers.map(({ period }) => period)).toEqual([{ begin: '2026-01-01' }]);
    expect(Array.from(after === undefined ? [] : keysOf(after.parts.changed), inszOfKey).toSorted()).toEqual(
      [D, A].toSorted(),
    );
    for (const flat of [before, after]) {
      expect(flat?.lookup(B)).toMatchObject({ insz: B, replacedBy: A });
      expect([flat?.lookup(C), flat?.lookup(E)]).toEqual([undefined, undefined]);
    }
    const [firsts, counts] = [new Int32Array(2), new Int32Array(2)];
    after?.find(Uint32Array.of(personKey(D), personKey(E)), 2, firsts, counts);
    expect([...firsts]).toEqual([-2, -1]);
  });

  test('it agrees with the store, and with a base written beside the store', async () => {
    await apply('T1', [register(1)]);
    const { writeBase } = await import('../../src/directory/flat-base.ts');
    const { openStore } = await import('../../src/directory/store.ts');
    writeBase(openStore(join(folder, 'R'), 'store-1'));
    await apply('T2', [end(1)]);
    const reader = openDirectory({ directory: folder, readOnly: true });
    const [flat, snapshot] = [await reader.flat('R'), reader.snapshot('R')];
    expect([flat?.version, ...sizesOf(flat)]).toEqual([3n, 3, 1]);
    for (const person of [A, B, C, D, E]) expect(flat?.lookup(person)).toEqual(snapshot.lookup(person));
    snapshot.close();
    await reader.close();
  });
});
