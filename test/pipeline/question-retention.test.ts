import { expect, test } from 'vitest';
import { questionCommands } from '../../src/pipeline/question-flows.ts';
import { Sweeper } from '../../src/storage/sweeper.ts';
import { submission } from '../storage/ledger-fixture.ts';
import { noticePlace, testSigner } from './notices-fixture.ts';
import { ANSWER_TASK, asked, id, PERSONS, SOCQ, SOCR_SAMPLE } from './questions-fixture.ts';
import { BatchBench } from './run-batch-fixture.ts';

const DAY = 86_400_000;
const UUID = '7d1c0b8e-0000-4000-8000-000000000021';
const HEADER = SOCR_SAMPLE.slice(0, SOCR_SAMPLE.indexOf('\n'));

/** Answers to the first two questions, by the hub's tickets. */
const ANSWERS = [
  `${HEADER};question_ticket`,
  `1;E-0000001;74031295170;2026Q1;MSG00000;N;;;;${UUID};QQQQQQQQQQQQQ-1`,
  `2;E-0000002;85113098277;2026Q1;MSG00000;N;;;;${UUID};QQQQQQQQQQQQQ-2`,
  '',
].join('\n');

const TAKEN = [2, 'accepted', []];

test('a question that ended long ago is forgotten, and a second answer to it is as one that nobody asked for', async () => {
  const { ledger, clock, store, parts } = await noticePlace(await testSigner(), []);
  const questions = [asked('E-0000001'), asked('E-0000002')];
  const batch = { submission: submission('QQQQQQQQQQQQQ', { partner: id('eco'), flow: 'SOCQ' }), flow: SOCQ };
  await ledger.commit(
    questionCommands({ ...batch, result: { questions: { asked: questions, answered: [] } } }, clock.now()),
  );
  const answered = [{ question: 'QQQQQQQQQQQQQ-1', answer: 'XXXXXXXXXXXXX-1' }];
  await ledger.commit([{ kind: 'answerQuestions', source: id('ksz'), at: clock.now(), answers: answered }]);
  const sweeper = new Sweeper({
    ...{ ledger, store, clock, logger: parts.logger, namesEveryMs: DAY, contentsEveryMs: DAY, partialsEveryMs: DAY },
    ...{ contentGraceMs: DAY, partialMs: () => DAY, endedQuestionsMs: () => 400 * DAY },
  });
  const bench = await BatchBench.open(PERSONS);
  const source = { kind: 'questions', flow: 'SOCQ', environment: 'R', as: 'source', partner: id('ksz') } as const;
  bench.questions = (keys) => ledger.read({ ...source, keys });
  const codes = async () => {
    const { log } = await bench.run(ANSWER_TASK, ANSWERS);
    return log.slice(1).map(({ record, outcome, codes }) => [record, outcome, codes]);
  };

  clock.at += 400 * DAY;
  expect([await sweeper.sweepQuestions(), await codes()]).toEqual([0, [[1, 'refused', ['300040']], TAKEN]]);
  clock.at += 1;
  expect([await sweeper.sweepQuestions(), await sweeper.sweepQuestions()]).toEqual([1, 0]);
  expect(await codes()).toEqual([[1, 'refused', ['MSG00013']], TAKEN]);
  const lines = await ledger.read({ kind: 'auditLines', from: 1, limit: 9 });
  expect(lines.filter(({ kind }) => kind === 'questions-forgotten').map(({ fields }) => fields.questions)).toEqual([1]);
});
