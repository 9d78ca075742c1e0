import type { VPath } from '../domain/vpath.ts';
import type { Allowance } from './quota.ts';

/** One upload, the area of the tree it is for, and how many of its bytes no row of the ledger counts. */
export type UploadBytes = { readonly upload: string; readonly area: VPath; readonly bytes: number };

/** Bytes that came of uploads and that the ledger does not count yet. They are lost with their process, and so is the count. */
export interface UnderWay {
  /** Counts an upload with so many, where all together in those areas are at most `maxBytes` then. @returns whether it did */
  take(one: UploadBytes, within: Allowance): Promise<boolean>;
  /** Counts it with so many, whatever that makes; with 0 it has ended. */
  set(one: UploadBytes): void;
  /** What is under way in some areas together. */
  of(areas: readonly VPath[]): Promise<number>;
}

/** In the memory of the process that holds the ledger, for all processes. */
export class BytesUnderWay implements UnderWay {
  readonly #uploads = new Map<string, UploadBytes>();
  readonly #areas = new Map<VPath, number>();

  async take(one: UploadBytes, { areas, maxBytes }: Allowance): Promise<boolean> {
    const before = this.#uploads.get(one.upload)?.bytes ?? 0;
    const fits = one.bytes <= before || this.#in(areas) - before + one.bytes <= maxBytes;
    if (fits) this.set(one);
    return fits;
  }

  set(one: UploadBytes): void {
    const { upload, area, bytes } = one;
    const more = bytes - (this.#uploads.get(upload)?.bytes ?? 0);
    const together = (this.#areas.get(area) ?? 0) + more;
    if (bytes === 0) this.#uploads.delete(upload);
    else this.#uploads.set(upload, one);
    if (together === 0) this.#areas.delete(area);
    else this.#areas.set(area, together);
  }

  async of(areas: readonly VPath[]): Promise<number> {
    return this.#in(areas);
  }

  #in(areas: readonly VPath[]): number {
    return areas.reduce((sum, area) => sum + (this.#areas.get(area) ?? 0), 0);
  }
}
