import type { Readable } from 'node:stream';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import { GatewayError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { LendsBytes } from '../domain/http.ts';
import type { Authorizer, RuleRef, Session } from '../domain/principal.ts';
import { childOf, isWithin, parentOf, type VPath } from '../domain/vpath.ts';
import type { ByteRange, ContentStore, ReadsUploads } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';
import { arrivalCommands, refuseFolderInIntake } from './arrivals.ts';
import { actionLine } from './audit-lines.ts';
import { BrowseDesk } from './browse.ts';
import { Changes } from './changes.ts';
import { type Elsewhere, NOWHERE_ELSE } from './elsewhere.ts';
import type { Entry, Files, Overwrite, WriteCondition } from './files.ts';
import { Gate } from './gate.ts';
import { mustHoldLocks } from './lock-checks.ts';
import { LockDesk } from './locks.ts';
import type { IsKnownPerson } from './non-personal.ts';
import { Pickups } from './pickups.ts';
import {
  absent,
  configuredFolder,
  entryOf,
  findPlace,
  keepsEnd,
  needsParentRow,
  placeBelow,
  refuseUnchecked,
  type StoredPlace,
} from './places.ts';
import { PropertyDesk } from './properties.ts';
import { Publisher } from './publisher.ts';
import { allowanceOf, mustFit } from './quota.ts';
import { QuotaDesk } from './quota-desk.ts';
import { expectationOf, Rows } from './rows.ts';
import { RunningTransfers } from './running.ts';
import { BytesUnderWay, type UnderWay } from './under-way.ts';
import { UploadDesk } from './uploads.ts';

export type VfsParts = {
  readonly store: ContentStore & ReadsUploads;
  readonly ledger: Ledger;
  readonly authorizer: Authorizer;
  readonly audit: Audit;
  readonly generation: Current<Generation>;
  readonly clock: Clock;
  /** Called after a commit that queued an arrival: work is waiting, or will at a time. */
  readonly onArrival: (dueAt?: number) => void;
  /** Uploads of other processes; absent where there are none. */
  readonly elsewhere?: Elsewhere | undefined;
  /** Where the bytes of uploads under way are counted; absent where there is one process. */
  readonly underWay?: UnderWay | undefined;
  /** Asked about numbers in files of folders that are about nobody. Absent: every number is one of a person. */
  readonly isKnownPerson?: IsKnownPerson | undefined;
};

type Target = { readonly rule: RuleRef; readonly place: StoredPlace; readonly exists: boolean };

/** The one door to the file tree: decide, then act and write it down in one commit. */
export class Vfs implements Files {
  /** Files being handed in. */
  readonly uploads: UploadDesk;
  readonly locks: LockDesk;
  readonly properties: PropertyDesk;
  readonly quota: QuotaDesk;
  readonly browsing: BrowseDesk;
  /** Uploads and downloads under way. */
  readonly running: RunningTransfers;
  readonly #parts: VfsParts;
  readonly #gate: Gate;
  readonly #rows: Rows;
  readonly #changes: Changes;
  readonly #pickups: Pickups;

  constructor(parts: VfsParts) {
    this.#parts = parts;
    this.#gate = new Gate(parts);
    this.running = new RunningTransfers(parts);
    this.#rows = new Rows(parts);
    this.#pickups = new Pickups(parts);
    this.#changes = new Changes({ ...parts, gate: this.#gate });
    const shared = { ...parts, gate: this.#gate, rows: this.#rows, changes: this.#changes };
    const publisher = new Publisher(shared);
    const elsewhere = parts.elsewhere ?? NOWHERE_ELSE;
    const underWay = parts.underWay ?? new BytesUnderWay();
    this.uploads = new UploadDesk({ ...shared, publisher, elsewhere, running: this.running, underWay });
    this.locks = new LockDesk({ ...shared, publisher });
    this.properties = new PropertyDesk(shared);
    this.quota = new QuotaDesk({ ...shared, underWay });
    this.browsing = new BrowseDesk(shared);
  }

  /** What was read until now is written down. */
  settled(): Promise<void> {
    return this.#pickups.settled();
  }

  /** Whether bytes are on their way to a ledger path, or somebody has locked it: the pipeline waits for both. */
  async isInUse(ledgerPath: VPath): Promise<boolean> {
    if (this.uploads.isBeingWritten(ledgerPath)) return true;
    const { ledger, clock } = this.#parts;
    return (await ledger.read({ kind: 'locksOn', path: ledgerPath, now: clock.now() })).length > 0;
  }

  async stat(session: Session, path: VPath): Promise<Entry> {
    const rule = await this.#gate.pass(session, 'stat', path);
    const entry = await this.#rows.entry(session, path);
    if (entry === undefined) throw this.#gate.failed(session, 'stat', path, rule, absent());
    this.#parts.audit.note(actionLine(session, 'stat', path, 'done', rule));
    return entry;
  }

  async *list(session: Session, path: VPath): AsyncIterable<Entry> {
    const rule = await this.#gate.pass(session, 'list', path);
    const place = findPlace(this.#parts.generation.value, session, path);
    const entry = await this.#rows.entry(session, path);
    if (place === undefined || entry === undefined) throw this.#gate.failed(session, 'list', path, rule, absent());
    if (entry.kind === 'file') throw new GatewayError('not-folder', 'this is a file, not a folder');
    this.#parts.audit.note(actionLine(session, 'list', path, 'done', rule));
    if (place.kind === 'virtual') {
      for (const name of place.children.map((child) => childOf(path, child))) {
        if (this.#gate.allows(session, 'stat', name)) yield configuredFolder(name);
      }
    } else {
      yield* this.#rows.below(place, path);
    }
  }

  async read(session: Session, path: VPath, range?: ByteRange): Promise<{ entry: Entry; body: Readable & LendsBytes }> {
    const rule = await this.#gate.pass(session, 'read', path);
    const entry = await this.#rows.entry(session, path);
    if (entry === undefined) throw this.#gate.failed(session, 'read', path, rule, absent());
    if (entry.kind === 'folder') throw new GatewayError('is-folder', 'this is a folder, not a file');
    const { place, row } = await this.#rows.stored(session, path);
    const details = { sha256: row.sha256, from: range?.start ?? 0, to: range?.end ?? row.size };
    await this.#parts.audit.record(actionLine(session, 'read', path, 'done', rule, details));
    const body = this.#parts.store.read(row, range);
    const { partner } = session.principal;
    if (place.kind === 'mailbox') await this.#pickups.follow(body, partner, row.contentId, range?.start ?? 0);
    this.running.began(body, {
      ...{ session, path, action: 'read', bytes: () => body.handedBytes },
      // Who reads it may not listen for errors.
      stop: (error) => void body.on('error', () => undefined).destroy(error),
    });
    body.once('close', () => this.running.ended(body));
    return { entry: entryOf(row, path), body };
  }

  async makeFolder(session: Session, path: VPath): Promise<void> {
    const rule = await this.#gate.pass(session, 'makeFolder', path);
    const commands = async () => {
      const place = placeBelow(this.#parts.generation.value, session, path);
      refuseFolderInIntake(place);
      const at = this.#parts.clock.now();
      const { ledgerPath } = place;
      return [
        mustHoldLocks(session, ledgerPath, 'name'),
        { kind: 'makeFolder' as const, path: ledgerPath, parentMustExist: needsParentRow(place), at },
      ];
    };
    await this.#changes.commit({ session, action: 'make-folder', path, rule, commands });
  }

  async move(session: Session, from: VPath, to: VPath, overwrite: Overwrite): Promise<{ replaced: boolean }> {
    const renaming = parentOf(from) === parentOf(to);
    const rule = await this.#gate.pass(session, renaming ? 'move' : 'delete', from);
    // Whoever may only take away would read it in a folder where he may.
    if (!renaming && !this.#gate.allows(session, 'read', from)) await this.#gate.pass(session, 'read', from);
    const target = await this.#target(session, { from, to }, overwrite, renaming);
    await this.#transfer(session, 'move', { from, to }, `${rule} ${target.rule}`, target, { overwrite });
    return { replaced: target.exists };
  }

  async copy(
    session: Session,
    from: VPath,
    to: VPath,
    options: { overwrite: boolean; recursive: boolean },
  ): Promise<{ replaced: boolean }> {
    const rule = await this.#gate.pass(session, 'read', from);
    const target = await this.#target(session, { from, to }, options.overwrite, false);
    await this.#transfer(session, 'copy', { from, to }, `${rule} ${target.rule}`, target, options);
    return { replaced: target.exists };
  }

  async remove(session: Session, path: VPath, options: { recursive: boolean; expect?: WriteCondition }): Promise<void> {
    const rule = await this.#gate.pass(session, 'delete', path);
    const commands = async () => {
      const { place, row } = await this.#rows.stored(session, path);
      this.#refuseRulesBelow(path);
      const expect = expectationOf(options.expect ?? 'any', row);
      return [
        mustHoldLocks(session, place.ledgerPath, 'tree'),
        { kind: 'remove' as const, path: place.ledgerPath, recursive: options.recursive, expect },
      ];
    };
    await this.#changes.commit({ session, action: 'delete', path, rule, commands });
  }

  async setModified(session: Session, path: VPath, modifiedAt: number): Promise<void> {
    const rule = await this.#gate.pass(session, 'create', path);
    const commands = async () => {
      const { place } = await this.#rows.stored(session, path);
      return [
        mustHoldLocks(session, place.ledgerPath, 'content'),
        { kind: 'setModified' as const, path: place.ledgerPath, modifiedAt },
      ];
    };
    await this.#changes.commit({ session, action: 'set-modified', path, rule, commands });
  }

  /** Moves or copies; the bytes stay where they are, and a name that appears in an intake folder has arrived. */
  async #transfer(
    session: Session,
    kind: 'move' | 'copy',
    path: { readonly from: VPath; readonly to: VPath },
    rule: RuleRef,
    target: Target,
    options: { readonly overwrite: Overwrite; readonly recursive?: boolean },
  ): Promise<void> {
    const commands = async () => {
      const { place, row } = await this.#rows.stored(session, path.from);
      if (row.kind === 'folder') refuseFolderInIntake(target.place);
      if (kind === 'move') this.#refuseRulesBelow(path.from);
      const at = this.#parts.clock.now();
      const command = {
        from: place.ledgerPath,
        to: target.place.ledgerPath,
        overwrite: options.overwrite,
        parentMustExist: needsParentRow(target.place),
        keepsEnd: keepsEnd(target.place, place),
        at,
      };
      const generation = this.#parts.generation.value;
      const { from, to } = command;
      const allowance = allowanceOf(generation, session, target.place);
      const after = arrivalCommands(session, target.place, row.size, generation, at);
      const locks = mustHoldLocks(session, to, target.exists ? 'tree' : 'name');
      if (kind === 'move') {
        const fits = mustFit(allowance, from);
        return [mustHoldLocks(session, from, 'tree'), locks, { kind, ...command }, ...fits, ...after];
      }
      return [locks, { kind, ...command, recursive: options.recursive ?? true }, ...mustFit(allowance), ...after];
    };
    await this.#changes.commit({ session, action: kind, path: path.from, rule, details: { to: path.to }, commands });
  }

  async #target(
    session: Session,
    { from, to }: { readonly from: VPath; readonly to: VPath },
    overwrite: Overwrite,
    renaming: boolean,
  ): Promise<Target> {
    const existing = await this.#rows.rowIfAny(session, to);
    if (existing !== undefined && !overwrite) {
      await this.#gate.pass(session, 'stat', to);
      throw new GatewayError('already-exists', 'the target exists');
    }
    const action = existing !== undefined ? 'overwrite' : renaming ? 'move' : 'create';
    const rule = await this.#gate.pass(session, action, to);
    const generation = this.#parts.generation.value;
    const place = placeBelow(generation, session, to);
    refuseUnchecked(place, findPlace(generation, session, from));
    await this.#rows.assertParent(place);
    return { rule, place, exists: existing !== undefined };
  }

  /** A configured folder inside another has rights of its own: nobody takes it away with the outer one. */
  #refuseRulesBelow(path: VPath): void {
    const inner = this.#parts.generation.value.folders.some(
      (folder) => folder.path !== path && isWithin(folder.path, path),
    );
    if (inner) throw new GatewayError('not-allowed', 'a folder inside this one has rules of its own');
  }
}
