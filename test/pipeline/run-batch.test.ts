import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Authorization } from '../../src/domain/flow.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import {
  ADRM,
  ADRM_ACT,
  ADRM_TASK,
  BatchBench,
  date,
  NO_ORIGINALS,
  PERSON_LINES,
  WLAT_ACT,
  WLAT_TASK,
} from './run-batch-fixture.ts';

const fixture = (name: string) => readFileSync(`test/fixtures/${name}`, 'utf8');
const ADRM_SAMPLE = fixture('samples/1_ADRM_address_mutation.csv');
const WLAT_SAMPLE = fixture('samples/4_WLAT_unemployment_attest.jsonl');

const withAct = (task: BatchTask, change: Partial<Authorization>): BatchTask => ({
  ...task,
  authorizations: task.authorizations.map((act) => ({ ...act, ...change })),
});

describe('the samples', () => {
  test('both address mutations reach rjv', async () => {
    const bench = await BatchBench.open();
    const { result, outputs, refusals, information, logText } = await bench.run(ADRM_TASK, ADRM_SAMPLE);
    expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.csv') });
    expect(logText).toBe(fixture('expected/1_ADRM.record-log.jsonl'));
    expect(result.totals).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 0 });
    expect([refusals, information, result.fileErrors, result.originals]).toEqual([[], [], [], []]);
    expect(result.outputs[0]).toMatchObject({ records: 2, authorizations: [{ id: 'adrm-rjv', version: 1 }] });
    expect(result).toMatchObject({ layoutVersion: '1', directoryVersion: '1' });
  });

  test('the attest reaches the managing institution of the child-benefit funds, the cancellation has no original', async () => {
    const bench = await BatchBench.open();
    const { result, outputs, refusals } = await bench.run(WLAT_TASK, WLAT_SAMPLE);
    expect(outputs).toEqual({ kbf: fixture('expected/4_WLAT.kbf.jsonl') });
    expect(refusals).toEqual([
      { record: 2, faults: [{ field: 'cancels', code: '157', severity: 'fatal', detail: 'RVA-000744' }] },
    ]);
    expect(result.totals).toEqual({ total: 2, accepted: 1, refused: 1, withoutReceiver: 0 });
  });
});

describe('one fault changes exactly its record', () => {
  const [header = '', first = '', second = ''] = ADRM_SAMPLE.split('\n');
  const cases: readonly [string, string, readonly (readonly [string, string])[]][] = [
    ['a code that is not in the list', second.replace(';ADR;', ';XXX;'), [['mutation_code', '000050']]],
    ['a value that is required', second.replace(';Voorbeeldlaan;', ';;'), [['street', '000050']]],
    ['a value that is too long', second.replace(';B;', ';BBBBB;'), [['box', '000050']]],
    ['a column too many', `${second};`, [['record', '000050']]],
    ['a check digit', second.replace('68451597725', '68451597726'), [['ssin', 'MSG00011']]],
    [
      'the check digit of the new number',
      second.replace('00022993779', '00022993778'),
      [['ssin_replaced_by', 'MSG00011']],
    ],
    ['a day that does not exist', second.replace('2026-01-06', '2026-02-29'), [['effective_date', 'MSG00008']]],
    ['a period that ends before it begins', second.replace('2026-12-31', '2025-09-30'), [['quality_end', 'MSG00008']]],
    ['a person nobody knows', second.replace('68451597725', '91220892329'), [['ssin', 'MSG00005']]],
    [
      'three faults at once',
      second.replace(';ADR;', ';XXX;').replace('68451597725', '68451597726').replace('2026-01-06', '2026-13-01'),
      [
        ['ssin', 'MSG00011'],
        ['mutation_code', '000050'],
        ['effective_date', 'MSG00008'],
      ],
    ],
  ];
  test.each(cases)('%s', async (_title, faulty, faults) => {
    const bench = await BatchBench.open();
    const { result, outputs, refusals, log } = await bench.run(ADRM_TASK, `${[header, first, faulty].join('\n')}\n`);
    expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.record-1.csv') });
    const expected = faults.map(([field, code]) => expect.objectContaining({ field, code, severity: 'fatal' }));
    expect(refusals).toEqual([{ record: 2, faults: expected }]);
    expect(result.totals).toEqual({ total: 2, accepted: 1, refused: 1, withoutReceiver: 0 });
    expect(log[2]).toMatchObject({
      record: 2,
      outcome: 'refused',
      codes: faults.map(([, code]) => code),
      receivers: [],
    });
  });
});

