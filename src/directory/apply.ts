import { isInsz } from '../domain/insz.ts';
import type { Sector } from '../domain/partner.ts';
import { dateOf } from '../domain/period.ts';
import { inszOfKey, type PersonKey, personKey } from '../domain/person-key.ts';
import { type LineDetail, readBeside } from './beside.ts';
import { MAX_CHAIN, putDetails } from './change.ts';
import { logChange } from './change-log.ts';
import type { Applied, ChangeCode, ChangeOutcome, DirectoryChange, DirectoryChanges } from './changes.ts';
import {
  DOSSIER_BYTES,
  type DossierNumbers,
  dayNumber,
  dossiersValue,
  KIND_DOSSIERS,
  keyBytes,
  MAX_PART,
  packDossier,
  Unpacker,
  unpackDossier,
} from './pack.ts';
import { statsValue } from './stats.ts';
import { STATS_KEY, type Store, statsOf } from './store.ts';

type Line = { readonly dossier: DossierNumbers; readonly detail: LineDetail };

/** The quality that stands for a replaced number. */
const REPLACED_QUALITY = 999;
const NO_DETAIL: LineDetail = { lastChange: undefined, inscriber: undefined };

/**
 * Makes the changes of one ticket, inside a write transaction of the caller: all that can be made, as one version. What
 * was applied before under the ticket gives its old answer.
 */
export function applyChanges(store: Store, changes: DirectoryChanges, sectors: readonly Sector[]): Applied {
  const ticket = Buffer.from(changes.ticket);
  const known = store.tickets.get(ticket);
  if (known !== undefined) return { ...readApplied(known), repeated: true };
  const work = new Work(store, changes, sectors);
  const outcomes = changes.changes.map((change) => work.make(change));
  const before = statsOf(store);
  const { persons, added } = work;
  const isChanged = persons.size > 0;
  const version = isChanged ? before.version + 1n : before.version;
  if (isChanged) {
    store.info.putSync(STATS_KEY, statsValue({ ...before, version, dossiers: before.dossiers + added }));
    logChange(store, { version, at: changes.at, source: changes.ticket, persons: Uint32Array.from(persons) });
  }
  store.tickets.putSync(ticket, Buffer.from(JSON.stringify({ version: version.toString(), outcomes })));
  return { version, outcomes, repeated: false };
}

/** The changes of one ticket, one after the other: each sees what those before it did. */
class Work {
  readonly persons = new Set<PersonKey>();
  added = 0;
  readonly #store: Store;
  readonly #anonymous: ReadonlySet<number>;
  readonly #detail: LineDetail;
  readonly #unpacker = new Unpacker();

  constructor(store: Store, { inscriber, at }: DirectoryChanges, sectors: readonly Sector[]) {
    this.#store = store;
    this.#anonymous = new Set(sectors.filter((sector) => sector.anonymousMembers).map(({ number }) => number));
    this.#detail = { lastChange: dayNumber(dateOf(at)), inscriber };
  }

  make(change: DirectoryChange): ChangeOutcome {
    const { record } = change;
    const { sector, type } = change.institution;
    if (type !== 0 && this.#anonymous.has(sector)) return { record, code: 'anonymous-member' };
    const days = numbersOf(change);
    if (days === undefined) return { record, code: 'out-of-range' };
    const key = this.#personInUse(personKey(change.insz));
    if (key === undefined) return { record, code: 'unknown-person' };
    const code = change.action === 'register' ? this.#register(key, days) : this.#end(key, days, change.begin);
    const insz = inszOfKey(key);
    return insz === change.insz ? { record, code } : { record, code, replacedBy: insz };
  }

  #register(key: PersonKey, added: DossierNumbers): ChangeCode {
    const lines = this.#linesOf(key);
    if (lines.some(({ dossier }) => isDouble(dossier, added))) return 'double-inscription';
    this.#write(key, [...lines, { dossier: added, detail: this.#detail }]);
    this.added += 1;
    return 'registered';
  }

