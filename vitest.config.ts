import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest begin first, so that none is left to run alone at the end; a test says when one is gone. */
export const LONGEST = [
  'test/faults/crash.test.ts',
  'test/processes/remote-ledger.test.ts',
  'test/e2e/rclone.test.ts',
  'test/e2e/bad-input.test.ts',
  'test/e2e/answers.test.ts',
  'test/e2e/demo.test.ts',
  'test/e2e/admin-guide.test.ts',
  'test/sftp/fences.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`));
      return index < 0 ? LONGEST.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // More than the two cores of the smallest machine: many tests wait for a time to pass.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
  },
});