describe('one dossier changes exactly its record', () => {
  const other = PERSON_LINES.filter((line) => !line.startsWith('74031295170;10;0'));
  const cases: readonly [string, readonly string[]][] = [
    ['no line of the receiver', []],
    ['a quality that is not allowed', ['74031295170;10;0;011;0;2019-04-01;;']],
    ['a line that ended the day before', ['74031295170;10;0;010;0;2019-04-01;2026-01-04;']],
    ['a line that begins the day after', ['74031295170;10;0;010;0;2026-01-06;;']],
    ['a line of another institution of the sector', ['74031295170;10;1;010;0;2019-04-01;;']],
  ];
  test.each(cases)('%s: nobody gets the record, and it is no fault', async (_title, lines) => {
    const bench = await BatchBench.open([...other, ...lines]);
    const { result, outputs, refusals, log } = await bench.run(ADRM_TASK, ADRM_SAMPLE);
    expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.record-2.csv') });
    expect(refusals).toEqual([]);
    expect(result.totals).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 1 });
    expect(log[1]).toMatchObject({ record: 1, outcome: 'without-receiver', receivers: [] });
  });

  test('a line of that one day is enough', async () => {
    const bench = await BatchBench.open([...other, '74031295170;10;0;010;0;2026-01-05;2026-01-05;']);
    const { outputs } = await bench.run(ADRM_TASK, ADRM_SAMPLE);
    expect(outputs.rjv?.split('\n')[1]).toMatch(/;010;2026-01-05;2026-01-05$/);
  });

  test('an open period asks for a line without end', async () => {
    const bench = await BatchBench.open([
      '74031295170;7;1;101;0;2015-06-01;2099-12-31;'.replace('2099', '2079').replace('12-31', '06-01'),
    ]);
    const { result } = await bench.run(WLAT_TASK, WLAT_SAMPLE.split('\n')[0] ?? '');
    expect(result.totals.withoutReceiver).toBe(1);
  });
});

describe('authorizations', () => {
  const RECEIVED = '2026-01-20';
  const cases: readonly [string, Partial<Authorization>, boolean][] = [
    ['in force from the day of receipt', { from: date(RECEIVED) }, true],
    ['in force from the day after', { from: date('2026-01-21') }, false],
    ['in force until the day of receipt', { until: date(RECEIVED) }, true],
    ['in force until the day before', { until: date('2026-01-19') }, false],
    ['for another environment', { environments: ['T', 'S'] }, false],
    ['for another purpose', { purpose: 'STATISTICS' }, false],
    ['of another sender', { sender: { sector: 25, type: 1 } }, false],
    ['of another flow', { flow: 'WLAT' }, false],
  ];
  test.each(cases)('an act %s', async (_title, change, isAllowed) => {
    const bench = await BatchBench.open();
    const { result, outputs, refusals } = await bench.run(withAct(ADRM_TASK, change), ADRM_SAMPLE);
    if (isAllowed) expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.csv') });
    else {
      const refusal = (record: number) => ({ record, faults: [{ field: 'ssin', code: '300010', severity: 'fatal' }] });
      expect(refusals).toEqual([refusal(1), refusal(2)]);
      expect([result.outputs, result.totals.refused]).toEqual([[], 2]);
    }
  });

  test('faults of the record itself come before authorization', async () => {
    const bench = await BatchBench.open();
    const text = ADRM_SAMPLE.replace('74031295170', '74031295199');
    const { refusals } = await bench.run(withAct(ADRM_TASK, { until: date('2026-01-19') }), text);
    const codes = (refusals as { faults: { code: string }[] }[]).map(({ faults }) => faults.map((fault) => fault.code));
    expect(codes).toEqual([['MSG00011'], ['300010']]);
  });

  test('a receiver gets the blocks of its act, in header and rows, and the log names the others', async () => {
    const bench = await BatchBench.open();
    const receivers = ADRM_ACT.receivers.map((receiver) => ({ ...receiver, blocks: ['address'] }));
    const { outputs, log } = await bench.run(withAct(ADRM_TASK, { receivers }), ADRM_SAMPLE);
    expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.without-origin-and-quality.csv') });
    expect(log[1]).toMatchObject({ receivers: [{ receiver: 'rjv', filtered: ['origin', 'quality'] }] });
  });

  test('members of blocks a receiver may not have are left out of JSON', async () => {
    const bench = await BatchBench.open();
    const receivers = WLAT_ACT.receivers.map((receiver) => ({ ...receiver, blocks: ['key', 'period'] }));
    const { outputs } = await bench.run(withAct(WLAT_TASK, { receivers }), WLAT_SAMPLE);
    expect(outputs).toEqual({ kbf: fixture('expected/4_WLAT.kbf.without-attest.jsonl') });
  });

  test('a field that stands in no block reaches nobody', async () => {
    const bench = await BatchBench.open();
    const flow = { ...ADRM, blocks: ADRM.blocks.filter((block) => block.name !== 'address') };
    const { outputs } = await bench.run({ ...ADRM_TASK, flow }, ADRM_SAMPLE);
    expect(outputs.rjv).not.toMatch(/Proefstraat|street/);
  });
});

