/**
 * The client of the WebDAV benchmark, in a process of its own and the same for every server: its plan comes as JSON in the
 * first argument, its figures leave as one line.
 */
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { RawConnection, type Where } from './raw-http.ts';

type Place = {
  readonly port: number;
  /** URL path of the folder to work in, without a slash at its end. */
  readonly base: string;
  readonly listings: string;
  readonly caFile: string;
  readonly certificate: string;
  readonly key: string;
};

export type ClientPlan = Place &
  (
    | { readonly job: 'put-many'; readonly files: number; readonly connections: number; readonly prefix: string }
    | { readonly job: 'check-many'; readonly files: number; readonly prefix: string }
    | { readonly job: 'propfind'; readonly folder: string }
    | { readonly job: 'handshakes'; readonly count: number; readonly atOnce: number }
    | { readonly job: 'idle'; readonly count: number }
  );

/** Milliseconds; `entries` are the resources of a listing or the files that were put. */
export type ClientFigures = {
  readonly wallMs: number;
  readonly firstByteMs: number;
  readonly p99Ms: number;
  readonly entries: number;
  readonly bytes: number;
};

const SMALL_FILE_BYTES = 4096;

function nameOf(prefix: string, index: number): string {
  return `${prefix}-${index}.bin`;
}

/** The bytes of a small file follow from its name, so that what is read back can be checked. */
function smallFile(name: string): Buffer {
  const seed = hash('sha256', name, 'buffer');
  return Buffer.alloc(SMALL_FILE_BYTES, seed);
}

const NONE: ClientFigures = { wallMs: 0, firstByteMs: 0, p99Ms: 0, entries: 0, bytes: 0 };

function whereOf({ port, caFile, certificate, key }: Place): Where {
  const read = (file: string) => readFileSync(file, 'utf8');
  return { port, ca: read(caFile), cert: read(certificate), key: read(key) };
}

async function putMany(plan: Extract<ClientPlan, { job: 'put-many' }>): Promise<ClientFigures> {
  const where = whereOf(plan);
  const connections = await Promise.all(Array.from({ length: plan.connections }, () => RawConnection.open(where)));
  // Made before, so that the clock runs for the server.
  const files = Array.from({ length: plan.files }, (_, index) => {
    const name = nameOf(plan.prefix, index);
    return { name, bytes: smallFile(name) };
  });
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  const run = async (connection: RawConnection): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      const { status, wholeMs } = await connection.ask(`PUT ${plan.base}/${file.name} HTTP/1.1\r\n`, file.bytes);
      if (status !== 201) throw new Error(`PUT was answered with ${status}`);
      times.push(wholeMs);
    }
  };
  await Promise.all(connections.map(run));
  const wallMs = performance.now() - began;
  for (const connection of connections) connection.close();
  times.sort((a, b) => a - b);
  return { ...NONE, wallMs, p99Ms: times[Math.ceil(times.length * 0.99) - 1] ?? 0, entries: times.length };
}

/** Reads small files back. @throws Error where one is not what was put */
async function checkMany(plan: Extract<ClientPlan, { job: 'check-many' }>): Promise<ClientFigures> {
  const connection = await RawConnection.open(whereOf(plan));
  for (let index = 0; index < plan.files; index += 1) {
    const name = nameOf(plan.prefix, index);
    const { status, body } = await connection.ask(`GET ${plan.base}/${name} HTTP/1.1\r\n`);
    if (status !== 200 || !body.equals(smallFile(name)))
      throw new Error(`${name} came back otherwise, or not: ${status}`);
  }
  connection.close();
  return { ...NONE, entries: plan.files };
}

async function propfind(plan: Extract<ClientPlan, { job: 'propfind' }>): Promise<ClientFigures> {
  const connection = await RawConnection.open(whereOf(plan));
  const head = `PROPFIND ${plan.listings}/${plan.folder}/ HTTP/1.1\r\nDepth: 1\r\n`;
  const { status, body, firstByteMs, wholeMs } = await connection.ask(head);
  connection.close();
  if (status !== 207) throw new Error(`PROPFIND was answered with ${status}`);
  const entries = body.toString('latin1').split(/<[A-Za-z]+:response[ >]/).length - 1;
  return { ...NONE, wallMs: wholeMs, firstByteMs, entries, bytes: body.length };
}

const OPTIONS_HEAD = 'OPTIONS / HTTP/1.1\r\n';

async function handshakes(plan: Extract<ClientPlan, { job: 'handshakes' }>): Promise<ClientFigures> {
  const where = whereOf(plan);
  let left = plan.count;
  const began = performance.now();
  const run = async (): Promise<void> => {
    for (; left > 0; ) {
      left -= 1;
      const connection = await RawConnection.open(where);
      const { status } = await connection.ask(OPTIONS_HEAD);
      connection.close();
      if (status !== 200) throw new Error(`OPTIONS was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: plan.atOnce }, run));
  return { ...NONE, wallMs: performance.now() - began, entries: plan.count };
}

/** Opens connections, says so, and holds them until a line comes in. */
async function idle(plan: Extract<ClientPlan, { job: 'idle' }>): Promise<ClientFigures> {
  const where = whereOf(plan);
  const connections: RawConnection[] = [];
  for (let index = 0; index < plan.count; index += 1) {
    const connection = await RawConnection.open(where);
    const { status } = await connection.ask(OPTIONS_HEAD);
    if (status !== 200) throw new Error(`OPTIONS was answered with ${status}`);
    connections.push(connection);
  }
  process.stdout.write('open\n');
  await once(createInterface({ input: process.stdin }), 'line');
  // Each still answers: none was closed meanwhile.
  for (const connection of connections) {
    await connection.ask(OPTIONS_HEAD);
    connection.close();
  }
  return { ...NONE, entries: connections.length };
}

function run(plan: ClientPlan): Promise<ClientFigures> {
  switch (plan.job) {
    case 'put-many':
      return putMany(plan);
    case 'check-many':
      return checkMany(plan);
    case 'propfind':
      return propfind(plan);
    case 'handshakes':
      return handshakes(plan);
    case 'idle':
      return idle(plan);
  }
}

function parsePlan(text: string | undefined): ClientPlan {
  return JSON.parse(text ?? '{}') as ClientPlan;
}

if (import.meta.main) {
  process.stdout.write(`${JSON.stringify(await run(parsePlan(process.argv[2])))}\n`);
  process.exit(0);
}
