import { parseArgs } from 'node:util';
import { RulesBench } from './bench.ts';
import { compareRules } from './campaign.ts';
import { converse } from './conversation.ts';

/** `npm run compare:rules -- --records 1000000 [--seed 1] [--all]`: the product against the reference of its rules. */

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    all: { type: 'boolean', default: false },
    conversations: { type: 'string', default: '0' },
  },
});
if (Number(values.conversations) > 0) await converseAll(Number(values.conversations), Number(values.seed));
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

/** Only conversations, of so many seeds; ends the process where one differs. */
async function converseAll(count: number, seed: number): Promise<void> {
  await using bench = await RulesBench.open();
  const sum = { records: 0, asked: 0, answered: 0, overdue: 0, closed: 0 };
  for (let index = 0; index < count; index += 1) {
    const talked = await converse(bench, seed + index);
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += talked[name];
    if (talked.differences.length === 0) continue;
    console.log(`conversation ${seed + index}\n${talked.differences.slice(0, 20).join('\n')}`);
    process.exitCode = 1;
    if (!values.all) break;
  }
  console.log(JSON.stringify({ conversations: count, ...sum }));
}