describe('the sender’s own line', () => {
  const task: BatchTask = { ...ADRM_TASK, flow: { ...ADRM, senderLine: 'required' } };
  const cases: readonly [string, readonly string[], string | undefined][] = [
    ['absent', [], '300020'],
    ['too narrow', ['74031295170;25;0;001;0;2019-04-01;2026-01-04;'], '300030'],
    ['covering the day', ['74031295170;25;0;001;0;2019-04-01;2026-01-05;'], undefined],
  ];
  test.each(cases)('%s', async (_title, lines, code) => {
    const bench = await BatchBench.open([...PERSON_LINES, ...lines]);
    const { refusals } = await bench.run(task, ADRM_SAMPLE);
    const expected = code === undefined ? [] : [{ record: 1, faults: [{ field: 'ssin', code, severity: 'fatal' }] }];
    expect(refusals).toEqual([
      ...expected,
      { record: 2, faults: [{ field: 'ssin', code: '300020', severity: 'fatal' }] },
    ]);
  });

  test('is asked before anything tells whether the person is known', async () => {
    const bench = await BatchBench.open([]);
    const { log } = await bench.run(task, ADRM_SAMPLE);
    expect(log.slice(1).map((line) => line.codes)).toEqual([['300020'], ['300020']]);
  });
});

