/** Wage statements: a field of every type, and the same statement in each of the four formats. */

const GOOD = {
  seq: '~',
  ref: 'W-~',
  ssin: '74031295170',
  birth: '1974-03-12',
  employer: '0900000147',
  rsz: '0123456789',
  quarter: '2025Q4',
  begin: '20251001',
  end: '20251231',
  hired: '20190400',
  net: '1800,50',
  tax: '700,25',
  gross: '2500,75',
  bonus: '-12345',
  days: '62',
  committee: '200',
  contract: 'OPEN',
  fulltime: 'true',
  payer: '12/0',
  branch: '18',
  name: 'Zoë Œuvré',
  'address.street': 'Laan 1',
  'address.zip': '1000',
  id: '7d1c0b8e-0000-4000-8000-000000000777',
};

export type Wage = Partial<typeof GOOD>;

/** Forms of the types, as the glossaries write them. */
export const FORM = {
  birth: 'YYYY-MM-DD|YYYY-MM-00|YYYY-00-00',
  hired: 'YYYYMMDD|YYYYMM00|YYYY0000',
  signed: '±N..7,N2',
  unsigned: 'N..7,N2',
  name: 'A..20 windows-1252',
  rsz: '0+N9|51+N8',
  quarter: 'YYYYQ1|Q2|Q3|Q4',
  institution: 'N..3/N..3',
} as const;

/** Delimited, `|`, without a header (flow WAGD). */
export function wageRow(values: Wage = {}): string {
  return Object.values({ ...GOOD, ...values }).join('|');
}

const NUMBERS = ['seq', 'bonus', 'days', 'branch'];

/** A JSON object (flow WAGJ). Values of `raw` stand in it as they are. */
export function wageObject(values: Wage = {}, raw: Wage = {}): string {
  const members = Object.entries({ ...GOOD, ...values, ...raw })
    .filter(([, value]) => value !== '')
    .map(([name, value]): [string, string] => {
      const isBare = name in raw || NUMBERS.includes(name) || name === 'fulltime';
      return [name, isBare ? value : JSON.stringify(value)];
    });
  const plain = members.filter(([name]) => !name.startsWith('address.'));
  const address = members.filter(([name]) => name.startsWith('address.'));
  const pairs = (list: readonly [string, string][], prefix: string) =>
    list.map(([name, value]) => `"${name.slice(prefix.length)}":${value}`).join(',');
  const group = address.length === 0 ? '' : `,"address":{${pairs(address, 'address.')}}`;
  return `{${pairs(plain, '')}${group}}`;
}

/** An element (flow WAGX); values are XML already. */
export function wageElement(values: Wage = {}): string {
  const elements = Object.entries({ ...GOOD, ...values }).filter(([, value]) => value !== '');
  const text = ([name, value]: [string, string]) => {
    const tag = name.replace('address.', '');
    return `<${tag}>${value}</${tag}>`;
  };
  const [before, address, behind] = [
    elements.filter(([name]) => !name.startsWith('address.') && name !== 'id'),
    elements.filter(([name]) => name.startsWith('address.')),
    elements.filter(([name]) => name === 'id'),
  ].map((list) => list.map(text).join(''));
  return `<Wage>${before}${address === '' ? '' : `<address>${address}</address>`}${behind}</Wage>`;
}

const WIDTHS: Readonly<Record<keyof typeof GOOD, number>> = {
  ...{ seq: 7, ref: 12, ssin: 11, birth: 10, employer: 10, rsz: 10, quarter: 6, begin: 8, end: 8, hired: 8 },
  ...{ net: 11, tax: 10, gross: 10, bonus: 10, days: 3, committee: 3, contract: 5, fulltime: 5, payer: 7, branch: 3 },
  ...{ name: 20, 'address.street': 20, 'address.zip': 4, id: 36 },
};
const RIGHT = ['seq', 'net', 'tax', 'gross', 'bonus', 'days', 'branch'];
const RECORD_LENGTH = 240;

/** Fixed width, 240 characters (flow WAGE): numbers behind zeros, everything else before spaces. */
export function wageLine(values: Wage = {}): string {
  const all: Record<string, string> = { ...GOOD, seq: '~~~~~~~', ref: 'W-~~~~', ...values };
  const columns = Object.entries(WIDTHS).map(([name, width]) => {
    const value = all[name] ?? '';
    if (!RIGHT.includes(name) || value.trim() === '') return value.padEnd(width);
    return value.startsWith('-') ? `-${value.slice(1).padStart(width - 1, '0')}` : value.padStart(width, '0');
  });
  return columns.join('').padEnd(RECORD_LENGTH);
}

export const lines = (records: readonly string[]): string => records.map((record) => `${record}\n`).join('');
