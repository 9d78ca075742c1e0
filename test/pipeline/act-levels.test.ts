import { describe, expect, test } from 'vitest';
import type { Authorization, Flow } from '../../src/domain/flow.ts';
import { actsInForce } from '../../src/pipeline/authorize.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ADRM, ADRM_ACT, ADRM_TASK, BatchBench, date } from './run-batch-fixture.ts';

/** Address mutations whose records say by which source (a stand-in for an application) and of which kind they are. */
const FLOW: Flow = {
  ...ADRM,
  layouts: ADRM.layouts.map((layout) => ({
    ...layout,
    roles: { ...layout.roles, application: 'source', information: 'mutation_code' },
  })),
};

function taskWith(...acts: readonly Partial<Authorization>[]): BatchTask {
  const authorizations = acts.map((act, index) => ({ ...ADRM_ACT, id: `act-${index + 1}`, ...act }));
  return { ...ADRM_TASK, flow: FLOW, authorizations };
}

const HEADER = FLOW.layouts[0]?.fields.map(({ name }) => name).join(';');
const row = (number: number, source: string, kind: string) =>
  `${number};7d1c0b8e-0000-4000-8000-00000000000${number};74031295170;;${kind};2026-01-05;Proefstraat;12;;1000;21004;00150;${source};010;2019-04-01;`;

/** What became of records by source and kind: the act that let each pass, or the field and code of its refusal. */
async function fates(task: BatchTask, ...records: readonly (readonly [source: string, kind: string])[]) {
  const bench = await BatchBench.open();
  const rows = records.map(([source, kind], index) => row(index + 1, source, kind));
  const { log, refusals } = await bench.run(task, [HEADER, ...rows, ''].join('\n'));
  const refused = new Map((refusals as { record: number; faults: unknown[] }[]).map((one) => [one.record, one.faults]));
  return log.slice(1).map((line) => {
    const record = Number(line.record);
    const [receiver] = line.receivers as { authorization: { id: string; version: number } }[];
    return receiver?.authorization ?? refused.get(record);
  });
}

const refusedAt = (field: string) => [{ field, code: '300010', severity: 'fatal' }];

describe('an act', () => {
  test('that names applications holds for records of these alone', async () => {
    const found = await fates(taskWith({ applications: ['RR'], version: 3 }), ['RR', 'ADR'], ['KSZ', 'ADR']);
    expect(found).toEqual([{ id: 'act-1', version: 3 }, refusedAt('source')]);
  });

  test('that names kinds of information holds for these alone, whatever the application', async () => {
    const found = await fates(taskWith({ information: ['ADR', 'NAM'] }), ['RR', 'NAM'], ['RR', 'DEC']);
    expect(found).toEqual([{ id: 'act-1', version: 1 }, refusedAt('mutation_code')]);
  });

  test('is chosen by all its levels together', async () => {
    const acts = [
      { applications: ['RR'], information: ['ADR'] },
      { applications: ['KSZ'], information: ['NAM'] },
    ];
    const found = await fates(taskWith(...acts), ['RR', 'ADR'], ['KSZ', 'NAM'], ['RR', 'NAM']);
    expect(found).toEqual([{ id: 'act-1', version: 1 }, { id: 'act-2', version: 1 }, refusedAt('mutation_code')]);
  });

  test('that names none holds beside one that does', async () => {
    const found = await fates(taskWith({ applications: ['RR'] }, {}), ['KSZ', 'ADR']);
    expect(found).toEqual([{ id: 'act-2', version: 1 }]);
  });

  test('of users allows nothing where no record says who its user is', async () => {
    expect(await fates(taskWith({ users: ['anna'] }), ['RR', 'ADR'])).toEqual([refusedAt('ssin')]);
  });
});

test('the header of a file may name the application of all its records', async () => {
  const fields = [
    { name: 'flow', columns: { first: 2, last: 5 }, value: 'ADRM' },
    { name: 'app', columns: { first: 6, last: 13 } },
  ];
  const [layout] = ADRM.layouts;
  if (layout === undefined) throw new Error('no layout');
  const columns: Readonly<Record<string, { first: number; last: number }>> = {
    ssin: { first: 2, last: 12 },
    effective_date: { first: 13, last: 22 },
  };
  const flow: Flow = {
    ...ADRM,
    format: {
      ...{ kind: 'fixed-width', charset: 'utf-8', recordLength: 22, lineEnd: 'lf' },
      ...{ recordType: { first: 1, last: 1 }, header: { type: 'H', fields }, detail: { type: 'D' } },
    },
    layouts: [
      {
        ...layout,
        fields: layout.fields.flatMap((one) => (columns[one.name] ? [{ ...one, columns: columns[one.name] }] : [])),
        roles: { person: 'ssin', periodBegin: 'effective_date', application: 'app' },
        periods: [],
      },
    ],
  };
  const task = { ...taskWith({ applications: ['PAYROLL'] }), flow };
  const file = (app: string) => `HADRM${app.padEnd(17)}\nD740312951702026-01-05\n`;
  const bench = await BatchBench.open();
  expect(Object.keys((await bench.run(task, file('PAYROLL'))).outputs)).toEqual(['rjv']);
  expect((await bench.run(task, file('OTHER'))).refusals).toEqual([{ record: 1, faults: refusedAt('app') }]);
});

describe('a partner of the extension', () => {
  test('sends only for a purpose it is connected for', () => {
    const { sender } = ADRM_TASK;
    const withPurposes = (...purposes: string[]) =>
      actsInForce({ ...ADRM_TASK, sender: { ...sender, purposes } }).map(({ id }) => id);
    expect(withPurposes('ADDRESS_MAINTENANCE')).toEqual(['adrm-rjv']);
    expect(withPurposes('RESEARCH')).toEqual([]);
  });

  test('receives only for a purpose it is connected for', async () => {
    const withPurposes = async (...purposes: string[]) => {
      const receivers = ADRM_TASK.receivers.map((one) => (one.partner === 'rjv' ? { ...one, purposes } : one));
      const bench = await BatchBench.open();
      const { outputs } = await bench.run({ ...ADRM_TASK, receivers }, `${HEADER}\n${row(1, 'RR', 'ADR')}\n`);
      return Object.keys(outputs);
    };
    expect(await withPurposes('RESEARCH', 'ADDRESS_MAINTENANCE')).toEqual(['rjv']);
    expect(await withPurposes('RESEARCH')).toEqual([]);
  });
});

test('a newer version in force ends what it no longer allows', () => {
  const second: Authorization = { ...ADRM_ACT, version: 2, environments: ['T'], from: date('2026-01-01') };
  const inR = (...authorizations: Authorization[]) => actsInForce({ ...ADRM_TASK, authorizations }).length;
  expect([inR(ADRM_ACT), inR(ADRM_ACT, second)]).toEqual([1, 0]);
});
