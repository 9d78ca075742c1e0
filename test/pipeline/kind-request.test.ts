import { describe, expect, test } from 'vitest';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { asked, ECO, lookupIn, PERSONS, REQUEST_TASK, SOCQ, SOCQ_SAMPLE } from './questions-fixture.ts';
import { BatchBench } from './run-batch-fixture.ts';

const HEADER = 'record_no;customer_ref;ssin;quarter;supplier_cbe\n';

async function run(text: string, more: Partial<BatchTask> = {}, known = lookupIn()) {
  const bench = await BatchBench.open(PERSONS);
  bench.questions = known;
  return bench.run({ ...REQUEST_TASK, ...more }, text);
}

const fault = (record: number, field: string, code: string) => ({
  record,
  faults: [{ field, code, severity: 'fatal' }],
});

describe('a request', () => {
  test('goes to the source that holds the datum, cut to what it may see, with the ticket of each question', async () => {
    const { outputs, result } = await run(SOCQ_SAMPLE);
    expect(outputs).toEqual({
      ksz: [
        'record_no;customer_ref;ssin;quarter;question_ticket',
        '1;E-0000001;74031295170;2026Q1;QQQQQQQQQQQQQ-1',
        '2;E-0000002;85113098277;2026Q1;QQQQQQQQQQQQQ-2',
        '3;E-0000003;68451597725;2026Q1;QQQQQQQQQQQQQ-3',
        '',
      ].join('\n'),
    });
    const questions = (['E-0000001', 'E-0000002', 'E-0000003'] as const).map((one) => asked(one));
    expect(result.questions).toEqual({
      asked: questions.map(({ ticket, source, match }) => ({ ticket, source, match })),
      answered: [],
    });
    expect(result.originals).toEqual([]);
  });

  test('comes as its asker wrote it where the source gets no ticket field', async () => {
    const { ticketField: _, ...asks } = SOCQ.asks ?? {
      datum: '',
      answerFlow: '',
      answerWithinHours: 1,
      closeAfterHours: 1,
    };
    const { outputs } = await run(SOCQ_SAMPLE, { flow: { ...SOCQ, asks } });
    expect(outputs.ksz?.split('\n').slice(0, 2)).toEqual([
      'record_no;customer_ref;ssin;quarter',
      '1;E-0000001;74031295170;2026Q1',
    ]);
  });

  test('is refused where nobody who holds the datum is connected', async () => {
    const { outputs, refusals, result } = await run(SOCQ_SAMPLE, { source: undefined });
    expect(outputs).toEqual({});
    expect(refusals).toEqual([1, 2, 3].map((record) => fault(record, 'ssin', '253')));
    expect(result.questions.asked).toEqual([]);
  });

  test('is refused where no act lets the asker ask this source', async () => {
    const [act] = REQUEST_TASK.authorizations;
    if (act === undefined) throw new Error('no act');
    const toOthers = { ...act, receivers: act.receivers.map((one) => ({ ...one, institution: ECO })) };
    for (const authorizations of [[], [toOthers]]) {
      const { outputs, refusals } = await run(SOCQ_SAMPLE, { authorizations });
      expect(outputs).toEqual({});
      expect(refusals).toEqual([1, 2, 3].map((record) => fault(record, 'ssin', '300010')));
    }
  });

  test('is refused where the source has no line that covers the whole quarter, if the act asks for one', async () => {
    const [act] = REQUEST_TASK.authorizations;
    if (act === undefined) throw new Error('no act');
    const receivers = act.receivers.map(({ institution, blocks }) => ({ institution, blocks, qualities: ['001'] }));
    const bench = await BatchBench.open([
      ...PERSONS.filter((line) => !line.startsWith('85113098277')),
      '74031295170;25;0;001;0;2026-01-01;2026-03-31;',
      '85113098277;25;0;001;0;2026-01-02;;',
    ]);
    const task = { ...REQUEST_TASK, authorizations: [{ ...act, receivers }] };
    const { outputs, refusals } = await bench.run(task, SOCQ_SAMPLE.split('\n').slice(0, 3).join('\n'));
    expect(outputs.ksz).toContain('E-0000001');
    expect(refusals).toEqual([fault(2, 'ssin', 'MSG00012')]);
  });

  test('asks once: what is open already, or stands twice in the file, is refused; what was answered may be asked again', async () => {
    const rows = SOCQ_SAMPLE.replace(HEADER, '');
    const text = `${HEADER}${rows}4;E-0000002;85113098277;2026Q2;0900000147\n5;E-0000004;85113098277;2026Q1;0900000147\n`;
    const known = lookupIn(
      asked('E-0000001', { ticket: 'OLD-1', state: 'answered' }),
      asked('E-0000003', { ticket: 'OLD-3' }),
    );
    const { refusals, result } = await run(text, {}, known);
    // Record 4 has the reference of record 2: by it alone its asker could not tell the two answers apart.
    expect(refusals).toMatchObject([fault(3, 'customer_ref', '300040'), fault(4, 'customer_ref', '000050')]);
    expect(result.questions.asked.map(({ ticket }) => ticket)).toEqual(
      ['1', '2', '5'].map((n) => `QQQQQQQQQQQQQ-${n}`),
    );
  });

  test('in simulation is checked, and asks nothing', async () => {
    const { outputs, result } = await run(SOCQ_SAMPLE, { environment: 'S' });
    expect([outputs, result.questions.asked, result.totals.accepted]).toEqual([{}, [], 3]);
  });
});
