import { describe, expect, test } from 'vitest';
import type { Flow, LayoutVersion } from '../../src/domain/flow.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ADRM_ACT, BatchBench, date, PERSON_LINES, RECEIVERS, SECTORS, WLAT_TASK } from './run-batch-fixture.ts';

/** A flow whose records say in one column who they are for; each test says what stands in that column. */

const PERSON = '74031295170';
const KNOWN_TO_RJV = '00022993779';
const UNKNOWN = '60000094128';
const KBO_OF_KBF = '0940404112';
const KBO_OF_FUND = '0977788902';
const KBO_OF_MUTUALITY = '1999001239';

type Naming = Pick<LayoutVersion['roles'], 'receiver' | 'receiverSector' | 'receiverType' | 'receiverKbo'> & {
  readonly receiverPartner?: string;
};

function flowNaming(roles: Naming, more: Partial<Flow> = {}): Flow {
  const to =
    roles.receiverKbo === 'to'
      ? ({ kind: 'kbo' } as const)
      : roles.receiver === 'to'
        ? ({ kind: 'institution' } as const)
        : ({ kind: 'text', maxLength: 30 } as const);
  const layout: LayoutVersion = {
    version: '1',
    validFrom: date('2020-01-01'),
    fields: [
      { name: 'ssin', type: { kind: 'insz' }, required: true },
      { name: 'day', type: { kind: 'date', form: 'yyyy-MM-dd' }, required: true },
      { name: 'to', type: to, required: false },
      { name: 'type', type: { kind: 'sector' }, required: false },
      { name: 'text', type: { kind: 'text', maxLength: 20 }, required: true },
    ],
    roles: { person: 'ssin', periodBegin: 'day', ...roles },
    periods: [],
    totals: [],
    births: [],
  };
  return {
    ...WLAT_TASK.flow,
    code: 'MESS',
    kind: 'message',
    format: { kind: 'delimited', separator: ';', header: false, charset: 'utf-8' },
    purposes: ['TEST'],
    layouts: [layout],
    blocks: [
      { name: 'key', fields: ['ssin', 'day'] },
      { name: 'content', fields: ['to', 'type', 'text'] },
    ],
    ...more,
  };
}

const partner = (id: string) => id as PartnerId;

/** RVA may write to funds and to RJV, and to the health branch; to nobody else. */
function taskOf(flow: Flow): BatchTask {
  const receiver = (sector: number, type: number, qualities: string[]) => ({
    institution: { sector, type },
    qualities,
    blocks: ['key', 'content'],
  });
  return {
    ...WLAT_TASK,
    flow,
    authorizations: [
      {
        ...ADRM_ACT,
        id: 'mess',
        flow: 'MESS',
        purpose: 'TEST',
        sender: { sector: 18, type: 0 },
        receivers: [receiver(7, 1, ['101', '102']), receiver(10, 0, ['010']), receiver(11, 0, ['001'])],
      },
    ],
    sectors: SECTORS.map((one) => (one.number === 11 ? { ...one, managingInstitution: partner('nic') } : one)),
    receivers: [
      ...RECEIVERS,
      { partner: partner('nic'), institution: { sector: 11, type: 0 } },
      { partner: partner('mut'), institution: { sector: 11, type: 1 }, network: 'secondary' },
      { partner: partner('fund'), institution: { sector: 7, type: 1 }, network: 'secondary' },
    ],
    addressees: [
      { partner: 'kbf', institution: { sector: 7, type: 0 }, kbo: KBO_OF_KBF },
      { partner: 'fund', institution: { sector: 7, type: 1 }, kbo: KBO_OF_FUND },
      { partner: 'mut', institution: { sector: 11, type: 1 }, kbo: KBO_OF_MUTUALITY },
      { partner: 'rjv', institution: { sector: 10, type: 0 }, kbo: '0912345673' },
    ],
  };
}

const row = (ssin: string, to: string, type = '') => `${ssin};2026-01-05;${to};${type};hello\n`;
const LINES = [...PERSON_LINES, `${PERSON};11;0;001;0;2008-01-01;;`];

async function faultOf(flow: Flow, text: string): Promise<unknown> {
  const bench = await BatchBench.open(LINES);
  const { refusals, outputs } = await bench.run(taskOf(flow), text);
  expect(outputs).toEqual({});
  return refusals;
}

