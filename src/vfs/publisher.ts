import { isWorkingName } from '../domain/arrival.ts';
import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import { endInFolder } from '../domain/folder-act.ts';
import type { RuleRef, Session } from '../domain/principal.ts';
import { nameOf, type VPath } from '../domain/vpath.ts';
import type { LedgerCommand, TargetRow } from '../storage/commands.ts';
import { keeping, refOf } from '../storage/content-commands.ts';
import type { CompletedContent } from '../storage/content-store.ts';
import { arrivalCommands } from './arrivals.ts';
import type { Changes } from './changes.ts';
import type { Entry, WriteCondition } from './files.ts';
import type { Gate } from './gate.ts';
import { assertHolds, mustHoldLocks } from './lock-checks.ts';
import { NonPersonal } from './non-personal.ts';
import { unfinishedOf } from './partial-commands.ts';
import { entryOf, needsParentRow, placeBelow, type StoredPlace } from './places.ts';
import { allowanceOf, maxFileBytes, mustFit, roomFor } from './quota.ts';
import { expectationOf, type Rows } from './rows.ts';
import type { UploadPlan } from './upload.ts';
import type { VfsParts } from './vfs.ts';

const MS_PER_HOUR = 3_600_000;

export type PublisherParts = Pick<VfsParts, 'store' | 'ledger' | 'generation' | 'clock' | 'isKnownPerson'> & {
  readonly gate: Gate;
  readonly rows: Rows;
  readonly changes: Changes;
};

/** How bytes become a file: what is decided before the first, and the commit after the last. */
export class Publisher {
  readonly #parts: PublisherParts;
  readonly #nonPersonal: NonPersonal;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#nonPersonal = new NonPersonal({ ...parts, isKnownPerson: parts.isKnownPerson ?? (() => true) });
  }

  /**
   * Asks for the right, the freeze, locks, the parent, the condition and room. To lock what stands there needs no lock
   * that stands there; to go on with what is held, that counts as present.
   * @throws GatewayError
   */
  async plan(
    session: Session,
    path: VPath,
    condition: WriteCondition,
    purpose: 'write' | 'lock' | 'go-on' = 'write',
  ): Promise<UploadPlan & { readonly target: TargetRow | undefined }> {
    const { gate, generation, rows } = this.#parts;
    const target = await rows.target(session, path);
    const existing = target?.entry;
    const rule = await gate.pass(session, existing ? 'overwrite' : 'create', path);
    try {
      const place = placeBelow(generation.value, session, path);
      if (existing?.kind === 'folder') throw new GatewayError('is-folder', 'a folder stands under this name');
      if (existing?.frozenBy !== undefined) {
        const text = 'the file is being processed and can not be changed until it is answered';
        throw new GatewayError('frozen', `${text}; ticket ${existing.frozenBy}`, { detail: existing.frozenBy });
      }
      if (needsParentRow(place) && target?.parent?.kind !== 'folder') {
        throw new GatewayError('no-parent', 'the folder above does not exist; make it first');
      }
      if (target !== undefined && (purpose !== 'lock' || existing === undefined)) assertHolds(session, target);
      const held = purpose === 'go-on' && condition === 'present' && unfinishedOf(target) !== undefined;
      const wanted = expectationOf(held ? 'any' : condition, existing);
      // Who may create and not overwrite must not replace a file that appears meanwhile.
      const onlyNew = wanted === 'any' && existing === undefined && !gate.allows(session, 'overwrite', path);
      const expect = onlyNew ? 'absent' : wanted;
      return {
        session,
        path,
        place,
        expect,
        rule,
        replaces: existing !== undefined,
        target,
        ...this.#room(session, place, target),
      };
    } catch (error) {
      throw gate.failed(session, 'publish', path, rule, asGatewayError(error));
    }
  }

  /** One commit: the name appears with its bytes, and what follows from that. */
  async publish(
    plan: UploadPlan,
    completed: CompletedContent,
    more: { readonly modifiedAt?: number | undefined; readonly commands?: readonly LedgerCommand[] | undefined },
  ): Promise<Entry> {
    const { session, path, place, expect, replaces } = plan;
    const content = refOf(completed);
    const at = this.#parts.clock.now();
    const generation = this.#parts.generation.value;
    const { ledgerPath } = place;
    // The right is asked again: a generation may have taken it away while the bytes came in.
    const rule = await this.#parts.gate.pass(session, replaces ? 'overwrite' : 'create', path);
    await this.#judge(plan, completed, rule);
    const expiresAt = this.#expiry(place, at);
    const parentMustExist = needsParentRow(place);
    const { versions } = await this.#parts.changes.commit({
      session,
      action: 'publish',
      path,
      rule,
      details: { size: content.size, sha256: content.sha256 },
      commands: async () => [
        mustHoldLocks(session, ledgerPath, replaces ? 'content' : 'name'),
        ...keeping([completed]),
        { kind: 'publish', path: ledgerPath, content, expect, parentMustExist, at, ...(expiresAt && { expiresAt }) },
        ...(more.modifiedAt === undefined
          ? []
          : [{ kind: 'setModified' as const, path: ledgerPath, modifiedAt: more.modifiedAt }]),
        ...(more.commands ?? []),
        // After what ends here of an upload in parts, which counts no more.
        ...mustFit(allowanceOf(generation, session, place)),
        ...arrivalCommands(session, place, content.size, generation, at),
      ],
    });
    crashPoint('receive.after-commit');
    const row = { path: ledgerPath, kind: 'file' as const, version: versions[ledgerPath] ?? 0, createdAt: at };
    return entryOf({ ...row, ...content, modifiedAt: more.modifiedAt ?? at }, path);
  }

  async #judge(plan: UploadPlan, completed: CompletedContent, rule: RuleRef): Promise<void> {
    const { session, path, place } = plan;
    if (place.kind !== 'shared' || place.shared.content !== 'non-personal') return;
    try {
      await this.#nonPersonal.judge(plan, completed, rule);
    } catch (error) {
      throw this.#parts.gate.failed(session, 'publish', path, rule, asGatewayError(error));
    }
  }

  /** Clients' working files are no arrivals, and nobody else takes them away. Personal data stay as long as deliveries. */
  #expiry(place: StoredPlace, at: number): number | undefined {
    const generation = this.#parts.generation.value;
    if (place.kind === 'shared') return endInFolder(generation, place.shared, at);
    if (place.kind !== 'intake' || !isWorkingName(nameOf(place.ledgerPath))) return undefined;
    return at + generation.limits.workingFileHours * MS_PER_HOUR;
  }

  #room(session: Session, place: StoredPlace, target: TargetRow | undefined) {
    const generation = this.#parts.generation.value;
    const allowance = allowanceOf(generation, session, place);
    return { maxBytes: maxFileBytes(generation, session, place), allowance, roomBytes: roomFor(allowance, target) };
  }
}
