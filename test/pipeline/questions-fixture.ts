import { readFileSync } from 'node:fs';
import type { Authorization, Field, FieldType, Flow } from '../../src/domain/flow.ts';
import type { Institution } from '../../src/domain/partner.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Question } from '../../src/domain/question.ts';
import type { Ticket } from '../../src/domain/submission.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { questionMatch } from '../../src/pipeline/questions.ts';
import { ADRM_ACT, ADRM_TASK, date, PERSON_LINES } from './run-batch-fixture.ts';

/** ECO (outside social security) asks KSZ whether customers have the social tariff; as samples 5a and 5b have it. */

export const SOCQ_SAMPLE = readFileSync('test/fixtures/samples/5a_SOCQ_request.csv', 'utf8');
export const SOCR_SAMPLE = readFileSync('test/fixtures/samples/5b_SOCR_answer.csv', 'utf8');

export const id = (partner: string) => partner as PartnerId;
export const ECO: Institution = { sector: 900, type: 0 };
export const FPD: Institution = { sector: 5, type: 0 };
export const KSZ: Institution = { sector: 25, type: 0 };

const field = (name: string, type: FieldType, required = true): Field => ({ name, type, required });
const text = (maxLength: number): FieldType => ({ kind: 'text', maxLength });
const DAY: FieldType = { kind: 'date', form: 'yyyy-MM-dd' };
const NONE = { periods: [], totals: [], births: [] } as const;
const ROLES = { number: 'record_no', person: 'ssin', periodBegin: 'quarter', reference: 'customer_ref' } as const;

const QUESTION = [
  field('record_no', { kind: 'integer', maxDigits: 7 }),
  field('customer_ref', text(20)),
  field('ssin', { kind: 'insz' }),
  field('quarter', { kind: 'quarter' }),
];

export const SOCQ: Flow = {
  ...ADRM_TASK.flow,
  code: 'SOCQ',
  kind: 'request',
  asks: {
    datum: 'social-tariff',
    answerFlow: 'SOCR',
    answerWithinHours: 96,
    closeAfterHours: 720,
    ticketField: { name: 'question_ticket' },
  },
  purposes: ['SOCIAL_TARIFF'],
  layouts: [
    {
      version: '1',
      validFrom: date('2020-01-01'),
      fields: [...QUESTION, field('supplier_cbe', { kind: 'kbo' })],
      roles: ROLES,
      ...NONE,
    },
  ],
  blocks: [
    { name: 'key', fields: ['record_no', 'customer_ref', 'ssin', 'quarter'] },
    { name: 'supplier', fields: ['supplier_cbe'] },
  ],
};

const ANSWER = [
  ...QUESTION,
  field('status_code', text(8)),
  field('entitled', { kind: 'code', values: ['Y', 'N'] }, false),
  field('valid_from', DAY, false),
  field('valid_to', DAY, false),
  field('new_ssin', { kind: 'insz' }, false),
  field('ticket', { kind: 'uuid' }),
];

/** Version 2 names the question by the hub's ticket. */
export const SOCR: Flow = {
  ...ADRM_TASK.flow,
  code: 'SOCR',
  kind: 'answer',
  purposes: ['SOCIAL_TARIFF'],
  layouts: [
    { version: '1', validFrom: date('2020-01-01'), fields: ANSWER, roles: ROLES, ...NONE },
    {
      version: '2',
      validFrom: date('2020-01-01'),
      fields: [...ANSWER, field('question_ticket', text(20))],
      roles: { ...ROLES, questionTicket: 'question_ticket' },
      ...NONE,
    },
  ],
  blocks: [
    { name: 'key', fields: ['record_no', 'customer_ref', 'ssin', 'quarter', 'question_ticket'] },
    { name: 'answer', fields: ['status_code', 'entitled', 'new_ssin'] },
    { name: 'period', fields: ['valid_from', 'valid_to'] },
    { name: 'evidence', fields: ['ticket'] },
  ],
};

function act(of: Pick<Authorization, 'flow' | 'sender'>, to: Institution, ...blocks: string[]): Authorization {
  const receivers = [{ institution: to, line: 'none' as const, qualities: [], blocks: ['key', ...blocks] }];
  return { ...ADRM_ACT, id: `${of.flow}-${to.sector}`.toLowerCase(), purpose: 'SOCIAL_TARIFF', ...of, receivers };
}

const NETWORK = {
  receivers: [
    { partner: id('ksz'), institution: KSZ },
    { partner: id('eco'), institution: ECO },
    { partner: id('fpd'), institution: FPD },
  ],
} as const;

export const REQUEST_TASK: BatchTask = {
  ...ADRM_TASK,
  ...NETWORK,
  ticket: 'QQQQQQQQQQQQQ' as Ticket,
  flow: SOCQ,
  sender: { partner: id('eco'), institution: ECO },
  source: { partner: id('ksz'), institution: KSZ },
  authorizations: [act({ flow: 'SOCQ', sender: ECO }, KSZ)],
};

/** ECO may have the period, FPD may not; the evidence of KSZ stays with KSZ. */
export const ANSWER_TASK: BatchTask = {
  ...ADRM_TASK,
  ...NETWORK,
  ticket: 'AAAAAAAAAAAAA' as Ticket,
  flow: SOCR,
  sender: { partner: id('ksz'), institution: KSZ },
  authorizations: [
    act({ flow: 'SOCR', sender: KSZ }, ECO, 'answer', 'period'),
    act({ flow: 'SOCR', sender: KSZ }, FPD, 'answer'),
  ],
};

export const PERSONS: readonly string[] = PERSON_LINES;

const NUMBERS = { 'E-0000001': '74031295170', 'E-0000002': '85113098277', 'E-0000003': '00022993779' } as const;
export type Reference = keyof typeof NUMBERS;

/** A question as the ledger has it: of the samples, put by ECO to KSZ. */
export function asked(reference: Reference, more: Partial<Question> = {}): Question {
  return {
    ticket: `QQQQQQQQQQQQQ-${reference.at(-1)}`,
    batch: 'QQQQQQQQQQQQQ' as Ticket,
    flow: 'SOCQ',
    environment: 'R',
    asker: id('eco'),
    source: id('ksz'),
    match: questionMatch(reference, NUMBERS[reference], date('2026-01-01')),
    askedAt: 1,
    state: 'open',
    ...more,
  };
}

/** Finds questions as the ledger does, by ticket or match. */
export function lookupIn(...questions: readonly Question[]) {
  return async (keys: readonly string[]) =>
    questions.filter(({ ticket, match }) => keys.includes(ticket) || keys.includes(match));
}
