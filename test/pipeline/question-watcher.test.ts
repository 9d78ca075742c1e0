import { beforeAll, describe, expect, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import type { Signer } from '../../src/evidence/cms.ts';
import { questionCommands } from '../../src/pipeline/question-flows.ts';
import { QuestionWatcher } from '../../src/pipeline/question-watcher.ts';
import { submission } from '../storage/ledger-fixture.ts';
import { partner } from '../support/generation.ts';
import { schemaProblems } from '../support/schemas.ts';
import { noticePlace, testSigner } from './notices-fixture.ts';
import { asked, id, SOCQ } from './questions-fixture.ts';

const HOUR = 3_600_000;
const TICKET = 'QQQQQQQQQQQQQ';
let signer: Signer;

beforeAll(async () => {
  signer = await testSigner();
});

const PARTNERS = [
  partner('eco', { sends: ['SOCQ'], receives: ['SOCR'], language: 'fr' }),
  partner('ksz', { sends: ['SOCR'], receives: ['SOCQ'], answerFormat: 'rsz-xml' }),
];

/** A request of ECO with three questions to KSZ that was closed just now, and the watch over it. */
async function openPlace(partners: Generation['partners'] = PARTNERS) {
  const { clock, ledger, parts, files, told } = await noticePlace(signer, partners);
  const watcher = new QuestionWatcher(parts);
  const questions = (['E-0000001', 'E-0000002', 'E-0000003'] as const).map((reference) => asked(reference));
  const checked = {
    submission: submission(TICKET, { partner: id('eco'), flow: 'SOCQ' }),
    flow: SOCQ,
    result: { questions: { asked: questions, answered: [] } },
  };
  await ledger.commit(questionCommands(checked, clock.now()));

  /** Does the work that is due; tells whether there was some. */
  const work = async () => {
    const [lease] = await ledger.claim('questions', 'test', 1, 1000);
    if (lease !== undefined) await watcher.handle(lease);
    return lease !== undefined;
  };
  const answer = (question: string) =>
    ledger.commit([
      { kind: 'answerQuestions', source: id('ksz'), at: clock.now(), answers: [{ question, answer: `A-${question}` }] },
    ]);
  return { clock, ledger, work, answer, files, told };
}

const AT_ASKER = '/partners/eco/OUT/SOCQ';
const AT_SOURCE = '/partners/ksz/OUT/SOCQ';

describe('answers that do not come in time', () => {
  test('are told to asker, source and hub, once', async () => {
    const { clock, ledger, work, answer, files, told } = await openPlace();
    await answer(`${TICKET}-2`);
    clock.at += 96 * HOUR - 1;
    expect([await work(), told.alarms]).toEqual([false, []]);
    clock.at += 1;
    expect(await work()).toBe(true);
    const atAsker = await files(AT_ASKER);
    expect(Object.keys(atAsker)).toEqual([
      `SOCQ.${TICKET}.answers-overdue.notice.json`,
      `SOCQ.${TICKET}.answers-overdue.notice.json.p7s`,
    ]);
    const notice: unknown = JSON.parse(atAsker[`SOCQ.${TICKET}.answers-overdue.notice.json`] ?? '');
    expect(notice).toEqual({
      ...{ kind: 'notice', version: 1, subject: 'answers-overdue', ticket: TICKET, flow: 'SOCQ', environment: 'R' },
      createdAt: new Date(clock.at).toISOString(),
      text: 'Les réponses à ces questions ne sont pas arrivées à temps. La source y répond encore.',
      ...{ records: 2, tickets: [`${TICKET}-1`, `${TICKET}-3`], generation: 'generation-1' },
    });
    expect(await schemaProblems('notice', notice)).toEqual([]);
    const [xml, ...others] = Object.entries(await files(AT_SOURCE)).filter(([name]) => name.startsWith('FO.'));
    expect([xml?.[0].slice(0, 15), others]).toEqual(['FO.NOTI.999999.', []]);
    for (const part of [
      '<AttestationStatus>5</AttestationStatus>',
      `<ReferenceNbr>${TICKET}-1</ReferenceNbr>`,
      `<ReferenceNbr>${TICKET}-3</ReferenceNbr>`,
      '<AnomalyLabel>The answers to these questions did not come in time. The source still answers them.</AnomalyLabel>',
      '<records>2</records>',
    ]) {
      expect(xml?.[1]).toContain(part);
    }
    const fields = { ticket: TICKET, flow: 'SOCQ', environment: 'R', asker: 'eco', source: 'ksz', open: 2 };
    const [line] = await ledger.read({ kind: 'auditLines', from: 1, limit: 9 });
    expect(line).toMatchObject({ kind: 'answers-overdue', outcome: 'failed', fields });
    expect(told).toEqual({
      alarms: [{ alarm: 'answers-overdue', ...fields }],
      counted: [['sluis_questions_missed_total', { flow: 'SOCQ', subject: 'answers-overdue' }, 2]],
    });
    expect(await ledger.read({ kind: 'overdueQuestions' })).toBe(2);
    expect(await work()).toBe(false);
  });

  test('may still come until the request closes, which is told too', async () => {
    const { clock, ledger, work, answer, files } = await openPlace();
    clock.at += 96 * HOUR;
    await work();
    await answer(`${TICKET}-1`);
    clock.at += 624 * HOUR - 1;
    expect(await work()).toBe(false);
    clock.at += 1;
    expect(await work()).toBe(true);
    const closed = JSON.parse((await files(AT_ASKER))[`SOCQ.${TICKET}.questions-closed.notice.json`] ?? '');
    expect(closed.tickets).toEqual([`${TICKET}-2`, `${TICKET}-3`]);
    await expect(answer(`${TICKET}-2`)).rejects.toMatchObject({ code: 'precondition-failed' });
    expect(await ledger.read({ kind: 'queueLength', queue: 'questions' })).toBe(0);
  });

  test('that came are nothing to tell', async () => {
    const { clock, ledger, work, answer, told } = await openPlace();
    for (const number of [3, 1, 2]) await answer(`${TICKET}-${number}`);
    clock.at += 96 * HOUR;
    expect([await work(), told.alarms]).toEqual([true, []]);
    expect(await ledger.read({ kind: 'queueLength', queue: 'questions' })).toBe(0);
    expect(await ledger.read({ kind: 'auditLines', from: 1, limit: 9 })).toEqual([]);
  });

  test('are told to whoever is left', async () => {
    const { clock, work, files, told } = await openPlace(PARTNERS.slice(0, 1));
    clock.at += 96 * HOUR;
    await work();
    expect([Object.keys(await files(AT_ASKER)).length, Object.keys(await files(AT_SOURCE)).length]).toEqual([2, 0]);
    expect(told.alarms).toHaveLength(1);
  });
});
