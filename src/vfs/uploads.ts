import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, type GatewayError } from '../domain/errors.ts';
import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import { type CompletedContent, SMALL_BYTES } from '../storage/content-store.ts';
import type { Elsewhere } from './elsewhere.ts';
import type {
  Entry,
  HeldPart,
  HeldUploads,
  PartialState,
  PartUpload,
  Upload,
  Uploads,
  WriteCondition,
} from './files.ts';
import { endPartial } from './partial-commands.ts';
import { PartialDesk } from './partials.ts';
import type { Publisher, PublisherParts } from './publisher.ts';
import { Rooms } from './room.ts';
import { expectationOf } from './rows.ts';
import type { RunningTransfers } from './running.ts';
import type { UnderWay } from './under-way.ts';
import { Unfinished } from './unfinished.ts';
import { assertSize, StagedUpload, type UploadHost, type UploadPlan } from './upload.ts';

/** Uploads of one session that may be in memory, each up to `SMALL_BYTES`: 2 MiB. */
const MAX_HELD_OF_SESSION = 32;

type UploadDeskParts = PublisherParts & {
  readonly elsewhere: Elsewhere;
  readonly running: RunningTransfers;
  readonly underWay: UnderWay;
};

/** Takes files in: decides before the first byte, publishes after the last. */
export class UploadDesk implements Uploads, HeldUploads {
  readonly #parts: UploadDeskParts;
  readonly #publisher: Publisher;
  readonly #rooms: Rooms;
  readonly #partials: PartialDesk;
  readonly #unfinished: Unfinished;
  readonly #open = new Map<VPath, number>();
  /** Uploads by session. */
  readonly #running = new Map<string, number>();
  readonly #host: UploadHost;

