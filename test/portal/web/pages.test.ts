import { describe, expect, test } from 'vitest';
import type { Submission } from '../../../src/portal/schemas/submissions.ts';
import { byFlow, monthAfter, parseMonth, weekdays, weeksOf } from '../../../src/portal/web/pages/expected/month.ts';
import { TOPICS, topicOf } from '../../../src/portal/web/pages/help/topics.ts';
import { signatureOf, tellingFiles } from '../../../src/portal/web/pages/submissions/answer-files.ts';
import { filterOf, NO_FILTER, queryOf, urlOf } from '../../../src/portal/web/pages/submissions/filter.ts';
import { changedBy, joined } from '../../../src/portal/web/pages/submissions/merge.ts';
import deutsch from '../../../src/portal/web/texts/de/help.json' with { type: 'json' };
import english from '../../../src/portal/web/texts/en/help.json' with { type: 'json' };
import french from '../../../src/portal/web/texts/fr/help.json' with { type: 'json' };
import dutch from '../../../src/portal/web/texts/nl/help.json' with { type: 'json' };
import { REFUSALS } from '../../../src/texts/refusals.ts';

function submission(ticket: string, receivedAt: string, state: Submission['state'] = 'received'): Submission {
  const nothing = { size: 1, sha256: '', answeredAt: null, records: null, errors: [], receipt: [], notification: [] };
  const place = { file: `${ticket}.csv`, path: null, flow: 'ADRM', flowName: 'Address mutations' } as const;
  return { ticket, receivedAt, state, environment: 'R', ...place, ...nothing };
}

const OLD = submission('A', '2026-01-01T00:00:00Z');
const NEW = submission('B', '2026-01-02T00:00:00Z');

describe('a list of submissions', () => {
  test('is latest first, and has each ticket once as it was told last', () => {
    const answered = { ...OLD, state: 'accepted' as const };
    expect(joined([OLD], [NEW, answered])).toEqual([NEW, answered]);
  });

  test('takes from an event what it tells, and loses a row that its filter does not want any more', () => {
    const records = { total: 2, accepted: 1, refused: 1, withoutReceiver: 0 };
    const { ticket, file, flow, environment, receivedAt } = OLD;
    const event = { ticket, file, flow, environment, receivedAt, answeredAt: receivedAt, records } as const;
    const partly = { ...event, state: 'partially-accepted' } as const;
    expect(changedBy([NEW, OLD], partly, { state: '' })).toEqual([NEW, { ...OLD, ...partly }]);
    expect(changedBy([NEW, OLD], partly, { state: 'received' })).toEqual([NEW]);
    expect(changedBy([NEW], partly, { state: '' })).toEqual([NEW]); // a new row is asked for
  });

  test('keeps its filter in the address, and asks for nothing that is empty or unknown', () => {
    const filter = { ...NO_FILTER, state: 'rejected', q: 'a b&c' };
    expect(urlOf(filter)).toBe('/submissions?state=rejected&q=a+b%26c');
    expect(filterOf(new URLSearchParams('state=rejected&q=a+b%26c'))).toEqual(filter);
    expect(filterOf(new URLSearchParams('state=lost&environment=X'))).toEqual(NO_FILTER);
    expect(queryOf({ ...filter, q: ' ' })).toEqual({ state: 'rejected' });
    expect(urlOf(NO_FILTER)).toBe('/submissions');
  });
});

test('beside each answer stands its signature, in both manners of names', () => {
  const files = [
    ...['x.csv.T.receipt.json', 'x.csv.T.receipt.json.p7s'],
    ...['FO.ACRF.999999.20260101.00001.R', 'FS.ACRF.999999.20260101.00001.R', 'GO.ACRF.999999.20260101.00001.R'],
  ].map((name) => ({ name, path: null }));
  const telling = tellingFiles(files);
  expect(telling.map(({ name }) => name)).toEqual(['x.csv.T.receipt.json', 'FO.ACRF.999999.20260101.00001.R']);
  expect(telling.map((file) => signatureOf(file, files)?.name)).toEqual([
    'x.csv.T.receipt.json.p7s',
    'FS.ACRF.999999.20260101.00001.R',
  ]);
});

describe('a calendar', () => {
  test('has whole weeks from Monday on', () => {
    const november = weeksOf('2026-11'); // begins on a Sunday, ends on a Monday
    expect(november).toHaveLength(6);
    expect(november[0]).toEqual([...Array(6).fill(undefined), '2026-11-01']);
    expect(november[5]).toEqual(['2026-11-30', ...Array(6).fill(undefined)]);
    expect(weeksOf('2021-02')).toHaveLength(4); // from a Monday to a Sunday
    expect(weeksOf('2024-02').flat()).toContain('2024-02-29');
    expect(weekdays('fr-BE').map(({ long }) => long)[0]).toBe('lundi');
  });

  test('goes from month to month over the years, and takes nothing that is no month', () => {
    expect([monthAfter('2026-12', 1), monthAfter('2026-01', -1)]).toEqual(['2027-01', '2025-12']);
    expect([parseMonth('2026-11'), parseMonth('2026-13'), parseMonth('x'), parseMonth(null)]).toEqual([
      ...['2026-11', undefined, undefined, undefined],
    ]);
  });

  test('is one for each flow and sender', () => {
    const when = { day: '2026-11-01', dueAt: '2026-11-01T10:00:00Z' };
    const item = { flowName: 'x', state: 'late' as const, files: [], ...when };
    const items = [
      { ...item, flow: 'WLAT', partner: 'rva' },
      { ...item, flow: 'ADRM', partner: 'ksz' },
      { ...item, flow: 'WLAT', partner: 'kbf' },
      { ...item, flow: 'WLAT', partner: 'rva' },
    ];
    const grouped = byFlow(items).map(({ flow, partner, items: { length } }) => [flow, partner, length]);
    expect(grouped).toEqual([
      ['ADRM', 'ksz', 1],
      ['WLAT', 'kbf', 1],
      ['WLAT', 'rva', 2],
    ]);
  });
});

describe('help', () => {
  const LANGUAGES = { nl: dutch, fr: french, de: deutsch, en: english } as const;
  const told = Object.keys(english).flatMap((key) => (key.startsWith('reason.') ? [key.slice('reason.'.length)] : []));

  test('tells each reason in the words of the refusal itself', () => {
    expect(told.length).toBeGreaterThan(30);
    for (const reason of told) {
      for (const [language, texts] of Object.entries(LANGUAGES)) {
        const refusal: Readonly<Record<string, string>> | undefined = REFUSALS[reason as keyof typeof REFUSALS];
        const text = (texts as Readonly<Record<string, string>>)[`reason.${reason}`];
        expect([reason, language, text]).toEqual([reason, language, refusal?.[language]]);
      }
    }
  });

  test('has a subject for every reason for which somebody with a certificate is refused', () => {
    const ssh = /ssh|^key-revo|^unknown-(?:key|login)$|^certificate-(?!policy)/; // whoever comes by SSH sees no page
    const reasons = Object.keys(REFUSALS).filter((reason) => !ssh.test(reason));
    expect([...told].sort()).toEqual(reasons.sort());
    expect(reasons.filter((reason) => topicOf(reason) === 'other')).toEqual([]);
    expect(TOPICS.map(topicOf)).toEqual(TOPICS);
    expect([topicOf('not-allowed'), topicOf('level-too-low'), topicOf('nobody-knows')]).toEqual([
      ...['rights', 'factor', 'other'],
    ]);
  });
});
