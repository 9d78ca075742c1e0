import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LookupFigures } from './directory-lookups.ts';
import type { SqliteFigures } from './directory-sqlite.ts';
import { type SyntheticDirectory, type WrittenDirectory, writeDirectory } from './generate.ts';
import { measuredChild, type Run } from './measured-child.ts';
import { asTable, type Figure, judge, machine, type Result, writeSection } from './report.ts';

/** The reference directory of the network at its full size; nothing shortens it. */
const PLAN: SyntheticDirectory = { persons: 15_538_381, seed: 1 };
const PEER = 'node:sqlite';
const GIB = 1024 ** 3;
/** Dump, files of the load, store and base, and the peer's file. */
const MAX_CHILD_MS = 20 * 60_000;

/** Load of the whole directory from a dump in no order, what it takes, and how fast persons are found in it. */
export async function benchDirectory(quick: boolean): Promise<readonly Result[]> {
  // A dump that a run before this one made and did not come to use is used: it takes minutes to make.
  const folder = join(tmpdir(), 'sluis-bench-directory');
  await mkdir(folder, { recursive: true });
  try {
    const dump = join(folder, 'dump.csv');
    const written = await dumpIn(folder, dump);
    const load = await measuredChild(
      '../sluis.js',
      ['directory', 'load', dump, '--data', folder, '--json'],
      MAX_CHILD_MS,
    );
    const loaded = JSON.parse(load.output) as { readonly dossiers: number; readonly persons: number };
    if (loaded.dossiers !== written.dossiers || loaded.persons !== PLAN.persons) throw new Error('not all was loaded');
    await rm(dump);
    await rm(`${dump}.json`);
    const directory = join(folder, 'directory');
    const words = [String(PLAN.persons), String(PLAN.seed)];
    const lookups = await measuredChild('./directory-lookups.ts', [directory, ...words], MAX_CHILD_MS);
    const sqlite = await measuredChild(
      './directory-sqlite.ts',
      [directory, join(folder, 'peer.sqlite'), ...words],
      MAX_CHILD_MS,
    );
    const results = await judge('directory', await figures(directory, written, { load, lookups, sqlite }), [PEER]);
    if (!quick) await writeSection('directory', section(results, written));
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function dumpIn(folder: string, dump: string): Promise<WrittenDirectory> {
  const summary = `${dump}.json`;
  if (existsSync(summary)) return JSON.parse(await readFile(summary, 'utf8')) as WrittenDirectory;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const written = await writeDirectory(dump, PLAN);
  await writeFile(summary, JSON.stringify(written));
  return written;
}

async function figures(
  directory: string,
  { dossiers }: WrittenDirectory,
  { load, lookups, sqlite }: { readonly load: Run; readonly lookups: Run; readonly sqlite: Run },
): Promise<readonly Figure[]> {
  const found = JSON.parse(lookups.output) as LookupFigures;
  const peer = JSON.parse(sqlite.output) as SqliteFigures;
  const store = join(directory, 'R/store-1');
  const bytesOf = async (name: string) => (await stat(join(store, name))).size / dossiers;
  const [inLoad, inLookups] = [load, lookups].map(({ cpuSeconds, peakMB: peak }) => ({ cpuSeconds, peakMB: peak }));
  if (inLoad === undefined || inLookups === undefined) throw new Error('a run without figures');
  const peers = (value: number) => ({ [PEER]: value });
  const rate = (name: string, value: number, other: number): Figure => {
    return { case: name, value, unit: 'lookups/s', ...inLookups, peers: peers(other) };
  };
  return [
    { case: 'load', value: load.seconds, unit: 's', ...inLoad, peers: peers(peer.loadSeconds) },
    { case: 'load-memory', value: load.peakMB, unit: 'MB', ...inLoad, peers: peers(peer.loadPeakMB) },
    {
      case: 'store-bytes',
      value: await bytesOf('data.mdb'),
      unit: 'bytes/dossier',
      ...inLoad,
      peers: peers(peer.bytes / dossiers),
    },
    {
      case: 'flat-bytes',
      value: await bytesOf('flat-1'),
      unit: 'bytes/dossier',
      ...inLoad,
      peers: peers(peer.bytes / dossiers),
    },
    {
      case: 'flat-open',
      value: found.openSeconds,
      unit: 's',
      cpuSeconds: found.openCpuSeconds,
      peakMB: found.peakMB,
      peers: peers(peer.openSeconds),
    },
    rate('store-one-by-one', found.storeOneByOne, peer.oneByOne),
    rate('flat-one-by-one', found.flatOneByOne, peer.oneByOne),
    rate('flat-staged', found.flatStaged, peer.oneByOne),
    rate('flat-sorted', found.flatSorted, peer.sorted),
  ];
}

function section(results: readonly Result[], { persons, dossiers, replaced, bytes }: WrittenDirectory): string {
  return [
    `${machine()}. ${persons} persons, ${dossiers} dossiers, ${replaced} replaced numbers; the dump has ${(bytes / GIB).toFixed(2)} GiB ` +
      'and no order.',
    asTable(results, 'the directory', [PEER]),
  ].join('\n\n');
}
