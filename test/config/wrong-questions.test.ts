import { type Refusal, testRefusals } from './refusals.ts';

const SOCQ = 'flows/SOCQ.yaml';
const SOCR = 'flows/SOCR.yaml';
const INTG = 'flows/INTG.yaml';

const ASKS = `asks:
  datum: social-tariff
  answerFlow: SOCR
  answerWithinHours: 96 # then what is missing is told to asker, source and hub
  closeAfterHours: 2160 # then no answer is taken any more
  ticketField: { name: question_ticket } # the source finds the hub's ticket of each question behind its fields
`;

const CASES: readonly Refusal[] = [
  ['a request that asks for nothing', SOCQ, ASKS, '', `${SOCQ}:4:1`, 'nothing says what a request asks for'],
  [
    'a mutation that asks',
    'flows/ADRM.yaml',
    'kind: mutation',
    `${ASKS}kind: mutation`,
    'flows/ADRM.yaml:3:1',
    'a flow of kind "mutation" asks for nothing',
  ],
  [
    'a datum that nobody holds',
    SOCQ,
    'datum: social-tariff',
    'datum: social-tarif',
    `${SOCQ}:6:10`,
    'nobody holds the datum "social-tarif"',
  ],
  [
    'answers in a flow that is not there',
    SOCQ,
    'answerFlow: SOCR',
    'answerFlow: SOCX',
    `${SOCQ}:7:15`,
    'there is no flow "SOCX"',
  ],
  [
    'answers in a flow of another kind',
    SOCQ,
    'answerFlow: SOCR',
    'answerFlow: ADRM',
    `${SOCQ}:7:15`,
    'flow ADRM is of kind "mutation"',
  ],
  [
    'answers that answer nothing',
    SOCQ,
    'answerFlow: SOCR',
    'answerFlow: ADRM',
    `${SOCR}:4:1`,
    'no flow of requests is answered by it',
  ],
  [
    'a request that is closed before it is late',
    SOCQ,
    'closeAfterHours: 2160',
    'closeAfterHours: 95',
    `${SOCQ}:9:20`,
    'a request is closed before its answers are late',
  ],
  [
    'a field of the hub with the name of a field of the asker',
    SOCQ,
    'name: question_ticket',
    'name: quarter',
    `${SOCQ}:10:24`,
    'a field of the layout is called "quarter" already',
  ],
  [
    'a field of the hub with columns where there are none',
    SOCQ,
    'name: question_ticket',
    'columns: 1-20, name: question_ticket',
    `${SOCQ}:10:3`,
    'only a fixed width has columns',
  ],
  [
    'a quarter with an end of its own',
    SOCR,
    '      periodBegin: quarter\n',
    '      periodBegin: quarter\n      periodEnd: valid_to\n',
    `${SOCR}:41:18`,
    'a quarter has its end by itself',
  ],
  [
    'a question that names a question',
    SOCQ,
    '      periodBegin: quarter\n',
    '      periodBegin: quarter\n      questionTicket: customer_ref\n',
    `${SOCQ}:41:23`,
    'a flow of kind "request" has no role "questionTicket"',
  ],
  [
    'an integration that does not say what to do',
    INTG,
    '      action: action\n',
    '',
    `${INTG}:38:5`,
    'nothing says the action of a line',
  ],
  [
    'an action that no line can be told',
    INTG,
    'values: [REGISTER, UNREGISTER]',
    'values: [REGISTER, LIST]',
    `${INTG}:40:15`,
    '"action" knows "LIST", which is nothing a line can be told',
  ],
  [
    'a proof by a field that is not there',
    INTG,
    '- [card_no]',
    '- [card_number]',
    `${INTG}:51:10`,
    'this layout has no field "card_number"',
  ],
];

testRefusals(CASES);
