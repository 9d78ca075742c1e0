/** Address mutations (flow ADRM: delimited, `;`, a header, UTF-8), with nothing wrong but what the test changes. */

const GOOD = {
  record_no: '~',
  ticket: '7d1c0b8e-0000-4000-8000-000000000901',
  ssin: '74031295170',
  ssin_replaced_by: '',
  mutation_code: 'ADR',
  effective_date: '2026-01-05',
  street: 'Proefstraat',
  house_no: '12',
  box: '',
  postal_code: '1000',
  municipality_nis: '21004',
  country_nis: '00150',
  source: 'RR',
  quality_code: '010',
  quality_begin: '2019-04-01',
  quality_end: '',
};

export const HEADER = Object.keys(GOOD).join(';');

/** One row, with other values in some columns. */
export function row(values: Partial<typeof GOOD> = {}): string {
  return Object.values({ ...GOOD, ...values }).join(';');
}

export const MUTATION = row();

/** A file of rows, ended by LF. */
export function mutations(...rows: readonly string[]): string {
  return [HEADER, ...rows, ''].join('\n');
}

/** A file of so many good rows. */
export function goodRows(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => MUTATION.replace('~', String(index + 1)));
}
