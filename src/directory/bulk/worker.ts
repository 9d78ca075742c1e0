import { parentPort, workerData } from 'node:worker_threads';
import { CodeTable } from '../code-table.ts';
import type { LineRules } from '../person-lines.ts';
import { PartitionSorter } from './partition.ts';
import type { PartitionBlock } from './partition-block.ts';
import { type Segment, type SegmentRange, SegmentReader } from './segment.ts';

/** The thread that reads segments of a dump, and then sorts partitions of it. */
export type BulkWork = {
  readonly file: string;
  readonly folder: string;
  readonly rules: LineRules;
  readonly isDetailed: boolean;
};

/** `tables` has no answer. */
export type ToBulkWorker =
  | { readonly kind: 'segment'; readonly range: SegmentRange }
  | {
      readonly kind: 'tables';
      readonly segments: readonly Segment[];
      readonly institutions: readonly number[];
      readonly qualities: readonly number[];
    }
  | { readonly kind: 'partition'; readonly partition: number };

export type FromBulkWorker =
  | { readonly kind: 'segment'; readonly segment: Segment }
  | { readonly kind: 'partition'; readonly block: PartitionBlock };

function parseWork(value: unknown): BulkWork {
  return value as BulkWork;
}

function start(port: NonNullable<typeof parentPort>): void {
  const { file, folder, rules, isDetailed } = parseWork(workerData);
  let reader: SegmentReader | undefined;
  let sorter: PartitionSorter | undefined;
  port.on('message', (message: ToBulkWorker) => {
    switch (message.kind) {
      case 'segment': {
        reader ??= new SegmentReader(file, rules, isDetailed);
        port.postMessage({ kind: 'segment', segment: reader.read(message.range, folder) });
        return;
      }
      case 'tables': {
        reader?.close();
        reader = undefined;
        const { segments, institutions, qualities } = message;
        const codes = { institutions: new CodeTable(institutions), qualities: new CodeTable(qualities) };
        sorter = new PartitionSorter(folder, segments, isDetailed, codes);
        return;
      }
      case 'partition': {
        if (sorter === undefined) throw new TypeError('a partition is sorted after its codes are known');
        const block = sorter.sort(message.partition);
        const arrays = [block.keys, block.ends, block.values, block.counts, block.flat, block.details];
        const buffers = arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
        port.postMessage({ kind: 'partition', block }, buffers);
      }
    }
  });
}

if (parentPort !== null) start(parentPort);
