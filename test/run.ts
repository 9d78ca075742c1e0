/**
 * Everything that CI checks, in one command: types, lint, then all tests. Says at the end which clients were missing on
 * this machine and what was therefore not tested; with CI set that is a failure.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { missingTools } from './support/tools.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
type Step = readonly [title: string, command: string, ...words: string[]];
/** At once, before the tests: each keeps one core busy for some seconds. */
const first: readonly Step[] = [
  ['types', 'node_modules/.bin/tsc', '--noEmit'],
  ['types of the pages', 'node_modules/.bin/tsc', '--noEmit', '-p', 'src/portal/web'],
  ['format and lint', 'node_modules/.bin/biome', 'check', '--error-on-warnings', '.'],
  ['pages', process.execPath, 'src/portal/build/main.ts'],
];
const tests: Step = ['tests', process.execPath, 'node_modules/vitest/vitest.mjs', 'run'];

// Hundreds of gateways are started: each would strip the types of every source file anew.
const environment = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile'), ...process.env };

let failed = false;
function judge(title: string, status: unknown): void {
  if (status === 0) return;
  console.error(`— ${title}: failed`);
  failed = true;
}

/** Prints what a step says in one piece. */
async function runQuietly([title, command, ...words]: Step): Promise<void> {
  const child = spawn(command, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  console.log(`\n— ${title}\n${out}${err}`.trimEnd());
  judge(title, status);
}

await Promise.all(first.map(runQuietly));
const [title, command, ...words] = tests;
console.log(`\n— ${title}`);
const [status] = await once(spawn(command, words, { cwd: root, stdio: 'inherit', env: environment }), 'close');
judge(title, status);

const missing = missingTools();
for (const { tool, debianPackage, covers } of missing) {
  console.log(`not tested: ${covers}, because ${tool} is not installed (Debian: apt-get install ${debianPackage})`);
}
if (missing.length > 0 && process.env.CI) {
  console.error('in CI nothing may be skipped');
  failed = true;
}
process.exit(failed ? 1 : 0);
