import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openDirectory } from '../../src/directory/lmdb-directory.ts';
import { openSqliteReader } from '../../src/storage/sqlite-reader.ts';
import { REACHED } from '../support/crash-at.ts';
import { WITH_INTEGRATION, WITH_TARIFF } from '../support/exchange-kinds.ts';
import { type Channel, ExchangePlace, handIn } from '../support/exchange-place.ts';
import { makeFolder, removeFolder, startIn } from '../support/gateway.ts';
import { quickSettling } from '../support/settle.ts';

const CRASH_AT = new URL('../support/crash-at.ts', import.meta.url).href;
const [SOCQ, SOCR] = await Promise.all(
  ['5a_SOCQ_request.csv', '5b_SOCR_answer.csv'].map((name) => readFile(`test/fixtures/samples/${name}`, 'utf8')),
);
const ECO: Channel = { account: 'batch@eco', intake: '/IN/SOCQ', mailbox: '/OUT/SOCQ' };
const KSZ: Channel = { account: 'batch@ksz', intake: '/IN/SOCR', mailbox: '/OUT/SOCR' };
const RVA: Channel = { account: 'batch@rva', intake: '/IN', mailbox: '/OUT' };
const INTG = [
  'record_no;action;ssin;sector;type;quality;phase;begin;end;card_no;last_name;first_name;birth_date',
  '1;REGISTER;00022993779;18;0;001;0;2026-01-01;;592-1234567-89;;;',
  '2;REGISTER;60000094128;18;0;001;0;2026-01-01;;592-1234567-88;;;',
  '3;UNREGISTER;74031295170;18;0;001;0;2025-10-01;2026-01-31;592-1234567-87;;;',
  '',
].join('\n');

let folder = '';
let place: ExchangePlace | undefined;

afterEach(async () => {
  await place?.close();
  await removeFolder({ folder });
});

async function answered(at: ExchangePlace, channel: Channel, name: string) {
  const mailbox = await at.mailbox(channel.account, channel.mailbox);
  const { ticket } = await mailbox.receipt(name);
  return mailbox.notification(name, ticket);
}

/** Begins with a gateway that ends at a point, does so much that it comes there, and starts the next one. */
async function afterCrash(point: string, handInAll: (at: ExchangePlace) => Promise<unknown>): Promise<ExchangePlace> {
  const change = { ...WITH_TARIFF, ...WITH_INTEGRATION, 'gateway.yaml': quickSettling };
  folder = await makeFolder(change, { network: true });
  const gateway = await startIn(folder, {
    nodeOptions: ['--import', CRASH_AT],
    environment: { SLUIS_TEST_CRASH_AT: point },
  });
  await handInAll(ExchangePlace.of(gateway)).catch(() => undefined); // "done" may or may not have got out
  expect(await gateway.ended).toBe('SIGKILL');
  expect(gateway.log).toContain(`${REACHED}${point}`);
  place = ExchangePlace.of(await startIn(folder));
  return place;
}

async function questionsAt(at: ExchangePlace) {
  const reader = openSqliteReader(join(at.gateway.data, 'ledger.sqlite'));
  try {
    const audit = await reader.read({ kind: 'submissions', limit: 9 });
    const [request] = audit.filter(({ flow }) => flow === 'SOCQ');
    const keys = [1, 2, 3].map((number) => `${request?.ticket}-${number}`);
    const asker = request?.partner;
    if (asker === undefined) return [];
    const found = await reader.read({
      kind: 'questions',
      flow: 'SOCQ',
      environment: 'R',
      as: 'asker',
      partner: asker,
      keys,
    });
    return found.map(({ state }) => state);
  } finally {
    await reader.close();
  }
}

describe('a gateway that ends while it closes', () => {
  for (const point of ['route.before-commit', 'route.after-commit']) {
    test(`a request, at ${point}: each question is asked once`, { timeout: 120_000 }, async () => {
      const again = await afterCrash(point, (at) => handIn(at, ECO, { 'SOCQ.csv': SOCQ ?? '' }));
      const { ticket, records } = await answered(again, ECO, 'SOCQ.csv');
      expect(records.accepted).toBe(3);
      expect(await questionsAt(again)).toEqual(['open', 'open', 'open']);
      expect(await (await again.mailbox('batch@ksz', '/OUT/SOCQ')).deliveries(ticket)).toHaveLength(1);
      await handIn(again, KSZ, { 'SOCR.csv': SOCR ?? '' });
      expect((await answered(again, KSZ, 'SOCR.csv')).records.accepted).toBe(3);
    });

    test(`the answers, at ${point}: each reaches its asker once`, { timeout: 120_000 }, async () => {
      const again = await afterCrash(`${point}:2`, async (at) => {
        await handIn(at, ECO, { 'SOCQ.csv': SOCQ ?? '' });
        await answered(at, ECO, 'SOCQ.csv');
        await handIn(at, KSZ, { 'SOCR.csv': SOCR ?? '' });
      });
      const { ticket, records } = await answered(again, KSZ, 'SOCR.csv');
      expect(records.accepted).toBe(3);
      expect(await questionsAt(again)).toEqual(['answered', 'answered', 'answered']);
      const atAsker = await again.mailbox('batch@eco', '/OUT/SOCR');
      expect(await atAsker.deliveries(ticket)).toHaveLength(1);
      expect((await atAsker.list()).filter((name) => /^SOCR\.\d+\..*\.csv$/.test(name))).toHaveLength(1);
    });
  }

  const points = ['route.before-commit', 'route.after-commit', 'directory.applied'];
  test.each(points)(
    'an integration, at %s: its lines are made once, as one version',
    { timeout: 120_000 },
    async (point) => {
      const again = await afterCrash(point, (at) => handIn(at, RVA, { 'INTG.csv': INTG }));
      const { ticket, records } = await answered(again, RVA, 'INTG.csv');
      expect(records).toEqual({ total: 3, accepted: 3, refused: 0, withoutReceiver: 0 });
      const line = await again.audit.line({ kind: 'directory-change', fields: { ticket } });
      expect(line).toMatchObject({ outcome: 'done', fields: { version: '2', registered: 2, ended: 1, refused: 0 } });
      expect(await again.audit.all({ kind: 'directory-change' })).toHaveLength(1);
      const directory = openDirectory({ directory: join(again.gateway.data, 'directory'), readOnly: true });
      const { version } = directory.stats('R');
      await directory.close();
      expect(version).toBe(2n);
    },
  );
});
