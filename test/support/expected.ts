import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DEMO = fileURLToPath(new URL('../fixtures/demo', import.meta.url));

/** One of the demo's sample files. */
export function sampleFile(name: string): string {
  return join(DEMO, 'samples', name);
}

/** The results written by hand for one step of the demo, by file name. */
export async function expectedOf(step: string): Promise<Readonly<Record<string, string>>> {
  const names = await readdir(join(DEMO, 'expected', step));
  const texts = await Promise.all(names.map((name) => readFile(join(DEMO, 'expected', step, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

/** Puts the names the expected results have in braces for what no two runs share: ticket, times, generation, the day. */
export function withPlaceholders(text: string, ticket: string): string {
  return text
    .replaceAll(ticket, '{ticket}')
    .replace(/("generation": "|<generation>)[0-9a-f]{64}/g, '$1{generation}')
    .replace(/("receivedAt": "|<receivedAt>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '$1{time}')
    .replace(/(<FormCreationDate>)\d{4}-\d\d-\d\d/g, '$1{date}')
    .replace(/(<FormCreationHour>)\d\d:\d\d:\d\d\.\d{3}/g, '$1{time}')
    .replace(/(GO\.[A-Z]{4}\.\d{6}\.)\d{8}/g, '$1{date}');
}

/** Today as names of the batch channel write it. */
export function todayInNames(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}
