import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, type GatewayError } from '../domain/errors.ts';
import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { EntryRow } from '../storage/commands.ts';
import type { ContentRef } from '../storage/content-store.ts';
import type { Entry, PartialState, PartUpload, Upload, Uploads, WriteCondition } from './files.ts';
import { endPartial, PartialDesk } from './partials.ts';
import type { Publisher, PublisherParts } from './publisher.ts';
import { assertFits, StagedUpload, type UploadHost, type UploadPlan } from './upload.ts';

/** Takes files in: decides before the first byte, publishes after the last. */
export class UploadDesk implements Uploads {
  readonly #parts: PublisherParts;
  readonly #publisher: Publisher;
  readonly #partials: PartialDesk;
  readonly #open = new Map<VPath, number>();
  readonly #host: UploadHost;

  constructor(parts: PublisherParts & { readonly publisher: Publisher }) {
    this.#parts = parts;
    this.#publisher = parts.publisher;
    this.#host = {
      store: parts.store,
      publish: (plan, content, modifiedAt) => this.#publish(plan, content, modifiedAt),
      refused: (plan, error) => this.#refused(plan, error),
      ended: ({ place }) => this.#ended(place.ledgerPath),
    };
    this.#partials = new PartialDesk({
      ...parts,
      began: (path) => this.#began(path),
      ended: (path) => this.#ended(path),
    });
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
    const { target, ...plan } = await this.#publisher.plan(session, path, options.condition);
    try {
      assertFits(plan, options.sizeHint ?? 0);
    } catch (error) {
      throw this.#refused(plan, asGatewayError(error));
    }
    const content = await this.#parts.store.begin();
    this.#began(plan.place.ledgerPath);
    crashPoint('receive.open');
    const upload = new StagedUpload(plan, content, this.#host);
    if (options.startFrom === 'current' && target?.entry !== undefined) await this.#fillFrom(upload, target.entry);
    return upload;
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

  /** A whole file ends what its principal held of it in parts. */
  #publish(plan: UploadPlan, content: ContentRef, modifiedAt: number | undefined): Promise<Entry> {
    const commands = [endPartial(plan)];
    return this.#publisher.publish(plan, content, { modifiedAt, commands });
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

  #refused({ session, path, rule }: UploadPlan, error: GatewayError): GatewayError {
    return this.#parts.gate.failed(session, 'publish', path, rule, error);
  }

  #began(path: VPath): void {
    this.#open.set(path, (this.#open.get(path) ?? 0) + 1);
  }

  #ended(path: VPath): void {
    const left = (this.#open.get(path) ?? 1) - 1;
    if (left === 0) this.#open.delete(path);
    else this.#open.set(path, left);
  }
}
