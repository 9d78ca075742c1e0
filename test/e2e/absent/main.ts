/**
 * `npm run compare:absent -- [tries]`: how long answers about what another partner has take, beside answers about names that
 * nobody has: paths, uploads that were cut, tickets, deliveries, links of archives, lock tokens, over every route. Medians over 200 tries of each, taken in turn, must lie within 20 % of each other, or do so when measured
 * again in four times as many; exits 1 where they do not.
 */
import { performance } from 'node:perf_hooks';
import type { SFTPWrapper } from 'ssh2';
import { removeFolder } from '../../support/gateway.ts';
import { openSftp } from '../../support/running-transfer.ts';
import { quickSettling } from '../../support/settle.ts';
import { absentNames, Holder } from './held.ts';
import { Asker, folderOf, type Request, requestsAt, SECRET, startPairs } from './place.ts';
import { CASES, type Names } from './portal-cases.ts';

const [OWNER, OUTSIDER, ABSENT] = ['ksz', 'rva', 'qzx'] as const;
const MAX_SHARE = 0.2;
/** Below this a difference is the clock's, and no client can tell. */
const MIN_MS = 0.05;
const WARM_UP = 30;
const AGAIN = 4;
const LOCK_TOKEN = 'urn:uuid:00000000-0000-4000-8000-000000000000';

const tries = Math.min(Number(process.argv[2] ?? '200'), 10_000);

/** The same question about what is there, and about what is not. */
type Pair = readonly [hidden: () => Promise<unknown>, absent: () => Promise<unknown>];

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** In turn, and the order turned each time, so that neither profits from the other. */
async function compare(pair: Pair, tries: number): Promise<readonly [hidden: number, absent: number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = -WARM_UP; round < tries; round += 1) {
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const began = performance.now();
      await pair[which]();
      if (round >= 0) times[which].push(performance.now() - began);
    }
  }
  return [median(times[0]), median(times[1])];
}

const twice = (once: (folder: string) => Promise<unknown>): Pair => [
  () => once(folderOf(OWNER)),
  () => once(folderOf(ABSENT)),
];

/** Requests about files and folders, by their paths. */
function byPath(outsider: Asker, sftp: SFTPWrapper): readonly (readonly [string, Pair])[] {
  const handles = { lockToken: LOCK_TOKEN, own: `${folderOf(OUTSIDER)}/own.txt` };
  const asked = (what: string) =>
    twice(async (folder) => {
      const request = requestsAt(folder, handles)[what];
      if (request !== undefined) await outsider.ask(request);
    });
  return [
    ...Object.keys(requestsAt('/', handles)).map((what) => [what, asked(what)] as const),
    ['SFTP STAT', twice((folder) => new Promise((done) => sftp.stat(`${folder}/${SECRET}`, done)))],
    ['SFTP OPEN', twice((folder) => new Promise((done) => sftp.open(`${folder}/${SECRET}`, 'r', done)))],
    ['SFTP OPENDIR', twice((folder) => new Promise((done) => sftp.opendir(folder, done)))],
    ['SFTP STAT of a cut upload', twice((folder) => new Promise((done) => sftp.stat(`${folder}/part.bin`, done)))],
    ['SFTP APPEND to it', twice((folder) => new Promise((done) => sftp.open(`${folder}/part.bin`, 'a', done)))],
  ];
}

const namesOf = (owner: Holder): Promise<Names> => owner.names(`${folderOf(OUTSIDER)}/own.txt`, false);

/** Requests to the API by every name that things have there. */
function byRoute(held: Names, outsider: Asker, route: string): readonly (readonly [string, Pair])[] {
  const twins = CASES[route]?.(absentNames(held, ABSENT)) ?? {};
  return Object.entries(CASES[route]?.(held) ?? {}).flatMap(([what, request]) => {
    const twin: Request | undefined = twins[what];
    const pair: Pair = [() => outsider.ask(request), () => outsider.ask(twin ?? request)];
    return [[`${route}: ${what}`, pair] as const];
  });
}

function areFar(hidden: number, absent: number): boolean {
  const difference = Math.abs(hidden - absent);
  return difference > MIN_MS && difference / Math.min(hidden, absent) > MAX_SHARE;
}

async function tell(cases: readonly (readonly [string, Pair])[]): Promise<void> {
  for (const [what, pair] of cases) {
    let [hidden, absent] = await compare(pair, tries);
    // A busy machine does it now and then; what the gateway does shows again, in more tries.
    if (areFar(hidden, absent)) [hidden, absent] = await compare(pair, AGAIN * tries);
    const isFar = areFar(hidden, absent);
    if (isFar) failed += 1;
    const share = `${((hidden / absent - 1) * 100).toFixed(1)} %`;
    console.log(
      `${isFar ? 'FAR ' : 'ok  '} ${what.padEnd(60)} ${hidden.toFixed(3)} ms, absent ${absent.toFixed(3)} ms, ${share}`,
    );
  }
}

let failed = 0;
const gateway = await startPairs({ 'gateway.yaml': quickSettling });
try {
  const owner = await Holder.open(gateway, OWNER);
  const [machine, person] = await Promise.all(
    ['batch', 'anna'].map((one) => Asker.open(gateway, `${one}@${OUTSIDER}`)),
  );
  if (machine === undefined || person === undefined) throw new Error('nobody came in');
  const { client, sftp } = await openSftp(gateway, `batch@${OUTSIDER}`);
  await tell(byPath(machine, sftp));
  const held = await namesOf(owner);
  for (const route of Object.keys(CASES)) {
    // A link of an archive lasts a minute.
    await tell(byRoute(route.includes('/archive/') ? await namesOf(owner) : held, person, route));
  }
  for (const one of [owner, machine, person]) one.close();
  client.end();
} finally {
  await gateway.stop();
  await removeFolder(gateway);
}
process.exitCode = failed === 0 ? 0 : 1;