describe('each receiver', () => {
  test('gets the quality and period of its own line, never the sender’s', async () => {
    const bench = await BatchBench.open();
    const kbf = { institution: { sector: 7, type: 1 }, qualities: ['101'], blocks: ['quality'] };
    const task = withAct(ADRM_TASK, { receivers: [kbf, ...ADRM_ACT.receivers] });
    const text = ADRM_SAMPLE.replaceAll(';010;', ';777;').replace('2019-04-01', '2001-01-01');
    const { result, outputs, log } = await bench.run(task, text);
    expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.csv'), kbf: fixture('expected/1_ADRM.kbf.csv') });
    expect(result.outputs.map((output) => output.receiver)).toEqual(['kbf', 'rjv']);
    expect(log[1]).toMatchObject({
      receivers: [
        { receiver: 'kbf', quality: '101' },
        { receiver: 'rjv', quality: '010' },
      ],
    });
  });

  test('gets a record once, though two acts and two institutions lead to it; the acts add up', async () => {
    const bench = await BatchBench.open([...PERSON_LINES, '74031295170;7;0;201;0;2015-06-01;;']);
    const to = (type: number, qualities: string[], blocks: string[]) => [
      { institution: { sector: 7, type }, qualities, blocks },
    ];
    const authorizations = [
      { ...ADRM_ACT, id: 'a', receivers: to(1, ['101'], ['quality']) },
      { ...ADRM_ACT, id: 'b', receivers: to(1, ['101', '102'], ['origin']) },
      { ...ADRM_ACT, id: 'c', receivers: to(0, ['201'], ['address']) },
    ];
    const { outputs, result, log } = await bench.run({ ...ADRM_TASK, authorizations }, ADRM_SAMPLE);
    const [header, row, ...rest] = outputs.kbf?.split('\n') ?? [];
    expect(header?.split(';').slice(6)).toEqual(ADRM_SAMPLE.split('\n')[0]?.split(';').slice(6));
    expect(row).toBe('1;7d1c0b8e-0000-4000-8000-000000000001;74031295170;;ADR;2026-01-05;;;;;;;RR;101;2015-06-01;');
    expect(rest).toEqual(['']);
    expect(result.outputs[0]?.authorizations.map((act) => act.id)).toEqual(['a', 'b']);
    expect(log[1]).toMatchObject({ receivers: [{ receiver: 'kbf', quality: '101', filtered: ['address'] }] });
  });

  test('of a sector with anonymous members is reached by the line of its managing institution; no answer tells', async () => {
    const bench = await BatchBench.open();
    const sectors = ADRM_TASK.sectors.map((sector) =>
      sector.number === 11 ? { ...sector, managingInstitution: ADRM_TASK.receivers[2]?.partner } : sector,
    );
    const receivers = [{ institution: { sector: 11, type: 205 }, qualities: ['001'], blocks: ['address'] }];
    const task = { ...withAct(ADRM_TASK, { receivers }), sectors };
    const text = ADRM_SAMPLE.replace('74031295170', '12070496422');
    const { result, outputs, logText } = await bench.run(task, text);
    expect(outputs.kbf).toContain('12070496422');
    expect(result.totals).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 1 });
    // Ids and digests are random hexadecimal digits, and now and then hold these three.
    const told = JSON.stringify(result, (key, value) => (key === 'bytes' ? undefined : value));
    expect((told + logText).replace(/\b[0-9a-f]{32,64}\b/g, '')).not.toContain('205');
  });

  test('that no connected partner receives for gets nothing', async () => {
    const bench = await BatchBench.open();
    const receivers = ADRM_TASK.receivers.filter((receiver) => receiver.partner !== 'rjv');
    const { result } = await bench.run({ ...ADRM_TASK, receivers }, ADRM_SAMPLE);
    expect([result.outputs, result.totals.withoutReceiver]).toEqual([[], 2]);
  });
});

describe('replaced numbers', () => {
  const told = { field: 'ssin', code: 'MSG00006', severity: 'information', detail: '00022993779' };

  test.each([
    ['no new number', ''],
    ['another new number', '12070496422'],
  ])('a record with %s is delivered with both numbers, and its sender is told', async (_title, written) => {
    const bench = await BatchBench.open();
    const { outputs, information, result, log } = await bench.run(
      ADRM_TASK,
      ADRM_SAMPLE.replace('00022993779', written),
    );
    expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.csv') });
    expect(information).toEqual([{ record: 2, faults: [told] }]);
    expect([result.informationCount, result.totals.accepted]).toEqual([1, 2]);
    expect(log[2]).toMatchObject({ replacedBy: '00022993779', codes: ['MSG00006'] });
  });

  test('a new number the directory does not know of is not passed on', async () => {
    const bench = await BatchBench.open();
    const text = ADRM_SAMPLE.replace('74031295170;;', '74031295170;12070496422;');
    const { outputs } = await bench.run(ADRM_TASK, text);
    expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.csv') });
  });
});

describe('environments', () => {
  test('S checks everything and delivers nothing', async () => {
    const bench = await BatchBench.open();
    const { result, log } = await bench.run({ ...WLAT_TASK, environment: 'S' }, WLAT_SAMPLE);
    expect([result.outputs, result.originals]).toEqual([[], []]);
    expect(result.totals).toEqual({ total: 2, accepted: 1, refused: 1, withoutReceiver: 0 });
    expect(log[1]).toMatchObject({ receivers: [{ receiver: 'kbf' }] });
  });

  test('T reads its own directory and takes series 900 and up only', async () => {
    const bench = await BatchBench.open();
    await bench.load(['74031295170;10;0;010;0;2019-04-01;;'], 'T');
    const text = ADRM_SAMPLE.replace('68451597725;00022993779', '74031289925;');
    const { outputs, refusals } = await bench.run({ ...ADRM_TASK, environment: 'T' }, text);
    expect(outputs).toEqual({ rjv: fixture('expected/1_ADRM.rjv.record-1.csv') });
    expect(refusals).toMatchObject([{ record: 2, faults: [{ field: 'ssin', code: 'MSG00005' }] }]);
  });
});

