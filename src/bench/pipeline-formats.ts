import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchForm } from './generate-records.ts';
import { type BatchPlan, handIn, measureOnce, write } from './pipeline-batch.ts';
import type { PipelineGateway } from './pipeline-gateway.ts';
import type { Figure } from './report.ts';

const MILLION = 1_000_000;
const RECORDS = { 'fixed-width': 8 * MILLION, 'json-lines': 3 * MILLION, xml: 2 * MILLION } as const;
const QUICK = { 'fixed-width': 2 * MILLION, 'json-lines': MILLION, xml: MILLION / 2 } as const;
const WARM_UP = MILLION;
const TWO_FILES = 'xml-two-files';

/** Large files of the formats that are not delimited; of XML also two at once. */
export async function formats(
  pipeline: PipelineGateway,
  folder: string,
  persons: number,
  quick: boolean,
  wanted: (name: string) => boolean,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const [name, records] of Object.entries(quick ? QUICK : RECORDS)) {
    const plan: BatchPlan = { persons, records, receivers: 1, form: name as BatchForm };
    const isPair = name === 'xml' && wanted(TWO_FILES);
    if (!wanted(name) && !isPair) continue;
    await measureOnce(pipeline, folder, { ...plan, records: quick ? WARM_UP / 10 : WARM_UP });
    if (wanted(name)) {
      const { rate, cpu, peakMB } = await measureOnce(pipeline, folder, plan);
      figures.push(figure(name, rate, cpu, peakMB));
    }
    if (isPair) figures.push(await twoFiles(pipeline, folder, plan));
  }
  return figures;
}

/** The time runs from when the first is complete until both are answered. */
async function twoFiles(pipeline: PipelineGateway, folder: string, plan: BatchPlan): Promise<Figure> {
  const { gateway } = pipeline;
  const plans = [1, 2].map((less) => ({ ...plan, records: plan.records - less }));
  const written = plans.map(async (one, index) => {
    const file = join(folder, `two-${index}`);
    return { one, file, kinds: (await write(file, one)).kinds };
  });
  const files = await Promise.all(written);
  const cpuBefore = await gateway.cpuSeconds();
  const measured = await Promise.all(files.map(({ one, file, kinds }) => handIn(pipeline, file, one, kinds)));
  const cpu = (await gateway.cpuSeconds()) - cpuBefore;
  for (const { file } of files) await rm(file);
  const begun = Math.min(...measured.map(({ complete }) => complete));
  const seconds = (Math.max(...measured.map(({ at }) => at)) - begun) / 1000;
  const records = plans.reduce((sum, one) => sum + one.records, 0);
  return figure(TWO_FILES, records / seconds, cpu, await gateway.peakMB());
}

function figure(name: string, rate: number, cpuSeconds: number, peakMB: number): Figure {
  return { case: name, value: rate, unit: 'records/s', cpuSeconds, peakMB, peers: {} };
}
