import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BadInputPlace, type Outcome, type Sent } from '../support/bad-input-place.ts';
import { eventually } from '../support/eventually.ts';
import { answeredWhole, type Channel, handIn } from '../support/exchange-place.ts';
import { openFilesOf } from '../support/process-state.ts';
import { hasTool } from '../support/tools.ts';
import { FILE_CAUSES, LARGE_TABLES, RECORD_TABLES } from './bad-input/all.ts';
import { type Fault, type FileCause, numbered, type RecordTable } from './bad-input/case.ts';
import { PORT } from './bad-input/dimn-syntax.ts';
import { WAGD_REMARKS, wages } from './bad-input/wage-numbers.ts';

/** RVA hands in good batches all the while. */
const RVA: Channel = { account: 'batch@rva', intake: '/IN', mailbox: '/OUT' };
const MOST_BATCHES = 100;
const BEFORE_THE_TABLE = 300_000;

type Placed = {
  readonly what: string;
  readonly number: number;
  readonly record: string;
  readonly faults: readonly Fault[];
};

/** The records of a table in the order of its file: twins have no faults. */
function placed({ causes }: RecordTable): readonly Placed[] {
  const all = causes.flatMap(({ cause, twin, cases }) => [
    { what: `the twin of “${cause}”`, record: twin, faults: [] },
    ...cases.map(([what, record, ...faults]) => ({ what: `${cause}: ${what}`, record, faults })),
  ]);
  return all.map((one, index) => ({ ...one, number: index + 1, record: numbered(one.record, index + 1) }));
}

const REMARKS: RecordTable = {
  theme: 'remarks',
  flow: 'WAGD',
  causes: [],
  file: () => wages(WAGD_REMARKS.map(([, record], index) => numbered(record, index + 1))),
};
const CASES = FILE_CAUSES.flatMap((cause) => cause.cases.map((one) => ({ cause, one })));

let place: BadInputPlace;
let outcomes: ReadonlyMap<string, Outcome> = new Map();
let before: { readonly pid: number; readonly sockets: number };
let batches = 0;
/** External entities lie here. */
const probe = createServer((socket) => {
  asked += 1;
  socket.destroy();
});
let asked = 0;

const tableName = ({ theme, flow }: RecordTable) => place.nameOf(flow, theme);
const twinName = ({ cause, flow }: FileCause) =>
  place.nameOf(flow, `right ${FILE_CAUSES.findIndex((one) => one.cause === cause && one.flow === flow)}`);
const caseName = (at: number) => place.nameOf(CASES[at]?.cause.flow ?? '', `wrong ${at}`);

function allFiles(): readonly Sent[] {
  const port = String((probe.address() as AddressInfo).port).padStart(PORT.length, '0');
  const withPort = (bytes: string | Uint8Array) => (typeof bytes === 'string' ? bytes.replaceAll(PORT, port) : bytes);
  return [
    ...CASES.map(({ cause: { flow }, one: [, bytes] }, at) => ({ name: caseName(at), flow, bytes: withPort(bytes) })),
    ...[...RECORD_TABLES, ...LARGE_TABLES, REMARKS].map((table) => ({
      name: tableName(table),
      flow: table.flow,
      bytes: table.file(placed(table).map(({ record }) => record)),
    })),
    ...FILE_CAUSES.map((cause) => ({ name: twinName(cause), flow: cause.flow, bytes: cause.twin })),
  ];
}

const attest = (ref: string) =>
  `{"seq":1,"ticket":"7d1c0b8e-0000-4000-8000-000000000911","legalContext":"FAMILY_BENEFITS_RIGHT","ssin":"74031295170",` +
  `"sender":{"sector":18,"institution":0},"attest":"UNEMPLOYED","status":0,"period":{"begin":"2025-11-01","end":null},` +
  `"longTerm":false,"ref":"${ref}"}\n`;

