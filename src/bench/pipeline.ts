import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBatch } from './generate.ts';
import { FULL_PERSONS, type PipelineGateway, SEED, startPipelineGateway } from './pipeline-gateway.ts';
import { besides, PEER } from './pipeline-peer.ts';
import { smallFiles } from './pipeline-small.ts';
import { asTable, type Figure, judge, machine, type Result, writeSection } from './report.ts';

const MILLION = 1_000_000;
const LARGE = 8 * MILLION;
const QUICK = 2 * MILLION;
const THREE_RECEIVERS = MILLION;
const GROWTH = [10_000, 100_000, 1_000_000, 10_000_000] as const;

type Measured = {
  readonly rate: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly peakMB: number;
  readonly ticket: string;
};

/** The whole path through a started gateway: a file is complete in the intake, until its signed answers are durable. */
export async function benchPipeline(quick: boolean): Promise<readonly Result[]> {
  const persons = Number(option('persons') ?? FULL_PERSONS);
  const only = option('only');
  const folder = await mkdtemp(join(tmpdir(), 'sluis-pipeline-'));
  const pipeline = await startPipelineGateway(persons);
  const figures: Figure[] = [];
  const compared: Figure[] = [];
  const add = (name: string, value: number, unit: string, { cpu, peakMB }: Pick<Measured, 'cpu' | 'peakMB'>) =>
    figures.push({ case: name, value, unit, cpuSeconds: cpu, peakMB, peers: {} });
  const wanted = (name: string) => only === undefined || only === name;
  try {
    // The threads are there, the directory is in memory.
    await measure(pipeline, folder, persons, 100_000, 1);
    if (wanted('large')) {
      compared.push(...(await largeFile(pipeline, folder, persons, quick ? QUICK : LARGE)));
    }
    if (wanted('three')) {
      const three = await measure(pipeline, folder, persons, THREE_RECEIVERS, 3);
      add('delimited-three-receivers', three.rate, 'records/s', three);
    }
    if (wanted('growth')) {
      for (const records of quick ? GROWTH.slice(0, 3) : GROWTH) {
        const grown = await measure(pipeline, folder, persons, records, 1);
        add(`seconds-of-${records}`, grown.seconds, 's', grown);
      }
    }
    if (wanted('small')) figures.push(...(await smallFiles(pipeline, persons, quick)));
  } finally {
    await pipeline.gateway.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const results = [...(await judge('pipeline', compared, [PEER])), ...(await judge('pipeline', figures))];
  const head = `${machine()}. ${persons} persons; gateway and client share this machine.`;
  if (!quick && only === undefined)
    await writeSection('pipeline', `${head}\n\n${asTable(results, 'the gateway', [PEER])}`);
  return results;
}

/** A large file, beside the same work in SQL. */
async function largeFile(
  pipeline: PipelineGateway,
  folder: string,
  persons: number,
  records: number,
): Promise<readonly Figure[]> {
  const file = join(folder, 'batch.csv');
  const large = await measure(pipeline, folder, persons, records, 1, 'keep');
  const peer = await besides(pipeline, { persons, file, folder, ticket: large.ticket });
  await rm(file);
  const figure = (name: string, value: number, unit: string, other: number | undefined): Figure => ({
    ...{ case: name, value, unit, cpuSeconds: large.cpu, peakMB: large.peakMB },
    peers: other === undefined ? {} : { [PEER]: other },
  });
  const perRecord = (cpuSeconds: number) => (cpuSeconds * MILLION) / records;
  return [
    figure('delimited', large.rate, 'records/s', peer && records / peer.seconds),
    figure('delimited-cpu', perRecord(large.cpu), 'µs/record', peer && perRecord(peer.cpuSeconds)),
    figure('resident', large.peakMB, 'MB', peer?.peakMB),
  ];
}

async function measure(
  { gateway, put, answered }: PipelineGateway,
  folder: string,
  persons: number,
  records: number,
  receivers: 1 | 3,
  after: 'keep' | 'remove' = 'remove',
): Promise<Measured> {
  const file = join(folder, 'batch.csv');
  const directory = { persons, seed: SEED };
  const { bytes } = await writeBatch(file, { form: 'delimited', records, seed: SEED + records, directory, receivers });
  const answer = answered(records);
  const complete = await put(`ADRM_${records}_${receivers}_${Date.now()}.csv`, file);
  const cpuBefore = await gateway.cpuSeconds();
  const { at, ticket, accepted } = await answer;
  if (accepted < records * 0.9) throw new Error(`${accepted} of ${records} records were accepted (${bytes} bytes)`);
  const seconds = (at - complete) / 1000;
  const cpu = (await gateway.cpuSeconds()) - cpuBefore;
  if (after === 'remove') await rm(file);
  return { rate: records / seconds, seconds, cpu, peakMB: await gateway.peakMB(), ticket };
}

function option(name: string): string | undefined {
  const before = `--${name}=`;
  return process.argv.find((word) => word.startsWith(before))?.slice(before.length);
}
