import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import { principalName, type Session } from '../domain/principal.ts';
import { childOf, parentOf, type VPath } from '../domain/vpath.ts';
import type { EntryRow, Expectation, TargetRow } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Entry, WriteCondition } from './files.ts';
import {
  absent,
  configuredFolder,
  entryAt,
  entryOf,
  findPlace,
  needsParentRow,
  placeBelow,
  type StoredPlace,
} from './places.ts';
import { allowanceOf } from './quota.ts';

const LIST_PAGE = 500;

type RowParts = {
  readonly ledger: Ledger;
  readonly generation: Current<Generation>;
  readonly clock: Pick<Clock, 'now'>;
};

/** Finds what stands under the paths of a session. Asks for no right: the gate was passed before. */
export class Rows {
  readonly #ledger: Ledger;
  readonly #generation: Current<Generation>;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(parts: RowParts) {
    this.#ledger = parts.ledger;
    this.#generation = parts.generation;
    this.#clock = parts.clock;
  }

  async entry(session: Session, path: VPath): Promise<Entry | undefined> {
    const place = findPlace(this.#generation.value, session, path);
    if (place === undefined) return undefined;
    if (place.kind === 'virtual' || place.depth === 0) return configuredFolder(path);
    const row = await this.#ledger.read({ kind: 'entry', path: place.ledgerPath });
    return row && entryAt(place, row, path);
  }

  /** The row wherever the path may lie, also where the session may not see it: for choosing the right to ask for. */
  async rowIfAny(session: Session, path: VPath): Promise<EntryRow | undefined> {
    const place = findPlace(this.#generation.value, session, path);
    if (place === undefined || place.kind === 'virtual') return undefined;
    return this.#ledger.read({ kind: 'entry', path: place.ledgerPath });
  }

  /** All that counts for a file to be written, in one look; undefined where the session has no such place. */
  async target(session: Session, path: VPath): Promise<TargetRow | undefined> {
    const place = findPlace(this.#generation.value, session, path);
    if (place === undefined || place.kind === 'virtual') return undefined;
    const areas = allowanceOf(this.#generation.value, session, place)?.areas ?? [];
    const principal = principalName(session.principal);
    return this.#ledger.read({ kind: 'target', path: place.ledgerPath, areas, now: this.#clock.now(), principal });
  }

  /** @throws GatewayError `not-found`, `not-allowed` for a configured folder */
  async stored(session: Session, path: VPath): Promise<{ readonly place: StoredPlace; readonly row: EntryRow }> {
    const place = placeBelow(this.#generation.value, session, path);
    const row = await this.#ledger.read({ kind: 'entry', path: place.ledgerPath });
    if (row === undefined) throw absent();
    return { place, row };
  }

  /** @throws GatewayError `no-parent` */
  async assertParent(place: StoredPlace): Promise<void> {
    if (!needsParentRow(place)) return;
    const parent = await this.#ledger.read({ kind: 'entry', path: parentOf(place.ledgerPath) });
    if (parent?.kind !== 'folder')
      throw new GatewayError('no-parent', 'the folder above does not exist; make it first');
  }

  async *below(place: StoredPlace, path: VPath): AsyncIterable<Entry> {
    const folder = place.ledgerPath;
    for (let after = ''; ; ) {
      const rows = await this.#ledger.read({ kind: 'children', folder, after, limit: LIST_PAGE });
      for (const row of rows) yield entryAt(place, row, childOf(path, row.path.slice(folder.length + 1)));
      const last = rows.at(-1);
      if (last === undefined || rows.length < LIST_PAGE) return;
      after = last.path.slice(folder.length + 1);
    }
  }
}

/** @throws GatewayError `precondition-failed`, `already-exists` or `not-found` where the condition does not hold now */
export function expectationOf(condition: WriteCondition, row: EntryRow | undefined): Expectation {
  if (condition === 'any') return 'any';
  if (condition === 'absent') {
    if (row !== undefined) throw new GatewayError('already-exists', 'a file stands under this name');
    return 'absent';
  }
  if (row === undefined) {
    if (condition === 'present') throw absent();
    throw new GatewayError('precondition-failed', 'the file is not the one you expect');
  }
  if (condition !== 'present' && !condition.etags.includes(entryOf(row, row.path).etag)) {
    throw new GatewayError('precondition-failed', 'the file is not the one you expect');
  }
  return { version: row.version };
}
