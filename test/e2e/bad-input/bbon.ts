/** Contribution certificates (flow BBON: fixed width, 100 positions, ISO-8859-1, CRLF; BBOE in EBCDIC, BBO9 without line ends). */
const GOOD = {
  type: 'D',
  seq: '~~~~~~~',
  ssin: '74031295170',
  employer: '0900000147',
  year: '2025',
  begin: '20250101',
  end: '20251231',
  amount: '00004123456',
  days: '260',
  quality: '010',
  sender_ref: 'REF-~~~~            ',
  action: '0',
  rest: ' '.repeat(13),
};

/** One detail. Each value has the width of its columns, and what has not makes the line longer or shorter. */
export function detail(values: Partial<typeof GOOD> = {}): string {
  return Object.values({ ...GOOD, ...values }).join('');
}

export const CERTIFICATE = detail();
const CODE = 'BBON';

export type Header = {
  readonly flow: string;
  readonly version: string;
  readonly sender: string;
  readonly receiver: string;
  readonly lot: string;
  readonly date: string;
  readonly environment: string;
  readonly length: string;
  readonly rest: string;
};

export function header(values: Partial<Header> = {}): string {
  const all: Header = {
    ...{ flow: CODE, version: '01', sender: '025000', receiver: '010000', lot: '00000001', date: '20260115' },
    ...{ environment: 'R', length: '0100', rest: ' '.repeat(60) },
    ...values,
  };
  return `H${Object.values(all).join('')}`;
}

/** @param sums as the file has them: of the amounts, and of the persons modulo 10^13 */
export function trailer(count: string, amounts: string, persons: string, rest = ''): string {
  return `T${count.padStart(7, '0')}${amounts.padStart(15, '0')}${persons.padStart(13, '0')}${rest}`.padEnd(100);
}

const SSIN = [8, 19] as const;
const AMOUNT = [49, 60] as const;

/** The lines of a file with these details, and a trailer that is right. What is blank does not count in a sum. */
export function certificates(details: readonly string[], head = header()): readonly string[] {
  const sum = ([from, to]: readonly [number, number]) =>
    details.reduce((total, line) => total + BigInt(line.slice(from, to).trim() || '0'), 0n);
  return [head, ...details, trailer(String(details.length), String(sum(AMOUNT)), String(sum(SSIN) % 10n ** 13n))];
}

export const crlf = (lines: readonly string[]): string => lines.map((line) => `${line}\r\n`).join('');