  constructor(parts: UploadDeskParts & { readonly publisher: Publisher }) {
    this.#parts = parts;
    this.#publisher = parts.publisher;
    this.#host = {
      store: parts.store,
      publish: (plan, content, modifiedAt) => this.#publish(plan, content, modifiedAt),
      refused: (plan, error) => this.#refused(plan, error),
      ended: ({ session, place }, upload) => {
        this.#parts.running.ended(upload);
        this.#ended(place.ledgerPath);
        countDown(this.#running, session.id);
      },
    };
    this.#rooms = new Rooms(parts);
    const rooms = this.#rooms;
    this.#unfinished = new Unfinished({ ...parts, rooms, isBeingWritten: (path) => this.isBeingWritten(path) });
    this.#partials = new PartialDesk({
      ...parts,
      rooms,
      began: (path) => this.#began(path),
      ended: (path) => this.#ended(path),
    });
  }

  /** Whether bytes are on their way to this ledger path. */
  isBeingWritten(ledgerPath: VPath): boolean {
    return this.#open.has(ledgerPath) || this.#parts.elsewhere.isBeingWritten(ledgerPath);
  }

  /** As `Elsewhere`, asked by another process. */
  supersede(key: string): Promise<void> {
    return this.#partials.supersede(key);
  }

  /** As `Elsewhere`, asked by another process. */
  heldHere(key: string): Promise<PartialState | undefined> {
    return this.#partials.heldHere(key);
  }

  async begin(
    session: Session,
    path: VPath,
    options: { condition: WriteCondition; startFrom: 'empty' | 'current'; sizeHint?: number; keep?: boolean },
  ): Promise<Upload> {
    const goesOn = options.keep === true && options.startFrom === 'current';
    const planned = await this.#publisher.plan(session, path, options.condition, goesOn ? 'go-on' : 'write');
    const { target, ...plan } = planned;
    try {
      assertSize(plan, options.sizeHint ?? 0);
      await this.#rooms.mustHave(plan, options.sizeHint ?? 0);
    } catch (error) {
      throw this.#refused(plan, asGatewayError(error));
    }
    if (options.keep) {
      const upload = await this.#unfinished.takeUp(planned, goesOn, this.#host);
      if (upload !== undefined) {
        this.#started(plan, upload);
        return upload;
      }
      // What was held may be gone meanwhile.
      if (options.condition === 'present') expectationOf('present', target?.entry);
    }
    const content = await this.#parts.store.begin({ onDisk: this.#isLarge(session, options.sizeHint) });
    crashPoint('receive.open');
    const upload = options.keep
      ? this.#unfinished.begin(planned, content, this.#host)
      : new StagedUpload(plan, content, this.#rooms.of(plan, 0), this.#host);
    this.#started(plan, upload);
    if (options.startFrom === 'current' && target?.entry !== undefined) await this.#fillFrom(upload, target.entry);
    return upload;
  }

  unfinished(session: Session, path: VPath): Promise<number | undefined> {
    return this.#unfinished.bytes(session, path);
  }

  forget(session: Session, path: VPath): Promise<boolean> {
    return this.#unfinished.forget(session, path);
  }

  resume(
    session: Session,
    path: VPath,
    options: { condition: WriteCondition; offset: number; total: number },
  ): Promise<PartUpload> {
    return this.#partials.resume(session, path, options);
  }

  held(session: Session, path: VPath): Promise<PartialState | undefined> {
    return this.#partials.held(session, path);
  }

  inspect(session: Session, path: VPath): Promise<HeldPart | undefined> {
    return this.#partials.inspect(session, path);
  }

  heldBy(session: Session, limit: number): Promise<readonly Omit<HeldPart, 'sha256'>[]> {
    return this.#partials.heldBy(session, limit);
  }

  abandon(session: Session, path: VPath): Promise<boolean> {
    return this.#partials.abandon(session, path);
  }

  /** Whether it goes to the disk at once: it will have to, or this session has enough in memory. */
  #isLarge(session: Session, sizeHint = 0): boolean {
    return sizeHint > SMALL_BYTES || (this.#running.get(session.id) ?? 0) >= MAX_HELD_OF_SESSION;
  }

  /** A whole file ends what its principal held of it in parts. */
  async #publish(plan: UploadPlan, content: CompletedContent, modifiedAt: number | undefined): Promise<Entry> {
    const commands = [endPartial(plan)];
    const entry = await this.#publisher.publish(plan, content, { modifiedAt, commands });
    // What can't be removed now is the sweeper's: the file is there, whatever becomes of it.
    await this.#unfinished.outdone(plan).catch(() => undefined);
    return entry;
  }

  async #fillFrom(upload: StagedUpload, row: EntryRow): Promise<void> {
    try {
      let offset = 0;
      for await (const chunk of this.#parts.store.read(row)) {
        await upload.write(offset, chunk);
        offset += chunk.length;
      }
    } catch (error) {
      await upload.abort();
      throw error;
    }
  }

  #refused({ session, path, rule }: UploadPlan, error: GatewayError): GatewayError {
    return this.#parts.gate.failed(session, 'publish', path, rule, error);
  }

  #started({ session, path, place, replaces }: UploadPlan, upload: StagedUpload): void {
    this.#began(place.ledgerPath);
    this.#parts.running.began(upload, {
      ...{ session, path, action: replaces ? 'overwrite' : 'create', bytes: () => upload.size },
      // What can't be removed now is the sweeper's.
      stop: (error) => void upload.revoke(error).catch(() => undefined),
    });
    this.#running.set(session.id, (this.#running.get(session.id) ?? 0) + 1);
  }

  #began(path: VPath): void {
    this.#open.set(path, (this.#open.get(path) ?? 0) + 1);
    this.#parts.elsewhere.began(path);
  }

  #ended(path: VPath): void {
    countDown(this.#open, path);
    this.#parts.elsewhere.ended(path);
  }
}

function countDown<Key>(counts: Map<Key, number>, key: Key): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left === 0) counts.delete(key);
  else counts.set(key, left);
}
