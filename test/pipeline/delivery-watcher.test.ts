import { beforeAll, describe, expect, test } from 'vitest';
import type { Signer } from '../../src/evidence/cms.ts';
import { DeliveryWatcher, deliveryWatch } from '../../src/pipeline/delivery-watcher.ts';
import { answerFiles, keepingFiles } from '../../src/pipeline/sealed-files.ts';
import { refOf } from '../../src/storage/content-commands.ts';
import { delivery, path, submission, TICKET } from '../storage/ledger-fixture.ts';
import { flow, partner } from '../support/generation.ts';
import { schemaProblems } from '../support/schemas.ts';
import { noticePlace, testSigner } from './notices-fixture.ts';
import { id } from './questions-fixture.ts';

const DAY = 86_400_000;
const MAILBOX = '/partners/kbf/OUT/ADRM';
const AT_SENDER = '/partners/ksz/OUT/ADRM';
const FILE = 'ADRM.00000001.csv';
const NAMES = [FILE, `${FILE}.manifest.json`, `${FILE}.manifest.json.p7s`];
let signer: Signer;

beforeAll(async () => {
  signer = await testSigner();
});

/** KSZ sent what now lies in the mailbox of KBF; the flow reminds after 7 and 21 days and holds for 30. */
async function openPlace() {
  const partners = [
    partner('ksz', { language: 'nl' }),
    partner('kbf', { sends: [], receives: ['ADRM'], language: 'de' }),
  ];
  const { clock, ledger, store, parts, files, told } = await noticePlace(signer, partners);
  const watcher = new DeliveryWatcher(parts);
  const contents = await Promise.all(
    NAMES.map(async (name) => {
      const upload = await store.begin();
      await store.writePart(upload, 0, Buffer.from(`content of ${name}`));
      return { name, content: await store.complete(upload) };
    }),
  );
  const one = delivery(`${TICKET}-kbf`, 1, {
    flow: 'ADRM',
    files: answerFiles(contents),
    state: 'delivered',
    records: 12,
  });
  const at = clock.now();
  await ledger.commit([
    { kind: 'insertSubmission', submission: submission(TICKET, { partner: id('ksz'), flow: 'ADRM' }) },
    { kind: 'insertDelivery', delivery: one, at },
    ...keepingFiles(contents),
    ...contents.map(({ name, content }) => ({
      ...{
        kind: 'publish' as const,
        path: path(`${MAILBOX}/${name}`),
        content: refOf(content),
        expect: 'absent' as const,
      },
      ...{ parentMustExist: false, at },
    })),
    deliveryWatch(flow('ADRM'), one.id, at),
  ]);
  const work = async () => {
    const [lease] = await ledger.claim('deliveries', 'test', 1, 1000);
    if (lease !== undefined) await watcher.handle(lease);
    return lease !== undefined;
  };
  const pickUp = () =>
    ledger.commit([
      { kind: 'recordSent', contentId: contents[0]?.content.contentId ?? '', from: 0, to: 999, at: clock.now() },
    ]);
  const state = async () => (await ledger.read({ kind: 'delivery', id: one.id }))?.state;
  const kinds = async () =>
    (await ledger.read({ kind: 'auditLines', from: 1, limit: 99 })).map(({ kind, outcome }) => `${kind} ${outcome}`);
  return { clock, ledger, work, pickUp, state, kinds, files, told };
}

const WAITING = `ADRM.${TICKET}-kbf.delivery-waiting.notice.json`;
const EXPIRED = `ADRM.${TICKET}-kbf.delivery-expired.notice.json`;
const LOST = `ADRM.${TICKET}.delivery-lost.notice.json`;

describe('a delivery that nobody picks up', () => {
  test('is told to its receiver after 7 and after 21 days', async () => {
    const { clock, work, files, kinds } = await openPlace();
    clock.at += 7 * DAY - 1;
    expect(await work()).toBe(false);
    clock.at += 1;
    expect([await work(), await work()]).toEqual([true, false]);
    const notice = JSON.parse((await files(MAILBOX))[WAITING] ?? '');
    expect(notice).toEqual({
      ...{ kind: 'notice', version: 1, subject: 'delivery-waiting', ticket: TICKET, flow: 'ADRM', environment: 'R' },
      createdAt: new Date(clock.at).toISOString(),
      text: 'Eine Lieferung in Ihrem Briefkasten wurde noch nicht abgeholt. Holen Sie sie ab, bevor sie verschwindet.',
      ...{ file: FILE, records: 12, generation: 'generation-1' },
    });
    expect(await schemaProblems('notice', notice)).toEqual([]);
    expect(await files(AT_SENDER)).toEqual({});
    clock.at += 14 * DAY;
    expect([await work(), await work()]).toEqual([true, false]);
    expect(await kinds()).toEqual(['delivery-waiting done', 'delivery-waiting done']);
  });

  test('goes after 30 days, which sender, receiver and hub are told, the sender not for whom', async () => {
    const { clock, work, files, state, kinds, told } = await openPlace();
    clock.at += 30 * DAY;
    expect([await work(), await work()]).toEqual([true, false]);
    expect(await state()).toBe('expired');
    expect(Object.keys(await files(MAILBOX))).toEqual([EXPIRED, `${EXPIRED}.p7s`]);
    const atSender = await files(AT_SENDER);
    expect(Object.keys(atSender)).toEqual([LOST, `${LOST}.p7s`]);
    const lost: unknown = JSON.parse(atSender[LOST] ?? '');
    expect(lost).toEqual({
      ...{ kind: 'notice', version: 1, subject: 'delivery-lost', ticket: TICKET, flow: 'ADRM', environment: 'R' },
      createdAt: new Date(clock.at).toISOString(),
      text: 'Niet iedereen heeft gekregen wat u met dit bestand stuurde: een levering is niet opgehaald. De helpdesk weet meer.',
      generation: 'generation-1',
    });
    expect(await schemaProblems('notice', lost)).toEqual([]);
    expect(JSON.stringify(atSender)).not.toContain('kbf');
    expect(await kinds()).toEqual(['delivery-expired failed']);
    const fields = { ticket: TICKET, flow: 'ADRM', environment: 'R', receiver: 'kbf', sequence: 1 };
    expect(told).toEqual({
      alarms: [{ alarm: 'delivery-expired', ...fields }],
      counted: [['sluis_deliveries_expired_total', { flow: 'ADRM' }]],
    });
  });
});

describe('a delivery that was picked up', () => {
  test('stays until its hold ends, and then goes without a word to anybody', async () => {
    const { clock, work, pickUp, files, state, kinds, told } = await openPlace();
    await pickUp();
    clock.at += 21 * DAY;
    expect([await work(), await state()]).toEqual([true, 'picked-up']);
    expect(Object.keys(await files(MAILBOX))).toEqual(NAMES);
    clock.at += 9 * DAY;
    expect([await work(), await state()]).toEqual([true, 'removed']);
    expect([await files(MAILBOX), await files(AT_SENDER), told.alarms]).toEqual([{}, {}, []]);
    expect(await kinds()).toEqual(['delivery-removed done']);
  });

  test('and taken away by its receiver is looked at no more', async () => {
    const { clock, ledger, work, state, kinds } = await openPlace();
    await ledger.commit([{ kind: 'remove', path: path(`${MAILBOX}/${FILE}`), recursive: false }]);
    expect(await state()).toBe('removed');
    clock.at += 7 * DAY;
    expect([await work(), await kinds()]).toEqual([true, []]);
    expect(await ledger.read({ kind: 'queueLength', queue: 'deliveries' })).toBe(0);
  });
});
