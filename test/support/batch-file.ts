import { readFile } from 'node:fs/promises';

const LINES = new URL('../../config/directory/person-lines.csv', import.meta.url);

/** The day every record speaks of. */
const DAY = '2026-01-05';
const HEAD = 'record_no;ticket;ssin;ssin_replaced_by;mutation_code;effective_date;street;house_no;box;postal_code;';
const SENT = `${HEAD}municipality_nis;country_nis;source;quality_code;quality_begin;quality_end\n`;
const DELIVERED = `${HEAD}municipality_nis;country_nis;quality_code;quality_begin;quality_end\n`;

/** What each record of twenty is, so that every kind stands in every part of the file. */
const MIX = ['deliverable', 'unreceived', 'bad-insz', 'bad-date', 'unknown', 'replaced'] as const;
type Kind = (typeof MIX)[number];
const KIND_OF: readonly Kind[] = Array.from({ length: 20 }, (_, index) => MIX[index - 14] ?? 'deliverable');
const STRIDE = 7919; // a prime: neighbouring records speak of persons far apart

/** A big file of address mutations, and what must become of each of its records, worked out from the person lines. */
export type BatchFile = {
  readonly bytes: Buffer;
  readonly records: number;
  /** The whole file that RJV gets. */
  readonly delivered: string;
  /** The code of each record that is refused, by number. */
  readonly refused: ReadonlyMap<number, string>;
  /** Numbers of the records whose person has another number now: accepted, and the sender is told. */
  readonly replaced: readonly number[];
  /** Records that are accepted and reach nobody. */
  readonly withoutReceiver: number;
};

/** What RJV's line of a person says: quality, begin, end. */
type Line = { readonly ssin: string; readonly replacedBy: string; readonly quality: string };

/** The same number of records gives the same file. */
export async function bigAddressFile(records: number): Promise<BatchFile> {
  const people = sortPeople((await readFile(LINES, 'utf8')).split('\n').slice(1));
  const sent = [SENT];
  const delivered = [DELIVERED];
  const refused = new Map<number, string>();
  const replaced: number[] = [];
  let withoutReceiver = 0;
  for (let number = 1; number <= records; number += 1) {
    const kind = KIND_OF[number % KIND_OF.length] ?? 'deliverable';
    const { ssin, replacedBy, quality } = personFor(kind, number, people);
    const ticket = `7d1c0b8e-0000-4000-8000-${number.toString().padStart(12, '0')}`;
    const street = number % 11 === 0 ? '"Laan ""Twee""; bis"' : 'Proefstraat';
    const place = `${street};${number % 200};;1000;21004;00150`;
    const day = kind === 'bad-date' ? '2026-02-30' : DAY;
    sent.push(`${number};${ticket};${ssin};;ADR;${day};${place};RR;010;2019-04-01;\n`);
    const code = CODES[kind];
    if (code !== undefined) refused.set(number, code);
    else if (quality === '') withoutReceiver += 1;
    else delivered.push(`${number};${ticket};${ssin};${replacedBy};ADR;${day};${place};${quality}\n`);
    if (kind === 'replaced') replaced.push(number);
  }
  const bytes = Buffer.from(sent.join(''));
  return { bytes, records, delivered: delivered.join(''), refused, replaced, withoutReceiver };
}

const CODES: Readonly<Partial<Record<Kind, string>>> = {
  'bad-insz': 'MSG00011',
  'bad-date': 'MSG00008',
  unknown: 'MSG00005',
};

type People = Readonly<Record<'deliverable' | 'unreceived' | 'replaced', readonly Line[]>>;

/** Columns: ssin;sector;type;quality;phase;begin;end;replaced_by. RJV is 10/0 and may have those of quality 010. */
function sortPeople(lines: readonly string[]): People {
  const known = new Set<string>();
  const qualities = new Map<string, string>();
  const replacements = new Map<string, string>();
  for (const line of lines) {
    const [ssin = '', sector, type, quality, , begin = '', end = '', replacedBy = ''] = line.split(';');
    if (ssin === '') continue;
    known.add(ssin);
    if (replacedBy !== '') replacements.set(ssin, replacedBy);
    const isCovered = begin <= DAY && (end === '' || end >= DAY);
    if (sector === '10' && type === '0' && quality === '010' && isCovered) {
      qualities.set(ssin, `${quality};${begin};${end}`);
    }
  }
  const people = [...known].map((ssin) => {
    const replacedBy = replacements.get(ssin) ?? '';
    return { ssin, replacedBy, quality: qualities.get(replacedBy || ssin) ?? '' };
  });
  return {
    deliverable: people.filter((one) => one.quality !== '' && one.replacedBy === ''),
    unreceived: people.filter((one) => one.quality === '' && one.replacedBy === ''),
    replaced: people.filter((one) => one.quality !== '' && one.replacedBy !== ''),
  };
}

function personFor(kind: Kind, number: number, people: People): Line {
  const among = people[kind === 'unreceived' || kind === 'replaced' ? kind : 'deliverable'];
  const person = among[(number * STRIDE) % among.length];
  if (person === undefined) throw new Error(`the person lines have nobody who is ${kind}`);
  // Check digits run from 01 to 97.
  if (kind === 'bad-insz') return { ...person, ssin: `${person.ssin.slice(0, 9)}00` };
  return kind === 'unknown' ? { ssin: unknownNumber(number), replacedBy: '', quality: '' } : person;
}

/** A valid number of somebody born on a 30 January; the person lines have nobody of that day. */
function unknownNumber(number: number): string {
  const nine = `${40 + (number % 60)}0130${900 + (number % 98)}`;
  return `${nine}${(97 - (Number(nine) % 97)).toString().padStart(2, '0')}`;
}