/** Hands in one good batch after the other, until nothing more is to be waited for. */
async function goOn(isOver: () => boolean): Promise<void> {
  while (!isOver() && batches < MOST_BATCHES) {
    batches += 1;
    const name = `WLAT meanwhile ${batches}.jsonl`;
    await handIn(place.place, RVA, { [name]: attest(`M-${batches}`) });
    const { notification } = await answeredWhole(place.place, RVA, name);
    expect([notification.state, notification.records.accepted]).toEqual(['accepted', 1]);
    const receiver = await place.place.mailbox('batch@kbf', '/OUT/WLAT');
    expect((await receiver.delivery(notification.ticket)).text).toBe(attest(`M-${batches}`));
  }
}

/** Sockets once no client is connected any more. */
async function socketsLeft(pid: number): Promise<number> {
  await place.place.hangUp();
  let last = Number.NaN;
  return eventually('the clients to be gone', async () => {
    const sockets = (await openFilesOf(pid)).filter((target) => target.startsWith('socket:')).length;
    const isSteady = sockets === last;
    last = sockets;
    return isSteady ? sockets : undefined;
  });
}

beforeAll(async () => {
  if (!hasTool('openssl')) return;
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  place = await BadInputPlace.open();
  const pid = place.place.gateway.process.pid ?? 0;
  await goOn(() => batches === 1);
  before = { pid, sockets: await socketsLeft(pid) };
  const files = allFiles();
  let isOver = false;
  const work = async () => {
    try {
      await place.send(files);
      outcomes = await place.outcomes(files);
    } finally {
      isOver = true;
    }
  };
  await Promise.all([work(), goOn(() => isOver)]);
}, BEFORE_THE_TABLE);
afterAll(async () => {
  probe.close();
  await place?.close();
});

function outcomeOf(name: string): Outcome {
  const outcome = outcomes.get(name);
  if (outcome === undefined) throw new Error(`${name} was not answered`);
  return outcome;
}

/** What stands behind the sentence of a text, in brackets. */
function detailOf(text: string): string | undefined {
  const bracket = text.indexOf('. (');
  return bracket < 0 ? undefined : text.slice(bracket + 3, -1);
}

describe('the tables', () => {
  test('have hundreds of bad files and records that differ in cause, and none twice', () => {
    const records = RECORD_TABLES.flatMap(({ causes }) => causes.flatMap(({ cases }) => cases));
    expect(records.length + CASES.length).toBeGreaterThanOrEqual(800);
    const sizes = [...FILE_CAUSES, ...RECORD_TABLES.flatMap(({ causes }) => causes)].map(({ cases }) => cases.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8);
    const keys = [
      ...CASES.map(({ cause: { flow }, one: [, bytes] }) => `file ${flow} ${Buffer.from(bytes).toString('latin1')}`),
      ...RECORD_TABLES.flatMap(({ flow, causes }) =>
        causes.flatMap(({ cases }) => cases.map(([, record]) => `${flow} ${record}`)),
      ),
    ];
    const twice = [...Map.groupBy(keys, (key) => key)].filter(([, same]) => same.length > 1);
    expect(twice.map(([key]) => key.slice(0, 200))).toEqual([]);
  });
});

describe.skipIf(!hasTool('openssl'))('a file that is wrong as a whole', () => {
  test.each(
    CASES.map(({ cause, one: [what, , code, detail] }, at) => ({
      at,
      cause,
      code,
      detail,
      what: `${cause.flow}, ${cause.cause}: ${what}`,
    })),
  )('$what: $code ($detail)', async ({ at, cause, code, detail }) => {
    const { receipt, notification, arrived, answered } = outcomeOf(caseName(at));
    const isLate = cause.in === 'notification';
    const told = isLate ? (notification?.refused[0]?.faults ?? []) : receipt.errors;
    expect(told.map((error) => [error.code, detailOf(error.text)])).toEqual([[code, detail]]);
    expect([receipt.flow, receipt.resultCode]).toEqual([cause.flow, isLate ? 1 : 0]);
    expect([arrived.outcome, arrived.fields.codes]).toEqual(isLate ? ['done', []] : ['refused', [code]]);
    if (isLate) {
      expect(notification?.refused.map((entry) => [entry.record, entry.ticket])).toEqual([[0, receipt.ticket]]);
      expect([notification?.state, answered?.fields.state, answered?.fields.total]).toEqual([
        'rejected',
        'rejected',
        0,
      ]);
      expect(answered === undefined ? [] : [...(await place.recordLog(answered))]).toEqual([[0, [code]]]);
    } else expect(answered).toBeUndefined();
    const { ticket } = receipt;
    expect(await place.place.audit.all({ kind: 'delivery', fields: { ticket } })).toEqual([]);
  });

  test.each(FILE_CAUSES.map((cause) => ({ cause, what: `${cause.flow}, ${cause.cause}` })))(
    'its twin is taken: $what',
    async ({ cause }) => {
      const { notification, answered } = outcomeOf(twinName(cause));
      expect([notification?.state, notification?.refused, notification?.records.refused]).toEqual(['accepted', [], 0]);
      expect([answered?.fields.state, answered?.fields.accepted]).toEqual(['accepted', notification?.records.total]);
    },
  );
});

