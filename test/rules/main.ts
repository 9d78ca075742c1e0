import { parseArgs } from 'node:util';
import { compareRules } from './campaign.ts';

/** `npm run compare:rules -- --records 1000000 [--seed 1] [--all]`: the product against the reference of its rules. */

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
  },
});
const MOST_SHOWN = 200;
let told = 0;
const { differences, seen, ...figures } = await compareRules({
  records: Number(values.records),
  seed: Number(values.seed),
  stopsAtFirst: !values.all,
  progress: (line) => {
    if (Date.now() - told < 10_000) return;
    told = Date.now();
    console.log(line);
  },
});
console.log(
  Object.entries(seen)
    .toSorted()
    .map(([what, count]) => `${count} ${what}`)
    .join('\n'),
);
console.log(differences.slice(0, MOST_SHOWN).join('\n'));
console.log(JSON.stringify({ ...figures, differences: differences.length }));
process.exitCode = differences.length === 0 ? 0 : 1;
