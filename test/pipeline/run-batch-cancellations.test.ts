import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { originalKey } from '../../src/pipeline/originals.ts';
import { ADRM_ACT, BatchBench, PERSON_LINES, RECEIVERS, WLAT_ACT, WLAT_TASK } from './run-batch-fixture.ts';

const fixture = (name: string) => readFileSync(`test/fixtures/${name}`, 'utf8');
const SAMPLE = fixture('samples/4_WLAT_unemployment_attest.jsonl');
const BOTH = fixture('expected/4_WLAT.kbf.with-original.jsonl');
const ONLY_FIRST = fixture('expected/4_WLAT.kbf.jsonl');
const PERSON = '85113098277';

type Attest = { readonly ref: string; readonly cancels?: string; readonly ssin?: string; readonly status?: number };

function attest({ ref, cancels, ssin = PERSON, status = 0 }: Attest): string {
  const [, second = ''] = SAMPLE.split('\n');
  const { cancels: _, ...record } = JSON.parse(second);
  return `${JSON.stringify({ ...record, ssin, status, ref, ...(cancels === undefined ? {} : { cancels }) })}\n`;
}

/** A bench whose ledger remembers what earlier batches left. */
async function benchWith(
  originals: Readonly<Record<string, readonly string[]>>,
  lines = PERSON_LINES,
): Promise<BatchBench> {
  const bench = await BatchBench.open(lines);
  bench.originals = async (references) =>
    new Map(references.flatMap((reference) => (originals[reference] ? [[reference, originals[reference]]] : [])));
  return bench;
}

const ORIGINAL = { [originalKey('RVA-000744', PERSON)]: ['kbf'] };
const refs = (output: string | undefined) =>
  (output ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).ref);

describe('a cancellation', () => {
  test('reaches who got the original', async () => {
    const bench = await benchWith(ORIGINAL);
    const { outputs, result } = await bench.run(WLAT_TASK, SAMPLE);
    expect(outputs).toEqual({ kbf: BOTH });
    expect(result.totals).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 0 });
  });

  test.each([
    ['ended', [`${PERSON};7;1;102;0;2012-01-01;2024-12-31;`]],
    ['is gone', [`${PERSON};;;;;;;`]],
  ])('reaches them also where their line %s since', async (_title, lines) => {
    const others = PERSON_LINES.filter((line) => !line.startsWith(PERSON));
    const bench = await benchWith(ORIGINAL, [...others, ...lines]);
    expect((await bench.run(WLAT_TASK, SAMPLE)).outputs).toEqual({ kbf: BOTH });
  });

  test('reaches nobody else, though another receiver has a line now', async () => {
    const bench = await benchWith(ORIGINAL, [...PERSON_LINES, `${PERSON};10;0;010;0;2012-01-01;;`]);
    const authorizations = [WLAT_ACT, { ...WLAT_ACT, id: 'wlat-rjv', receivers: ADRM_ACT.receivers }];
    const { outputs } = await bench.run({ ...WLAT_TASK, authorizations }, SAMPLE.split('\n')[1] ?? '');
    expect(Object.keys(outputs)).toEqual(['kbf']);
  });

  test('of what nobody got reaches nobody', async () => {
    const bench = await benchWith({ [originalKey('RVA-000744', PERSON)]: [] });
    const { outputs, result } = await bench.run(WLAT_TASK, SAMPLE);
    expect(outputs).toEqual({ kbf: ONLY_FIRST });
    expect(result.totals).toEqual({ total: 2, accepted: 2, refused: 0, withoutReceiver: 1 });
  });

  test('that names another person than its original has no original', async () => {
    const bench = await benchWith(ORIGINAL);
    const text = attest({ ref: 'X', cancels: 'RVA-000744', ssin: '00022993779', status: 3 });
    const { outputs, refusals } = await bench.run(WLAT_TASK, text);
    expect(outputs).toEqual({});
    expect(refusals).toMatchObject([{ record: 1, faults: [{ field: 'cancels', code: '157' }] }]);
  });

  test('may come in the batch of its original, and after it', async () => {
    const bench = await benchWith({});
    const original = attest({ ref: 'A' });
    const cancellation = attest({ ref: 'B', cancels: 'A', status: 3 });
    expect(refs((await bench.run(WLAT_TASK, original + cancellation)).outputs.kbf)).toEqual(['A', 'B']);
    const reversed = await bench.run(WLAT_TASK, cancellation + original);
    expect(refs(reversed.outputs.kbf)).toEqual(['A']);
    expect(reversed.refusals).toMatchObject([{ record: 1, faults: [{ code: '157' }] }]);
  });

  test('of a number that was replaced since finds the original under the old number', async () => {
    const lines = ['68451597725;;;;;;;00022993779', '00022993779;7;1;101;0;2015-06-01;;'];
    const bench = await benchWith({ [originalKey('A', '68451597725')]: ['kbf'] }, lines);
    const text = attest({ ref: 'B', cancels: 'A', ssin: '68451597725', status: 3 });
    const { outputs, information } = await bench.run(WLAT_TASK, text);
    expect(refs(outputs.kbf)).toEqual(['B']);
    expect(information).toMatchObject([{ record: 1, faults: [{ code: 'MSG00006', detail: '00022993779' }] }]);
  });
});

