/**
 * `npm run compare:absent -- [tries]`: how long answers about another partner's names take, beside answers about names that
 * nobody has. Medians over 200 tries of each, taken in turn, must lie within 20 % of each other; exits 1 where they do not.
 */
import { performance } from 'node:perf_hooks';
import { removeFolder } from '../../support/gateway.ts';
import { openSftp } from '../../support/running-transfer.ts';
import { Asker, CONTENT, folderOf, requestsAt, SECRET, startPairs } from './place.ts';

const [OWNER, OUTSIDER, ABSENT] = ['ksz', 'rva', 'qzx'] as const;
const MAX_SHARE = 0.2;
/** Below this a difference is the clock's, and no client can tell. */
const MIN_MS = 0.05;
const WARM_UP = 30;
const LOCK_TOKEN = 'urn:uuid:00000000-0000-4000-8000-000000000000';

const tries = Math.min(Number(process.argv[2] ?? '200'), 10_000);

type Once = (folder: string) => Promise<unknown>;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** In turn, and the order turned each time, so that neither profits from the other. */
async function compare(once: Once): Promise<readonly [hidden: number, absent: number]> {
  const times: [number[], number[]] = [[], []];
  for (let round = -WARM_UP; round < tries; round += 1) {
    for (const which of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const began = performance.now();
      await once(folderOf(which === 0 ? OWNER : ABSENT));
      if (round >= 0) times[which].push(performance.now() - began);
    }
  }
  return [median(times[0]), median(times[1])];
}

const gateway = await startPairs();
let failed = 0;
try {
  const [owner, outsider] = await Promise.all([OWNER, OUTSIDER].map((one) => Asker.open(gateway, `batch@${one}`)));
  if (owner === undefined || outsider === undefined) throw new Error('nobody came in');
  const put = { method: 'PUT', target: `/files${folderOf(OWNER)}/${encodeURIComponent(SECRET)}`, body: CONTENT };
  if ((await owner.ask(put)).status !== 201) throw new Error('the secret could not be put');
  const handles = { lockToken: LOCK_TOKEN, own: `${folderOf(OUTSIDER)}/own.txt` };
  const { client, sftp } = await openSftp(gateway, `batch@${OUTSIDER}`);
  const cases: [string, Once][] = Object.keys(requestsAt('/', handles)).map((what) => [
    what,
    async (folder) => {
      const request = requestsAt(folder, handles)[what];
      if (request !== undefined) await outsider.ask(request);
    },
  ]);
  cases.push(
    ['SFTP STAT', (folder) => new Promise((done) => sftp.stat(`${folder}/${SECRET}`, done))],
    ['SFTP OPEN', (folder) => new Promise((done) => sftp.open(`${folder}/${SECRET}`, 'r', done))],
    ['SFTP OPENDIR', (folder) => new Promise((done) => sftp.opendir(folder, done))],
  );
  for (const [what, once] of cases) {
    const [hidden, absent] = await compare(once);
    const difference = Math.abs(hidden - absent);
    const isFar = difference > MIN_MS && difference / Math.min(hidden, absent) > MAX_SHARE;
    if (isFar) failed += 1;
    const share = `${((hidden / absent - 1) * 100).toFixed(1)} %`;
    console.log(
      `${isFar ? 'FAR ' : 'ok  '} ${what.padEnd(30)} ${hidden.toFixed(3)} ms, absent ${absent.toFixed(3)} ms, ${share}`,
    );
  }
  for (const asker of [owner, outsider]) asker.close();
  client.end();
} finally {
  await gateway.stop();
  await removeFolder(gateway);
}
process.exitCode = failed === 0 ? 0 : 1;
