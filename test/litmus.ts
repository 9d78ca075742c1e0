/** Runs litmus against the gateway in both ways, says what each suite came to, and fails below the whole. */
import { LITMUS_TESTS, LITMUS_WAYS } from './support/litmus.ts';
import { hasTool } from './support/tools.ts';

if (!hasTool('litmus')) {
  console.error('litmus is not installed (Debian: apt-get install litmus)');
  process.exit(3);
}
let complete = true;
for (const [way, run] of Object.entries(LITMUS_WAYS)) {
  const { suites, passed } = await run();
  for (const { suite, passed: good, tests, remarks } of suites) {
    console.log(`${way}: ${suite} ${good} of ${tests}`);
    for (const remark of remarks) console.log(`    ${remark.trim()}`);
  }
  console.log(`litmus: ${passed} of ${LITMUS_TESTS}`);
  complete &&= passed === LITMUS_TESTS;
}
process.exit(complete ? 0 : 1);
