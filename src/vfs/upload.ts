import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, GatewayError } from '../domain/errors.ts';
import type { Session } from '../domain/principal.ts';
import type { VPath } from '../domain/vpath.ts';
import type { Expectation } from '../storage/commands.ts';
import type { ContentRef, ContentStore, ContentUpload } from '../storage/content-store.ts';
import type { Entry, Upload } from './files.ts';
import type { StoredPlace } from './places.ts';

/** What an upload needs to know of the name it is for; decided before the first byte. */
export type UploadPlan = {
  readonly session: Session;
  readonly path: VPath;
  readonly place: StoredPlace;
  readonly expect: Expectation;
  readonly replaces: boolean;
  readonly maxBytes: number;
};

/** What the vfs does for an upload: publish it in one commit, and forget it when it ends. */
export type UploadHost = {
  readonly store: ContentStore;
  publish(plan: UploadPlan, content: ContentRef, modifiedAt: number | undefined): Promise<Entry>;
  ended(plan: UploadPlan): void;
};

/** Bytes on their way into a staged content that nobody can see. */
export class StagedUpload implements Upload {
  readonly replaces: boolean;
  readonly #plan: UploadPlan;
  readonly #content: ContentUpload;
  readonly #host: UploadHost;
  #size = 0;
  #state: 'open' | 'committed' | 'aborted' = 'open';

  constructor(plan: UploadPlan, content: ContentUpload, host: UploadHost) {
    this.replaces = plan.replaces;
    this.#plan = plan;
    this.#content = content;
    this.#host = host;
  }

  get size(): number {
    return this.#size;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    this.#assertOpen();
    const end = offset + bytes.length;
    if (!Number.isSafeInteger(end) || offset < 0 || end > this.#plan.maxBytes) throw tooLarge(this.#plan.maxBytes);
    if (this.#size === 0) crashPoint('receive.first-byte');
    this.#size = Math.max(this.#size, end);
    await this.#host.store.writePart(this.#content, offset, bytes);
    crashPoint('receive.mid-body');
  }

  async truncate(size: number): Promise<void> {
    this.#assertOpen();
    if (!Number.isSafeInteger(size) || size < 0 || size > this.#plan.maxBytes) throw tooLarge(this.#plan.maxBytes);
    await this.#host.store.truncate(this.#content, size);
    this.#size = size;
  }

  async commit(options: { expectedSize?: number; expectedSha256?: string; modifiedAt?: number } = {}): Promise<Entry> {
    this.#assertOpen();
    this.#state = 'committed';
    crashPoint('receive.last-byte');
    try {
      const content = await this.#host.store.complete(this.#content, {
        ...(options.expectedSize !== undefined && { size: options.expectedSize }),
        ...(options.expectedSha256 !== undefined && { sha256: options.expectedSha256 }),
      });
      return await this.#host.publish(this.#plan, content, options.modifiedAt);
    } catch (error) {
      // An outcome that is not known may have named the content: the sweeper decides, not this upload.
      if (error instanceof GatewayError && error.code !== 'broken')
        await this.#host.store.remove(this.#content.contentId);
      throw asGatewayError(error);
    } finally {
      this.#host.ended(this.#plan);
    }
  }

  async abort(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'aborted';
    this.#host.ended(this.#plan);
    await this.#host.store.remove(this.#content.contentId);
  }

  #assertOpen(): void {
    if (this.#state !== 'open') throw new GatewayError('bad-request', 'this upload has ended');
  }
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('too-large', `a file may have at most ${maxBytes} bytes here`);
}
