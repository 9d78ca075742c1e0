/** `npm run compare:webdav-server`: what webdav-server does with the table of hostile requests, as a page of the decision. */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CAUSES } from '../hostile-requests/all.ts';
import type { Case } from '../hostile-requests/case.ts';
import { type Fate, fatesOf, isAsExpected } from './peer.ts';

const DECISION = join(import.meta.dirname, '../../../docs/decisions/0001-own-webdav-core.md');
const LIST = join(import.meta.dirname, 'killing-requests.json');
const [BEGIN, END] = ['<!-- figures of compare:webdav-server -->', '<!-- end -->'];

type Outcome = { readonly cause: string; readonly one: Case; readonly isTwin: boolean; readonly fate: Fate };

const todo = CAUSES.flatMap(({ cause, twin, cases }) => [
  { cause, one: twin, isTwin: true },
  ...cases.map((one) => ({ cause, one, isTwin: false })),
]);
const fates = await fatesOf(todo.map(({ one }) => one));
const outcomes: readonly Outcome[] = todo.map((one, index) => ({ ...one, fate: fates[index] ?? { kind: 'silent' } }));

const version: unknown = createRequire(import.meta.url)('webdav-server/package.json').version;
const killed = outcomes.filter(({ fate }) => fate.kind === 'killed');
const count = (of: readonly Outcome[]) => ({
  all: of.length,
  asExpected: of.filter(({ fate, one }) => isAsExpected(fate, one)).length,
  killed: of.filter(({ fate }) => fate.kind === 'killed').length,
  silent: of.filter(({ fate }) => fate.kind === 'silent').length,
  broken: of.filter(({ fate }) => fate.kind === 'answered' && fate.statuses.includes(500)).length,
});
const [refused, twins] = [
  count(outcomes.filter(({ isTwin }) => !isTwin)),
  count(outcomes.filter(({ isTwin }) => isTwin)),
];
const row = (what: string, key: keyof ReturnType<typeof count>) => `| ${what} | ${refused[key]} | ${twins[key]} |`;
const causes = Map.groupBy(killed, ({ cause }) => cause);
const page = [
  `\`webdav-server\` ${version} on Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}:`,
  '',
  '| of the table of hostile requests | hostile | well-formed twins |',
  '|---|---|---|',
  row('sent', 'all'),
  row('answered with the status of the RFC', 'asExpected'),
  row('ended the process', 'killed'),
  row('no answer within a second', 'silent'),
  row('answered 500', 'broken'),
  '',
  'What ended the process (one request is enough):',
  '',
  ...[...causes].map(
    ([cause, of]) =>
      `- ${cause}: ${of.map(({ one, isTwin }) => (isTwin ? `the twin, ${one.what}` : one.what)).join('; ')}`,
  ),
].join('\n');
console.log(page);
const text = await readFile(DECISION, 'utf8');
const [before, after] = [text.split(BEGIN)[0], text.split(END)[1]];
if (after === undefined) throw new Error(`${DECISION} has no place for the figures`);
await writeFile(DECISION, `${before}${BEGIN}\n${page}\n${END}${after}`);
await writeFile(
  LIST,
  `${JSON.stringify(
    killed.map(({ cause, one }) => ({ cause, what: one.what })),
    undefined,
    2,
  )}\n`,
);
