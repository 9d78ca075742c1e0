import type { Flow, LayoutVersion } from '../../src/domain/flow.ts';
import type { Institution } from '../../src/domain/partner.ts';
import type { Task } from '../support/reference/acts.ts';
import type { RememberedOriginal } from '../support/reference/originals.ts';
import type { KnownQuestion } from '../support/reference/questions.ts';
import type { Random } from './random.ts';
import { DAYS, INSTITUTIONS, LEVEL_VALUES, PARTNERS, type People, QUALITIES } from './world.ts';
import { BROKEN, type Row, written } from './written.ts';

/** Random files of a flow: mostly right, and wrong in every way a record can be. */

export type MadeFile = { readonly parts: readonly string[]; readonly originals: readonly RememberedOriginal[] };

export function fileFor(
  chance: Random,
  task: Task,
  persons: People,
  count: number,
  questions: readonly KnownQuestion[] = [],
): MadeFile {
  const { flow } = task;
  const allowed = task.authorizations.flatMap(({ receivers }) => receivers.map(({ institution }) => institution));
  const layout = chance.of(flow.layouts);
  const originals = originalsFor(chance, persons);
  const rows: Row[] = [];
  for (let index = 0; index < count; index += 1) {
    const row = rowFor(chance, layout, { persons, allowed, index });
    refer(chance, layout, row, rows, originals);
    aboutQuestion(chance, flow, layout, row, questions);
    if (chance.chance(0.12)) spoil(chance, flow, layout, row);
    rows.push(row);
  }
  const other = () => chance.mostly(layout, 0.05, ...flow.layouts);
  const parts = inParts(chance, rows).map((part, index) => written(chance, task, index === 0 ? layout : other(), part));
  return { parts, originals };
}

/** Mostly one; else up to three, none of them empty. */
function inParts(chance: Random, rows: readonly Row[]): readonly (readonly Row[])[] {
  const count = chance.mostly(1, 0.15, 2, 3);
  if (rows.length < count) return [rows];
  const size = Math.ceil(rows.length / count);
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));
}

/** Makes most answers fit a question, and some questions one that was asked before. */
function aboutQuestion(
  chance: Random,
  { kind }: Flow,
  { fields, roles }: LayoutVersion,
  row: Row,
  questions: readonly KnownQuestion[],
): void {
  if ((kind !== 'request' && kind !== 'answer') || questions.length === 0) return;
  const isOfQuarter = fields.some(({ name, type }) => name === 'day' && type.kind === 'quarter');
  if (isOfQuarter && /^\d{4}-/.test(row.day ?? '')) row.day = quarterOf(row.day ?? '');
  if (roles.reference !== undefined && chance.chance(0.1)) row.ref = chance.of(questions).reference;
  if (chance.chance(kind === 'answer' ? 0.15 : 0.75)) return;
  const question = chance.of(questions);
  if (roles.reference !== undefined) row.ref = chance.mostly(question.reference, 0.05, '', 'NONE');
  if (chance.chance(0.95)) row.ssin = question.person;
  if (chance.chance(0.95)) row.day = isOfQuarter ? quarterOf(question.begin) : question.begin;
  if (roles.periodEnd !== undefined && chance.chance(0.8)) row.end = '';
  if (roles.questionTicket !== undefined) row.asked = chance.mostly(question.ticket, 0.3, '', '', 'NONE-1');
}

