import type { Audit } from '../audit/audit.ts';
import type { Current } from '../domain/current.ts';
import type { DeliveryState } from '../domain/delivery.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Environment } from '../domain/flow.ts';
import type { Generation } from '../domain/generation.ts';
import { ALL_RIGHTS, type Authorizer, type PartnerId, type Right, type Session } from '../domain/principal.ts';
import type { SubmissionState, Ticket } from '../domain/submission.ts';
import { INTAKES, isIntakeName, type Place } from '../domain/tree.ts';
import { childOf, nameOf, partsOf, ROOT, type VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import type { Ledger } from '../storage/ledger.ts';
import { actionLine } from './audit-lines.ts';
import type { Entry } from './files.ts';
import type { Gate } from './gate.ts';
import { absent, configuredFolder, entryAt, findPlace } from './places.ts';

/** A name with what a page tells about it. */
export type Browsed = Entry & {
  readonly rights: readonly Right[];
  readonly frozen: { readonly ticket: Ticket; readonly state: SubmissionState | undefined } | undefined;
  readonly delivery: { readonly id: string; readonly state: DeliveryState } | undefined;
};

export type BrowsedFolder = {
  readonly path: VPath;
  readonly kind: 'root' | 'intake' | 'mailbox' | 'shared' | 'folder';
  readonly flow: string | undefined;
  readonly environment: Environment | undefined;
  readonly rights: readonly Right[];
  readonly items: readonly Browsed[];
  /** The last name of this page, where there are more. */
  readonly next: string | undefined;
};

/** Folders page by page, for people who look at them. */
export interface Browsing {
  /** @param page names behind `after`, at most so many @throws GatewayError as `Files.list` */
  folder(
    session: Session,
    path: VPath,
    page: { readonly after: string; readonly limit: number },
  ): Promise<BrowsedFolder>;
  /** @throws GatewayError as `Files.stat` */
  entry(session: Session, path: VPath): Promise<Browsed>;
  /** The same of a name that this session has just written: nothing is asked but what it may do with it. */
  written(session: Session, entry: Entry): Promise<Browsed>;
  /** Asks before somebody begins to read. @throws GatewayError `not-found`, `not-allowed`, `level-too-low` */
  mustRead(session: Session, path: VPath): Promise<void>;
}

type Parts = {
  readonly ledger: Ledger;
  readonly authorizer: Authorizer;
  readonly audit: Audit;
  readonly generation: Current<Generation>;
  readonly gate: Gate;
};

type Found = { readonly row: EntryRow | undefined; readonly entry: Entry };

/** Rights that a folder gives to names that are not there yet. */
const WITHIN: ReadonlySet<Right> = new Set(['create', 'makeFolder']);

/** One class implements it, behind the same gate as everything else. */
export class BrowseDesk implements Browsing {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async folder(session: Session, path: VPath, page: { after: string; limit: number }): Promise<BrowsedFolder> {
    const { gate, audit, generation } = this.#parts;
    const rule = await gate.pass(session, 'list', path);
    const place = findPlace(generation.value, session, path);
    const folder = place && (await this.#at(place, path));
    if (place === undefined || folder === undefined) throw gate.failed(session, 'list', path, rule, absent());
    if (folder.entry.kind === 'file') throw new GatewayError('not-folder', 'this is a file, not a folder');
    audit.note(actionLine(session, 'list', path, 'done', rule));
    const found = await this.#below(session, place, path, page.after, page.limit + 1);
    const shown = found.slice(0, page.limit);
    return {
      path,
      kind: path === ROOT ? 'root' : place.kind === 'virtual' || place.kind === 'overseen' ? 'folder' : place.kind,
      flow: place.kind === 'intake' || place.kind === 'mailbox' ? place.flow : undefined,
      environment: environmentOf(place, path),
      rights: this.#rightsIn(session, path),
      items: await this.#described(session, path, shown),
      next: found.length > shown.length ? shown.at(-1)?.entry.name : undefined,
    };
  }

  async entry(session: Session, path: VPath): Promise<Browsed> {
    const { gate, audit, generation } = this.#parts;
    const rule = await gate.pass(session, 'stat', path);
    const place = findPlace(generation.value, session, path);
    const found = place && (await this.#at(place, path));
    if (found === undefined) throw gate.failed(session, 'stat', path, rule, absent());
    audit.note(actionLine(session, 'stat', path, 'done', rule));
    return this.#one(session, found);
  }

  async written(session: Session, entry: Entry): Promise<Browsed> {
    const place = findPlace(this.#parts.generation.value, session, entry.path);
    const now = place && (await this.#at(place, entry.path));
    // It may have been taken away, or replaced, the moment it stood there.
    return this.#one(session, now?.entry.etag === entry.etag ? now : { row: undefined, entry });
  }

  async mustRead(session: Session, path: VPath): Promise<void> {
    await this.#parts.gate.pass(session, 'read', path);
  }

  async #one(session: Session, found: Found): Promise<Browsed> {
    const [described] = await this.#described(session, undefined, [found]);
    if (described === undefined) throw absent();
    return described;
  }

  async #at(place: Place, path: VPath): Promise<Found | undefined> {
    if (place.kind === 'virtual' || place.depth === 0) return { row: undefined, entry: configuredFolder(path) };
    const row = await this.#parts.ledger.read({ kind: 'entry', path: place.ledgerPath });
    return row && { row, entry: entryAt(place, row, path) };
  }

  async #below(session: Session, place: Place, path: VPath, after: string, limit: number): Promise<readonly Found[]> {
    if (place.kind === 'virtual') {
      const below = place.children.filter((name) => name > after).map((name) => childOf(path, name));
      const seen = below.filter((child) => this.#parts.gate.allows(session, 'stat', child)).slice(0, limit);
      return seen.map((child) => ({ row: undefined, entry: configuredFolder(child) }));
    }
    const rows = await this.#parts.ledger.read({ kind: 'children', folder: place.ledgerPath, after, limit });
    return rows.map((row) => ({ row, entry: entryAt(place, row, childOf(path, nameOf(row.path))) }));
  }

  /** @param folder where they lie together: what may be done with one may be done with all */
  async #described(session: Session, folder: VPath | undefined, found: readonly Found[]): Promise<readonly Browsed[]> {
    const { ledger, generation } = this.#parts;
    const rows = found.flatMap(({ row }) => (row?.kind === 'file' ? [row] : []));
    const tickets = rows.flatMap(({ frozenBy }) => (frozenBy === undefined ? [] : [frozenBy]));
    const contentIds = rows.map(({ contentId }) => contentId);
    const partner = this.#ownerOf(session, folder ?? found[0]?.entry.path);
    const states = tickets.length === 0 ? [] : await ledger.read({ kind: 'statesOf', tickets });
    const deliveries = contentIds.length === 0 ? [] : await ledger.read({ kind: 'deliveriesOf', partner, contentIds });
    const stateOf = new Map(states.map(({ ticket, state }) => [ticket, state]));
    const deliveryOf = new Map(deliveries.map(({ contentId, id, state }) => [contentId, { id, state }]));
    const configured = new Set<string>(generation.value.folders.map(({ path }) => path));
    let ofOthers: readonly Right[] | undefined;
    return found.map(({ row, entry }) => {
      const isOwn = folder === undefined || row === undefined || configured.has(entry.path);
      if (!isOwn) ofOthers ??= this.#rightsOf(session, entry.path);
      return {
        ...entry,
        rights: isOwn ? this.#rightsOf(session, entry.path) : (ofOthers ?? []),
        frozen: row?.frozenBy && { ticket: row.frozenBy, state: stateOf.get(row.frozenBy) },
        delivery: row && deliveryOf.get(row.contentId),
      };
    });
  }

  /** Whose deliveries lie at a path. */
  #ownerOf(session: Session, path: VPath | undefined): PartnerId {
    const place = path && findPlace(this.#parts.generation.value, session, path);
    return place?.kind === 'overseen' ? place.owner : session.principal.partner;
  }

  /** Also what may be done with new names in a folder: nobody may make a configured folder itself. */
  #rightsIn(session: Session, path: VPath): readonly Right[] {
    const own = this.#rightsOf(session, path);
    const within = this.#rightsOf(session, childOf(path, 'new'));
    return ALL_RIGHTS.filter((right) => own.includes(right) || (WITHIN.has(right) && within.includes(right)));
  }

  /** Those too that only want a second factor: who uses one is told to step up. */
  #rightsOf(session: Session, path: VPath): readonly Right[] {
    return ALL_RIGHTS.filter((right) => {
      const decision = this.#parts.authorizer.decide(session, right, path);
      return decision.allowed || 'code' in decision;
    });
  }
}

/** Answers of T and S lie together. */
function environmentOf(place: Place, path: VPath): Environment | undefined {
  if (place.kind === 'intake') return place.environment;
  const [top = ''] = partsOf(path);
  if (isIntakeName(top)) return INTAKES[top];
  return top === 'OUT' ? 'R' : undefined;
}
