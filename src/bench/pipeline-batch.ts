import { open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type RecordKind, writeBatch } from './generate.ts';
import type { BatchForm } from './generate-records.ts';
import { type PipelineGateway, SEED } from './pipeline-gateway.ts';
import { resetPeak } from './process-figures.ts';
import { warmMemory } from './warm-memory.ts';

/** The page cache gets the file and what becomes of it, which is less than twice as much. */
const WARM_TIMES = 3;

export type BatchPlan = {
  readonly persons: number;
  readonly records: number;
  readonly receivers: 1 | 3;
  /** Delimited where it is left out. */
  readonly form?: BatchForm;
};

/** The flow of a form, and how its files end. */
const FLOW_OF: Readonly<Record<BatchForm, readonly [code: string, extension: string]>> = {
  delimited: ['ADRM', 'csv'],
  'fixed-width': ['BBON', 'txt'],
  'json-lines': ['WLAT', 'jsonl'],
  xml: ['DIMN', 'xml'],
};

export type Measured = {
  readonly rate: number;
  /** When the file was complete and when it was answered, in milliseconds since the epoch. */
  readonly complete: number;
  readonly at: number;
  readonly seconds: number;
  readonly cpu: number;
  /** Since the file was complete. */
  readonly peakMB: number;
  readonly ticket: string;
  readonly kinds: Readonly<Record<RecordKind, number>>;
};

/** Writes a file of these records and hands it in; nothing of it stays. */
export async function measureOnce(pipeline: PipelineGateway, folder: string, plan: BatchPlan): Promise<Measured> {
  const file = join(folder, 'batch.csv');
  const { kinds } = await write(file, plan);
  const measured = await handIn(pipeline, file, plan, kinds);
  await rm(file);
  return measured;
}

/** Writes a file of these records; it is on the disk on return, which then has no work left but the gateway's. */
export async function write(file: string, { persons, records, receivers, form = 'delimited' }: BatchPlan) {
  const directory = { persons, seed: SEED };
  const written = await writeBatch(file, { form, records, seed: SEED + records, directory, receivers });
  await using handle = await open(file);
  await handle.sync();
  return written;
}

/** Hands in a file that was written. */
export async function handIn(
  { gateway, put, answered }: PipelineGateway,
  file: string,
  { records, receivers, form = 'delimited' }: BatchPlan,
  kinds: Measured['kinds'],
): Promise<Measured> {
  await warmMemory(dirname(file), WARM_TIMES * (await stat(file)).size);
  const answer = answered(records);
  const [flow, extension] = FLOW_OF[form];
  const complete = await put(flow, `${flow}_${records}_${receivers}_${Date.now()}.${extension}`, file);
  await resetPeak(gateway.pid);
  const cpuBefore = await gateway.cpuSeconds();
  const { at, ticket, accepted } = await answer;
  if (accepted < records * 0.9) throw new Error(`${accepted} of ${records} records were accepted`);
  const seconds = (at - complete) / 1000;
  const cpu = (await gateway.cpuSeconds()) - cpuBefore;
  return { rate: records / seconds, complete, at, seconds, cpu, peakMB: await gateway.peakMB(), ticket, kinds };
}