describe('files refused as a whole', () => {
  const LATIN1 = Buffer.from(ADRM_SAMPLE.replace('Voorbeeldlaan', 'Méirlaan'), 'latin1');
  const later = { ...ADRM, layouts: ADRM.layouts.map((layout) => ({ ...layout, validFrom: date('2026-01-21') })) };
  const cases: readonly [string, BatchTask, string | Uint8Array, string][] = [
    ['a header of another layout', ADRM_TASK, ADRM_SAMPLE.replace('ssin;', 'insz;'), '312'],
    ['another charset', ADRM_TASK, LATIN1, '138'],
    ['no records', ADRM_TASK, `${ADRM_SAMPLE.split('\n')[0]}\n`, '134'],
    ['no bytes', ADRM_TASK, '', '134'],
    ['no layout valid that day', { ...ADRM_TASK, flow: later }, ADRM_SAMPLE, '088'],
  ];
  test.each(cases)('%s', async (_title, task, bytes, code) => {
    const bench = await BatchBench.open();
    const { result, outputs, refusals, log } = await bench.run(task, bytes);
    expect(result.fileErrors).toMatchObject([{ field: 'file', code }]);
    expect([outputs, refusals, result.totals.total]).toEqual([{}, [], 0]);
    expect(log[1]).toEqual({ record: 0, outcome: 'refused', codes: [code], receivers: [] });
  });
});

describe('running', () => {
  test('the same task and directory give the same bytes', async () => {
    const bench = await BatchBench.open();
    const digests = async () => {
      const { result } = await bench.run(ADRM_TASK, ADRM_SAMPLE);
      return [...result.outputs.map((output) => output.content), result.recordLog, result.refusals].map(
        (ref) => ref.sha256,
      );
    };
    expect(await digests()).toEqual(await digests());
  });

  test('a content that is not the one received stops the batch, and leaves nothing', async () => {
    const bench = await BatchBench.open();
    const content = await bench.content(ADRM_SAMPLE);
    const task = { ...ADRM_TASK, contents: [{ ...content, sha256: '0'.repeat(64) }] };
    const { store, directory } = bench;
    await expect(runBatch(task, { store, directory, originals: NO_ORIGINALS })).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    const left = await readdir(join(bench.folder, 'content'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map((entry) => entry.name)).toEqual([content.contentId]);
  });

  test('crash points are passed in their order', async () => {
    const bench = await BatchBench.open();
    const points: unknown[] = [];
    const hear = (point: unknown) => points.push(point);
    subscribe('sluis.crash-point', hear);
    onTestFinished(() => void unsubscribe('sluis.crash-point', hear));
    await bench.run(ADRM_TASK, ADRM_SAMPLE);
    const own = points.filter((point) => /^(parse|authorize|route)\./.test(String(point)));
    expect(own).toEqual([
      'parse.start',
      'route.first-output',
      'parse.chunk',
      'parse.middle',
      'parse.done',
      'authorize.done',
      'route.between',
      'route.last',
    ]);
  });

  test('50,000 records are counted to the last one, in chunks, with flat memory', async () => {
    const bench = await BatchBench.open();
    const [header = '', first = '', second = ''] = ADRM_SAMPLE.split('\n');
    const bad = first.replace('74031295170', '74031295199');
    const rows = Array.from(
      { length: 50_000 },
      (_, index) => [first, second, bad, second.replace('2026-01-06', '2027-01-06')][index % 4],
    );
    const content = await bench.content(`${header}\n${rows.join('\n')}\n`);
    const { store, directory } = bench;
    let calls = 0;
    let mostHeap = 0;
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const progress = () => {
      calls += 1;
      mostHeap = Math.max(mostHeap, process.memoryUsage().heapUsed);
    };
    const result = await runBatch(
      { ...ADRM_TASK, contents: [content] },
      { store, directory, originals: NO_ORIGINALS, progress },
    );
    expect(result.totals).toEqual({ total: 50_000, accepted: 37_500, refused: 12_500, withoutReceiver: 12_500 });
    expect(result.outputs.map((output) => output.records)).toEqual([25_000]);
    expect([result.refusedCount, calls > 10]).toEqual([12_500, true]);
    const output = await bench.text(result.outputs[0]?.content ?? content);
    expect(output.split('\n').length).toBe(25_002);
    expect(mostHeap - before).toBeLessThan(200_000_000);
  });
});
