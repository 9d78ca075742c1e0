import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { networkOfFormats } from '../support/network-of-formats.ts';
import { load } from './config-copy.ts';

/** One edit, and the problem it makes: where it points, as the text there with a bar before the place, and its message. */
export type Case = readonly [title: string, file: string, from: string, to: string, place: string, message: string];
export type Edit = readonly [file: string, from: string, to: string];

/** The problems after these edits, and the text of one of the files. */
export async function after(edits: readonly Edit[], textOf?: string) {
  await using copy = await networkOfFormats();
  for (const [file, from, to] of edits) await copy.edit(file, from, to);
  const loaded = await load(copy);
  const text = textOf === undefined ? '' : await readFile(copy.path(textOf), 'utf8');
  return { problems: loaded.ok ? [] : loaded.problems, text };
}

export const messagesAfter = async (edits: readonly Edit[]) => (await after(edits)).problems.map((one) => one.message);

/** `line:column` of the bar. */
export function placeOf(marked: string, text: string): string {
  const at = text.indexOf(marked.replace('¦', ''));
  if (at < 0) throw new Error(`nowhere stands ${marked}`);
  const before = text.slice(0, at + marked.indexOf('¦')).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

export function testCases(cases: readonly Case[], before: readonly Edit[] = []): void {
  test.each(cases)('%s', async (_title, file, from, to, place, message) => {
    const { problems, text } = await after([...before, [file, from, to]], file);
    expect(problems.map((one) => `${one.file}:${one.line}:${one.column} ${one.message}`)).toEqual([
      `${file}:${placeOf(place, text)} ${message}`,
    ]);
    expect(problems.every((one) => one.remedy.length > 0)).toBe(true);
  });
}
