import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import type { Expectation } from '../../src/domain/expectation.ts';
import type { Logger, Metrics } from '../../src/domain/logger.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Submission } from '../../src/domain/submission.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { ExpectedDesk } from '../../src/submissions/expected.ts';
import { ExpectedWatch } from '../../src/submissions/expected-watch.ts';
import { detailIn, factOf, remedyOf } from '../../src/texts/remedies.ts';
import { textOf } from '../../src/texts/texts.ts';
import { newLedger, submission } from '../storage/ledger-fixture.ts';
import { account, generation as allOf, flow, partner, session } from '../support/generation.ts';

const DAILY: Expectation = { from: 'rva' as PartnerId, every: 'day', by: '18:00', graceHours: 4, weekdaysOnly: true };
const NOTHING = () => undefined;
const LOGGER: Logger = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING };
const words = { textOf, factOf, remedyOf, detailIn };

/** RVA sends WLAT every working day, and ADRM when it likes; Bram works with ADRM alone. */
async function place(now: string) {
  const { ledger, clock } = await newLedger(({ folder, clock: own }) =>
    openSqliteLedger({
      file: join(folder, 'ledger.sqlite'),
      onBroken: (error) => {
        throw error;
      },
      clock: own,
    }),
  );
  clock.at = Date.parse(now);
  const accounts = [account('anna', 'person'), account('bram', 'person', { flows: ['ADRM'] })];
  const rva = partner('rva', { sends: ['WLAT', 'ADRM'], accounts });
  const generation = {
    value: allOf({ partners: [rva, partner('ksz')], flows: [flow('WLAT', { expected: [DAILY] }), flow('ADRM')] }),
  };
  const authorizer = new FolderAuthorizer(generation, () => clock.at);
  const gauges = new Map<string, number>();
  const metrics: Metrics = { count: NOTHING, observe: NOTHING, gauge: (name, value) => gauges.set(name, value) };
  const parts = { ledger, generation, clock, words, authorizer };
  const desk = new ExpectedDesk(parts);
  const watch = new ExpectedWatch({ ...parts, logger: LOGGER, metrics });
  const month = (who: string) => desk.month({ session: session(who), language: 'en' }, '2026-11');
  const days = async (who = 'anna@rva') =>
    (await month(who)).items.slice(0, 4).map(({ day, state, files }) => `${day} ${state} ${files.join()}`.trim());
  const handIn = (ticket: string, at: string, more: Partial<Submission> = {}) =>
    ledger.commit([
      {
        kind: 'insertSubmission',
        submission: submission(ticket.padStart(13, '0'), {
          ...{ partner: rva.id, flow: 'WLAT', receivedAt: Date.parse(at), state: 'accepted', ...more },
        }),
      },
    ]);
  return { ledger, clock, watch, month, days, handIn, gauges };
}

test('the calendar begins when the hub first knew, and tells each day by the clock', async () => {
  const { clock, watch, days, handIn } = await place('2026-11-03T12:00:00Z'); // a Tuesday
  await watch.look();
  expect(await days()).toEqual([
    '2026-11-03 expected',
    '2026-11-04 expected',
    '2026-11-05 expected',
    '2026-11-06 expected',
  ]);
  clock.at = Date.parse('2026-11-03T17:30:00Z');
  expect((await days())[0]).toBe('2026-11-03 late');
  await handIn('1', '2026-11-03T17:40:00Z', { state: 'rejected' });
  await handIn('2', '2026-11-03T17:45:00Z', { environment: 'T' });
  expect((await days())[0]).toBe('2026-11-03 late');
  await handIn('3', '2026-11-03T17:50:00Z');
  await handIn('4', '2026-11-04T09:00:00Z', { state: 'checking' });
  clock.at = Date.parse('2026-11-05T22:00:00Z');
  expect(await days()).toEqual([
    '2026-11-03 late 0000000000003',
    '2026-11-04 arrived 0000000000004',
    '2026-11-05 missing',
    '2026-11-06 expected',
  ]);
  expect(await days('bram@rva')).toEqual([]);
  expect(await days('anna@ksz')).toEqual([]);
});

