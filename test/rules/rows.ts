import type { Flow, LayoutVersion } from '../../src/domain/flow.ts';
import type { FixedWidthShape } from '../../src/domain/format.ts';
import type { Institution } from '../../src/domain/partner.ts';
import type { Task } from '../support/reference/acts.ts';
import type { RememberedOriginal } from '../support/reference/originals.ts';
import type { Random } from './random.ts';
import { DAYS, INSTITUTIONS, LEVEL_VALUES, PARTNERS, type People, QUALITIES } from './world.ts';

/** Random files of a flow: mostly right, and wrong in every way a record can be. */

export type MadeFile = { readonly text: string; readonly originals: readonly RememberedOriginal[] };
type Row = Record<string, string>;

export function fileFor(chance: Random, task: Task, persons: People, count: number): MadeFile {
  const { flow } = task;
  const allowed = task.authorizations.flatMap(({ receivers }) => receivers.map(({ institution }) => institution));
  const layout = chance.of(flow.layouts);
  const originals = originalsFor(chance, persons);
  const rows: Row[] = [];
  for (let index = 0; index < count; index += 1) {
    const row = rowFor(chance, layout, { persons, allowed, index });
    refer(chance, layout, row, rows, originals);
    if (chance.chance(0.12)) spoil(chance, layout, row);
    rows.push(row);
  }
  return { text: written(chance, flow, layout, rows), originals };
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
function spoil(chance: Random, { fields }: LayoutVersion, row: Row): void {
  for (const { name, type } of chance.list(1, 2, () => chance.of(fields))) {
    row[name] = chance.mostly(chance.of(WRONG[type.kind] ?? ['']), 0.15, '');
  }
  if (chance.chance(0.1)) row.no = 'DROP';
}

function written(chance: Random, flow: Flow, layout: LayoutVersion, rows: readonly Row[]): string {
  const { format } = flow;
  const names = layout.fields.map(({ name }) => name);
  if (format.kind === 'json-lines') return rows.map((row) => `${json(chance, layout, row)}\n`).join('');
  if (format.kind === 'fixed-width') return fixed(format, layout, rows);
  if (format.kind === 'xml') return xml(chance, layout, rows);
  const { separator } = format;
  const lines = rows.map((row) => {
    const values = names.map((name) => quoted(row[name] ?? '', separator));
    return (row.no === 'DROP' ? values.slice(1) : values).join(separator);
  });
  const header = format.header ? [chance.mostly(names.join(separator), 0.03, 'another;header')] : [];
  return [...header, ...lines].map((line) => `${line}\n`).join('');
}

/** What does not fit is cut; a number that is none stands as it is. A sum of something else than digits is a fault of the file. */
function fixed(format: FixedWidthShape, { fields }: LayoutVersion, rows: readonly Row[]): string {
  const details = rows.map((row) => {
    let line = 'D';
    for (const { name, type, columns = { first: 1, last: 1 } } of fields) {
      const width = columns.last - columns.first + 1;
      const value = (row[name] ?? '').slice(0, width);
      const isNumber = ['integer', 'cents', 'sector'].includes(type.kind) && /^\d+$/.test(value);
      const isSummed = name === 'ssin' && format.trailer !== undefined && !/^\d{11}$/.test(value);
      line += isSummed
        ? '74031295199'.padStart(width, '0')
        : isNumber
          ? value.padStart(width, '0')
          : value.padEnd(width);
    }
    return line.padEnd(format.recordLength);
  });
  if (format.trailer !== undefined) {
    const place = fields.find(({ name }) => name === 'ssin')?.columns ?? { first: 1, last: 1 };
    const sum = details.reduce((all, line) => all + BigInt(line.slice(place.first - 1, place.last).trim()), 0n);
    const count = String(details.length).padStart(7, '0');
    details.push(`T${count}${String(sum % 10n ** 10n).padStart(10, '0')}`.padEnd(format.recordLength));
  }
  return details.map((line) => `${line}\n`).join('');
}

function xml(chance: Random, { fields }: LayoutVersion, rows: readonly Row[]): string {
  const forms = rows.map((row) => {
    const elements = fields.map(({ name }) => {
      const value = row[name] ?? '';
      const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return value === '' && chance.chance(0.5) ? '' : `<${name}>${escaped}</${name}>`;
    });
    return `<Form>${elements.join('')}</Form>\n`;
  });
  return `<?xml version="1.0"?>\n<Forms>\n${forms.join('')}</Forms>\n`;
}

function quoted(value: string, separator: string): string {
  return value.includes(separator) || value.includes('"') ? `"${value.replaceAll('"', '""')}"` : value;
}

function json(chance: Random, { fields }: LayoutVersion, row: Row): string {
  const members = fields.flatMap(({ name, type }): (readonly [string, string | number | null])[] => {
    const value = row[name] ?? '';
    if (value === '') return chance.chance(0.5) ? [] : [[name, null]];
    const isNumber = ['integer', 'cents', 'sector'].includes(type.kind) && /^(?:0|-?[1-9]\d*)$/.test(value);
    return [[name, isNumber ? Number(value) : value]];
  });
  return JSON.stringify(Object.fromEntries(members));
}
