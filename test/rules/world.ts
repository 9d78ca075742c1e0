import type { Authorization, Flow } from '../../src/domain/flow.ts';
import type { Institution, Sector } from '../../src/domain/partner.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Ticket } from '../../src/domain/submission.ts';
import type { Task } from '../support/reference/acts.ts';
import { columnsOf, fixedWidth } from './formats.ts';
import type { Random } from './random.ts';

/** Random partners, acts, persons and mandates of one network. All institutions, numbers and people are invented. */

const id = (partner: string) => partner as PartnerId;
const day = (text: string) => text as IsoDate;

export const SECTORS: readonly Sector[] = [
  { number: 7, name: 'child benefits', managingInstitution: id('kbf'), anonymousMembers: false },
  { number: 10, name: 'holidays', managingInstitution: id('rjv'), anonymousMembers: false },
  { number: 11, name: 'health', managingInstitution: id('nic'), anonymousMembers: true },
  { number: 18, name: 'unemployment', managingInstitution: id('rva'), anonymousMembers: true },
  { number: 25, name: 'crossroads bank', anonymousMembers: false },
  { number: 40, name: 'extension', anonymousMembers: false },
];

type Connected = {
  readonly partner: PartnerId;
  readonly institution: Institution;
  readonly kbo: string;
  readonly network: 'primary' | 'secondary' | 'extension';
};

const connected = (partner: string, sector: number, type: number, kbo: string, network: Connected['network']) => ({
  ...{ partner: id(partner), institution: { sector, type }, kbo, network },
});

export const PARTNERS: readonly Connected[] = [
  connected('ksz', 25, 0, '0900000147', 'primary'),
  connected('rjv', 10, 0, '0912345673', 'primary'),
  connected('hol', 10, 1, '0933333307', 'primary'),
  connected('kbf', 7, 0, '0940404112', 'primary'),
  connected('fund', 7, 1, '0977788902', 'secondary'),
  connected('nic', 11, 0, '1999001239', 'primary'),
  connected('mut', 11, 1, '0911111102', 'secondary'),
  connected('rva', 18, 0, '0999900051', 'primary'),
  connected('ext', 40, 0, '0922222253', 'extension'),
];

/** Institutions that lines, acts and messages may name; nobody is connected for some. */
export const INSTITUTIONS: readonly Institution[] = [
  ...[25, 10, 7, 11, 18, 40, 12].map((sector) => ({ sector, type: 0 })),
  ...[
    [7, 1],
    [7, 2],
    [10, 1],
    [10, 2],
  ].map(([sector = 0, type = 0]) => ({ sector, type })),
];

export const RECEIVED = '2026-01-20';
export const DAYS = ['2019-04-01', '2025-12-31', '2026-01-01', '2026-01-05', '2026-01-06', '2026-06-30', '2027-01-01'];
export const QUALITIES = ['000', '010', '101', '102', '777'];
const SENDERS = ['ksz', 'ksz', 'rva', 'kbf', 'ext', 'rjv', 'nic', 'hol'];
export const LEVEL_VALUES = ['L1', 'L2', 'L3'];

function numberOf(chance: Random): string {
  const isNew = chance.chance(0.4);
  const two = (value: number) => String(value).padStart(2, '0');
  const year = isNew ? chance.whole(0, 25) : chance.whole(1, 99);
  const bis = chance.mostly(0, 0.2, 20, 40);
  const series = chance.chance(0.7) ? chance.whole(900, 998) : chance.whole(1, 899);
  const nine = `${two(year)}${two(chance.whole(1, 12) + bis)}${two(chance.whole(1, 28))}${String(series).padStart(3, '0')}`;
  return nine + two(97 - (Number(isNew ? `2${nine}` : nine) % 97));
}

export type People = {
  readonly numbers: readonly string[];
  readonly lines: readonly string[];
};

/** Persons with their lines; some are replaced, some only known, some cancelled, and a few stand nowhere. */
export function people(chance: Random, count: number): People {
  const numbers = [...new Set(chance.list(count, count, () => numberOf(chance)))];
  const lines: string[] = [];
  let last: string | undefined;
  for (const [index, number] of numbers.entries()) {
    const fate = index < 5 ? 1 : chance.next();
    if (fate < 0.04) continue;
    if (fate < 0.07) {
      lines.push(`${number};;;;;;;cancelled`);
      continue;
    }
    if (fate < 0.17 && last !== undefined) lines.push(`${number};;;;;;;${last}`);
    else lines.push(`${number};;;;;;;`, ...linesOf(chance, number));
    last = number;
  }
  return { numbers, lines };
}

/** A person has one line for a sector and quality on a day. */
function linesOf(chance: Random, number: string): readonly string[] {
  const lines: string[] = [];
  for (const { sector, type } of chance.some(INSTITUTIONS)) {
    for (const quality of chance.some(QUALITIES)) {
      if (lines.some((line) => line.includes(`;${sector};`) && line.includes(`;${quality};0;`))) continue;
      const [first = '', second = ''] = [chance.of(DAYS.slice(0, 5)), chance.of(['', '', ...DAYS.slice(1)])];
      if (second !== '' && second < first) continue;
      lines.push(`${number};${sector};${type};${quality};0;${first};${second};`);
      if (second === '2025-12-31' && chance.chance(0.5)) {
        lines.push(`${number};${sector};${type};${quality};0;2026-01-01;;`);
      }
    }
  }
  return lines;
}