describe('the receiver of a message is named', () => {
  const cases: readonly [string, Naming, string, string, string][] = [
    ['by sector and type in one field', { receiver: 'to' }, '10/0', '', 'rjv'],
    ['by a fund, which its managing institution receives for', { receiver: 'to' }, '7/1', '', 'kbf'],
    ['by sector and type in two fields', { receiverSector: 'to', receiverType: 'type' }, '7', '1', 'kbf'],
    ['by KBO number', { receiverKbo: 'to' }, '0912345673', '', 'rjv'],
    ['by the KBO number of a member of a secondary network', { receiverKbo: 'to' }, KBO_OF_FUND, '', 'kbf'],
    ['by the id of the partner', { receiverPartner: 'to' }, 'rjv', '', 'rjv'],
  ];
  test.each(cases)('%s', async (_title, naming, to, type, receiver) => {
    const bench = await BatchBench.open(LINES);
    const text = row(PERSON, to, type);
    const { outputs, refusals, log } = await bench.run(taskOf(flowNaming(naming)), text);
    expect(refusals).toEqual([]);
    expect(outputs).toEqual({ [receiver]: text });
    expect(log[1]).toMatchObject({ receivers: [{ receiver, authorization: { id: 'mess', version: 1 } }] });
  });

  test('by the flow, once for all its records', async () => {
    const bench = await BatchBench.open(LINES);
    const flow = flowNaming({}, { receiver: { sector: 10, type: 0 } });
    const { outputs } = await bench.run(taskOf(flow), row(PERSON, 'x') + row(KNOWN_TO_RJV, 'y'));
    expect(outputs).toEqual({ rjv: row(PERSON, 'x') + row(KNOWN_TO_RJV, 'y') });
  });

  test('and nobody else gets it, whoever knows the person', async () => {
    const bench = await BatchBench.open(LINES);
    const { outputs } = await bench.run(taskOf(flowNaming({ receiver: 'to' })), row(PERSON, '11/0'));
    expect(Object.keys(outputs)).toEqual(['nic']);
  });
});

describe('a message is refused', () => {
  const refused = (code: string, field = 'to') => [{ record: 1, faults: [{ field, code, severity: 'fatal' }] }];

  test.each([
    ['whose receiver has no line', row(KNOWN_TO_RJV, '7/1'), refused('MSG00012')],
    ['whose receiver may not have it', row(PERSON, '25/0'), refused('300010')],
    ['whose receiver nobody is', row(PERSON, '40/9'), refused('300010')],
    ['that names nobody', row(PERSON, ''), refused('300010')],
    ['whose receiver may not have it, before it is asked for a line', row(KNOWN_TO_RJV, '7/0'), refused('300010')],
    ['about somebody nobody knows', row(UNKNOWN, '10/0'), refused('MSG00005', 'ssin')],
    ['to a member whose membership is sensitive', row(PERSON, '11/1'), refused('300010')],
  ])('%s', async (_title, text, faults) => {
    expect(await faultOf(flowNaming({ receiver: 'to' }), text)).toEqual(faults);
  });

  test.each([
    ['that nobody has', '0999900051'],
    ['of a member whose membership is sensitive', KBO_OF_MUTUALITY],
  ])('by a KBO number %s', async (_title, kbo) => {
    expect(await faultOf(flowNaming({ receiverKbo: 'to' }), row(PERSON, kbo))).toEqual(refused('300010'));
  });

  test('and what it named is told to nobody', async () => {
    const bench = await BatchBench.open(LINES);
    const text = row(PERSON, `BE${KBO_OF_MUTUALITY}`);
    const { result, logText } = await bench.run(taskOf(flowNaming({ receiverKbo: 'to' })), text);
    const answers = (await bench.text(result.refusals)) + (await bench.text(result.information)) + logText;
    expect(answers).toContain('300010');
    expect(answers).not.toContain(KBO_OF_MUTUALITY.slice(1));
    expect(answers).not.toContain('mut');
  });
});

test('a receiver that needs no line gets what is told about people it does not know', async () => {
  const task = taskOf(flowNaming({ receiver: 'to' }));
  const [act] = task.authorizations;
  if (act === undefined) throw new Error('no act');
  const receivers = act.receivers.map((one) => ({ ...one, line: 'none' as const, qualities: [] }));
  const bench = await BatchBench.open(LINES);
  const open: BatchTask = { ...task, authorizations: [{ ...act, receivers }] };
  expect((await bench.run(open, row(KNOWN_TO_RJV, '11/0'))).outputs).toEqual({ nic: row(KNOWN_TO_RJV, '11/0') });
  expect((await bench.run(task, row(KNOWN_TO_RJV, '11/0'))).outputs).toEqual({});
});

describe('the line of the sender of a message is asked for as its flow says', () => {
  const withLine = (senderLine: Flow['senderLine'], lines: readonly string[], text: string) => async () => {
    const bench = await BatchBench.open([...LINES, ...lines]);
    const flow = flowNaming({ receiver: 'to' }, { senderLine });
    const { refusals } = await bench.run(taskOf(flow), text);
    return (refusals as { faults: { code: string }[] }[]).map(({ faults }) => faults[0]?.code);
  };
  const HELLO = row(PERSON, '10/0');
  test.each([
    ['required, and there', withLine('required', [`${PERSON};18;0;001;0;2020-01-01;;`], HELLO), []],
    ['required, and absent', withLine('required', [], HELLO), ['300020']],
    ['required, and too narrow', withLine('required', [`${PERSON};18;0;001;0;2026-01-06;;`], HELLO), ['300030']],
    [
      'required, and absent, before the receiver is looked at',
      withLine('required', [], row(PERSON, '25/0')),
      ['300020'],
    ],
    ['none', withLine('none', [], HELLO), []],
    ['none, and nobody knows the person', withLine('none', [], row(UNKNOWN, '10/0')), ['MSG00005']],
    ['made by the record, of a person nobody knows', withLine('creates', [], row(UNKNOWN, '10/0')), ['MSG00012']],
  ])('%s', async (_title, codes, expected) => expect(await codes()).toEqual(expected));
});
