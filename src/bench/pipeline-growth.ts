import { type Measured, measureOnce } from './pipeline-batch.ts';
import type { PipelineGateway } from './pipeline-gateway.ts';
import type { Figure } from './report.ts';

const SIZES = [10_000, 100_000, 1_000_000, 10_000_000] as const;
const QUICK_SIZES = SIZES.slice(0, 3);
/** Below, what a file costs whatever its size hides what a record costs. */
const FROM = 100_000;
const MICROSECONDS = 1_000_000;

/** Files ten times as large as the one before: the time of a record and the memory should not change. */
export async function growth(
  pipeline: PipelineGateway,
  folder: string,
  persons: number,
  quick: boolean,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const perRecord: number[] = [];
  for (const records of quick ? QUICK_SIZES : SIZES) {
    const grown = await measureOnce(pipeline, folder, { persons, records, receivers: 1 });
    figures.push(figure(`growth-${records}`, (grown.seconds * MICROSECONDS) / records, 'µs/record', grown));
    if (records >= FROM) perRecord.push(grown.seconds / records);
  }
  const peaks = figures.map(({ peakMB }) => peakMB);
  const [first, last] = [figures[0], figures.at(-1)];
  if (first === undefined || last === undefined) return figures;
  const whole = { cpu: last.cpuSeconds, peakMB: last.peakMB };
  return [
    ...figures,
    figure('growth-time-ratio', Math.max(...perRecord) / Math.min(...perRecord), '×', whole),
    figure('growth-time-last', (perRecord.at(-1) ?? 0) / (perRecord.at(-2) ?? 1), '×', whole),
    figure('growth-memory-ratio', Math.max(...peaks) / Math.min(...peaks), '×', whole),
  ];
}

function figure(name: string, value: number, unit: string, { cpu, peakMB }: Pick<Measured, 'cpu' | 'peakMB'>): Figure {
  return { case: name, value, unit, cpuSeconds: cpu, peakMB, peers: {} };
}
