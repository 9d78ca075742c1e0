import { decide, type Expected, type Given } from '../support/reference/decide.ts';
import { inTest, RulesBench } from './bench.ts';
import { differences } from './compare.ts';
import { flowFor } from './flows.ts';
import { Random } from './random.ts';
import { fileFor } from './rows.ts';
import { mandates, people, taskFor } from './world.ts';

export type Campaign = {
  readonly records: number;
  readonly seed: number;
  /** Stops at the first batch that differs where it is true. */
  readonly stopsAtFirst: boolean;
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

const BATCHES_PER_WORLD = 6;

/** Random batches through the product and the reference, until so many records were decided. */
export async function compareRules({ records, seed, stopsAtFirst, progress }: Campaign): Promise<Outcome> {
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
      const given = givenFor(chance, persons, known);
      const [expected, made] = [decide(given), await bench.run(given)];
      const count = expected.verdicts.length;
      total.batches += 1;
      total.records += count;
      if (made.isInLane) {
        total.inLane += 1;
        total.recordsInLane += count;
      }
      notice(seen, given, expected);
      const apart = differences(expected, made);
      const where = `seed ${world}, batch ${index + 1} of its world${made.isInLane ? ', lane' : ''}`;
      found.push(...apart.map((one) => `${where}: ${one}`));
      if (apart.length > 0 && stopsAtFirst) return { ...total, differences: found, seen };
      progress?.(`${total.records} records, ${total.batches} batches, ${found.length} differences`);
    }
  }
  return { ...total, differences: found, seen };
}

/** One batch of a world, by the seed of the world: to look at what differed. */
export function givenOf(seed: number, index: number): Given {
  const chance = new Random(seed);
  const persons = people(chance, chance.whole(20, 60));
  const known = { lines: persons.lines, mandates: mandates(chance) };
  for (let before = 0; before < index; before += 1) givenFor(chance, persons, known);
  return givenFor(chance, persons, known);
}

type Known = Pick<Given, 'lines' | 'mandates'>;

function givenFor(chance: Random, persons: ReturnType<typeof people>, { lines, mandates: mandated }: Known): Given {
  const flow = flowFor(chance, chance.chance(0.65) ? 'mutation' : 'message');
  const task = taskFor(chance, flow);
  const size = chance.next();
  const count = size < 0.3 ? chance.whole(0, 20) : size < 0.9 ? chance.whole(100, 900) : chance.whole(2000, 5000);
  const { text, originals } = fileFor(chance, task, persons, count);
  return { task, text, originals, mandates: mandated, lines: task.environment === 'T' ? inTest(lines) : lines };
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
    for (const { acts, filtered, quality } of routes) {
      if (acts.length > 1) count('acts that add up');
      if (acts.some(({ version }) => version > 1)) count('a newer version');
      if (filtered.length > 0) count('filtered blocks');
      if (quality === '') count('no quality');
    }
  }
}
