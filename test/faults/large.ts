import { parseArgs } from 'node:util';
import { LargeBench } from './large-bench.ts';

/**
 * `npm run faults:large -- --records 8000000 [--persons 100000] [--at parse.middle]`: kills a gateway at each named point of
 * one large batch, starts it again, and compares all it leaves, byte for byte, with a run that nothing interrupts. Exit 0
 * where nothing differs.
 */
const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    persons: { type: 'string', default: '100000' },
    at: { type: 'string' },
  },
});

const bench = await LargeBench.prepare(Number(values.records), Number(values.persons));
const { chunks } = bench;
const POINTS = [
  ...['receive.after-receipt-commit', 'parse.start', 'route.first-output', 'parse.chunk:1', 'parse.middle'],
  ...[`parse.chunk:${Math.ceil(chunks / 4)}`, `parse.chunk:${chunks}`, 'parse.done', 'authorize.done'],
  ...['route.between', 'route.between:100', 'route.last', 'answer.built', 'answer.signed', 'answer.manifest:100'],
  ...['answer.stored', 'route.before-commit', 'audit.append.delivery', 'audit.append.submission-answered'],
  'route.after-commit',
];
let differing = 0;
try {
  const expected = await bench.run(undefined);
  console.log(`${values.records} records in ${chunks} chunks: ${expected.length} files and logs`);
  for (const at of values.at === undefined ? POINTS : [values.at]) {
    const began = performance.now();
    const found = await bench.run(at);
    const others = expected
      .filter((line) => !found.includes(line))
      .concat(found.filter((line) => !expected.includes(line)));
    differing += others.length;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${at}: ${others.length === 0 ? 'the same bytes' : `differs\n${others.join('\n')}`} (${seconds} s)`);
  }
} finally {
  await bench.remove();
}
process.exitCode = differing === 0 ? 0 : 1;
