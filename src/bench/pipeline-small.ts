import { inszOfKey } from '../domain/person-key.ts';
import { addressMutations } from './address-mutations.ts';
import { SyntheticPersons } from './generate-persons.ts';
import { type PipelineGateway, SEED } from './pipeline-gateway.ts';
import { SMALL_RECEIVER } from './pipeline-network.ts';
import { RawConnection, type Where } from './raw-http.ts';
import type { Figure } from './report.ts';

export const SMALL_RECORDS = 100;
export const SETTLE_MS = 100;
const CONNECTIONS = 8;
const WARM_UP = 400;

/**
 * Files of 100 records, of a gateway that has warmed up by others: as many as go, by eight partners and by eight
 * clients of one, then one after the other.
 */
export async function smallFiles(
  pipeline: PipelineGateway,
  persons: number,
  quick: boolean,
): Promise<readonly Figure[]> {
  const { gateway, where, whereSmall } = pipeline;
  const bytes = Buffer.from([...addressMutations(personsOf(SMALL_RECEIVER, persons), SMALL_RECORDS)].join(''));
  await together(pipeline, whereSmall, bytes, quick ? WARM_UP / 4 : WARM_UP);
  const count = quick ? 400 : 2000;
  const partners = await measured(pipeline, whereSmall, bytes, count);
  const clients = await measured(pipeline, Array<Where>(CONNECTIONS).fill(where), bytes, count);
  await gateway.loopDelayMs();
  const times = await alone(pipeline, bytes, quick ? 100 : 300);
  const loopAlone = await gateway.loopDelayMs();
  const peakMB = await gateway.peakMB();
  const figure = (name: string, value: number, unit: string, cpuSeconds = 0): Figure => {
    return { case: name, value, unit, cpuSeconds, peakMB, peers: {} };
  };
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.ceil(times.length * share) - 1] ?? 0;
  return [
    figure('small-p50', at(0.5), 'ms'),
    figure('small-p99', at(0.99), 'ms'),
    figure('small-rate', partners.rate, 'files/s', partners.cpu),
    figure('small-cpu', (partners.cpu * 1000) / count, 'ms/file', partners.cpu),
    figure('small-rate-one-partner', clients.rate, 'files/s', clients.cpu),
    figure('small-cpu-one-partner', (clients.cpu * 1000) / count, 'ms/file', clients.cpu),
    figure('small-loop-alone', loopAlone, 'ms'),
    figure('small-loop-together', partners.loop, 'ms'),
  ];
}

type Together = { readonly rate: number; readonly cpu: number; readonly loop: number };

async function measured(
  pipeline: PipelineGateway,
  clients: readonly Where[],
  bytes: Buffer,
  count: number,
): Promise<Together> {
  const { gateway } = pipeline;
  await gateway.loopDelayMs();
  const cpuBefore = await gateway.cpuSeconds();
  const rate = await together(pipeline, clients, bytes, count);
  return { rate, cpu: (await gateway.cpuSeconds()) - cpuBefore, loop: await gateway.loopDelayMs() };
}

type Answering = Pick<PipelineGateway, 'where' | 'answered'>;

async function alone(pipeline: Answering, bytes: Buffer, count: number): Promise<number[]> {
  const connection = await RawConnection.open(pipeline.where);
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const answer = pipeline.answered(SMALL_RECORDS);
    await handIn(connection, 'ADRM', `ADRM_small_${Date.now()}_${index}.csv`, bytes);
    const complete = Date.now() + SETTLE_MS;
    times.push((await answer).at - complete);
  }
  connection.close();
  return times;
}

/** All are handed in, by so many clients; the time runs until the last is answered. */
async function together(
  pipeline: Pick<PipelineGateway, 'answered'>,
  clients: readonly Where[],
  bytes: Buffer,
  count: number,
): Promise<number> {
  const answers = Array.from({ length: count }, () => pipeline.answered(SMALL_RECORDS));
  const began = performance.now();
  let next = 0;
  const client = async (where: Where): Promise<void> => {
    const connection = await RawConnection.open(where);
    for (let index = next++; index < count; index = next++) {
      await handIn(connection, 'ADRM', `ADRM_many_${Date.now()}_${index}.csv`, bytes);
    }
    connection.close();
  };
  await Promise.all([...clients.map(client), ...answers]);
  return count / ((performance.now() - began) / 1000);
}

/** People whom one institution knows, so that a small file has one output. */
export function personsOf(receiver: number, count: number): readonly string[] {
  const persons = new SyntheticPersons({ persons: count, seed: SEED });
  const found: string[] = [];
  for (let random = 0; found.length < SMALL_RECORDS; random += 1) {
    const person = persons.ofClass('one-receiver', random);
    if (persons.receiverOf(person) === receiver) found.push(inszOfKey(persons.keyOf(person)));
  }
  return found;
}

export async function handIn(connection: RawConnection, flow: string, name: string, bytes: Buffer): Promise<void> {
  const { status } = await connection.ask(`PUT /files/IN/${flow}/${name} HTTP/1.1\r\n`, bytes);
  if (status !== 201) throw new Error(`PUT was answered with ${status}`);
}
