import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder, type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { SftpClient } from '../support/partner-client.ts';
import { descriptorsOf, residentBytes } from '../support/process-state.ts';
import { withoutPenalties } from '../support/settle.ts';
import { edKeyOf } from '../support/ssh-peer.ts';
import type { EdPair } from '../support/ssh-wire.ts';
import { CAUSES } from './hostile-ssh/all.ts';
import { ask, type Case, CONTENT, FILE, FOLDER, INNER, READ, SFTP, str, u32, u64 } from './hostile-ssh/case.ts';
import { conduct, type Place } from './hostile-ssh/conduct.ts';
import { LOGIN, Scene } from './hostile-ssh/scene.ts';
import { SECRET } from './hostile-ssh/ssh-second-factor.ts';

const ACCOUNTS = [LOGIN, 'anna@ksz'] as const;
const BASE32_OF_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const ALL = CAUSES.flatMap(({ twin, cases }) => [twin, ...cases]);

let gateway: RunningGateway;
let audit: AuditTrail;
let place: Omit<Place, 'address'>;
/** A well-behaved client, connected all the while. */
let bystander: Scene;
const sentences: string[] = [];
let before: { readonly pid: number; readonly descriptors: number; readonly contents: number };

beforeAll(async () => {
  const home = await makeFolder({
    'gateway.yaml': (text) =>
      withoutPenalties(text)
        .replace('loginGraceSeconds: 20', 'loginGraceSeconds: 5')
        .replace('banner: default', 'banner: none'),
    'partners/ksz.yaml': (text) =>
      text
        .replace('address: 127.0.0.1', 'address: 127.0.0.0/8')
        .replace(/( {2}- id: anna\n)/, '$1    secondFactor:\n      totp:\n        secretFile: ../secrets/anna.totp\n'),
  });
  await mkdir(join(home, 'secrets'));
  await writeFile(join(home, 'secrets', 'anna.totp'), BASE32_OF_SECRET, { mode: 0o600 });
  gateway = await startIn(home);
  audit = new AuditTrail(gateway);
  const keys = new Map<string, EdPair>();
  for (const account of ACCOUNTS) {
    keys.set(account, edKeyOf(await readFile(join(gateway.certificates, `${account}.ssh`), 'utf8')));
  }
  bystander = await Scene.open(gateway.sftp, { login: LOGIN, key: keyOf(keys) });
  await bystander.advance('connected', 'sftp');
  expect(await askBystander(ask(SFTP.MKDIR, str(FOLDER), u32(0)))).toBe('STATUS 0');
  const client = await SftpClient.open(gateway, LOGIN);
  for (const path of [FILE, INNER]) await client.put(path, Buffer.from(CONTENT));
  client.close();
  const opened = await askBystander(ask(SFTP.OPEN, str(FILE), READ, u32(0)));
  place = { port: gateway.sftp, keys, foreign: opened?.split(' ')[1] ?? '' };
  await onlyBystanderIsLeft();
  const pid = gateway.process.pid ?? 0;
  before = { pid, descriptors: await descriptorsOf(pid), contents: await contents() };
});

afterAll(async () => {
  bystander.peer.end();
  expect(await gateway.stop()).toBe(0);
  await removeFolder(gateway);
});

afterEach(async () => {
  expect(await askBystander(ask(SFTP.STAT, str(FILE)))).toBe(`ATTRS ${CONTENT.length}`);
});

function keyOf(keys: ReadonlyMap<string, EdPair>): EdPair {
  const key = keys.get(LOGIN);
  if (key === undefined) throw new Error('no key');
  return key;
}

function askBystander(request: Buffer): Promise<string | undefined> {
  bystander.sendData(request);
  return bystander.next();
}

/** Files of the data folder that hold contents, whole or not; small ones lie in the ledger, and then there is no folder. */
async function contents(): Promise<number> {
  const folder = join(gateway.data, 'content');
  const entries = existsSync(folder) ? await readdir(folder, { recursive: true, withFileTypes: true }) : [];
  return entries.filter((entry) => entry.isFile()).length;
}

/** Each case comes from an address of its own, by which its lines in the audit log are known. */
function addressOf(one: Case): string {
  const number = 256 + ALL.indexOf(one);
  return `127.1.${number >> 8}.${number & 255}`;
}

