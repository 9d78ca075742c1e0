import { expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import type { InternetException } from '../../src/domain/exception.ts';
import { parseDate } from '../../src/domain/period.ts';
import type { Session } from '../../src/domain/principal.ts';
import { viewersOf } from '../../src/submissions/viewer.ts';
import { generation, partner, session } from '../support/generation.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');

test('over the internet submissions are seen of the flows that exceptions name, and of no other', () => {
  const exception: InternetException = {
    ...{ id: 'one', state: 'active', flow: 'ADRM', persons: ['anna'], use: 'attended', act: 'consult', level: 1 },
    ...{ protocols: ['https'], addresses: [], from: parseDate('2026-03-01'), until: parseDate('2026-03-31') },
    source: 'partners/ksz.yaml#/exceptions/0',
  };
  const value = generation({ partners: [partner('ksz', { sends: ['ADRM', 'WLAT'], exceptions: [exception] })] });
  const authorizer = new FolderAuthorizer({ value }, () => NOW);
  const flows = (more: Partial<Session>) =>
    viewersOf(value, authorizer, { ...session('anna@ksz', 'portal'), ...more }).map((viewer) => viewer.flows);
  expect(flows({ accessMethod: 'line' })).toEqual([['ADRM', 'WLAT', 'unknown']]);
  expect(flows({ accessMethod: 'internet' })).toEqual([['ADRM']]);
});
