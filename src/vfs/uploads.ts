import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import type { ContentRef } from '../storage/content-store.ts';
import { arrivalCommands } from './arrivals.ts';
import type { Changes } from './changes.ts';
import type { Entry, Upload, Uploads, WriteCondition } from './files.ts';
import type { Gate } from './gate.ts';
import { entryOf, needsParentRow, placeBelow, refuseUnchecked, type StoredPlace } from './places.ts';
import { expectationOf, type Rows } from './rows.ts';
import { StagedUpload, tooLarge, type UploadHost, type UploadPlan } from './upload.ts';
import type { VfsParts } from './vfs.ts';

type DeskParts = Pick<VfsParts, 'store' | 'generation' | 'clock' | 'audit'> & {
  readonly gate: Gate;
  readonly rows: Rows;
  readonly changes: Changes;
};

/** Takes files in: decides before the first byte, publishes after the last. */
export class UploadDesk implements Uploads {
  readonly #parts: DeskParts;
  readonly #open = new Map<VPath, number>();
  readonly #host: UploadHost;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#host = {
      store: parts.store,
      publish: (plan, content, modifiedAt) => this.#publish(plan, content, modifiedAt),
      refused: (plan, error) => this.#refused(plan, error),
      ended: (plan) => this.#ended(plan.place.ledgerPath),
    };
  }

  /** Whether bytes are on their way to this ledger path. */
  isBeingWritten(ledgerPath: VPath): boolean {
    return this.#open.has(ledgerPath);
  }

  async begin(
    session: Session,
    path: VPath,
    options: { condition: WriteCondition; startFrom: 'empty' | 'current'; sizeHint?: number },
  ): Promise<Upload> {
    const existing = await this.#parts.rows.rowIfAny(session, path);
    const plan = await this.#plan(session, path, existing, options.condition);
    if (options.sizeHint !== undefined && options.sizeHint > plan.maxBytes) {
      throw this.#refused(plan, tooLarge(plan.maxBytes));
    }
    const content = await this.#parts.store.begin();
    this.#open.set(plan.place.ledgerPath, (this.#open.get(plan.place.ledgerPath) ?? 0) + 1);
    crashPoint('receive.open');
    const upload = new StagedUpload(plan, content, this.#host);
    if (options.startFrom === 'current' && existing !== undefined) await this.#fillFrom(upload, existing);
    return upload;
  }

  async #plan(
    session: Session,
    path: VPath,
    existing: EntryRow | undefined,
    condition: WriteCondition,
  ): Promise<UploadPlan> {
    const { gate, generation } = this.#parts;
    const rule = await gate.pass(session, existing ? 'overwrite' : 'create', path);
    try {
      const place = placeBelow(generation.value, session, path);
      refuseUnchecked(place);
      if (existing?.kind === 'folder') throw new GatewayError('is-folder', 'a folder stands under this name');
      if (existing?.frozenBy !== undefined) {
        const text = 'the file is being processed and can not be changed until it is answered';
        throw new GatewayError('frozen', `${text}; ticket ${existing.frozenBy}`);
      }
      await this.#parts.rows.assertParent(place);
      const wanted = expectationOf(condition, existing);
      // Who may create and not overwrite must not replace a file that appears meanwhile.
      const onlyNew = wanted === 'any' && existing === undefined && !gate.allows(session, 'overwrite', path);
      const expect = onlyNew ? 'absent' : wanted;
      return { session, path, place, expect, rule, replaces: existing !== undefined, maxBytes: this.#maxBytes(place) };
    } catch (error) {
      throw gate.failed(session, 'publish', path, rule, asGatewayError(error));
    }
  }

  async #publish(plan: UploadPlan, content: ContentRef, modifiedAt: number | undefined): Promise<Entry> {
    const at = this.#parts.clock.now();
    const { session, path, place, expect } = plan;
    const ledgerPath = place.ledgerPath;
    // The right is asked again: a generation may have taken it away while the bytes came in.
    const rule = await this.#parts.gate.pass(session, plan.replaces ? 'overwrite' : 'create', path);
    const { versions } = await this.#parts.changes.commit({
      session,
      action: 'publish',
      path,
      rule,
      details: { size: content.size, sha256: content.sha256 },
      commands: async () => [
        { kind: 'publish', path: ledgerPath, content, expect, parentMustExist: needsParentRow(place), at },
        ...(modifiedAt === undefined ? [] : [{ kind: 'setModified' as const, path: ledgerPath, modifiedAt }]),
        ...arrivalCommands(session, place, content.size, this.#parts.generation.value, at),
      ],
    });
    crashPoint('receive.after-commit');
    const row = { path: ledgerPath, kind: 'file' as const, version: versions[ledgerPath] ?? 0, createdAt: at };
    return entryOf({ ...row, ...content, modifiedAt: modifiedAt ?? at }, path);
  }

  async #fillFrom(upload: StagedUpload, row: EntryRow): Promise<void> {
    try {
      let offset = 0;
      for await (const chunk of this.#parts.store.read(row.contentId)) {
        await upload.write(offset, chunk);
        offset += chunk.length;
      }
    } catch (error) {
      await upload.abort();
      throw error;
    }
  }

  #maxBytes(place: StoredPlace): number {
    const { flows, limits } = this.#parts.generation.value;
    const flow = place.kind === 'intake' ? flows.find((candidate) => candidate.code === place.flow) : undefined;
    return Math.min(limits.maxFileBytes, flow?.maxFileBytes ?? limits.maxFileBytes);
  }

  #refused({ session, path, rule }: UploadPlan, error: GatewayError): GatewayError {
    return this.#parts.gate.failed(session, 'publish', path, rule, error);
  }

  #ended(path: VPath): void {
    const left = (this.#open.get(path) ?? 1) - 1;
    if (left === 0) this.#open.delete(path);
    else this.#open.set(path, left);
  }
}
