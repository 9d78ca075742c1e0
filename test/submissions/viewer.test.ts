import { expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import type { InternetException } from '../../src/domain/exception.ts';
import { parseDate } from '../../src/domain/period.ts';
import type { Session } from '../../src/domain/principal.ts';
import type { Submission } from '../../src/domain/submission.ts';
import { maySee, viewersOf } from '../../src/submissions/viewer.ts';
import { account, generation, partner, session } from '../support/generation.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
/** For one of the two flows of the partner. */
const ADRM_ONLY: InternetException = {
  ...{ id: 'one', state: 'active', flow: 'ADRM', persons: ['anna'], use: 'attended', act: 'consult', level: 1 },
  ...{ protocols: ['https'], addresses: [], from: parseDate('2026-03-01'), source: 'partners/ksz.yaml#/exceptions/0' },
};
const OF_BATCH = { kind: 'machine', id: 'batch', partner: 'ksz', roles: [] };

/** Which submissions of batch@ksz Anna sees, by flow. */
function seen(more: Partial<Session>, until?: string): readonly string[] {
  const anna = account('anna', 'person', until === undefined ? {} : { until: parseDate(until) });
  const accounts = [anna, account('batch', 'machine')];
  const value = generation({
    partners: [partner('ksz', { accounts, sends: ['ADRM', 'WLAT'], exceptions: [ADRM_ONLY] })],
  });
  const authorizer = new FolderAuthorizer({ value }, () => NOW);
  const viewers = viewersOf(value, authorizer, { ...session('anna@ksz', 'portal'), ...more });
  return ['ADRM', 'WLAT', 'unknown'].filter((flow) => {
    const submission = { partner: 'ksz', principal: OF_BATCH, flow, fileName: 'a' } as unknown as Submission;
    return viewers.some((viewer) => maySee(viewer, submission));
  });
}

test('on a line who works with all flows sees files of which nobody knows the flow', () => {
  expect(seen({})).toEqual(['ADRM', 'WLAT', 'unknown']);
});

test('over the internet nothing but the flows of his exceptions is seen, so no file of an unknown one', () => {
  expect(seen({ accessMethod: 'internet' })).toEqual(['ADRM']);
});

test('after the last day of a designation nothing is seen', () => {
  expect(seen({}, '2026-03-10')).toEqual(['ADRM', 'WLAT', 'unknown']);
  expect(seen({}, '2026-03-09')).toEqual([]);
});
