import { describe, expect, test } from 'vitest';
import type { LedgerCommand } from '../../src/storage/commands.ts';
import type { Ledger } from '../../src/storage/ledger.ts';
import {
  AT,
  copy,
  delivery,
  move,
  newLedger,
  type OpenLedger,
  partner,
  publish,
  remove,
  submission,
} from './ledger-fixture.ts';

const SIZE = 100;
const DATA = { name: 'd.csv', contentId: 'data', size: SIZE, sha256: 'e'.repeat(64) };
const MANIFEST = { name: 'd.csv.manifest.json', contentId: 'manifest', size: 5, sha256: 'e'.repeat(64) };
const MAILBOX = '/partners/kbf/OUT/ADDR';

function place(): readonly LedgerCommand[] {
  const files = [DATA, MANIFEST];
  const one = delivery('d', 1, { files, state: 'delivered' });
  return [
    { kind: 'insertDelivery', delivery: one, at: AT },
    ...files.map(({ name, contentId }) => publish(`${MAILBOX}/${name}`, contentId)),
  ];
}

const sent = (from: number, to: number, contentId = 'data'): LedgerCommand => ({
  kind: 'recordSent',
  ...{ contentId, from, to, at: AT },
});
const stateOf = async (ledger: Ledger) => (await ledger.read({ kind: 'delivery', id: 'd' }))?.state;

/** What every ledger promises of deliveries in their mailboxes. */
export function deliveriesContract(open: OpenLedger): void {
  describe('a delivery', () => {
    const whole: readonly (readonly (readonly [number, number])[])[] = [
      [[0, 100]],
      [
        [0, 40],
        [40, 100],
      ],
      [
        [60, 100],
        [0, 30],
        [30, 60],
      ],
      [
        [0, 70],
        [50, 100],
      ],
      [
        [10, 20],
        [30, 40],
        [0, 100],
      ],
      [
        [90, 120],
        [0, 90],
      ],
    ];
    test.each(whole)('is picked up when every byte of its data was sent: %j %j %j', async (...ranges) => {
      const { ledger } = await newLedger(open);
      await ledger.commit(place());
      const parts = ranges.filter((one) => one !== undefined);
      for (const [index, [from, to]] of parts.entries()) {
        expect(await stateOf(ledger)).toBe('delivered');
        await ledger.commit([sent(from, to)]);
        expect(await stateOf(ledger)).toBe(index === parts.length - 1 ? 'picked-up' : 'delivered');
      }
      expect(await ledger.read({ kind: 'awaitedBy', partner: partner('kbf'), contentId: 'data' })).toBe(false);
    });

    test('is not picked up by parts of it, by what lies beside it, or by another content', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(place());
      await ledger.commit([sent(0, 50), sent(51, 100), sent(0, 0), sent(0, 5, 'manifest'), sent(0, 100, 'other')]);
      expect(await stateOf(ledger)).toBe('delivered');
      const awaited = (by: string, contentId: string) =>
        ledger.read({ kind: 'awaitedBy', partner: partner(by), contentId });
      expect(await awaited('kbf', 'data')).toBe(true);
      expect([await awaited('rva', 'data'), await awaited('kbf', 'manifest')]).toEqual([false, false]);
    });

    test('is removed with the last name of its data', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(place());
      await ledger.commit([remove(`${MAILBOX}/${MANIFEST.name}`), move(`${MAILBOX}/d.csv`, `${MAILBOX}/e.csv`)]);
      await ledger.commit([copy(`${MAILBOX}/e.csv`, `${MAILBOX}/f.csv`), remove(`${MAILBOX}/e.csv`)]);
      expect(await stateOf(ledger)).toBe('delivered');
      const names = await ledger.read({ kind: 'namesOf', contentIds: ['data', 'manifest', ''] });
      expect(names.map(({ path }) => path)).toEqual([`${MAILBOX}/f.csv`]);
      await ledger.commit([remove(`${MAILBOX}/f.csv`)]);
      expect(await stateOf(ledger)).toBe('removed');
      await ledger.commit([sent(0, 100)]);
      expect(await stateOf(ledger)).toBe('removed');
    });

    test('that is placed again waits from its first byte on', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit([...place(), sent(0, 100)]);
      const again = { kind: 'redeliver', id: 'd', from: 'picked-up', at: AT } as const;
      await expect(ledger.commit([{ ...again, from: 'removed' }])).rejects.toMatchObject({
        code: 'precondition-failed',
      });
      await expect(ledger.commit([{ ...again, id: 'e' }])).rejects.toMatchObject({ code: 'not-found' });
      await ledger.commit([again]);
      await ledger.commit([sent(50, 100)]);
      expect(await stateOf(ledger)).toBe('delivered');
      await ledger.commit([sent(0, 50)]);
      expect(await stateOf(ledger)).toBe('picked-up');
    });

    test('that expired stays so when its names go', async () => {
      const { ledger } = await newLedger(open);
      await ledger.commit(place());
      await ledger.commit([{ kind: 'setDeliveryState', id: 'd', to: 'expired', at: AT }, remove(`${MAILBOX}/d.csv`)]);
      expect(await stateOf(ledger)).toBe('expired');
    });
  });

  test('a submission that is not answered is found by those of its flow and environment that came later', async () => {
    const { ledger } = await newLedger(open);
    const insert = (id: string, receivedAt: number, more = {}): LedgerCommand => ({
      kind: 'insertSubmission',
      submission: submission(id, { receivedAt, state: 'checking', ...more }),
    });
    await ledger.commit([insert('A', AT), insert('B', AT + 1), insert('C', AT, { environment: 'T' })]);
    const before = (receivedAt: number, orChecking = false) =>
      ledger.read({ kind: 'unansweredBefore', flow: 'ADDR', environment: 'R', receivedAt, orChecking });
    expect([await before(AT + 9), await before(AT + 9, true)]).toEqual([undefined, 'A']);
    for (const one of ['B', 'C', 'A']) {
      const ticket = submission(one).ticket;
      await ledger.commit([{ kind: 'setSubmissionState', ticket, from: 'checking', to: 'quarantined', at: AT }]);
    }
    expect([await before(AT), await before(AT + 1), await before(AT + 9)]).toEqual([undefined, 'A', 'A']);
    const { ticket } = submission('A');
    const lifted = { kind: 'setSubmissionState', ticket, from: 'quarantined', to: 'received', at: AT } as const;
    await ledger.commit([lifted]);
    expect([await before(AT + 9), await before(AT + 9, true)]).toEqual(['A', 'A']);
    await ledger.commit([{ ...lifted, from: 'received', to: 'checking' }]);
    expect([await before(AT + 9), await before(AT + 9, true)]).toEqual(['B', 'A']);
  });
}
