import { beforeAll, describe, expect, test } from 'vitest';
import type { Authorization } from '../../src/domain/flow.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { ConfigCopy } from '../config/config-copy.ts';
import { generationOf } from '../support/network-of-formats.ts';
import { id } from './questions-fixture.ts';
import { ADRM_TASK, BatchBench, PERSON_LINES } from './run-batch-fixture.ts';

/** RVA integrates with the flow that ships; its act lets it register 18/0 in quality 001. */

const HEADER = 'record_no;action;ssin;sector;type;quality;phase;begin;end;card_no;last_name;first_name;birth_date\n';
const PERSON = '74031295170';
const OTHER = '85113098277';
const UNKNOWN = '60000094128';
let task: BatchTask;
let act: Authorization;

beforeAll(async () => {
  await using copy = await ConfigCopy.make();
  const { flows, authorizations, sectors } = await generationOf(copy);
  const flow = flows.find(({ code }) => code === 'INTG');
  const mine = authorizations.find((one) => one.id === 'intg-rva');
  if (flow === undefined || mine === undefined) throw new Error('there is no flow INTG');
  act = mine;
  const sender = { partner: id('rva'), institution: { sector: 18, type: 0 } };
  task = { ...ADRM_TASK, flow, sectors, sender, authorizations, receivers: [] };
});

type Row = {
  readonly action?: string;
  readonly ssin?: string;
  readonly of?: string;
  readonly quality?: string;
  readonly days?: string;
  readonly proof?: string;
};

function rows(...of: readonly Row[]): string {
  const lines = of.map((row, index) => {
    const { action = 'REGISTER', ssin = PERSON, of: institution = '18;0', quality = '001' } = row;
    const { days = '2026-01-01;', proof = '592-1234567-89;;;' } = row;
    return `${index + 1};${action};${ssin};${institution};${quality};0;${days};${proof}\n`;
  });
  return HEADER + lines.join('');
}

async function run(text: string, more: Partial<BatchTask> = {}, lines: readonly string[] = PERSON_LINES) {
  const bench = await BatchBench.open(lines);
  return bench.run({ ...task, ...more }, text);
}

async function codes(text: string, more: Partial<BatchTask> = {}, lines: readonly string[] = PERSON_LINES) {
  const { refusals } = await run(text, more, lines);
  return refusals.map((refusal) => {
    const { record, faults } = refusal as { record: number; faults: { field: string; code: string }[] };
    return [record, ...faults.map(({ field, code }) => `${field} ${code}`)];
  });
}

