import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MANDATE_LINES_HEADER, parseMandateLine } from '../../src/directory/mandate-lines.ts';
import { type Mandates, openMandates } from '../../src/directory/mandates.ts';
import { isKbo, type Kbo } from '../../src/domain/kbo.ts';
import { mayHandIn } from '../../src/domain/mandate.ts';
import { date } from '../pipeline/run-batch-fixture.ts';

const SECRETARIAT = kbo('0999900051');
const OTHER = kbo('1999001239');
const EMPLOYER = kbo('0912345673');
const EMPLOYER_2 = kbo('0940404112');

let folder: string;
let mandates: Mandates;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-mandates-'));
  mandates = openMandates({ directory: folder });
});
afterEach(async () => {
  await mandates.close();
  await rm(folder, { recursive: true, force: true });
});

function kbo(text: string): Kbo {
  if (!isKbo(text)) throw new Error(`${text} is no KBO number`);
  return text;
}

async function load(lines: readonly string[], environment: 'R' | 'T' = 'R') {
  const file = join(folder, 'mandates.csv');
  await writeFile(file, [MANDATE_LINES_HEADER, ...lines, ''].join('\n'));
  return mandates.load(environment, file);
}

function look(holder: Kbo, employer: Kbo, environment: 'R' | 'T' | 'S' = 'R') {
  const snapshot = mandates.snapshot(environment);
  try {
    return snapshot.lookup(holder, employer);
  } finally {
    snapshot.close();
  }
}

test('a mandate is found by its holder and employer, with its flows and days', async () => {
  const loaded = await load([
    `${SECRETARIAT};${EMPLOYER};DIMN DMFA;2022-01-01;`,
    `${SECRETARIAT};${EMPLOYER};DIMN;2019-01-01;2020-12-31`,
  ]);
  expect(loaded).toEqual({ loaded: true, version: 1n, mandates: 2, holders: 1 });
  expect(look(SECRETARIAT, EMPLOYER)).toEqual([
    {
      holder: SECRETARIAT,
      employer: EMPLOYER,
      flows: ['DIMN'],
      period: { begin: date('2019-01-01'), end: date('2020-12-31') },
    },
    {
      holder: SECRETARIAT,
      employer: EMPLOYER,
      flows: ['DIMN', 'DMFA'],
      period: { begin: date('2022-01-01'), end: undefined },
    },
  ]);
  expect([look(EMPLOYER, SECRETARIAT), look(SECRETARIAT, EMPLOYER_2), look(SECRETARIAT, EMPLOYER, 'T')]).toEqual([
    [],
    [],
    [],
  ]);
  expect(look(SECRETARIAT, EMPLOYER, 'S')).toHaveLength(2);
});

test.each([
  ['the day before its first', 'DIMN', '2021-12-31', false],
  ['its first day', 'DIMN', '2022-01-01', true],
  ['its last day', 'DIMN', '2022-06-30', true],
  ['the day after its last', 'DIMN', '2022-07-01', false],
  ['another flow', 'DMFA', '2022-03-01', false],
])('whether a mandate lets its holder hand in: %s', async (_title, flow, day, may) => {
  await load([`${SECRETARIAT};${EMPLOYER};DIMN;2022-01-01;2022-06-30`]);
  expect(mayHandIn(look(SECRETARIAT, EMPLOYER), flow, date(day))).toBe(may);
});

test('a load replaces all mandates of the holders it names, and no others', async () => {
  await load([
    `${SECRETARIAT};${EMPLOYER};DIMN;2022-01-01;`,
    `${SECRETARIAT};${EMPLOYER_2};DIMN;2022-01-01;`,
    `${OTHER};${EMPLOYER};DIMN;2022-01-01;`,
  ]);
  expect(await load([`${SECRETARIAT};${EMPLOYER_2};DMFA;2023-01-01;`])).toMatchObject({ version: 2n, mandates: 1 });
  expect(look(SECRETARIAT, EMPLOYER)).toEqual([]);
  expect(look(SECRETARIAT, EMPLOYER_2)).toMatchObject([{ flows: ['DMFA'] }]);
  expect(look(OTHER, EMPLOYER)).toHaveLength(1);
});

test('a snapshot stays as it is while another version is loaded', async () => {
  await load([`${SECRETARIAT};${EMPLOYER};DIMN;2022-01-01;`]);
  const before = mandates.snapshot('R');
  await load([`${SECRETARIAT};${EMPLOYER_2};DIMN;2022-01-01;`]);
  expect([before.version, before.lookup(SECRETARIAT, EMPLOYER).length]).toEqual([1n, 1]);
  before.close();
  expect(look(SECRETARIAT, EMPLOYER)).toEqual([]);
});

test('a file with one faulty line changes nothing, and every fault is told', async () => {
  await load([`${SECRETARIAT};${EMPLOYER};DIMN;2022-01-01;`]);
  const result = await load([
    `${SECRETARIAT};${EMPLOYER_2};DIMN;2022-01-01;`,
    `${SECRETARIAT};0912345674;dimn;2022-02-30;`,
  ]);
  expect(result).toEqual({
    loaded: false,
    problems: [
      { line: 3, problem: 'employer is not a KBO number of ten digits' },
      { line: 3, problem: 'flows are codes of four characters with a space between them' },
      { line: 3, problem: 'from is a day YYYY-MM-DD' },
    ],
    moreProblems: 0,
  });
  expect([look(SECRETARIAT, EMPLOYER).length, look(SECRETARIAT, EMPLOYER_2).length]).toEqual([1, 0]);
});

test.each([
  ['columns', `${SECRETARIAT};${EMPLOYER};DIMN;2022-01-01`, '4 columns instead of 5'],
  ['itself', `${EMPLOYER};${EMPLOYER};DIMN;2022-01-01;`, 'an employer needs no mandate for itself'],
  ['an end before the beginning', `${SECRETARIAT};${EMPLOYER};DIMN;2022-01-02;2022-01-01`, 'until is before from'],
  ['a holder in an old form', `999900051;${EMPLOYER};DIMN;2022-01-01;`, 'holder is not a KBO number of ten digits'],
])('a line is refused for %s', (_title, line, problem) => expect(parseMandateLine(line)).toEqual([problem]));

test('a file that is no file of mandates is refused for its first line', async () => {
  const file = join(folder, 'other.csv');
  await writeFile(file, 'ssin;sector\n74031295170;10\n');
  expect(await mandates.load('R', file)).toMatchObject({ loaded: false, problems: [{ line: 1 }] });
});

test('100,000 mandates of one holder are loaded, and each is found', async () => {
  const numbers = Array.from({ length: 100_000 }, (_, index) => {
    const first = 9_000_000 + index;
    return `0${first}${String(97 - (first % 97)).padStart(2, '0')}`;
  });
  expect(await load(numbers.map((employer) => `${SECRETARIAT};${employer};DIMN;2022-01-01;`))).toMatchObject({
    loaded: true,
    mandates: 100_000,
  });
  const snapshot = mandates.snapshot('R');
  const found = numbers.filter((employer) => snapshot.lookup(SECRETARIAT, kbo(employer)).length === 1);
  snapshot.close();
  expect(found).toHaveLength(100_000);
});
