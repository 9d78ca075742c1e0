import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LONGEST } from '../../vitest.config.ts';

const ROOT = join(import.meta.dirname, '../..');

test('every file of tests that is to begin first is there', () => {
  expect(LONGEST.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
});
