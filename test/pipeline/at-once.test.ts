import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/domain/errors.ts';
import type { Submission } from '../../src/domain/submission.ts';
import { AtOnce } from '../../src/pipeline/at-once.ts';
import type { Closing } from '../../src/pipeline/closer.ts';
import type { Checked } from '../../src/pipeline/closing.ts';
import type { Reserved } from '../../src/pipeline/dispatcher.ts';
import type { Found } from '../../src/pipeline/early-checks.ts';
import { Turns } from '../../src/pipeline/turns.ts';
import { ticket } from '../storage/ledger-fixture.ts';

const TICKET = ticket('0000000000001');
const RECEIPT = [{ kind: 'increment', counter: 'receipt' }] as const;

function found(generation = 'G', fileErrors: readonly { code: string }[] = []): Found {
  return { generation: { id: generation }, result: { fileErrors } } as unknown as Found;
}

/** One file that is in its turn behind others, whose check says this. */
function atOnce(check: Promise<Found> | undefined, { isNext = true, isClosed = true } = {}) {
  const closings: (Closing & Pick<Checked, 'submission'>)[] = [];
  const close = async ({ submission }: Checked, closing: Closing) => {
    closings.push({ ...closing, submission });
    return isClosed;
  };
  check?.catch(() => undefined);
  const { place } = new Turns(4).enter('ADRM/R', TICKET, true);
  const reserved: Reserved = { place, isNext, end: () => undefined, withdraw: () => undefined };
  const submission = { ticket: TICKET, generation: 'G' } as Submission;
  const answering = new AtOnce({ early: { peek: () => check }, closer: { close } });
  return { closings, answered: answering.answer(reserved, async () => ({ submission, commands: RECEIPT })) };
}

describe('a small file whose records were decided early', () => {
  test('is closed in the commit of its receipt, in its turn', async () => {
    const { closings, answered } = atOnce(Promise.resolve(found()));
    expect(await answered).toBe(true);
    const [closing] = closings;
    expect(closings).toHaveLength(1);
    expect(closing).toMatchObject({ before: RECEIPT, isNew: true, isLast: false });
    expect(closing?.place).toBeDefined();
    expect(closing?.submission.ticket).toBe(TICKET);
  });

  test.each([
    ['behind one that takes long', async () => found(), { isNext: false }],
    ['with a fault as a whole', async () => found('G', [{ code: '312' }]), {}],
    ['decided by another generation', async () => found('H'), {}],
    ['whose flow is not in force any more', async () => undefined, {}],
    ['whose check failed', () => Promise.reject(new GatewayError('broken', 'the thread ended')), {}],
    ['whose check was not begun', () => undefined, {}],
  ])('%s gets its receipt first', async (_, check, options) => {
    const { closings, answered } = atOnce(check(), options);
    expect(await answered).toBe(false);
    expect(closings).toEqual([]);
  });

  test('gets its receipt first where its commit came too late', async () => {
    expect(await atOnce(Promise.resolve(found()), { isClosed: false }).answered).toBe(false);
  });

  test('gets its receipt first where its check takes longer than a receipt may wait', async () => {
    const { closings, answered } = atOnce(new Promise(() => undefined));
    expect(await answered).toBe(false);
    expect(closings).toEqual([]);
  });
});
