import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { adrm, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { startGateway } from '../support/gateway.ts';
import { quickSettling } from '../support/settle.ts';

/** A dump of some 330,000 lines is loaded beside a gateway that answers all the while. */

const run = promisify(execFile);
const SLUIS = fileURLToPath(new URL('../../src/sluis.js', import.meta.url));
const PERSON = '74031295170';
const RECORDS = 300;

let place: ExchangePlace;

beforeAll(async () => {
  const change = { 'gateway.yaml': quickSettling };
  place = ExchangePlace.of(await startGateway({ change, loadsDirectory: true }));
});
afterAll(() => place?.close());

function sluis(...words: readonly string[]) {
  return run(process.execPath, [SLUIS, ...words]).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error) => ({ code: Number(error.code), text: String(error.stdout) }),
  );
}

const load = (file: string) =>
  sluis('directory', 'load', file, '--config', place.gateway.config, '--data', place.gateway.data, '--json');

/** The version by which a batch about one person was decided, and how many of its records found no receiver. */
async function batch(number: number): Promise<{ readonly version: number; readonly without: number }> {
  const name = `ADRM_${number}.csv`;
  const rows = Array.from({ length: RECORDS }, (_, index) => goodRow((index % 90) + 1));
  const mailbox = await handIn(place, KSZ_R, { [name]: adrm(...rows) });
  const { ticket } = await mailbox.receipt(name);
  const { directoryVersion, records } = await mailbox.notification(name, ticket);
  expect(records).toMatchObject({ total: RECORDS, accepted: RECORDS, refused: 0 });
  return { version: Number(directoryVersion), without: records.withoutReceiver };
}

const digestOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

test('batches see one version each while a dump is loaded, and the new one once it stands; both lines of the log say what', async () => {
  const file = join(place.gateway.folder, 'dump.csv');
  expect((await sluis('bench', 'generate', 'directory', file, '--persons', '30000', '--seed', '5')).code).toBe(0);
  // By this dump RJV knows the person no more.
  await appendFile(file, `${PERSON};12;0;030;0;2019-04-01;;\n`);

  expect(await batch(1)).toEqual({ version: 1, without: 0 });
  const loading = load(file);
  const seen: Awaited<ReturnType<typeof batch>>[] = [];
  let isLoading = true;
  void loading.finally(() => {
    isLoading = false;
  });
  while (isLoading && seen.length < 200) seen.push(await batch(seen.length + 2));
  const { code, text } = await loading;
  expect(code).toBe(0);
  const { version, lines } = JSON.parse(text) as { version: string; lines: number };
  expect([version, lines > 300_000]).toEqual(['2', true]);

  // Whatever version it was, all of a batch was decided by it.
  const outcomes = new Set(seen.map(({ version: by, without }) => `${by} ${without}`));
  expect([...outcomes].filter((one) => !['1 0', `2 ${RECORDS}`].includes(one))).toEqual([]);
  expect(seen.map((one) => one.version)).toEqual(seen.map((one) => one.version).toSorted());
  expect(seen.length).toBeGreaterThan(0);
  const after = await eventually('the new version', async () => {
    const one = await batch(1000 + seen.push({ version: 2, without: RECORDS }));
    return one.version === 2 ? one : undefined;
  });
  expect(after.without).toBe(RECORDS);

  const about = { environment: 'R', file, sha256: await digestOf(file), systemUser: userInfo().username };
  const logged = await place.audit.all({ kind: 'directory-load', fields: about });
  expect(
    logged.map(({ outcome, fields: { step, versionBefore, version: now, lines: count } }) => [
      ...[outcome, step, versionBefore, now, count],
    ]),
  ).toEqual([
    ['done', 'begun', '1', undefined, undefined],
    ['done', 'loaded', '1', '2', lines],
  ]);
  const [demo] = await place.audit.all({ kind: 'directory-load', fields: { environment: 'R', version: '1' } });
  const shipped = join(place.gateway.config, 'directory/person-lines.csv');
  expect(demo?.fields).toMatchObject({ file: shipped, sha256: await digestOf(shipped), versionBefore: '0' });
}, 120_000);

test('a file with faults is logged as refused, and so is one that is loaded while no gateway runs', async () => {
  const file = join(place.gateway.folder, 'wrong.csv');
  const head = (await readFile(join(place.gateway.config, 'directory/person-lines.csv'), 'utf8')).split('\n')[0];
  await writeFile(file, `${head}\n${PERSON};10;0;010;0;nonsense;;\n`);
  expect((await load(file)).code).toBe(1);
  await place.hangUp();
  await place.gateway.stop();
  expect((await load(file)).code).toBe(1);
  const logged = await place.audit.all({ kind: 'directory-load', fields: { sha256: await digestOf(file) } });
  expect(logged.map(({ outcome, fields: { step, problems } }) => [outcome, step, problems])).toEqual([
    ['done', 'begun', undefined],
    ['refused', 'refused', 1],
    ['done', 'begun', undefined],
    ['refused', 'refused', 1],
  ]);
}, 60_000);