function send(one: Case, address = addressOf(one)) {
  return conduct({ ...place, address }, one);
}

async function onlyBystanderIsLeft(): Promise<true> {
  return eventually('all others to be gone', async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${gateway.health}/metrics`)).text();
    return /^sluis_live_sessions\{protocol="sftp"\} 1$/m.test(metrics) ? true : undefined;
  });
}

describe('the table', () => {
  test('has hundreds of packets and sequences that differ in cause, and none twice', () => {
    const cases = CAUSES.flatMap((cause) => cause.cases);
    expect(cases.length).toBeGreaterThanOrEqual(300);
    expect(CAUSES.filter((cause) => cause.cases.length > 8).map(({ cause }) => cause)).toEqual([]);
    const names = CAUSES.flatMap((cause) => cause.cases.map(({ what }) => `${cause.cause}: ${what}`));
    expect(new Set(names).size).toBe(names.length);
    expect(Buffer.from(SECRET)).toHaveLength(20);
  });
});

for (const { cause, rule, twin, cases } of CAUSES) {
  describe(cause, () => {
    test.each([twin, ...cases])('$what', async (one) => {
      const outcome = await send(one);
      expect(outcome.told, rule).toEqual([...one.expected, one.to === undefined ? 'closed' : 'goes on']);
      sentences.push(...outcome.sentences);
    });
  });
}

describe('after the whole table', () => {
  test('the same process goes on, and nothing was a fault of the gateway', async () => {
    const { pid, exitCode, signalCode } = gateway.process;
    expect([pid, exitCode, signalCode]).toEqual([before.pid, null, null]);
    expect(gateway.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  });

  test('the audit log has the refusals that are due of each case, and no other', async () => {
    // Lines of refusals are written in their order, within a second: behind this one there are none of the table.
    expect(await askBystander(ask(SFTP.OPENDIR, str('/SHARED/none')))).toBe('STATUS 2');
    await audit.line({ kind: 'list', outcome: 'refused', fields: { path: '/SHARED/none' } });
    const refusals = Map.groupBy(
      (await audit.every()).filter(({ outcome }) => outcome === 'refused'),
      ({ fields }) => String(fields.address ?? fields.remoteAddress),
    );
    const linesOf = (one: Case) =>
      (refusals.get(addressOf(one)) ?? []).map(({ kind, fields }) => `${kind} ${fields.reason ?? fields.code}`);
    const wrong = ALL.map((one) => ({ what: one.what, lines: linesOf(one), due: one.audit ?? [] })).filter(
      ({ lines, due }) => lines.toSorted().join() !== due.toSorted().join(),
    );
    expect(wrong).toEqual([]);
  });

  test('sentences say what is wrong, and nothing of the machine', () => {
    expect(sentences.length).toBeGreaterThan(200);
    const telling = /node:|\.[jt]s:\d|Error|\n|\/src\/|node_modules|undefined|\[object|sqlite|EBADF|ENOENT|\/tmp\//;
    expect(sentences.filter((sentence) => sentence.length < 4 || telling.test(sentence))).toEqual([]);
  });

  test('the client beside reads through the handle that others tried to use, and its files are as they were', async () => {
    const read = ask(SFTP.READ, str(place.foreign), u64(0n), u32(100));
    expect(await askBystander(read)).toBe(`DATA ${CONTENT}`);
    for (const path of [FILE, INNER]) {
      expect(await askBystander(ask(SFTP.STAT, str(path)))).toBe(`ATTRS ${CONTENT.length}`);
    }
    expect(await askBystander(ask(SFTP.STAT, str('/SHARED/work/never')))).toBe('STATUS 2');
  });

  test('no session, no descriptor, no content and no memory is left', async () => {
    await onlyBystanderIsLeft();
    const settled = async () =>
      (await descriptorsOf(before.pid)) <= before.descriptors ? await residentBytes(before.pid) : undefined;
    const first = await eventually('descriptors as before', settled);
    expect(await contents()).toBe(before.contents);
    for (const one of ALL.filter(({ to, account }) => to === undefined && account === undefined)) await send(one);
    await onlyBystanderIsLeft();
    const second = await eventually('descriptors as before', settled);
    expect(second - first).toBeLessThan(64 * 1024 * 1024);
    expect(await contents()).toBe(before.contents);
  });
});
