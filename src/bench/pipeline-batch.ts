import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RecordKind, writeBatch } from './generate.ts';
import { type PipelineGateway, SEED } from './pipeline-gateway.ts';
import { resetPeak } from './process-figures.ts';

export type BatchPlan = { readonly persons: number; readonly records: number; readonly receivers: 1 | 3 };

export type Measured = {
  readonly rate: number;
  readonly seconds: number;
  readonly cpu: number;
  /** Since the file was complete. */
  readonly peakMB: number;
  readonly ticket: string;
  readonly kinds: Readonly<Record<RecordKind, number>>;
};

/** Writes a file of these records and hands it in. @param file where it stays */
export async function measureBatch(pipeline: PipelineGateway, file: string, plan: BatchPlan): Promise<Measured> {
  const { kinds } = await write(file, plan);
  return handIn(pipeline, file, plan, kinds);
}

/** The same, and nothing of it stays. */
export async function measureOnce(pipeline: PipelineGateway, folder: string, plan: BatchPlan): Promise<Measured> {
  const file = join(folder, 'batch.csv');
  const measured = await measureBatch(pipeline, file, plan);
  await rm(file);
  return measured;
}

function write(file: string, { persons, records, receivers }: BatchPlan) {
  const directory = { persons, seed: SEED };
  return writeBatch(file, { form: 'delimited', records, seed: SEED + records, directory, receivers });
}

async function handIn(
  { gateway, put, answered }: PipelineGateway,
  file: string,
  { records, receivers }: BatchPlan,
  kinds: Measured['kinds'],
): Promise<Measured> {
  const answer = answered(records);
  const complete = await put(`ADRM_${records}_${receivers}_${Date.now()}.csv`, file);
  await resetPeak(gateway.pid);
  const cpuBefore = await gateway.cpuSeconds();
  const { at, ticket, accepted } = await answer;
  if (accepted < records * 0.9) throw new Error(`${accepted} of ${records} records were accepted`);
  const seconds = (at - complete) / 1000;
  const cpu = (await gateway.cpuSeconds()) - cpuBefore;
  return { rate: records / seconds, seconds, cpu, peakMB: await gateway.peakMB(), ticket, kinds };
}
