/**
 * Everything that CI checks, in one command: types, lint, then all tests. Says at the end which clients were missing on
 * this machine and what was therefore not tested; with CI set that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingTools } from './support/tools.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const steps: readonly (readonly [title: string, command: string, ...words: string[]])[] = [
  ['types', 'node_modules/.bin/tsc', '--noEmit'],
  ['types of the pages', 'node_modules/.bin/tsc', '--noEmit', '-p', 'src/portal/web'],
  ['format and lint', 'node_modules/.bin/biome', 'check', '--error-on-warnings', '.'],
  ['pages', process.execPath, 'src/portal/build/main.ts'],
  ['tests', process.execPath, 'node_modules/vitest/vitest.mjs', 'run'],
];

// Hundreds of gateways are started: each would strip the types of every source file anew.
const environment = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node-compile'), ...process.env };

let failed = false;
for (const [title, command, ...words] of steps) {
  console.log(`\n— ${title}`);
  const { status } = spawnSync(command, words, { cwd: root, stdio: 'inherit', env: environment });
  if (status !== 0) {
    console.error(`— ${title}: failed`);
    failed = true;
  }
}

const missing = missingTools();
for (const { tool, debianPackage, covers } of missing) {
  console.log(`not tested: ${covers}, because ${tool} is not installed (Debian: apt-get install ${debianPackage})`);
}
if (missing.length > 0 && process.env.CI) {
  console.error('in CI nothing may be skipped');
  failed = true;
}
process.exit(failed ? 1 : 0);
