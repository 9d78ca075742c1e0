import { describe, expect, test } from 'vitest';
import type { Question } from '../../src/domain/question.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ANSWER_TASK, asked, id, lookupIn, PERSONS, SOCR_SAMPLE } from './questions-fixture.ts';
import { BatchBench } from './run-batch-fixture.ts';

const HEADER = SOCR_SAMPLE.slice(0, SOCR_SAMPLE.indexOf('\n'));
const UUID = '7d1c0b8e-0000-4000-8000-000000000021';
const [ONE, TWO, THREE] = [asked('E-0000001'), asked('E-0000002'), asked('E-0000003')];

async function run(text: string, questions: readonly Question[], more: Partial<BatchTask> = {}) {
  const bench = await BatchBench.open(PERSONS);
  bench.questions = lookupIn(...questions);
  return bench.run({ ...ANSWER_TASK, ...more }, text);
}

/** An answer of version 1, or of version 2 with the ticket of its question. */
function answers(...rows: readonly (readonly [reference: string, ssin: string, ticket?: string, quarter?: string])[]) {
  const withTicket = rows.some(([, , ticket = '']) => ticket !== '');
  const lines = rows.map(([reference, ssin, ticket, quarter = '2026Q1'], index) => {
    const line = `${index + 1};${reference};${ssin};${quarter};MSG00000;N;;;;${UUID}`;
    return withTicket ? `${line};${ticket ?? ''}` : line;
  });
  return [withTicket ? `${HEADER};question_ticket` : HEADER, ...lines, ''].join('\n');
}

const fault = (record: number, field: string, code: string) => ({
  record,
  faults: [{ field, code, severity: 'fatal' }],
});

describe('an answer', () => {
  test('goes back to who asked, cut to what the asker may have', async () => {
    const { outputs, result } = await run(SOCR_SAMPLE, [ONE, TWO, THREE]);
    expect(outputs).toEqual({
      eco: [
        'record_no;customer_ref;ssin;quarter;status_code;entitled;valid_from;valid_to;new_ssin',
        '1;E-0000001;74031295170;2026Q1;MSG00000;Y;2026-01-01;2026-03-31;',
        '2;E-0000002;85113098277;2026Q1;MSG00000;N;;;',
        '3;E-0000003;68451597725;2026Q1;MSG00006;;;;00022993779',
        '',
      ].join('\n'),
    });
    expect(result.questions).toEqual({
      asked: [],
      answered: [1, 2, 3].map((n) => ({ question: `QQQQQQQQQQQQQ-${n}`, answer: `AAAAAAAAAAAAA-${n}` })),
    });
  });

  test('comes in any order and in several files, to several askers of one file', async () => {
    const ofFpd = asked('E-0000002', { ticket: 'FPD-1', asker: id('fpd') });
    const text = answers(['E-0000003', '00022993779'], ['E-0000002', '85113098277']);
    const { outputs, result } = await run(text, [ONE, ofFpd, THREE]);
    expect(outputs.eco).toContain('1;E-0000003;00022993779;2026Q1;MSG00000;N;;;\n');
    expect(outputs.fpd).toContain('2;E-0000002;85113098277;2026Q1;MSG00000;N;\n');
    expect(result.questions.answered.map(({ question }) => question)).toEqual(['QQQQQQQQQQQQQ-3', 'FPD-1']);
  });

  test('is taken once for each question: the second one, in this file or a later one, is refused', async () => {
    const text = answers(['E-0000001', '74031295170'], ['E-0000001', '74031295170'], ['E-0000002', '85113098277']);
    const { outputs, refusals, result } = await run(text, [ONE, asked('E-0000002', { state: 'answered' })]);
    expect(outputs.eco?.split('\n')).toHaveLength(3);
    expect(refusals).toEqual([fault(2, 'customer_ref', '300040'), fault(3, 'customer_ref', '300040')]);
    expect(result.questions.answered).toEqual([{ question: 'QQQQQQQQQQQQQ-1', answer: 'AAAAAAAAAAAAA-1' }]);
  });

  const strangers: readonly (readonly [what: string, text: string])[] = [
    ['nobody asked', answers(['E-0000009', '74031295170'])],
    ['is about another person than the question', answers(['E-0000001', '85113098277'])],
    ['is about another quarter than the question', answers(['E-0000001', '74031295170', '', '2026Q2'])],
  ];
  test.each(strangers)('that %s is refused, and the question stays open', async (_, text) => {
    const { outputs, refusals, result } = await run(text, [ONE]);
    expect([outputs, result.questions.answered]).toEqual([{}, []]);
    expect(refusals).toEqual([fault(1, 'customer_ref', 'MSG00013')]);
  });

  test('after the question was closed is refused; where it was asked anew, that one is answered', async () => {
    const closed = asked('E-0000001', { state: 'closed' });
    const text = answers(['E-0000001', '74031295170']);
    expect((await run(text, [closed])).refusals).toEqual([fault(1, 'customer_ref', '253')]);
    const { result } = await run(text, [asked('E-0000001', { ticket: 'NEW-1' }), closed]);
    expect(result.questions.answered.map(({ question }) => question)).toEqual(['NEW-1']);
  });

  test('to an asker who may not have it any more is refused', async () => {
    const text = answers(['E-0000001', '74031295170']);
    const ofFpd = [asked('E-0000001', { asker: id('fpd') })];
    const forEco = ANSWER_TASK.authorizations.slice(0, 1);
    for (const more of [
      { authorizations: forEco },
      { receivers: ANSWER_TASK.receivers.filter(({ partner }) => partner !== 'fpd') },
    ]) {
      expect((await run(text, ofFpd, more)).refusals).toEqual([fault(1, 'customer_ref', '300010')]);
    }
    expect((await run(text, ofFpd)).refusals).toEqual([]);
  });

  test('finds its question by the ticket the hub gave it, where two askers use one reference', async () => {
    const ofFpd = asked('E-0000001', { ticket: 'FPD-1', asker: id('fpd') });
    const both = [ONE, ofFpd];
    expect((await run(answers(['E-0000001', '74031295170']), both)).refusals).toEqual([
      fault(1, 'customer_ref', '000051'),
    ]);
    const { outputs, refusals } = await run(
      answers(
        ['E-0000001', '74031295170', 'FPD-1'],
        ['E-0000001', '85113098277', 'QQQQQQQQQQQQQ-1'],
        ['E-0000002', '74031295170', 'QQQQQQQQQQQQQ-1'],
        ['E-0000001', '74031295170', 'QQQQQQQQQQQQQ-9'],
      ),
      both,
    );
    expect(Object.keys(outputs)).toEqual(['fpd']);
    expect(outputs.fpd).toContain(';FPD-1\n');
    expect(refusals).toEqual([2, 3, 4].map((record) => fault(record, 'question_ticket', 'MSG00013')));
  });

  test('in simulation is checked against the real questions, and answers none', async () => {
    const { outputs, result } = await run(SOCR_SAMPLE, [ONE, TWO], { environment: 'S' });
    expect([outputs, result.questions.answered]).toEqual([{}, []]);
    expect(result.totals).toEqual({ total: 3, accepted: 2, refused: 1, withoutReceiver: 0 });
  });
});