  #end(key: PersonKey, asked: DossierNumbers, begin: string | undefined): ChangeCode {
    const last = asked.end ?? Number.POSITIVE_INFINITY;
    const lines = this.#linesOf(key);
    const found = lines.find(({ dossier }) => {
      const { institution, quality, phase } = dossier;
      const isOf = institution.sector === asked.institution.sector && institution.type === asked.institution.type;
      if (!isOf || quality !== asked.quality || phase !== asked.phase || dossier.begin > last) return false;
      return begin === undefined ? (dossier.end ?? last) >= last : dossier.begin === asked.begin;
    });
    if (found === undefined) return 'no-such-line';
    const dossier = { ...found.dossier, end: asked.end };
    const others = lines.filter((line) => line !== found);
    // A later end than before may run into another line.
    if (others.some((line) => isDouble(line.dossier, dossier))) return 'double-inscription';
    this.#write(key, [...others, { dossier, detail: { ...found.detail, lastChange: this.#detail.lastChange } }]);
    return 'ended';
  }

  /** The number at the end of the chain of replacements; undefined where nobody is known under it. */
  #personInUse(key: PersonKey): PersonKey | undefined {
    let at = key;
    for (let hops = 0; hops <= MAX_CHAIN; hops += 1) {
      const value = this.#store.persons.get(keyBytes(at));
      if (value === undefined) return undefined;
      const found = this.#unpacker.unpack(value, value.length);
      if (found.kind === 'dossiers') return at;
      if (found.kind === 'cancelled') return undefined;
      at = found.by;
    }
    return undefined;
  }

  #linesOf(key: PersonKey): readonly Line[] {
    const value = this.#store.persons.get(keyBytes(key));
    if (value === undefined || value[0] !== KIND_DOSSIERS) return [];
    const dossiers: DossierNumbers[] = [];
    for (let at = 1; at < value.length; at += DOSSIER_BYTES) dossiers.push(unpackDossier(value, at));
    const { details } = readBeside(this.#store.beside.get(keyBytes(key)));
    return dossiers.map((dossier, index) => ({ dossier, detail: details[index] ?? NO_DETAIL }));
  }

  #write(key: PersonKey, lines: readonly Line[]): void {
    const packed = lines.map(({ dossier, detail }) => {
      const bytes = Buffer.alloc(DOSSIER_BYTES);
      packDossier(bytes, 0, dossier);
      return { bytes, detail };
    });
    packed.sort((one, other) => Buffer.compare(one.bytes, other.bytes));
    this.#store.persons.putSync(keyBytes(key), dossiersValue(Buffer.concat(packed.map(({ bytes }) => bytes))));
    putDetails(
      this.#store,
      key,
      packed.map(({ detail }) => detail),
    );
    this.persons.add(key);
  }
}

/** One person, sector and quality has one line on any day (a branch is a sector). */
function isDouble(one: DossierNumbers, other: DossierNumbers): boolean {
  if (one.institution.sector !== other.institution.sector || one.quality !== other.quality) return false;
  const [end, otherEnd] = [one.end ?? Number.POSITIVE_INFINITY, other.end ?? Number.POSITIVE_INFINITY];
  return one.begin <= otherEnd && other.begin <= end;
}

/** A begin that is not told is day 0 here. */
function numbersOf(change: DirectoryChange): DossierNumbers | undefined {
  const quality = /^\d{3}$/.test(change.quality) ? Number(change.quality) : REPLACED_QUALITY;
  const begin = change.begin === undefined ? 0 : dayNumber(change.begin);
  const end = change.end === undefined ? undefined : dayNumber(change.end);
  if (begin === undefined || (change.end !== undefined && end === undefined)) return undefined;
  if (end !== undefined && end < begin) return undefined;
  const { institution, phase } = change;
  const parts = [institution.sector, institution.type, phase];
  if (quality === REPLACED_QUALITY || parts.some((part) => !Number.isInteger(part) || part < 0 || part > MAX_PART)) {
    return undefined;
  }
  return { institution, quality, phase, begin, end };
}

function readApplied(value: Buffer): Omit<Applied, 'repeated'> {
  const { version, outcomes } = JSON.parse(value.toString()) as {
    readonly version: string;
    readonly outcomes: readonly ChangeOutcome[];
  };
  for (const { replacedBy } of outcomes) {
    if (replacedBy !== undefined && !isInsz(replacedBy)) throw new TypeError('a damaged outcome of an integration');
  }
  return { version: BigInt(version), outcomes };
}