describe('an integration', () => {
  test('registers and ends lines, which nobody gets and which count as accepted', async () => {
    const text = rows(
      { days: '2026-01-01;2026-06-30' },
      { ssin: OTHER },
      { action: 'UNREGISTER', days: '2025-10-01;2025-12-31', ssin: OTHER },
    );
    const lines = [...PERSON_LINES, '85113098277;18;0;001;0;2025-10-01;2025-12-30;'];
    const { outputs, result, log } = await run(text, {}, lines);
    expect(outputs).toEqual({});
    expect(result.totals).toEqual({ total: 3, accepted: 3, refused: 0, withoutReceiver: 0 });
    const common = { institution: { sector: 18, type: 0 }, quality: '001', phase: 0 };
    expect(result.changes).toEqual([
      { action: 'register', record: 1, insz: PERSON, ...common, begin: '2026-01-01', end: '2026-06-30' },
      { action: 'register', record: 2, insz: OTHER, ...common, begin: '2026-01-01' },
      { action: 'end', record: 3, insz: OTHER, ...common, begin: '2025-10-01', end: '2025-12-31' },
    ]);
    expect(log.slice(1).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
  });

  const doubles: readonly (readonly [what: string, first: string, second: string])[] = [
    ['on the same days', '2026-01-01;2026-01-31', '2026-01-01;2026-01-31'],
    ['on the last day', '2026-01-01;2026-01-31', '2026-01-31;'],
    ['before one that does not end', '2026-02-01;', '2026-01-01;2026-02-01'],
    ['where neither ends', '2026-02-01;', '2026-01-01;'],
  ];
  test.each(doubles)('makes no double inscription %s, in the directory or in the file', async (_, first, second) => {
    const twice = rows({ days: first }, { days: second });
    expect(await codes(twice)).toEqual([[2, 'ssin 300040']]);
    const known = [...PERSON_LINES, `${PERSON};18;0;001;0;${first};`];
    expect(await codes(rows({ days: second }), {}, known)).toEqual([[1, 'ssin 300040']]);
  });

  test('takes another quality, and the day after', async () => {
    const both = { ...act, receivers: act.receivers.map((one) => ({ ...one, qualities: ['001', '004'] })) };
    const text = rows({ days: '2026-01-01;2026-01-31' }, { days: '2026-02-01;' }, { quality: '004' });
    expect(await codes(text, { authorizations: [both] })).toEqual([]);
  });

  test('of a member counts in its whole sector: one fund and one quality on a day', async () => {
    const kbf = { sender: { partner: id('kbf'), institution: { sector: 7, type: 0 } } };
    const known = PERSON_LINES.filter((line) => !line.startsWith(`${PERSON};7`));
    const text = rows({ of: '7;1', quality: '103' });
    expect(await codes(text, kbf, known)).toEqual([]);
    expect(await codes(text, kbf, [...known, `${PERSON};7;2;103;0;2020-01-01;;`])).toEqual([[1, 'ssin 300040']]);
  });

  test('ends only a line that is there, and registers it anew once it has ended', async () => {
    const lines = [...PERSON_LINES, `${PERSON};18;0;001;0;2025-10-01;;`];
    const end = { action: 'UNREGISTER', days: '2025-10-01;2025-12-31' };
    expect(await codes(rows(end, {}), {}, lines)).toEqual([]);
    expect(await codes(rows({}, end), {}, lines)).toEqual([[1, 'ssin 300040']]);
    for (const other of [{ days: '2025-10-02;2025-12-31' }, { ssin: OTHER }]) {
      expect(await codes(rows({ ...end, ...other }), {}, lines)).toEqual([[1, 'ssin 300020']]);
    }
    expect(await codes(rows({ ...end, days: '2025-10-01;' }), {}, lines)).toEqual([[1, 'end 000050']]);
  });

  test('is about somebody whom the directory knows, also by a number that was replaced', async () => {
    expect(await codes(rows({ ssin: UNKNOWN }))).toEqual([[1, 'ssin MSG00005']]);
    const { result, information } = await run(rows({ ssin: '68451597725' }));
    expect(result.changes.map(({ insz }) => insz)).toEqual(['68451597725']);
    expect(information).toMatchObject([{ faults: [{ code: 'MSG00006', detail: '00022993779' }] }]);
    const twice = rows({ ssin: '68451597725' }, { ssin: '00022993779' });
    expect(await codes(twice)).toEqual([[2, 'ssin 300040']]);
  });

  test('proves who is meant, by the card or by name and birth', async () => {
    const proofs = [
      '592-1234567-89;;;',
      ';Janssens;Jan;1974-03-12',
      ';Janssens;;1974-03-12',
      ';;;',
      ';Janssens;Jan;1974-03-13',
    ];
    expect(
      await codes(rows(...proofs.map((proof, index) => ({ proof, days: `201${index}-01-01;201${index}-12-31` })))),
    ).toEqual([
      [3, 'card_no 000050'],
      [4, 'card_no 000050'],
      [5, 'ssin MSG00011'],
    ]);
  });

  test.each([
    ['a quality that no act lets it register', { quality: '002' }],
    ['an institution that is not its own', { of: '10;0' }],
    ['a member of its own sector, which stays unsaid', { of: '18;1' }],
  ])('is refused for %s', async (_, row) => {
    expect(await codes(rows(row))).toEqual([[1, 'sector 300010']]);
  });

  test('tells nobody which member was named, even where an act would allow it', async () => {
    const [receiver] = act.receivers;
    if (receiver === undefined) throw new Error('no receiver');
    const wrong = { ...act, receivers: [{ ...receiver, institution: { sector: 18, type: 7 } }] };
    const bench = await BatchBench.open(PERSON_LINES);
    const { refusals, result, logText } = await bench.run({ ...task, authorizations: [wrong] }, rows({ of: '18;7' }));
    expect(refusals).toEqual([{ record: 1, faults: [{ field: 'sector', code: '300010', severity: 'fatal' }] }]);
    expect(result.changes).toEqual([]);
    expect(`${logText}${await bench.text(result.refusals)}`).not.toMatch(/18[;/]7|"value"/);
  });

  test.each([
    ['a day for which the directory has no room', { days: '1899-12-31;' }],
    ['the quality of replaced numbers', { quality: '999' }],
  ])('is refused for %s', async (_, row) => {
    const all = { ...act, receivers: act.receivers.map((one) => ({ ...one, qualities: ['001', '999'] })) };
    expect(await codes(rows(row), { authorizations: [all] })).toEqual([[1, 'begin MSG00008']]);
  });

  test('in simulation is checked, and changes nothing', async () => {
    const { result, refusals } = await run(rows({}, {}), { environment: 'S' });
    expect([result.changes, refusals.length, result.totals.accepted]).toEqual([[], 1, 1]);
  });
});
