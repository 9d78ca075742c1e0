import { describe, expect, test } from 'vitest';
import type { LayoutVersion } from '../../src/domain/flow.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ADRM_TASK, BatchBench, date, WLAT_TASK } from './run-batch-fixture.ts';

/** Attests as JSON lines, whose form does not tell the version: 1 for periods until 2025, 2 from 2026 on with other attests. */

const [ONE] = WLAT_TASK.flow.layouts;
if (ONE === undefined) throw new Error('no layout');

const withAttests = (layout: LayoutVersion, ...values: string[]): LayoutVersion => ({
  ...layout,
  fields: layout.fields.map((field) =>
    field.name === 'attest' ? { ...field, type: { kind: 'code', values } } : field,
  ),
});
const V1: LayoutVersion = { ...withAttests(ONE, 'OLD'), referenceUntil: date('2025-12-31') };
const V2: LayoutVersion = { ...withAttests(ONE, 'NEW'), version: '2', referenceFrom: date('2026-01-01') };

function task(receivedOn: string, ...layouts: LayoutVersion[]): BatchTask {
  return { ...WLAT_TASK, flow: { ...WLAT_TASK.flow, layouts }, receivedAt: Date.parse(receivedOn) };
}

let seq = 0;
function attest(begin: string, kind: string): string {
  seq += 1;
  const head = `{"seq":1,"ticket":"7d1c0b8e-0000-4000-8000-000000000012","legalContext":"FAMILY_BENEFITS_RIGHT"`;
  const sender = '"ssin":"74031295170","sender":{"sector":18,"institution":0}';
  return `${head},${sender},"attest":"${kind}","status":0,"period":{"begin":"${begin}"},"longTerm":false,"ref":"R-${seq}"}\n`;
}

async function run(of: BatchTask, text: string) {
  const bench = await BatchBench.open();
  const { result, refusals } = await bench.run(of, text);
  return {
    version: result.layoutVersion,
    codes: [...result.fileErrors, ...refusals],
    accepted: result.totals.accepted,
  };
}

const fault = (field: string, code: string, detail: string) => ({
  record: 1,
  faults: [{ field, code, severity: 'fatal', detail }],
});

describe('a file follows the version', () => {
  test('of the reference period of its records, two being valid at once', async () => {
    const both = task('2026-01-20', V1, V2);
    expect(await run(both, attest('2025-12-31', 'OLD'))).toEqual({ version: '1', codes: [], accepted: 1 });
    expect(await run(both, attest('2026-01-01', 'NEW'))).toEqual({ version: '2', codes: [], accepted: 1 });
    expect((await run(both, attest('2026-01-01', 'OLD'))).codes).toEqual([fault('attest', '000050', 'NEW')]);
  });

  test('that is valid on the day of receipt, also where its reference period is another one', async () => {
    const later = task('2026-04-01', { ...V1, validUntil: date('2026-03-31') }, V2);
    expect((await run(later, attest('2025-12-31', 'NEW'))).codes).toEqual([
      fault('period.begin', 'MSG00008', '2026-01-01–'),
    ]);
    expect((await run(task('2019-12-31', V1, V2), attest('2025-12-31', 'OLD'))).codes).toEqual([
      { field: 'file', code: '088' },
    ]);
  });

  test('of its first record that can be read; a record of another period is refused', async () => {
    const unreadable = attest('2025-02-30', 'OLD');
    const text = `${unreadable}${attest('2026-01-01', 'NEW')}${attest('2025-12-31', 'NEW')}`;
    const { version, codes, accepted } = await run(task('2026-01-20', V1, V2), text);
    expect([version, accepted]).toEqual(['2', 1]);
    expect(codes).toMatchObject([{ record: 1 }, { record: 3, faults: [{ field: 'period.begin', code: 'MSG00008' }] }]);
  });

  test('that its header names, whatever its period', async () => {
    const [own] = ADRM_TASK.flow.layouts;
    if (own === undefined) throw new Error('no layout');
    const other = { ...own, version: '2', fields: own.fields.slice(0, -1), referenceFrom: date('2026-01-01') };
    const roles = { ...own.roles, qualityEnd: undefined };
    const layouts = [own, { ...other, roles, periods: [] }];
    const of: BatchTask = { ...ADRM_TASK, flow: { ...ADRM_TASK.flow, layouts } };
    const header = other.fields.map(({ name }) => name).join(';');
    const row = (day: string) =>
      `1;7d1c0b8e-0000-4000-8000-000000000001;74031295170;;ADR;${day};Street;1;;1000;21004;00150;RR;010;2019-04-01\n`;
    expect(await run(of, `${header}\n${row('2026-01-05')}`)).toEqual({ version: '2', codes: [], accepted: 1 });
    expect((await run(of, `${header}\n${row('2025-12-31')}`)).codes).toMatchObject([
      { record: 1, faults: [{ field: 'effective_date', code: 'MSG00008' }] },
    ]);
  });
});
