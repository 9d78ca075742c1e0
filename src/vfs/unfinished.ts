import { GatewayError } from '../domain/errors.ts';
import { principalName, type Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { PartialRow, TargetRow } from '../storage/commands.ts';
import type { ContentUpload } from '../storage/content-store.ts';
import { Keeping } from './keeping.ts';
import { abandoned, endPartial, unfinishedOf } from './partial-commands.ts';
import { keyOf } from './partials.ts';
import { findPlace } from './places.ts';
import type { Publisher, PublisherParts } from './publisher.ts';
import type { Rooms } from './room.ts';
import { StagedUpload, type UploadHost, type UploadPlan } from './upload.ts';

type Parts = PublisherParts & {
  readonly publisher: Publisher;
  readonly rooms: Rooms;
  readonly isBeingWritten: (ledgerPath: VPath) => boolean;
};

type Planned = UploadPlan & { readonly target: TargetRow | undefined };

/**
 * Uploads of unknown size (SFTP) that were left before their CLOSE. Their principal alone learns how far they came, and goes on
 * with them; for everybody else nothing is there, and no arrival. They outlive connections and restarts.
 */
export class Unfinished {
  readonly #parts: Parts;
  /** Uploads under way that are kept when they are left; the youngest of a principal and path. */
  readonly #running = new Map<string, StagedUpload>();
  /** Contents of those that were left here, by principal and path. Of others the sweeper takes care. */
  readonly #left = new Map<string, string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async bytes(session: Session, path: VPath): Promise<number | undefined> {
    const running = this.#runningAt(session, path);
    await running?.leaving;
    if (running === undefined || running.leaving !== undefined) return (await this.#find(session, path))?.row.size;
    if (!running.hasStalled || (await this.#plan(session, path)) === undefined) return undefined;
    return running.keepableBytes === 0 ? undefined : running.keepableBytes;
  }

  async forget(session: Session, path: VPath): Promise<boolean> {
    const found = await this.#find(session, path);
    if (found === undefined) return false;
    await this.#drop(found.plan, found.row);
    return true;
  }

  /**
   * Goes on with what is held, where the client wants to; else that is over, since this upload takes its place.
   * @returns undefined where there is nothing to go on with
   */
  async takeUp(planned: Planned, goesOn: boolean, host: UploadHost): Promise<StagedUpload | undefined> {
    const running = this.#running.get(keyOf(planned));
    if (running !== undefined) {
      // Somebody still writes: this is another upload to the same name, and whoever ends last stands there.
      if (running.leaving === undefined && !(goesOn && running.hasStalled)) return undefined;
      await running.leave();
    }
    const { target, ...plan } = planned;
    const row = running === undefined ? target?.partial : await this.#row(plan);
    if (target === undefined || row?.base === undefined) return undefined;
    if (goesOn && this.#parts.isBeingWritten(plan.place.ledgerPath)) return undefined;
    if (!goesOn || unfinishedOf({ ...target, partial: row }) === undefined) {
      await this.#drop(plan, row);
      return undefined;
    }
    try {
      // What came after the last bytes that are held for sure may be anything.
      await this.#parts.store.truncate({ contentId: row.contentId }, row.size);
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code === 'broken') throw error;
      await this.#drop(plan, row);
      return undefined;
    }
    return this.#start(planned, row, host, row);
  }

  begin(planned: Planned, content: ContentUpload, host: UploadHost): StagedUpload {
    return this.#start(planned, content, host, undefined);
  }

  #start(planned: Planned, content: ContentUpload, host: UploadHost, held: PartialRow | undefined): StagedUpload {
    const { target, ...plan } = planned;
    const { contentId } = content;
    const key = keyOf(plan);
    const room = this.#parts.rooms.of(plan, held?.size ?? 0);
    const keeping = new Keeping(plan, contentId, held, { ...this.#parts, room, base: target?.entry?.version ?? 0 });
    const ended = (of: UploadPlan, ending: StagedUpload) => {
      if (this.#running.get(key) === upload) this.#running.delete(key);
      if (upload.leaving !== undefined) this.#left.set(key, contentId);
      host.ended(of, ending);
    };
    this.#left.delete(key);
    const upload = new StagedUpload(plan, { contentId }, room, { ...host, ended }, keeping, held?.size);
    this.#running.set(key, upload);
    return upload;
  }

  /** A whole file stands there now: what was left of another upload by the same principal has no row any more. */
  async outdone(plan: Pick<UploadPlan, 'session' | 'place'>): Promise<void> {
    const key = keyOf(plan);
    const contentId = this.#left.get(key);
    if (contentId === undefined) return;
    this.#left.delete(key);
    await this.#parts.store.remove(contentId);
  }

  #runningAt(session: Session, path: VPath): StagedUpload | undefined {
    const place = findPlace(this.#parts.generation.value, session, path);
    return place === undefined || place.kind === 'virtual' ? undefined : this.#running.get(keyOf({ session, place }));
  }

  /** What is held, and the plan to go on with it. */
  async #find(session: Session, path: VPath): Promise<{ row: PartialRow; plan: UploadPlan } | undefined> {
    const place = findPlace(this.#parts.generation.value, session, path);
    if (place === undefined || place.kind === 'virtual' || place.depth === 0) return undefined;
    // Hardly any name has one, and then nothing more is asked.
    if ((await this.#row({ session, place })) === undefined) return undefined;
    const planned = await this.#plan(session, path);
    if (planned === undefined || this.#parts.isBeingWritten(place.ledgerPath)) return undefined;
    const { target, ...plan } = planned;
    const row = unfinishedOf(target);
    return row && { row, plan };
  }

  /** Undefined where the principal may not hand in there. */
  #plan(session: Session, path: VPath): Promise<Planned | undefined> {
    return this.#parts.publisher.plan(session, path, 'any').catch((error: unknown) => {
      if (error instanceof GatewayError && error.code !== 'broken') return undefined;
      throw error;
    });
  }

  #row({ session, place }: Pick<UploadPlan, 'session' | 'place'>): Promise<PartialRow | undefined> {
    const principal = principalName(session.principal);
    return this.#parts.ledger.read({ kind: 'partial', principal, path: place.ledgerPath });
  }

  async #drop(plan: UploadPlan, { contentId }: PartialRow): Promise<void> {
    await this.#parts.ledger.commit([endPartial(plan), abandoned(plan)]);
    // Somebody may still write to it, here or in another process; then it is left to the sweeper.
    if (!this.#parts.isBeingWritten(plan.place.ledgerPath)) await this.#parts.store.remove(contentId);
  }
}
