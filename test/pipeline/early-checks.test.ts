import { describe, expect, test } from 'vitest';
import type { SubmittedFile } from '../../src/domain/submission.ts';
import { EarlyChecks, type ToCheck } from '../../src/pipeline/early-checks.ts';
import { SMALL_BYTES } from '../../src/storage/content-store.ts';
import { AT, partner, path, ticket as ticketOf } from '../storage/ledger-fixture.ts';

const ticket = (number: number) => ticketOf(number.toString().padStart(13, '0'));

function file(size: number, role: SubmittedFile['role'] = 'data'): SubmittedFile {
  return { role, path: path('/partners/ksz/IN/ADRM/a.csv'), contentId: 'c', size, sha256: '' };
}

function submission(number: number, files = [file(100)]): ToCheck {
  const of = { flow: 'ADRM', partner: partner('ksz'), environment: 'R', receivedAt: AT } as const;
  return { ...of, ticket: ticket(number), files };
}

function checks() {
  const begun: string[] = [];
  const early = new EarlyChecks(async (one) => {
    begun.push(one.ticket);
    return undefined;
  });
  return { begun, early };
}

describe('the check of a small file', () => {
  test('is begun once, and used once', async () => {
    const { begun, early } = checks();
    expect(early.begin(submission(1), 'line')).toBe(true);
    expect(early.begin(submission(1), 'line')).toBe(false);
    expect(begun).toEqual([ticket(1)]);
    await expect(early.take(ticket(1))).resolves.toBeUndefined();
    expect(early.take(ticket(1))).toBe(undefined);
  });

  test('that fails is the matter of whoever takes it', async () => {
    const early = new EarlyChecks(() => Promise.reject(new Error('the thread ended')));
    early.begin(submission(1), 'line');
    await Promise.resolve();
    await expect(early.take(ticket(1))).rejects.toThrow('the thread ended');
  });

  test('is not begun where 32 have; one of them taken makes room', () => {
    const { early } = checks();
    const begun = Array.from({ length: 33 }, (_, number) => early.begin(submission(number), 'line'));
    expect(begun.indexOf(false)).toBe(32);
    void early.take(ticket(1));
    expect(early.begin(submission(32), 'line')).toBe(true);
  });

  test('may be looked at before it is taken', async () => {
    const { begun, early } = checks();
    early.begin(submission(1), 'line');
    await early.peek(ticket(1));
    await early.take(ticket(1));
    expect(early.peek(ticket(1))).toBeUndefined();
    expect(begun).toEqual([ticket(1)]);
  });

  test.each([
    ['of the largest size', [file(SMALL_BYTES)], true],
    ['that is larger', [file(SMALL_BYTES + 1)], false],
    ['of a set', [file(100, 'FI'), file(0, 'GO')], false],
    ['of two files', [file(100), file(100)], false],
  ])('%s: begun %#', (_, files, isBegun) => {
    expect(checks().early.begin(submission(1, files), 'line')).toBe(isBegun);
  });
});
