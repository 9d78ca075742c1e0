import { expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import type { InternetException } from '../../src/domain/exception.ts';
import { parseDate } from '../../src/domain/period.ts';
import type { AccessMethod } from '../../src/domain/principal.ts';
import { rightsOf } from '../../src/portal/rights.ts';
import { generation, partner, session } from '../support/generation.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const ONLY: InternetException = {
  ...{ id: 'one', state: 'active', flow: 'WLAT', persons: ['anna'], use: 'attended', act: 'consult', level: 1 },
  ...{ protocols: ['https'], addresses: [], from: parseDate('2026-03-01'), source: 'partners/ksz.yaml#/exceptions/0' },
};

function flowsOver(accessMethod: AccessMethod): readonly string[] {
  const value = generation({ partners: [partner('ksz', { sends: ['ADRM', 'WLAT'], exceptions: [ONLY] })] });
  const facts = {
    ...{ generation: value, authorizer: new FolderAuthorizer({ value }, () => NOW) },
    ...({ language: 'en', now: NOW } as const),
  };
  return rightsOf(facts, { ...session('anna@ksz', 'portal'), accessMethod }, 1).flows.map(({ code }) => code);
}

test('over the internet a person is told the flows that an exception names, and on a line all of his', () => {
  expect(flowsOver('line')).toEqual(['ADRM', 'WLAT']);
  expect(flowsOver('internet')).toEqual(['WLAT']);
});
