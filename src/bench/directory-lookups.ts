import { openDirectory } from '../directory/lmdb-directory.ts';
import type { Insz } from '../domain/insz.ts';
import { inszOfKey } from '../domain/person-key.ts';
import { type SyntheticDirectory, SyntheticPersons } from './generate-persons.ts';

/** Lookups a second of each way, how long a base takes to open, and the memory of it; as JSON. */
export type LookupFigures = {
  readonly openSeconds: number;
  readonly openCpuSeconds: number;
  readonly storeOneByOne: number;
  readonly flatOneByOne: number;
  readonly flatStaged: number;
  readonly flatSorted: number;
  readonly peakMB: number;
};

const KIB_PER_MB = 1024;
const ONE_BY_ONE = 1_000_000;
const MANY = 8_000_000;
/** Records of one chunk of a batch. */
const CHUNK = 65_536;
const ROUNDS = 3;

type Sample = { readonly keys: Uint32Array; readonly dossiers: number };

/** Persons at random, and how many dossiers they have together: what is found is held against it. */
function sampleOf(persons: SyntheticPersons, count: number): Sample {
  const keys = new Uint32Array(count);
  let dossiers = 0;
  for (let index = 0; index < count; index += 1) {
    const person = persons.random(index, 991) % persons.persons;
    keys[index] = persons.keyOf(person);
    dossiers += persons.linesOf(person);
  }
  return { keys, dossiers };
}

function perSecond(count: number, expected: number, work: () => number): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const found = work();
    if (found !== expected) throw new Error(`${found} dossiers instead of ${expected}`);
    best = Math.max(best, (count * 1000) / (performance.now() - start));
  }
  return Math.round(best);
}

async function measure(folder: string, plan: SyntheticDirectory): Promise<LookupFigures> {
  const directory = openDirectory({ directory: folder, readOnly: true });
  const before = process.cpuUsage();
  const start = performance.now();
  const flat = await directory.flat('R');
  const openSeconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  if (flat === undefined) throw new Error('there is no base');
  const persons = new SyntheticPersons(plan);
  const few = sampleOf(persons, ONE_BY_ONE);
  const people: readonly Insz[] = Array.from(few.keys, inszOfKey);
  const oneByOne = (from: { lookup(person: Insz): { readonly dossiers: readonly unknown[] } | undefined }) =>
    perSecond(ONE_BY_ONE, few.dossiers, () => {
      let found = 0;
      for (const person of people) found += from.lookup(person)?.dossiers.length ?? 0;
      return found;
    });
  const snapshot = directory.snapshot('R');
  const [storeOneByOne, flatOneByOne] = [oneByOne(snapshot), oneByOne(flat)];
  snapshot.close();
  const many = sampleOf(persons, MANY);
  const [firsts, counts] = [new Int32Array(CHUNK), new Int32Array(CHUNK)];
  const { dossiers } = flat.parts.base;
  /** Finds chunk by chunk and touches a word of each first dossier, as a batch does. */
  const inChunks = () => {
    let [found, touched] = [0, 0];
    for (let from = 0; from < MANY; from += CHUNK) {
      const size = Math.min(CHUNK, MANY - from);
      flat.find(many.keys.subarray(from, from + size), size, firsts, counts);
      for (let index = 0; index < size; index += 1) {
        found += counts[index] ?? 0;
        touched += dossiers[(firsts[index] ?? 0) * 4] ?? 0;
      }
    }
    if (touched < 0) throw new Error('a code below 0');
    return found;
  };
  const flatStaged = perSecond(MANY, many.dossiers, inChunks);
  for (let from = 0; from < MANY; from += CHUNK) many.keys.subarray(from, from + CHUNK).sort();
  const flatSorted = perSecond(MANY, many.dossiers, inChunks);
  await directory.close();
  const peakMB = Math.round(process.resourceUsage().maxRSS / KIB_PER_MB);
  const openCpuSeconds = (user + system) / 1e6;
  return { openSeconds, openCpuSeconds, storeOneByOne, flatOneByOne, flatStaged, flatSorted, peakMB };
}

if (import.meta.main) {
  const [folder = '', persons = '', seed = ''] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await measure(folder, { persons: Number(persons), seed: Number(seed) })));
}