test('a file that is missing after its grace is an alarm of the hub and of the partner, once', async () => {
  const { ledger, clock, watch, month, handIn, gauges } = await place('2026-11-03T12:00:00Z');
  await watch.look();
  const lines = async () => {
    const all = await ledger.read({ kind: 'auditLines', from: 1, limit: 9 });
    return all.map(({ kind, fields }) => [kind, fields.flow, fields.partner, fields.dueAt]);
  };
  clock.at = Date.parse('2026-11-03T20:59:00Z');
  await watch.look();
  expect([await lines(), watch.missing()]).toEqual([[], []]);
  clock.at = Date.parse('2026-11-03T21:01:00Z');
  await watch.look();
  await watch.look();
  const dueAt = '2026-11-03T17:00:00.000Z';
  expect(await lines()).toEqual([['expected-missing', 'WLAT', 'rva', dueAt]]);
  expect(watch.missing()).toEqual([{ flow: 'WLAT', partner: 'rva', day: '2026-11-03', dueAt: Date.parse(dueAt) }]);
  expect(gauges.get('sluis_expected_missing')).toBe(1);
  const text = 'An expected file did not come. Send it still, or tell the helpdesk. (WLAT, 2026-11-03)';
  expect((await month('anna@rva')).alarms).toEqual([{ since: dueAt, kind: 'expected-missing', text }]);
  expect((await month('bram@rva')).alarms).toEqual([]);
  await handIn('5', '2026-11-03T21:30:00Z');
  await watch.look();
  expect([watch.missing(), (await month('anna@rva')).alarms]).toEqual([[], []]);
});

test('numbers that were skipped are told, by sender, day and environment; lots too', async () => {
  const { month, handIn } = await place('2026-11-20T12:00:00Z');
  const set = (serial: string, letter = 'R') => `GO.WLAT.018000.20261103.${serial}.${letter}.1`;
  await handIn('1', '2026-11-03T10:00:00Z', { fileName: set('00001') });
  await handIn('2', '2026-11-03T10:01:00Z', { fileName: set('00005') });
  await handIn('3', '2026-11-03T10:02:00Z', { fileName: set('0000A', 'T'), environment: 'T' });
  await handIn('4', '2026-11-03T10:03:00Z', { fileName: set('0000C', 'T'), environment: 'T' });
  await handIn('5', '2026-11-03T10:04:00Z', { fileName: 'a.txt', lot: 7, flow: 'ADRM' });
  await handIn('6', '2026-11-03T10:05:00Z', { fileName: 'b.txt', lot: 9, flow: 'ADRM' });
  const serial = { flow: 'WLAT', kind: 'serial', sender: '018000', day: '2026-11-03' };
  const lot = { flow: 'ADRM', environment: 'R', kind: 'lot', sender: null, day: null, from: '8', to: '8' };
  expect((await month('anna@rva')).serialGaps).toEqual([
    { ...serial, environment: 'R', from: '00002', to: '00004' },
    { ...serial, environment: 'T', from: '0000B', to: '0000B' },
    lot,
  ]);
  expect((await month('bram@rva')).serialGaps).toEqual([lot]);
});

test('what waits is an alarm of the partner: put aside, long unanswered, overdue on either side', async () => {
  const { ledger, month, handIn } = await place('2026-11-20T12:00:00Z');
  await handIn('1', '2026-11-20T11:59:00Z', { state: 'quarantined', fileName: 'q.csv' });
  await handIn('2', '2026-11-20T10:00:00Z', { state: 'checking', fileName: 'w.csv' });
  await handIn('3', '2026-11-20T11:58:00Z', { state: 'checking', fileName: 'n.csv' });
  const batch = submission('0000000000009').ticket;
  const question = { ticket: `${batch}-1`, source: 'ksz' as PartnerId, match: 'm' };
  const asked = {
    batch,
    flow: 'WLAT',
    environment: 'R',
    asker: 'rva' as PartnerId,
    at: 0,
    questions: [question],
  } as const;
  const at = Date.parse('2026-11-20T09:00:00Z');
  await ledger.commit([
    { kind: 'openQuestions', ...asked },
    { kind: 'markOverdue', batch, at },
  ]);
  const { alarms } = await month('anna@rva');
  expect(alarms.map(({ since, kind, text }) => [since.slice(11, 16), kind, /\((.*)\)$/.exec(text)?.[1]])).toEqual([
    ['09:00', 'answers-awaited', `${batch}: 1`],
    ['10:00', 'unanswered', 'w.csv, 0000000000002'],
    ['11:59', 'quarantined', 'q.csv, 0000000000001'],
  ]);
});
