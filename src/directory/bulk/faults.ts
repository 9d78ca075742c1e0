import { inszOfKey, type PersonKey } from '../../domain/person-key.ts';
import { LineTable } from '../line-table.ts';
import { linesOf, type Problems } from '../load.ts';
import { type LineRules, parsePersonLine } from '../person-lines.ts';
import type { Segment } from './segment.ts';

/** Tells the problems of single lines by their numbers in the file. */
export function tellLines(segments: readonly Segment[], problems: Problems): void {
  let before = 0;
  for (const { lines, problems: found, moreProblems } of segments) {
    for (const { line, problem } of found) problems.add(before + line + 1, problem);
    problems.more += moreProblems;
    before += lines;
  }
}

/**
 * Reads the dump once more for the lines of persons that contradict each other, or whose replacement leads nowhere: only
 * then are line numbers of single persons needed.
 */
export async function tellPersons(
  file: string,
  { rules, isDetailed }: { readonly rules: LineRules; readonly isDetailed: boolean },
  faulty: readonly PersonKey[],
  links: ReadonlyMap<PersonKey, string>,
  problems: Problems,
): Promise<void> {
  const wanted = new Map([...faulty, ...links.keys()].map((key) => [inszOfKey(key) as string, key]));
  if (wanted.size === 0) return;
  const table = new LineTable();
  let number = 0;
  for await (const text of linesOf(file)) {
    number += 1;
    const key = text === undefined ? undefined : wanted.get(text.slice(0, 11));
    if (key === undefined || text === undefined) continue;
    const parsed = parsePersonLine(text, rules, isDetailed);
    if (!('kind' in parsed)) continue;
    const link = links.get(key);
    if (link !== undefined) problems.add(number, link);
    else table.add(parsed, number);
  }
  table.sort();
  for (const entry of table.persons()) {
    if (!('kind' in entry)) for (const { line, problem } of entry) problems.add(line, problem);
  }
}
