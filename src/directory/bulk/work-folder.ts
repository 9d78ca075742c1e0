import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../../domain/errors.ts';
import { type Segment, type SegmentRange, segmentPath } from './segment.ts';

/** What a load was begun with. One that was cut goes on where nothing of it has changed. */
export type LoadPlan = {
  readonly format: 1;
  readonly size: number;
  readonly modifiedMs: number;
  /** SHA-256 of pieces all over the file. */
  readonly sample: string;
  readonly segmentBytes: number;
  readonly environment: string;
  readonly anonymousSectors: readonly number[];
  readonly isDetailed: boolean;
  /** The store in force when the load began, its version, and the store that is made. */
  readonly oldStore: string | null;
  readonly oldVersion: string;
  readonly newStore: string;
};

const SAMPLES = 64;
const SAMPLE_BYTES = 4096;
const PLAN = 'plan.json';

/** The folder of a load in progress, within that of its environment. */
export class WorkFolder {
  readonly path: string;
  readonly plan: LoadPlan;
  /** Whether a load was cut here, and whether it was of the very same text. */
  readonly found: 'nothing' | 'same-file' | 'other-file';

  constructor(folder: string, plan: LoadPlan) {
    this.path = join(folder, 'loading');
    this.plan = plan;
    const known = this.#read();
    const isSameText = known !== undefined && textOf(known) === textOf(plan);
    this.found = known === undefined ? 'nothing' : isSameText ? 'same-file' : 'other-file';
    if (isSameText && JSON.stringify(known) === JSON.stringify(plan)) return;
    // What was read of the same text holds; what was written beside another store does not.
    for (const store of [known?.newStore, plan.newStore]) {
      if (store !== undefined && store !== plan.oldStore) rmSync(join(folder, store), { recursive: true, force: true });
    }
    if (!isSameText) rmSync(this.path, { recursive: true, force: true });
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.path, PLAN), JSON.stringify(plan), { flush: true });
  }

  get ranges(): readonly SegmentRange[] {
    const { size, segmentBytes } = this.plan;
    const count = Math.ceil(size / segmentBytes);
    return Array.from({ length: count }, (_, index) => ({
      index,
      start: index * segmentBytes,
      end: Math.min(size, (index + 1) * segmentBytes),
    }));
  }

  /** A segment that was read before. */
  segment(index: number): Segment | undefined {
    const path = `${segmentPath(this.path, index)}.json`;
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Segment) : undefined;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #read(): LoadPlan | undefined {
    const path = join(this.path, PLAN);
    if (!existsSync(path)) return undefined;
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as LoadPlan;
    } catch {
      return undefined; // cut while it was written
    }
  }
}

/** What decides on the segments. */
function textOf(plan: LoadPlan): string {
  return JSON.stringify({ ...plan, oldStore: '', oldVersion: '', newStore: '' });
}

export type FileMarks = Pick<LoadPlan, 'size' | 'modifiedMs' | 'sample'>;

/** What tells a file from a changed one. @throws GatewayError `not-found` */
export function marksOf(file: string): FileMarks {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    throw new GatewayError('not-found', 'the file of person lines cannot be read', { cause: error });
  }
  try {
    const { size, mtimeMs } = fstatSync(fd);
    const hash = createHash('sha256');
    const piece = Buffer.alloc(SAMPLE_BYTES);
    for (let index = 0; index < SAMPLES; index += 1) {
      const at = Math.floor((Math.max(0, size - SAMPLE_BYTES) * index) / (SAMPLES - 1));
      hash.update(piece.subarray(0, readSync(fd, piece, 0, SAMPLE_BYTES, at)));
    }
    return { size, modifiedMs: mtimeMs, sample: hash.digest('hex') };
  } finally {
    closeSync(fd);
  }
}
