import { writeFile } from 'node:fs/promises';

/** A synthetic reference directory: series 900 and up, so that no real person is hit. The same seed, the same file. */
export type PersonLinesOptions = { readonly persons: number; readonly seed: number };

const HEADER = 'ssin;sector;type;quality;phase;begin;end;replaced_by';

/** The persons of the sample files, and what the samples need to know of them. */
const SAMPLE_LINES: readonly string[] = [
  '74031295170;7;1;101;0;2015-06-01;;',
  '74031295170;10;0;010;0;2019-04-01;;',
  '74031295170;12;0;030;0;2019-04-01;;',
  '74031295170;18;0;001;0;2025-10-01;;',
  '85113098277;7;1;102;0;2012-01-01;2026-12-31;',
  '85113098277;11;0;001;0;2008-01-01;;',
  '85113098277;18;0;004;0;2025-09-01;;',
  '00022993779;7;1;105;0;2021-03-01;;',
  '00022993779;10;0;010;0;2025-10-01;2026-12-31;',
  '68451597725;;;;;;;00022993779',
  '12070496422;7;1;106;0;2012-07-04;;',
  '91220892329;10;0;010;0;2016-02-01;2020-12-31;',
  '05523198637;18;0;001;0;2024-07-01;;',
  '60000094128;11;0;001;0;1985-01-01;;',
  '79400091257;;;;;;;',
];

/** Every line of the file, header first, sorted by person. */
export function personLines(options: PersonLinesOptions): readonly string[] {
  const random = randomNumbers(options.seed);
  const persons = new Map<string, string[]>();
  for (const line of SAMPLE_LINES) {
    const ssin = line.slice(0, 11);
    persons.set(ssin, [...(persons.get(ssin) ?? []), line]);
  }
  while (persons.size < options.persons) {
    const ssin = synthetic(random);
    if (!persons.has(ssin)) persons.set(ssin, linesOf(ssin, random));
  }
  const sorted = [...persons].sort(([one], [other]) => (one < other ? -1 : 1));
  return [HEADER, ...sorted.flatMap(([, lines]) => lines)];
}

type Random = (below: number) => number;

/** mulberry32: 32 bits of state, good enough for test data, and the same everywhere. */
function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A number with valid check digits of someone born from 1940 to 2015; one in eight is a BIS number. */
function synthetic(random: Random): string {
  const year = 1940 + random(76);
  const month = 1 + random(12) + (random(8) === 0 ? (random(2) === 0 ? 20 : 40) : 0);
  const nine = `${two(year % 100)}${two(month)}${two(1 + random(28))}${900 + random(98)}`;
  const check = 97 - ((year >= 2000 ? 2_000_000_000 + Number(nine) : Number(nine)) % 97);
  return `${nine}${two(check)}`;
}

/** At most one line per sector on any day; one person in seventeen is known without any. */
function linesOf(ssin: string, random: Random): string[] {
  const lines: string[] = [];
  const line = (institution: string, quality: string, begin: string, end = '') =>
    lines.push(`${ssin};${institution};${quality};0;${begin};${end};`);
  if (random(17) === 0) return [`${ssin};;;;;;;`];
  if (random(100) < 30) line('7;1', `10${1 + random(7)}`, day(2005 + random(18), random));
  if (random(100) < 10) line('10;0', '010', day(2005 + random(5), random), day(2011 + random(8), random));
  if (random(100) < 60) line('10;0', '010', day(2019 + random(6), random), random(12) === 0 ? '2030-12-31' : '');
  if (random(100) < 25) line('11;0', '001', day(1995 + random(25), random));
  if (random(100) < 30) line('12;0', '030', day(2010 + random(15), random), random(3) === 0 ? '2025-06-30' : '');
  if (random(100) < 20) line('18;0', random(2) === 0 ? '001' : '004', day(2018 + random(7), random));
  return lines.length > 0 ? lines : [`${ssin};11;0;001;0;${day(2000, random)};;`];
}

function day(year: number, random: Random): string {
  return `${year}-${two(1 + random(12))}-${two(1 + random(28))}`;
}

function two(value: number): string {
  return value.toString().padStart(2, '0');
}

/** The file that ships in `config/directory/`. */
export async function writePersonLines(file: string, options: PersonLinesOptions): Promise<void> {
  await writeFile(file, `${personLines(options).join('\n')}\n`);
}

const SHIPPED: PersonLinesOptions = { persons: 10_000, seed: 20_260_115 };

if (import.meta.main) await writePersonLines('config/directory/person-lines.csv', SHIPPED);
