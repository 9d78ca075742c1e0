/** Unemployment attests (flow WLAT: JSON lines); the values are JSON as it stands in the file. */
const GOOD = {
  seq: '~',
  ticket: '"7d1c0b8e-0000-4000-8000-000000000011"',
  legalContext: '"FAMILY_BENEFITS_RIGHT"',
  ssin: '"74031295170"',
  sender: '{"sector":18,"institution":0}',
  attest: '"UNEMPLOYED"',
  status: '0',
  cancels: 'null',
  period: '{"begin":"2025-11-01","end":null}',
  longTerm: 'false',
  ref: '"RVA-~"',
};

export type Attest = Partial<typeof GOOD>;

export function attest(values: Attest = {}): string {
  const members = Object.entries({ ...GOOD, ...values }).filter(([, value]) => value !== '');
  return `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}

export const ATTEST = attest();

/** The attest with another member before its first. */
export function withMember(name: string, value: string): string {
  return ATTEST.replace('{', () => `{"${name}":${value},`);
}
