import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/domain/errors.ts';
import { alarmsContract } from './ledger-alarms.contract.ts';
import { contentsContract } from './ledger-contents.contract.ts';
import { deliveriesContract } from './ledger-deliveries.contract.ts';
import { audit, newLedger, type OpenLedger, path, publish, remove, tree } from './ledger-fixture.ts';
import { locksContract } from './ledger-locks.contract.ts';
import { pagesContract } from './ledger-pages.contract.ts';
import { partialsContract } from './ledger-partials.contract.ts';
import { propertiesContract } from './ledger-properties.contract.ts';
import { questionsContract } from './ledger-questions.contract.ts';
import { queueContract } from './ledger-queue.contract.ts';
import { stepUpContract } from './ledger-step-up.contract.ts';
import { submissionsContract } from './ledger-submissions.contract.ts';
import { trafficContract } from './ledger-traffic.contract.ts';
import { treeContract } from './ledger-tree.contract.ts';
import { usageContract } from './ledger-usage.contract.ts';

/** What every ledger promises. */
export function ledgerContract(open: OpenLedger): void {
  treeContract(open);
  queueContract(open);
  submissionsContract(open);
  questionsContract(open);
  deliveriesContract(open);
  stepUpContract(open);
  locksContract(open);
  propertiesContract(open);
  usageContract(open);
  partialsContract(open);
  alarmsContract(open);
  trafficContract(open);
  contentsContract(open);
  pagesContract(open);

  describe('a commit', () => {
    test('is all or nothing', async () => {
      const { ledger } = await newLedger(open);
      const commands = [
        publish('/a'),
        audit(),
        { kind: 'increment', counter: 'n' },
        { kind: 'enqueue', queue: 'check', key: 'k', dueAt: 0, payload: 1 },
        remove('/absent'),
      ] as const;
      const failed = await ledger.commit(commands).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failed).toBeInstanceOf(GatewayError);
      expect(failed).toMatchObject({ code: 'not-found' });
      expect(await tree(ledger)).toEqual({});
      expect(await ledger.read({ kind: 'auditLines', from: 1, limit: 9 })).toEqual([]);
      expect(await ledger.read({ kind: 'queueLength', queue: 'check' })).toBe(0);
      expect((await ledger.commit([{ kind: 'increment', counter: 'n' }])).counters).toEqual({ n: 1 });
    });

    test('that fails leaves those that came at the same time alone', async () => {
      const { ledger } = await newLedger(open);
      const calls = Array.from({ length: 30 }, (_, n) =>
        ledger.commit(
          n % 3 === 1 ? [publish(`/half${n}`), audit({ n }), remove('/absent')] : [publish(`/ok${n}`), audit({ n })],
        ),
      );
      const settled = await Promise.allSettled(calls);
      expect(settled.filter((one) => one.status === 'rejected')).toHaveLength(10);
      expect(Object.keys(await tree(ledger)).every((name) => name.startsWith('/ok'))).toBe(true);
      const lines = await ledger.read({ kind: 'auditLines', from: 1, limit: 99 });
      expect(lines.map((line) => line.fields.n)).toEqual(
        Array.from({ length: 30 }, (_, n) => n).filter((n) => n % 3 !== 1),
      );
      expect(lines.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      expect(lines.slice(1).map(({ previous }) => previous)).toEqual(lines.slice(0, -1).map(({ hash }) => hash));
    });

    test('is seen by every read that comes after it', async () => {
      const { ledger } = await newLedger(open);
      for (let n = 0; n < 50; n += 1) {
        await ledger.commit([publish('/a', `c${n}`)]);
        expect((await ledger.read({ kind: 'entry', path: path('/a') }))?.contentId).toBe(`c${n}`);
      }
    });

    test('with a value that no other thread can have is refused alone', async () => {
      const { ledger } = await newLedger(open);
      const bad = ledger.commit([{ kind: 'enqueue', queue: 'check', key: 'k', dueAt: 0, payload: () => 1 }]);
      const good = ledger.commit([publish('/a')]);
      await expect(bad).rejects.toMatchObject({ code: 'broken' });
      await good;
    });
  });

  describe('the audit log', () => {
    test('is a chain in the order of the commits', async () => {
      const { ledger, clock } = await newLedger(open);
      await ledger.commit([audit({ b: 1, a: ['x', 'y'] }), audit({ text: 'é"\u2028' })]);
      clock.at += 5;
      await ledger.commit([audit()]);
      const lines = await ledger.read({ kind: 'auditLines', from: 1, limit: 99 });
      expect(lines.map((line) => line.seq)).toEqual([1, 2, 3]);
      expect(lines.map((line) => line.at)).toEqual([clock.at - 5, clock.at - 5, clock.at]);
      expect(lines[0]).toMatchObject({ kind: 'test', outcome: 'done', fields: { a: ['x', 'y'], b: 1 } });
      expect(lines[0]?.previous).toBe('0'.repeat(64));
      expect(lines.slice(1).map((line) => line.previous)).toEqual(lines.slice(0, 2).map((line) => line.hash));
      expect((await ledger.read({ kind: 'auditLines', from: 2, limit: 1 })).map((line) => line.seq)).toEqual([2]);
    });
  });

  describe('closing', () => {
    test('waits for what was asked, and then takes nothing', async () => {
      const { ledger, clock, folder } = await newLedger(open);
      const asked = Array.from({ length: 20 }, (_, n) => ledger.commit([publish(`/f${n}`)]));
      await ledger.close();
      await Promise.all(asked);
      await expect(ledger.commit([publish('/late')])).rejects.toMatchObject({ code: 'unavailable' });
      await expect(ledger.read({ kind: 'entry', path: path('/f1') })).rejects.toMatchObject({ code: 'unavailable' });
      const again = await open({ folder, clock });
      expect(Object.keys(await tree(again))).toHaveLength(20);
      await again.close();
    });
  });
}
