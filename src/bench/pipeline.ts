import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handIn, type Measured, measureOnce, write } from './pipeline-batch.ts';
import { smallBesideLarge } from './pipeline-beside.ts';
import { formats } from './pipeline-formats.ts';
import { FULL_PERSONS, type PipelineGateway, startPipelineGateway } from './pipeline-gateway.ts';
import { growth } from './pipeline-growth.ts';
import { besides, PEER } from './pipeline-peer.ts';
import { smallFiles } from './pipeline-small.ts';
import { asTable, type Figure, judge, machine, type Result, writeSection } from './report.ts';

const MILLION = 1_000_000;
const LARGE = 8 * MILLION;
const QUICK = 2 * MILLION;
const THREE_RECEIVERS = MILLION;
const WARM_UP = MILLION;
const ROUNDS = 3;

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
    // The threads are there and their code is compiled, the directory is in memory.
    await measureOnce(pipeline, folder, { persons, records: quick ? WARM_UP / 10 : WARM_UP, receivers: 1 });
    if (wanted('large')) {
      compared.push(...(await largeFile(pipeline, folder, persons, quick ? QUICK : LARGE)));
    }
    if (wanted('three-receivers')) {
      const plan = { persons, records: THREE_RECEIVERS, receivers: 3 } as const;
      const three = await measureOnce(pipeline, folder, plan);
      add('three-receivers', three.rate, 'records/s', three);
      add('three-receivers-deliveries', (3 * three.kinds.routed) / three.seconds, 'deliveries/s', three);
    }
    if (wanted('growth')) figures.push(...(await growth(pipeline, folder, persons, quick)));
    figures.push(...(await formats(pipeline, folder, persons, quick, wanted)));
    if (wanted('small-beside-large')) {
      figures.push(...(await smallBesideLarge(pipeline, folder, persons, quick ? QUICK : LARGE)));
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

/** A large file, the middle one of three that are handed in one after the other, beside the same work in SQL. */
async function largeFile(
  pipeline: PipelineGateway,
  folder: string,
  persons: number,
  records: number,
): Promise<readonly Figure[]> {
  const file = join(folder, 'batch.csv');
  const plan = { persons, records, receivers: 1 } as const;
  const { kinds } = await write(file, plan);
  const rounds: Measured[] = [];
  while (rounds.length < ROUNDS) rounds.push(await handIn(pipeline, file, plan, kinds));
  const large = middleOf(rounds);
  const isAlone = process.argv.includes('--alone');
  const peer = isAlone ? undefined : await besides(pipeline, { persons, file, folder, ticket: large.ticket });
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

function middleOf(rounds: readonly Measured[]): Measured {
  const middle = rounds.toSorted((one, other) => one.rate - other.rate)[Math.floor(rounds.length / 2)];
  if (middle === undefined) throw new TypeError('nothing was measured');
  return middle;
}

function option(name: string): string | undefined {
  const before = `--${name}=`;
  return process.argv.find((word) => word.startsWith(before))?.slice(before.length);
}