const PURPOSES = ['P1', 'P2'];

function act(chance: Random, flow: Flow, sender: Institution, index: number): Authorization {
  const isNewer = chance.chance(0.2) && index > 1;
  const names = flow.blocks.map((block) => block.name);
  const mayFail = index > 1 || chance.chance(0.15);
  const failing = (of: number) => (mayFail ? of : 0);
  const level = (field: 'application' | 'user' | 'question' | 'information') => {
    const usual = flow.layouts[0]?.roles[field] === undefined ? failing(0.01) : 0.2;
    return chance.chance(usual) ? chance.some(LEVEL_VALUES, 1) : undefined;
  };
  const levels = {
    applications: level('application'),
    users: level('user'),
    questions: level('question'),
    information: level('information'),
  };
  return {
    id: isNewer ? `act-${index - 1}` : `act-${index}`,
    version: isNewer ? 2 : 1,
    instrument: 'deliberation',
    reference: 'invented',
    textDigest: '0'.repeat(64),
    flow: chance.mostly(flow.code, failing(0.02), 'OTHR'),
    act: 'communication',
    purpose: chance.mostly('P1', failing(0.15), 'P2', 'P3'),
    sender: chance.mostly(sender, failing(0.05), { sector: 25, type: 7 }),
    receivers: chance.list(1, 4, () => ({
      institution: chance.of(INSTITUTIONS),
      ...(flow.kind === 'message' && chance.chance(0.25) ? { line: 'none' as const } : {}),
      qualities: chance.some(QUALITIES, 1),
      blocks: chance.some(names, 1),
    })),
    ...(Object.values(levels).some((one) => one !== undefined) ? levels : {}),
    environments: chance.mostly(['R', 'T', 'S'], failing(0.1), ['R'], ['T'], ['S']),
    from: day(chance.mostly('2020-01-01', failing(0.12), RECEIVED, '2026-01-21')),
    ...(chance.chance(failing(0.15)) ? { until: day(chance.of([RECEIVED, '2026-01-19', '2027-01-01'])) } : {}),
    source: 'authorizations/act.yaml',
  };
}

const outputsOf = (flow: Flow): readonly Task['receivers'][number]['output'][] => [
  { ...fixedWidth(true), columns: columnsOf(flow) },
  { ...fixedWidth(false), columns: columnsOf(flow) },
  { kind: 'xml', root: 'Records', record: 'R', charset: 'utf-8' },
  { kind: 'delimited', separator: '|', header: false, charset: 'utf-8' },
  { kind: 'delimited', separator: ';', header: true, charset: 'utf-8' },
  { kind: 'json-lines' },
];

/** Everything about a batch but its file. */
export function taskFor(chance: Random, flow: Flow): Task {
  const name = chance.of(SENDERS);
  const sender = PARTNERS.find(({ partner }) => partner === name);
  if (sender === undefined) throw new Error('no sender');
  const outputs = outputsOf(flow);
  const purposes = () => chance.some([...PURPOSES, 'P3'], 1);
  const receivers = PARTNERS.filter(() => chance.chance(0.8)).map(({ partner, institution, network }) => ({
    ...{ partner, institution },
    ...(network === 'primary' ? {} : { network }),
    ...(network === 'extension' ? { purposes: purposes() } : {}),
    ...(chance.chance(0.3) ? { output: chance.of(outputs) } : {}),
  }));
  const needsKbo = flow.layouts.some(({ roles }) => roles.employer !== undefined);
  const named = flow.layouts.some(({ roles }) => (roles.receiverKbo ?? roles.receiverPartner) !== undefined);
  return {
    ticket: '0M3Q1ZK8A0001' as Ticket,
    flow,
    environment: chance.mostly('R', 0.2, 'T', 'S'),
    accessMethod: 'line',
    receivedAt: Date.parse(`${RECEIVED}T09:00:00Z`),
    sender: {
      ...{ partner: sender.partner, institution: sender.institution },
      ...(needsKbo && chance.chance(0.95) ? { kbo: sender.kbo } : {}),
      ...(sender.network === 'extension' ? { purposes: purposes() } : {}),
    },
    generation: 'f'.repeat(64),
    authorizations: chance.list(1, 5, (index) => act(chance, flow, sender.institution, index + 1)),
    sectors: SECTORS,
    receivers,
    ...(named ? { addressees: PARTNERS } : {}),
  };
}

/** Mandates of every partner, by a few employers each; one that plays no part, as a file takes the place of what its holders had. */
export function mandates(chance: Random): readonly string[] {
  return PARTNERS.flatMap(({ kbo }) => [
    `${kbo};0353456320;DMFA;2020-01-01;`,
    ...PARTNERS.filter((one) => one.kbo !== kbo && chance.chance(0.6)).map((employer) => {
      const flows = chance.mostly('RULE', 0.3, 'RULE DMFA', 'DMFA');
      const until = chance.mostly('', 0.4, RECEIVED, '2026-01-19');
      const from = until === '2026-01-19' ? '2020-01-01' : chance.mostly('2020-01-01', 0.1, RECEIVED, '2026-01-21');
      return `${kbo};${employer.kbo};${flows};${from};${from === '2026-01-21' ? '' : until}`;
    }),
  ]);
}
