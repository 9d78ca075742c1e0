import { decide, type Expected, type Given } from '../support/reference/decide.ts';
import { inTest, RulesBench } from './bench.ts';
import { differences } from './compare.ts';
import { flowFor, type Kind } from './flows.ts';
import { Random } from './random.ts';
import { fileFor } from './rows.ts';
import { mandates, people, RECEIVED, taskFor } from './world.ts';

export type Campaign = {
  readonly records: number;
  readonly seed: number;
  /** Stops at the first batch that differs where it is true. */
  readonly stopsAtFirst: boolean;
  /** `small` batches are told apart by more configurations; `mixed` has some of thousands of records. */
  readonly sizes?: 'small' | 'mixed';
  readonly progress?: (line: string) => void;
};

export type Outcome = {
  readonly records: number;
  readonly batches: number;
  readonly inLane: number;
  readonly recordsInLane: number;
  readonly differences: readonly string[];
  /** How often each code, outcome and rare thing came up. */
  readonly seen: Readonly<Record<string, number>>;
};

const BATCHES_PER_WORLD = 10;

/** Random batches through the product and the reference, until so many records were decided. */
export async function compareRules({
  records,
  seed,
  stopsAtFirst,
  sizes = 'mixed',
  progress,
}: Campaign): Promise<Outcome> {
  await using bench = await RulesBench.open();
  const seen: Record<string, number> = {};
  const found: string[] = [];
  const total = { records: 0, batches: 0, inLane: 0, recordsInLane: 0 };
  while (total.records < records) {
    const world = seed + total.batches;
    const chance = new Random(world);
    const persons = people(chance, chance.whole(20, 60));
    const known = { lines: persons.lines, mandates: mandates(chance) };
    await bench.know(known.lines, known.mandates);
    for (let index = 0; index < BATCHES_PER_WORLD && total.records < records; index += 1) {
      const given = givenFor(chance, persons, known, sizes);
      const [expected, made] = [decide(given), await bench.run(given)];
      const count = expected.verdicts.length;
      total.batches += 1;
      total.records += count;
      if (made.isInLane) {
        total.inLane += 1;
        total.recordsInLane += count;
      }
      notice(seen, given, expected);
      const through = made.isInLane ? 'through the lane' : 'one by one';
      const format = `records of ${given.task.flow.format.kind} ${through}`;
      seen[format] = (seen[format] ?? 0) + count;
      const apart = differences(expected, made);
      const where = `seed ${world}, batch ${index + 1} of its world${made.isInLane ? ', lane' : ''}`;
      found.push(...apart.map((one) => `${where}: ${one}`));
      if (apart.length > 0 && stopsAtFirst) return { ...total, differences: found, seen };
      progress?.(`${total.records} records, ${total.batches} batches, ${found.length} differences`);
    }
  }
  return { ...total, differences: found, seen };
}

/** The first batches of a world, by the seed of the world. */
export function batchesOf(seed: number, sizes: 'small' | 'mixed' = 'mixed'): readonly Given[] {
  const chance = new Random(seed);
  const persons = people(chance, chance.whole(20, 60));
  const known = { lines: persons.lines, mandates: mandates(chance) };
  return Array.from({ length: BATCHES_PER_WORLD }, () => givenFor(chance, persons, known, sizes));
}

type Known = Pick<Given, 'lines' | 'mandates'>;
type Persons = ReturnType<typeof people>;

const KINDS = ['mutation', 'mutation', 'mutation', 'mutation', 'message', 'message', 'integration'] as const;

function givenFor(chance: Random, persons: Persons, known: Known, sizes: 'small' | 'mixed'): Given {
  const flow = flowFor(chance, chance.of<Kind>(KINDS));
  const task = taskFor(chance, flow);
  const { text, originals } = fileFor(chance, task, persons, sizes === 'small' ? smallSize(chance) : mixedSize(chance));
  const lines = task.environment === 'T' ? inTest(known.lines) : known.lines;
  return { task, text, originals, mandates: known.mandates, lines };
}

function smallSize(chance: Random): number {
  if (chance.chance(0.05)) return 0;
  return chance.chance(0.95) ? chance.whole(0, 250) : chance.whole(1000, 2000);
}

function mixedSize(chance: Random): number {
  const size = chance.next();
  if (size < 0.3) return chance.whole(0, 20);
  return size < 0.9 ? chance.whole(100, 900) : chance.whole(2000, 5000);
}

function notice(seen: Record<string, number>, { task }: Given, { fileError, verdicts }: Expected): void {
  const count = (what: string) => {
    seen[what] = (seen[what] ?? 0) + 1;
  };
  count(`flow ${task.flow.kind}`);
  count(`environment ${task.environment}`);
  count(`sender's line ${task.flow.senderLine}`);
  if (fileError !== undefined) count(`file ${fileError}`);
  for (const { outcome, faults, routes, heldBack, replacedBy } of verdicts) {
    count(outcome);
    for (const { code, severity } of faults) count(`${code} ${severity}`);
    if (routes.length > 1) count('several receivers');
    if (heldBack.length > 0) count('held back');
    if (replacedBy !== undefined) count('replaced number');
    for (const { partner, acts, filtered, quality, line } of routes) {
      const { institution } = task.receivers.find((one) => one.partner === partner) ?? {};
      if (line !== undefined && line.type !== institution?.type) count('a member through its manager');
      if (line?.end !== undefined && line.end < RECEIVED) count('a line that ended');
      if (task.sender.purposes !== undefined || partner === 'ext') count('a purpose of the extension');
      if (acts.length > 1) count('acts that add up');
      if (acts.some(({ version }) => version > 1)) count('a newer version');
      if (filtered.length > 0) count('filtered blocks');
      if (quality === '') count('no quality');
    }
  }
}
