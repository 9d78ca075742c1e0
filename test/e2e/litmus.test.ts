import { describe, expect, test } from 'vitest';
import { LITMUS_TESTS, LITMUS_WAYS } from '../support/litmus.ts';
import { hasTool } from '../support/tools.ts';

describe.skipIf(!hasTool('litmus'))('litmus', () => {
  test.each(Object.entries(LITMUS_WAYS))('is content with everything over %s', async (_way, run) => {
    const { suites, passed } = await run();
    for (const { suite, passed: good, tests, remarks } of suites) {
      expect({ suite, passed: good, remarks }).toEqual({ suite, passed: tests, remarks: [] });
    }
    expect(passed).toBe(LITMUS_TESTS);
    expect(LITMUS_TESTS).toBe(104);
  });
});
