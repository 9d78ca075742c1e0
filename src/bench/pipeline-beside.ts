import { setTimeout as after } from 'node:timers/promises';
import { addressMutations } from './address-mutations.ts';
import { measureOnce } from './pipeline-batch.ts';
import type { PipelineGateway } from './pipeline-gateway.ts';
import { OTHER_FLOW } from './pipeline-network.ts';
import { handIn, personsOf, SETTLE_MS, SMALL_RECORDS } from './pipeline-small.ts';
import { RawConnection } from './raw-http.ts';
import type { Figure } from './report.ts';

const RECEIVER = 23;
const EVERY_MS = 50;
const WARM_UP = 20;
const MOST_FILES = 10_000;

type Times = { readonly answered: Promise<number>[]; isOver: boolean };

/** A partner hands in 100 records of another flow every 50 ms, while a large batch is checked. */
export async function smallBesideLarge(
  pipeline: PipelineGateway,
  folder: string,
  persons: number,
  records: number,
): Promise<readonly Figure[]> {
  const bytes = Buffer.from([...addressMutations(personsOf(RECEIVER, persons), SMALL_RECORDS)].join(''));
  const connection = await RawConnection.open(pipeline.whereOther);
  await handInUntil(pipeline, connection, bytes, { answered: [], isOver: false }, WARM_UP);
  const times: Times = { answered: [], isOver: false };
  // The file goes in while nothing else is done; the small ones begin with the batch.
  const beside = { ...pipeline, put: startsBeside(pipeline, connection, bytes, times) };
  const large = await measureOnce(beside, folder, { persons, records, receivers: 1 });
  times.isOver = true;
  const waited = (await Promise.all(times.answered)).sort((one, other) => one - other);
  connection.close();
  const at = (share: number) => waited[Math.ceil(waited.length * share) - 1] ?? Number.NaN;
  const figure = (name: string, value: number, unit: string): Figure => ({
    ...{ case: name, value, unit, cpuSeconds: large.cpu, peakMB: large.peakMB, peers: {} },
  });
  return [
    figure('small-beside-large-p50', at(0.5), 'ms'),
    figure('small-beside-large-p99', at(0.99), 'ms'),
    figure('small-beside-large-files', waited.length, 'files'),
    figure('large-beside-small', large.rate, 'records/s'),
  ];
}

function startsBeside(pipeline: PipelineGateway, connection: RawConnection, bytes: Buffer, times: Times) {
  return async (flow: string, name: string, file: string): Promise<number> => {
    const complete = await pipeline.put(flow, name, file);
    void handInUntil(pipeline, connection, bytes, times, MOST_FILES).catch((error: unknown) => {
      times.answered.push(Promise.reject(error));
    });
    return complete;
  };
}

/** @param times gets the milliseconds from when each file is complete until its answer is durable */
async function handInUntil(
  pipeline: PipelineGateway,
  connection: RawConnection,
  bytes: Buffer,
  times: Times,
  most: number,
): Promise<void> {
  for (let index = 0; index < most && !times.isOver; index += 1) {
    const begun = performance.now();
    const answer = pipeline.answered(SMALL_RECORDS);
    await handIn(connection, OTHER_FLOW, `${OTHER_FLOW}_${Date.now()}_${index}.csv`, bytes);
    const complete = Date.now() + SETTLE_MS;
    times.answered.push(answer.then(({ at }) => at - complete));
    await after(Math.max(0, EVERY_MS - (performance.now() - begun)));
  }
  await Promise.all(times.answered);
}