describe('a receiver no act names any more', () => {
  const other: BatchTask = { ...WLAT_TASK, authorizations: [{ ...WLAT_ACT, receivers: ADRM_ACT.receivers }] };

  test('gets nothing: the record is refused, and the log names who it was', async () => {
    const bench = await benchWith(ORIGINAL);
    const { outputs, refusals, log } = await bench.run(other, SAMPLE.split('\n')[1] ?? '');
    expect(outputs).toEqual({});
    expect(refusals).toEqual([{ record: 1, faults: [{ field: 'cancels', code: '300010', severity: 'fatal' }] }]);
    expect(log[1]).toMatchObject({ outcome: 'refused', heldBack: ['kbf'] });
  });

  test('does not keep it from the others; the sender is told that not everyone got it', async () => {
    const bench = await benchWith({ [originalKey('RVA-000744', PERSON)]: ['rjv', 'kbf'] });
    const { outputs, information, log } = await bench.run(WLAT_TASK, SAMPLE.split('\n')[1] ?? '');
    expect(Object.keys(outputs)).toEqual(['kbf']);
    expect(information).toEqual([{ record: 1, faults: [{ field: 'cancels', code: '300010', severity: 'warning' }] }]);
    expect(log[1]).toMatchObject({ outcome: 'accepted', heldBack: ['rjv'] });
    expect(JSON.stringify(information)).not.toMatch(/kbf|rjv/);
  });

  test('a cancellation has the blocks of the act of today', async () => {
    const bench = await benchWith(ORIGINAL);
    const receivers = WLAT_ACT.receivers.map((receiver) => ({ ...receiver, blocks: ['period'] }));
    const { outputs } = await bench.run(
      { ...WLAT_TASK, authorizations: [{ ...WLAT_ACT, receivers }] },
      SAMPLE.split('\n')[1] ?? '',
    );
    expect(Object.keys(JSON.parse(outputs.kbf ?? ''))).toEqual(['seq', 'ticket', 'ssin', 'period', 'ref']);
  });

  test('a partner that is not connected any more is held back too', async () => {
    const bench = await benchWith(ORIGINAL);
    const receivers = RECEIVERS.filter((receiver) => receiver.partner !== 'kbf');
    const { refusals } = await bench.run({ ...WLAT_TASK, receivers }, SAMPLE.split('\n')[1] ?? '');
    expect(refusals).toMatchObject([{ record: 1, faults: [{ code: '300010' }] }]);
  });
});

describe('references', () => {
  test('one that stands twice in a batch is a fault of the second record', async () => {
    const bench = await benchWith({});
    const { outputs, refusals } = await bench.run(
      WLAT_TASK,
      attest({ ref: 'A' }) + attest({ ref: 'A' }) + attest({ ref: 'B' }),
    );
    expect(refs(outputs.kbf)).toEqual(['A', 'B']);
    expect(refusals).toEqual([
      { record: 2, faults: [{ field: 'ref', code: '000050', severity: 'fatal', detail: 'A' }] },
    ]);
  });

  test('one of a refused record may be used again', async () => {
    const bench = await benchWith({});
    const { outputs } = await bench.run(WLAT_TASK, attest({ ref: 'A', ssin: '74031295199' }) + attest({ ref: 'A' }));
    expect(refs(outputs.kbf)).toEqual(['A']);
  });

  test('accepted records are remembered with their receivers, tied to their person, whose number is not kept', async () => {
    const bench = await benchWith(ORIGINAL);
    const { result } = await bench.run(WLAT_TASK, SAMPLE + attest({ ref: 'NOBODY', ssin: '12070496422' }));
    const remembered = result.originals.map(({ references, ...one }) => ({
      ...one,
      references: JSON.parse(references),
    }));
    const known = [originalKey('RVA-000901', '74031295170'), originalKey('RVA-000902', PERSON)];
    expect(remembered).toEqual([
      { receivers: ['kbf'], references: known, count: 2 },
      { receivers: [], references: [originalKey('NOBODY', '12070496422')], count: 1 },
    ]);
    expect(JSON.stringify(result.originals)).not.toMatch(/74031295170|85113098277/);
  });

  test('are asked for once per chunk, and not at all where nothing cancels', async () => {
    const bench = await benchWith({});
    const asked: (readonly string[])[] = [];
    bench.originals = async (references) => {
      asked.push(references);
      return new Map();
    };
    await bench.run(WLAT_TASK, attest({ ref: 'A' }));
    expect(asked).toEqual([]);
    await bench.run(WLAT_TASK, attest({ ref: 'A', cancels: 'X' }) + attest({ ref: 'B', cancels: 'Y' }));
    expect(asked).toEqual([[originalKey('X', PERSON), originalKey('Y', PERSON)]]);
  });
});
