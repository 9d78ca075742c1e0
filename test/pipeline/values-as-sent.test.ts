import { expect, test } from 'vitest';
import type { LayoutVersion } from '../../src/domain/flow.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ADRM_TASK, BatchBench, WLAT_TASK } from './run-batch-fixture.ts';

type Told = {
  readonly record: number;
  readonly faults: readonly { readonly field: string; readonly value?: string }[];
};

/** What answers are made of: record, field, and the value as it was sent. */
async function told(task: BatchTask, lines: readonly string[]) {
  const bench = await BatchBench.open();
  const { result } = await bench.run(task, `${lines.join('\n')}\n`);
  const read = async (kind: 'refusals' | 'information') => {
    const texts = (await bench.text(result[kind])).split('\n').filter((line) => line !== '');
    return texts.flatMap((text) => {
      const { record, faults }: Told = JSON.parse(text);
      return faults.map(({ field, value }) => [record, field, value]);
    });
  };
  return { refusals: await read('refusals'), information: await read('information') };
}

const row = (number: number, ssin: string, more: { date?: string; last?: string; street?: string } = {}) =>
  [
    ...[number, '7d1c0b8e-0000-4000-8000-000000000001', ssin, '', 'ADR', more.date ?? '2026-01-05'],
    ...[more.street ?? 'Proefstraat', '12', '', '1000', '21004', '00150', 'RR', '010', '2019-04-01', ''],
    ...(more.last === undefined ? [] : [more.last]),
  ].join(';');

const headerOf = (layout: LayoutVersion | undefined) => layout?.fields.map(({ name }) => name).join(';') ?? '';
const ADRM_HEADER = headerOf(ADRM_TASK.flow.layouts[0]);

test('faults of a delimited record carry the values of their fields, where there are some', async () => {
  const lines = [
    ADRM_HEADER,
    row(1, '74031295171', { date: '30/02', street: '' }),
    row(2, '1;2'),
    row(3, '68451597725'),
  ];
  expect(await told(ADRM_TASK, lines)).toEqual({
    refusals: [
      [1, 'ssin', '74031295171'],
      [1, 'effective_date', '30/02'],
      [1, 'street', ''],
      [2, 'record', undefined], // could not be taken apart
    ],
    information: [[3, 'ssin', '68451597725']],
  });
});

test('so do those of a JSON line; a member of another type has none', async () => {
  const good = {
    ...{ seq: 1, ticket: '7d1c0b8e-0000-4000-8000-000000000011', legalContext: 'FAMILY_BENEFITS_RIGHT' },
    ...{ ssin: '74031295170', sender: { sector: 18, institution: 0 }, attest: 'UNEMPLOYED', status: 0 },
    ...{ period: { begin: '2025-11-01', end: null }, longTerm: false, ref: 'RVA-1' },
  };
  const wrong = { ...good, period: { begin: '2025-11-31', end: null }, longTerm: 'no', more: 'x' };
  expect(await told(WLAT_TASK, [JSON.stringify(good), JSON.stringify(wrong)])).toEqual({
    refusals: [
      [2, 'longTerm', undefined],
      [2, 'more', undefined],
      [2, 'period.begin', '2025-11-31'],
    ],
    information: [],
  });
});

test('a number that was put right while reading is told as it was sent', async () => {
  const [layout] = ADRM_TASK.flow.layouts;
  if (layout === undefined) throw new Error('no layout');
  const fields = [...layout.fields, { name: 'employer', type: { kind: 'kbo' as const }, required: false }];
  const flow = { ...ADRM_TASK.flow, layouts: [{ ...layout, fields }] };
  const lines = [`${ADRM_HEADER};employer`, row(1, '74031295170', { last: 'BE0900000147' })];
  expect(await told({ ...ADRM_TASK, flow }, lines)).toEqual({
    refusals: [],
    information: [[1, 'employer', 'BE0900000147']],
  });
});
