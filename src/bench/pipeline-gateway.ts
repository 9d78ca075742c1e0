import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { openDirectory } from '../directory/lmdb-directory.ts';
import { proofFrom } from './dav-server.ts';
import { type BenchGateway, startBenchGateway } from './gateway-process.ts';
import { writeDirectory } from './generate.ts';
import { countsOf } from './pipeline-counts.ts';
import type { BatchCounts } from './pipeline-duckdb.ts';
import { addedFiles, edited, SMALL_ACCOUNTS } from './pipeline-network.ts';
import type { Where } from './raw-http.ts';

/** What the directory of the network holds: 170 million lines. */
export const FULL_PERSONS = 15_538_381;
export const SEED = 1;
const SETTLE_MS = 100;
const MOST_MS = 600_000;
const BASE_POLL_MS = 500;

/** What the log says of a submission that was answered: all of it was durable then. `at` milliseconds since the epoch. */
export type Answered = {
  readonly at: number;
  readonly ticket: string;
  readonly total: number;
  readonly accepted: number;
  readonly refused: number;
};

type Waiting = {
  readonly total: number;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
};

/** What the log says of a file that no answer of this benchmark will follow. */
const NEVER_CHECKED = ['"state":"rejected"', 'submission quarantined'];

/** A gateway whose log is listened to. */
export type PipelineGateway = {
  readonly gateway: BenchGateway;
  readonly where: Where;
  /** The sender of another flow; see pipeline-network.ts. */
  readonly whereOther: Where;
  /** Eight partners that send small files. */
  readonly whereSmall: readonly Where[];
  /** Hands in a file of a flow. @returns when it was complete, in milliseconds since the epoch */
  put(flow: string, name: string, file: string): Promise<number>;
  /** The next submission of this many records that is answered. */
  answered(total: number): Promise<Answered>;
  /** What its record log says of a batch that was answered. */
  counts(ticket: string): Promise<BatchCounts>;
};

/** Started once the directory is there; a directory of this size is kept for the next run. */
export async function startPipelineGateway(persons: number): Promise<PipelineGateway> {
  const directory = await benchDirectory(persons);
  const waiting: Waiting[] = [];
  const onLine = (line: string): void => {
    if (NEVER_CHECKED.some((words) => line.includes(words))) {
      for (const { reject } of waiting.splice(0)) reject(new Error(line));
    }
    if (!line.includes('"submission answered"')) return;
    const { time, ...answered } = parseLine(line);
    const index = waiting.findIndex((one) => one.total === answered.total);
    if (index >= 0) waiting.splice(index, 1)[0]?.resolve({ ...answered, at: Date.parse(time) });
  };
  let dataFolder = '';
  const prepare = async (data: string) => {
    dataFolder = data;
    await mkdir(data, { recursive: true });
    await symlink(directory, join(data, 'directory'));
  };
  const gateway = await startBenchGateway(edited, { prepare, added: addedFiles(), onLine });
  const where = whereOf(gateway.https, gateway.certificates, 'batch@ksz');
  return {
    gateway,
    where,
    whereOther: whereOf(gateway.https, gateway.certificates, 'batch@rjv'),
    whereSmall: SMALL_ACCOUNTS.map((account) => whereOf(gateway.https, gateway.certificates, account)),
    put: (flow, name, file) => putFile(where, `/files/IN/${flow}/${name}`, file),
    answered(total) {
      const { promise, resolve, reject } = Promise.withResolvers<Answered>();
      waiting.push({ total, resolve, reject });
      const timer = setTimeout(() => reject(new Error(`no answer to ${total} records`)), MOST_MS);
      return promise.finally(() => clearTimeout(timer));
    },
    counts: (ticket) => countsOf(dataFolder, ticket),
  };
}

/** How an account of the demo shows who it is. */
export function whereOf(port: number, certificates: string, account: string): Where {
  const { caFile, certificate, key } = proofFrom(certificates, account);
  const read = (file: string) => readFileSync(file, 'utf8');
  return { port, ca: read(caFile), cert: read(certificate), key: read(key) };
}

/** @returns when it was complete, in milliseconds since the epoch */
export async function putFile({ port, ca, cert, key }: Where, path: string, file: string): Promise<number> {
  const { size } = await stat(file);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { 'Content-Length': size };
  const options = { host: '127.0.0.1', servername: 'localhost', port, ca, cert, key, path, method: 'PUT', headers };
  const sending = request(options, async (response) => {
    const complete = Date.now() + SETTLE_MS;
    const answer = await text(response);
    if (response.statusCode === 201) resolve(complete);
    else reject(new Error(`PUT was answered with ${response.statusCode}: ${answer}`));
  });
  sending.on('error', reject);
  await Promise.all([promise, pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), sending)]);
  return promise;
}

/** Made where it is not there yet: some minutes for the full size, and 3 GB that stay in the folder for temporary files. */
export async function benchDirectory(persons: number): Promise<string> {
  const folder = join(tmpdir(), `sluis-bench-directory-${persons}-${SEED}`);
  const whole = join(folder, 'whole');
  if (existsSync(whole)) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const dump = join(folder, 'dump.csv');
  await writeDirectory(dump, { persons, seed: SEED });
  const directory = openDirectory({ directory: folder });
  try {
    const loaded = await directory.load('R', dump, []);
    if (!loaded.loaded) throw new Error('the synthetic directory has problems');
    await rm(dump);
    // The first large batch of a new directory has the base made; a benchmark measures those after it.
    while ((await directory.flat('R')) === undefined) await new Promise((done) => setTimeout(done, BASE_POLL_MS));
  } finally {
    await directory.close();
  }
  await writeFile(whole, '');
  return folder;
}

type LogLine = { readonly time: string } & Omit<Answered, 'at'>;

function parseLine(line: string): LogLine {
  return JSON.parse(line) as LogLine;
}