for (const table of [...RECORD_TABLES, ...LARGE_TABLES]) {
  describe.skipIf(!hasTool('openssl'))(`${table.flow}, ${table.theme}`, () => {
    const all = placed(table);
    const wrong = all.filter(({ faults }) => faults.length > 0);

    test.each(wrong)('$what', async ({ number, faults }) => {
      const { notification, answered } = outcomeOf(tableName(table));
      const entry = notification?.refused.find(({ record }) => record === number);
      expect(entry?.faults.map(({ field, code, text }) => [field, code, detailOf(text)])).toEqual(
        faults.map(([field, code, detail]) => [field, code, detail]),
      );
      expect(entry?.faults.map(({ severity }) => severity)).toEqual(faults.map(() => 'fatal'));
      expect(entry?.ticket).toBe(`${notification?.ticket}-${number}`);
      const log = answered === undefined ? undefined : await place.recordLog(answered);
      expect(log?.get(number)).toEqual(faults.map(([, code]) => code));
    });

    test('the twins are taken and delivered, and nothing else', async () => {
      const { notification, answered } = outcomeOf(tableName(table));
      expect(notification?.refused.map(({ record }) => record)).toEqual(wrong.map(({ number }) => number));
      const [total, refused] = [notification?.records.total, wrong.length];
      expect(notification?.records).toMatchObject({
        total: expect.any(Number),
        accepted: (total ?? 0) - refused,
        refused,
      });
      expect(total).toBeGreaterThanOrEqual(all.length);
      expect(answered?.fields).toMatchObject({ state: 'partially-accepted', total, refused });
      const receiver = await place.place.mailbox('batch@rjv', `/OUT/${table.flow}`);
      const { manifest } = await receiver.delivery(notification?.ticket ?? '');
      const known = (notification?.records.accepted ?? 0) - (notification?.records.withoutReceiver ?? 0);
      expect(JSON.parse(manifest.text)).toMatchObject({ flow: table.flow, records: known });
    });
  });
}

describe.skipIf(!hasTool('openssl'))('a record that is taken with a remark', () => {
  test('is not refused, and its sender is told what was put right', () => {
    const { notification } = outcomeOf(tableName(REMARKS));
    expect([notification?.state, notification?.refused]).toEqual(['accepted', []]);
    const told = notification?.information?.map(({ record, faults }) => [
      record,
      ...faults.map(({ field, code, text }) => [field, code, detailOf(text)]),
    ]);
    expect(told).toEqual(WAGD_REMARKS.map(([, , ...faults], index) => [index + 1, ...faults]));
  });
});

describe.skipIf(!hasTool('openssl'))('after all of them', () => {
  test('batches of another partner were answered and delivered all the while', () => {
    expect(batches).toBeGreaterThan(5);
  });

  test('the same process goes on, without a fault of its own, and holds no more descriptors', async () => {
    const { process: running, log } = place.place.gateway;
    expect([running.pid, running.exitCode, running.signalCode]).toEqual([before.pid, null, null]);
    expect(log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    const sockets = await socketsLeft(before.pid);
    expect(sockets).toBeLessThanOrEqual(before.sockets);
    const files = await openFilesOf(before.pid);
    expect(files.filter((target) => target.includes('/content/') || target.includes('(deleted)'))).toEqual([]);
  });

  test('nothing that an entity names was fetched', () => {
    expect(asked).toBe(0);
  });

  test('no file is left that nothing names', async () => {
    expect(await place.strayContents()).toEqual([]);
  });
});
