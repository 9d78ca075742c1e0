import { expect, test } from 'vitest';
import { ConfigCopy, load } from './config-copy.ts';

/** One edit of a shipped file, and the problem it makes: file, place and message. */
export type Refusal = readonly [title: string, file: string, from: string, to: string, place: string, message: string];

export function testRefusals(refusals: readonly Refusal[]): void {
  for (const [title, file, from, to, place, message] of refusals) {
    test(`${title}: refused at ${place}`, async () => {
      await using copy = await ConfigCopy.make();
      await copy.edit(file, from, to);
      const loaded = await load(copy);
      const problems = loaded.ok ? [] : loaded.problems;
      const told = problems.map((problem) => `${problem.file}:${problem.line}:${problem.column} ${problem.message}`);
      expect(told).toContain(`${place} ${message}`);
      expect(problems.every((problem) => problem.remedy.length > 0)).toBe(true);
    });
  }
}
