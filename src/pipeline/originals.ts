import { hash } from 'node:crypto';
import type { Person } from '../directory/directory.ts';
import type { LayoutVersion } from '../domain/flow.ts';
import { MOST_REFERENCES, type RememberedOriginals } from '../storage/original-commands.ts';
import type { OriginalsLookup } from './batch.ts';
import type { CheckedRecord } from './record-rules.ts';

/** Hexadecimal digits of the digest that ties a reference to its person. */
const DIGEST_DIGITS = 16;

/**
 * The name under which a receiver list is remembered. It ties the reference to the person of the original: a cancellation
 * that names another person than its original must not reach the original's receivers, who may have no line of that
 * person. The number itself is not kept.
 */
export function originalKey(reference: string, insz: string): string {
  return `${reference}#${hash('sha256', `${reference}\n${insz}`).slice(0, DIGEST_DIGITS)}`;
}

/** Whether records of a layout can change or cancel others. */
export function followsOriginals({ roles, changes }: LayoutVersion): boolean {
  return roles.cancels !== undefined || changes !== undefined;
}

/** Who got the originals that records of this batch change or cancel: from this batch, else from earlier ones. */
export class Originals {
  readonly #lookup: OriginalsLookup;
  readonly #references = new Set<string>();
  readonly #ofBatch = new Map<string, readonly string[]>();
  #ofEarlier: ReadonlyMap<string, readonly string[]> = new Map();

  constructor(lookup: OriginalsLookup) {
    this.#lookup = lookup;
  }

  /** Whether an accepted record of this batch has this reference already. */
  isTaken(reference: string): boolean {
    return this.#references.has(reference);
  }

  /** Asks once for every original that these records name; `find` answers from it until the next call. */
  async prepare(records: readonly CancellingRecord[]): Promise<void> {
    const wanted = new Set(records.flatMap(({ cancels, person }) => keysOf(cancels, person)));
    this.#ofEarlier = wanted.size === 0 ? new Map() : await this.#lookup([...wanted]);
  }

  /** The receivers of the original; undefined where this sender sent no such record about this person. */
  find(cancels: string, person: Person): readonly string[] | undefined {
    const keys = keysOf(cancels, person);
    for (const known of [this.#ofBatch, this.#ofEarlier]) {
      const receivers = keys.flatMap((key) => known.get(key) ?? []);
      if (keys.some((key) => known.has(key))) return [...new Set(receivers)];
    }
    return undefined;
  }

  /**
   * Remembers who gets a record. One that changes its original under the same reference takes nobody from those who got the
   * original: what follows reaches them again.
   */
  add(record: CheckedRecord, person: Person, receivers: readonly string[]): void {
    const { reference } = record;
    if (reference === undefined) return;
    this.#references.add(reference);
    const before = record.cancels === reference ? (this.find(reference, person) ?? []) : [];
    const all = before.length === 0 ? receivers : [...new Set([...before, ...receivers])].sort();
    this.#ofBatch.set(originalKey(reference, person.replacedBy ?? person.insz), all);
  }

  /** What later batches must know of this one, in the order of the first record of each list of receivers. */
  toRemember(): readonly RememberedOriginals[] {
    const lists = new Map<string, RememberedList>();
    for (const [reference, receivers] of this.#ofBatch) {
      const key = receivers.join();
      const list = lists.get(key) ?? new RememberedList(receivers);
      lists.set(key, list);
      list.add(reference);
    }
    return [...lists.values()].flatMap((list) => list.all());
  }
}

class RememberedList {
  readonly #receivers: readonly string[];
  readonly #whole: RememberedOriginals[] = [];
  #references: string[] = [];

  constructor(receivers: readonly string[]) {
    this.#receivers = receivers;
  }

  add(reference: string): void {
    this.#references.push(reference);
    if (this.#references.length === MOST_REFERENCES) this.#end();
  }

  all(): readonly RememberedOriginals[] {
    if (this.#references.length > 0) this.#end();
    return this.#whole;
  }

  #end(): void {
    const references = this.#references;
    this.#references = [];
    this.#whole.push({ receivers: this.#receivers, references: JSON.stringify(references), count: references.length });
  }
}

export type CancellingRecord = { readonly cancels: string; readonly person: Person };

/** The original was sent under the number of its day: the one written now, or the one that replaced it. */
function keysOf(cancels: string, person: Person): readonly string[] {
  const keys = [originalKey(cancels, person.insz)];
  if (person.replacedBy !== undefined) keys.push(originalKey(cancels, person.replacedBy));
  return keys;
}