/** `2026Q1` */
function quarterOf(day: string): string {
  return `${day.slice(0, 4)}Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

/** What the ledger remembers: open, answered and closed questions, of the sender and of others, some of them alike. */
export function questionsFor(chance: Random, { flow, sender }: Task, { numbers }: People): readonly KnownQuestion[] {
  const made: KnownQuestion[] = [];
  const isOfQuarter = flow.layouts[0]?.fields.some(({ name, type }) => name === 'day' && type.kind === 'quarter');
  const partner = () => chance.of(PARTNERS).partner;
  for (let index = 0; index < 25; index += 1) {
    const like = made.length > 0 && chance.chance(0.2) ? chance.of(made) : undefined;
    const day = chance.of(DAYS);
    const first = `${day.slice(0, 5)}${String(Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1).padStart(2, '0')}-01`;
    const question: KnownQuestion = {
      ticket: `0M3Q1ZK8Q0000-${index + 1}`,
      asker: flow.kind === 'request' ? chance.mostly(sender.partner, 0.2, partner()) : partner(),
      source: flow.kind === 'answer' ? chance.mostly(sender.partner, 0.15, partner()) : partner(),
      reference: like?.reference ?? chance.mostly(`Q${index}`, 0.1, ''),
      person: like?.person ?? chance.of(numbers),
      begin: like?.begin ?? (isOfQuarter ? first : day),
      askedAt: index,
      state: chance.mostly('open', 0.25, 'answered', 'closed'),
    };
    // Nobody waits for the same twice.
    const isTwice = made.some((one) => one.state === 'open' && isSameQuestion(one, question));
    made.push(isTwice ? { ...question, state: 'closed' } : question);
  }
  return made;
}

function isSameQuestion(one: KnownQuestion, other: KnownQuestion): boolean {
  return (['asker', 'reference', 'person', 'begin'] as const).every((name) => one[name] === other[name]);
}

function originalsFor(chance: Random, { numbers }: People): readonly RememberedOriginal[] {
  return Array.from({ length: 12 }, (_, index) => ({
    reference: `OLD${index}`,
    person: chance.of(numbers),
    receivers: chance.some(PARTNERS.map(({ partner }) => partner)),
  }));
}

type RowPlan = { readonly persons: People; readonly allowed: readonly Institution[]; readonly index: number };

function rowFor(chance: Random, layout: LayoutVersion, { persons: { numbers, lines }, allowed, index }: RowPlan): Row {
  const day = chance.of(DAYS);
  const ssin = chance.of(numbers);
  const [a, b] = [chance.whole(0, 900), chance.whole(-50, 900)];
  const all: Row = {
    no: String(index + 1),
    ssin,
    day,
    end: chance.mostly('', 0.7, ...DAYS.filter((one) => one >= day)),
    renewed: chance.mostly('', 0.2, chance.of(numbers)),
    street: chance.mostly('Kaai', 0.2, '', 'Église 1', 'a;b', 'a|b,c', 'say "a"', ' Kaai '),
    nis: '21004',
    kind: chance.of(['ADR', 'NAM']),
    company: chance.mostly('', 0.6, '0900000147', '0900.000.147', 'BE0912345673', '900000147'),
    quality: chance.mostly('010', 0.2, '', '777'),
    since: chance.mostly('2019-04-01', 0.2, ''),
    until: chance.mostly('', 0.2, '2026-12-31'),
    birth: chance.chance(0.3) ? birthIn(chance, ssin) : '',
    ...{ a: chance.mostly(String(a), 0.05, ''), b: String(b), total: '' },
    employer: chance.mostly(chance.of(PARTNERS).kbo, 0.1, '', '0912.345.673'),
    app: chance.mostly(chance.of(LEVEL_VALUES), 0.15, '', 'L9'),
    user: chance.mostly(chance.of(LEVEL_VALUES), 0.15, '', 'L9'),
    ask: chance.mostly(chance.of(LEVEL_VALUES), 0.1, ''),
    info: chance.mostly(chance.of(LEVEL_VALUES), 0.1, 'L9'),
    ref: `R${index}`,
    cancels: '',
    status: chance.mostly('0', 0.1, '2'),
    asked: '',
    note: chance.mostly('', 0.5, 'abc'),
  };
  if (chance.chance(0.8)) all.total = String(Number(all.a || '0') + b);
  Object.assign(all, named(chance, layout, allowed));
  if (layout.roles.action !== undefined) integrate(chance, layout, lines, all);
  return Object.fromEntries(layout.fields.map(({ name }) => [name, all[name] ?? '']));
}

/** Registers a line, or ends one that is there more often than not. */
function integrate(chance: Random, { roles }: LayoutVersion, lines: readonly string[], row: Row): void {
  row.action = chance.mostly('REGISTER', 0.4, 'UNREGISTER');
  row.quality = chance.mostly(chance.of(QUALITIES), 0.02, '999');
  row.phase = chance.mostly('0', 0.2, '', '7');
  row.card = chance.mostly('592-1', 0.2, '');
  row.last = chance.mostly('Maes', 0.3, '');
  const dossiers = lines.filter((line) => /^\d{11};\d/.test(line));
  if (row.action !== 'UNREGISTER' || dossiers.length === 0) return;
  const [ssin = '', sector = '', type = '', quality = '', , begin = ''] = chance.of(dossiers).split(';');
  Object.assign(row, { ssin, quality, day: begin, end: chance.mostly(chance.of(DAYS), 0.1, '') });
  if (roles.receiver !== undefined) row.to = `${sector}/${type}`;
  else Object.assign(row, { to: sector, type });
}

function named(chance: Random, { roles }: LayoutVersion, allowed: readonly Institution[]): Row {
  const others = [...INSTITUTIONS, { sector: 11, type: 1 }, { sector: 18, type: 3 }];
  const { sector, type } = chance.of(chance.chance(0.7) ? allowed : others);
  const its = PARTNERS.filter(({ institution }) => institution.sector === sector && institution.type === type);
  const { kbo, partner }: { kbo: string; partner: string } = chance.of(its.length > 0 ? its : PARTNERS);
  if (roles.receiver !== undefined) return { to: chance.mostly(`${sector}/${type}`, 0.03, '', '40/9') };
  if (roles.receiverSector !== undefined) return { to: String(sector), type: chance.mostly(String(type), 0.03, '') };
  if (roles.receiverKbo !== undefined) return { to: chance.mostly(kbo, 0.1, '', `BE${kbo}`, '0977788902') };
  return { to: chance.mostly(partner, 0.05, '', 'nobody') };
}

function birthIn(chance: Random, ssin: string): string {
  const year = `${chance.mostly('19', 0.4, '20')}${ssin.slice(0, 2)}`;
  const month = String(Number(ssin.slice(2, 4)) % 20).padStart(2, '0');
  return chance.mostly(
    `${year}-${month}-${ssin.slice(4, 6)}`,
    0.4,
    `${year}-00-00`,
    `${year}-${month}-00`,
    '1950-01-01',
  );
}

/** Makes some rows change or cancel another one. */
function refer(
  chance: Random,
  layout: LayoutVersion,
  row: Row,
  before: readonly Row[],
  originals: readonly RememberedOriginal[],
): void {
  if (layout.roles.reference === undefined) return;
  const mayFollow = layout.changes !== undefined || layout.roles.cancels !== undefined;
  if (!mayFollow || chance.chance(0.7)) {
    const earlier = before.at(-1);
    if (earlier !== undefined && chance.chance(0.05)) row.ref = earlier.ref ?? '';
    return;
  }
  const fromFile = before.length > 0 && chance.chance(0.5) ? chance.of(before.slice(-20)) : undefined;
  const old = chance.of(originals);
  const target = fromFile ?? { ref: old.reference, ssin: old.person };
  if (chance.chance(0.9)) row.ssin = target.ssin ?? '';
  const reference = chance.mostly(target.ref ?? '', 0.05, 'NONE');
  if (layout.changes !== undefined) row.status = chance.of(['1', '3']);
  if (layout.roles.cancels !== undefined && (layout.changes === undefined || chance.chance(0.5)))
    row.cancels = reference;
  else row.ref = reference;
}

const WRONG: Readonly<Record<string, readonly string[]>> = {
  integer: ['x', '123456789', '-1', '1.0'],
  cents: ['1.5', '12345678', '--1', '+1'],
  text: ['far too long a text for it'],
  digits: ['1', '12x45', '123456'],
  code: ['XXX', 'adr'],
  date: ['2026-02-30', '2026-13-01', '20260101', 'x', '1899-12-31', '2150-01-01'],
  'incomplete-date': ['1974-13-00', '1974-00-12', '2023-02-29'],
  insz: ['74031295199', '7403129517', '74131295143', '85023198281', '74031200051', '74031299922', '12070496490'],
  kbo: ['0900000100', '2900000147', '12', 'BE09'],
  sector: ['1000', 'x'],
  institution: ['25', '1000/0', '25/0/1'],
};

/** One or two fields get a value that is wrong, or none. */
function spoil(chance: Random, { format }: Flow, { fields }: LayoutVersion, row: Row): void {
  // A sum of what is no number would be about the file as a whole.
  const spoilt = format.kind === 'fixed-width' ? fields.slice(1) : fields;
  for (const { name, type } of chance.list(1, 2, () => chance.of(spoilt))) {
    row[name] = chance.mostly(chance.of(WRONG[type.kind] ?? ['']), 0.15, '');
  }
  if (chance.chance(0.1)) row.no = BROKEN;
}
