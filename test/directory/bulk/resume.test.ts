import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { SyntheticPersons, writeDirectory } from '../../../src/bench/generate.ts';
import type { LoadProgress } from '../../../src/directory/bulk/bulk-load.ts';
import { openDirectory, type ReferenceDirectory } from '../../../src/directory/lmdb-directory.ts';
import { isInsz } from '../../../src/domain/insz.ts';
import { parseDate } from '../../../src/domain/period.ts';
import { inszOfKey } from '../../../src/domain/person-key.ts';
import { sizesOf } from '../layer-keys.ts';

const PLAN = { persons: 300, seed: 11 };
/** Some forty segments. */
const SEGMENT_BYTES = 4000;
const OLD = '74031295170';

let folder: string;
let dump: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-resume-'));
  dump = join(folder, 'dump.csv');
  await writeDirectory(dump, PLAN);
  const old = openAs('old');
  const file = join(folder, 'old.csv');
  await writeFile(file, `ssin;sector;type;quality;phase;begin;end;replaced_by\n${OLD};7;1;101;0;2015-06-01;;\n`);
  expect(await old.load('R', file, [])).toMatchObject({ loaded: true, version: 1n });
  await old.close();
  return () => rm(folder, { recursive: true, force: true });
});

const openAs = (size: 'old' | 'large'): ReferenceDirectory =>
  openDirectory({ directory: folder, bulkBytes: size === 'old' ? 1e9 : 1, segmentBytes: SEGMENT_BYTES });

/** A load in a process that is killed at a point. */
async function killedAt(point: string, times: number): Promise<void> {
  const words = [folder, dump, String(SEGMENT_BYTES), point, String(times)];
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load-child.ts'), ...words]);
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}

/** What is known of everybody, as text, so that two directories can be held against each other. */
function everything(directory: ReferenceDirectory): string {
  const persons = new SyntheticPersons({ ...PLAN, persons: PLAN.persons + 1 });
  const people = Array.from({ length: PLAN.persons + 1 }, (_, person) => inszOfKey(persons.keyOf(person)));
  const snapshot = directory.snapshot('R');
  const known = people.map((person) => snapshot.lookup(person));
  snapshot.close();
  return JSON.stringify(known);
}

async function afterOneGo(): Promise<string> {
  const one = openDirectory({ directory: join(folder, 'one-go') });
  expect(await one.load('R', dump, [])).toMatchObject({ loaded: true });
  const known = everything(one);
  await one.close();
  return known;
}

/** Loads again, and tells the first progress of each step. */
async function goOn(directory: ReferenceDirectory): Promise<readonly LoadProgress[]> {
  const seen: LoadProgress[] = [];
  expect(await directory.load('R', dump, [], (progress) => seen.push(progress))).toMatchObject({ loaded: true });
  return (['reading', 'writing'] as const).flatMap((step) => seen.find((progress) => progress.step === step) ?? []);
}

const cuts = [
  ['while it reads', 'directory.segment', 12],
  ['between reading and writing', 'directory.read', 1],
  ['while it writes', 'directory.partition', 40],
  ['just before its store comes in force', 'directory.before-switch', 1],
] as const;

test.each(cuts)(
  'a load that is killed %s shows nothing, goes on, and ends as one in one go',
  { timeout: 60_000 },
  async (_title, point, times) => {
    await killedAt(point, times);
    const directory = openAs('large');
    expect(directory.stats('R')).toMatchObject({ version: 1n, persons: 1, dossiers: 1 });
    const first = join(folder, 'R/loading/segment-0');
    const readAt = (await stat(first)).mtimeMs;
    await killedAt('directory.read', 1);
    // What was read before was not read again.
    expect((await stat(first)).mtimeMs).toBe(readAt);
    const [reading, writing] = await goOn(directory);
    expect(reading?.resumed).toBe('yes');
    if (point === 'directory.partition') expect(writing?.done).toBeGreaterThan((writing?.all ?? 0) / 10);
    expect(directory.stats('R')).toMatchObject({ version: 2n, persons: 301 });
    expect(everything(directory)).toBe(await afterOneGo());
    const flat = await directory.flat('R');
    expect(isInsz(OLD) && flat?.lookup(OLD)?.dossiers.length).toBe(1);
    expect(sizesOf(flat)[1]).toBe(0);
    expect(existsSync(join(folder, 'R/loading'))).toBe(false);
    await directory.close();
  },
);

test('a load that is killed right after its store came in force is done', { timeout: 60_000 }, async () => {
  const directory = openAs('large');
  expect(directory.stats('R')).toMatchObject({ version: 1n });
  await killedAt('directory.after-switch', 1);
  // Who had the old store open sees the new one that another process put in force.
  expect(directory.stats('R')).toMatchObject({ version: 2n, persons: 301 });
  expect(everything(directory)).toBe(await afterOneGo());
  await directory.close();
});

test('a file that was changed since the cut is read from its beginning', { timeout: 60_000 }, async () => {
  await killedAt('directory.partition', 40);
  const text = await readFile(dump, 'utf8');
  await writeFile(dump, text.trimEnd().split('\n').slice(0, -1).join('\n'));
  await appendFile(dump, '\n60000094128;;;;;;;\n');
  const directory = openAs('large');
  const [reading, writing] = await goOn(directory);
  expect([reading?.resumed, (writing?.done ?? 0) < (writing?.all ?? 0) / 20]).toEqual(['changed', true]);
  expect(everything(directory)).toBe(await afterOneGo());
  await directory.close();
});

test('integrations that come in meanwhile are taken over', {
  timeout: 60_000,
}, async () => {
  await killedAt('directory.partition', 20);
  const directory = openAs('large');
  const begin = parseDate('2026-01-01') ?? expect.fail();
  const line = { institution: { sector: 12, type: 1 }, quality: '030', phase: 0, begin };
  const integrate = (ticket: string, text: string) => {
    if (!isInsz(text)) throw new Error(`${text} is no INSZ`);
    const changes = [{ record: 1, action: 'register', insz: text, ...line } as const];
    return directory.apply('R', { ticket, inscriber: { sector: 12, type: 0 }, at: Date.UTC(2026, 0, 5), changes }, []);
  };
  let isDone = false;
  // The reading is told before anything is written: at that moment an integration comes in.
  const loading = directory.load('R', dump, [], ({ step }) => {
    if (step !== 'writing' || isDone) return;
    isDone = true;
    void integrate('T1', OLD);
  });
  expect(await loading).toMatchObject({ loaded: true, version: 3n });
  expect(directory.stats('R')).toMatchObject({ version: 3n, persons: 301 });
  const facts = isInsz(OLD) ? directory.facts('R', OLD) : undefined;
  expect(facts?.dossiers.map(({ quality }) => quality)).toEqual(['101', '030']);
  const flat = await directory.flat('R');
  expect(isInsz(OLD) && flat?.lookup(OLD)?.dossiers.length).toBe(2);
  expect(await integrate('T1', OLD)).toMatchObject({ version: 2n, repeated: true });
  await directory.close();
});
