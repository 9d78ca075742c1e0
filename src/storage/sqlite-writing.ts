import { GENESIS } from './audit-chain.ts';
import { integer, type Sql, text } from './sql.ts';

/** Numbers that are given out once each. */
type Sequence = 'version' | 'fence';
/** The last line of the audit log. */
export type AuditHead = { readonly seq: number; readonly hash: string };

/**
 * What the one writing connection knows by heart, so that it need not ask before each row: the numbers it gave out last, and
 * the end of the audit log. `settle` before each COMMIT makes it part of the transaction; after a ROLLBACK it is read again.
 */
export class Writing {
  readonly sql: Sql;
  readonly #last = new Map<Sequence, number>();
  readonly #unsaved = new Set<Sequence>();
  #head: AuditHead | undefined;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  /** The first of `count` numbers, each higher than any before. Those of a call that fails are left out. */
  next(sequence: Sequence, count = 1): number {
    const last = this.#last.get(sequence) ?? this.#read(sequence);
    this.#last.set(sequence, last + count);
    this.#unsaved.add(sequence);
    return last + 1;
  }

  get head(): AuditHead {
    this.#head ??= this.#readHead();
    return this.#head;
  }

  /** A line was appended; or those of a call that failed were taken back. */
  set head(head: AuditHead) {
    this.#head = head;
  }

  settle(): void {
    for (const name of this.#unsaved) {
      const value = this.#last.get(name) ?? 0;
      this.sql.run('UPDATE sequence SET value = $value WHERE name = $name', { name, value });
    }
    this.#unsaved.clear();
  }

  forget(): void {
    this.#last.clear();
    this.#unsaved.clear();
    this.#head = undefined;
  }

  #read(name: Sequence): number {
    return integer(this.sql.one('SELECT value FROM sequence WHERE name = $name', { name }), 'value');
  }

  #readHead(): AuditHead {
    const last = this.sql.get('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
    return last === undefined ? { seq: 0, hash: GENESIS } : { seq: integer(last, 'seq'), hash: text(last, 'hash') };
  }
}
