import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { Submission } from '../../src/domain/submission.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import type { AuditLine } from '../../src/storage/commands.ts';
import { openSqliteLedger } from '../../src/storage/sqlite-ledger.ts';
import { SubmissionDesk } from '../../src/submissions/desk.ts';
import { detailIn, factOf, remedyOf } from '../../src/texts/remedies.ts';
import { textOf } from '../../src/texts/texts.ts';
import { newLedger, submission } from '../storage/ledger-fixture.ts';
import { generation, session } from '../support/generation.ts';

const KSZ = 'ksz' as PartnerId;
const TICKET = submission('000000000000T').ticket;

/** A ledger with one submission of KSZ, and the desk that KSZ's people ask. */
async function place(changes: Partial<Submission>) {
  const { ledger, clock } = await newLedger(({ folder, clock: own }) =>
    openSqliteLedger({
      file: join(folder, 'ledger.sqlite'),
      onBroken: (error) => {
        throw error;
      },
      clock: own,
    }),
  );
  const one = submission(TICKET, { partner: KSZ, flow: 'ADRM', receivedAt: clock.at, ...changes });
  await ledger.commit([{ kind: 'insertSubmission', submission: one }]);
  const current = { value: generation() };
  const authorizer = new FolderAuthorizer(current, () => clock.at);
  const desk = new SubmissionDesk({
    ...{ ledger, authorizer, generation: current, clock, words: { textOf, factOf, remedyOf, detailIn } },
    store: { read: () => expect.fail('nothing is read') },
    audit: { record: () => expect.fail('nothing is recorded') },
    signers: async () => [],
    names: async () => (_, field) => field,
  });
  const note = async (kind: string, fields: AuditLine['fields']) => {
    clock.at += 1000;
    await ledger.commit([{ kind: 'audit', line: { kind, outcome: 'done', fields } }]);
  };
  const detail = () => desk.detail({ session: session('anna@ksz'), language: 'en' }, TICKET);
  return { note, detail };
}

test('what happened to a file is told in order, without who received it or who at the hub did something', async () => {
  const { note, detail } = await place({ state: 'quarantined' });
  const ticket = TICKET;
  await note('quarantine', { ticket, partner: KSZ, flow: 'ADRM', reason: 'content-missing' });
  await note('quarantine-lifted', { ticket, partner: KSZ, systemUser: 'root' });
  await note('delivery', { ticket, delivery: `${ticket}-rjv`, receiver: 'rjv' });
  await note('delivery', { ticket, delivery: `${ticket}-kbf`, receiver: 'kbf' });
  await note('submission-again', { ticket, partner: KSZ });
  await note('delivery-expired', { ticket, delivery: `${ticket}-rjv`, receiver: 'rjv' });
  await note('redelivery', { ticket, delivery: `${ticket}-rjv`, receiver: 'rjv', systemUser: 'root' });
  await note('explain', { ticket });
  await note('quarantine', { ticket: '000000000000U', partner: 'rva' });
  const { timeline, next } = await detail();
  expect(timeline.map(({ event, by }) => [event, by])).toEqual([
    ['received', 'batch@rva'],
    ...['receipt', 'checking', 'quarantine', 'quarantine-lifted', 'delivered', 'again'].map((event) => [event, null]),
    ['delivery-lost', null],
    ['redelivered', null],
  ]);
  expect(timeline[5]?.text).toBe('What was accepted was delivered. (2)');
  for (const hidden of ['rjv', 'kbf', 'root', 'content-missing']) {
    expect(JSON.stringify(timeline)).not.toContain(hidden);
  }
  expect(next).toBe('There is nothing to do: the hub looks at it. If it takes long, ask the helpdesk.');
});

const SET = (kind: string, part = '') => `${kind}.ADRM.025000.20261103.00001.R.2${part}`;

test('of a set that was refused because members did not come, those are told', async () => {
  const file = (role: 'FI' | 'GO', name: string) => ({
    ...{ role, path: parseVPath(`/partners/ksz/IN/ADRM/${name}`), contentId: name, size: 1, sha256: '' },
  });
  const { detail } = await place({
    ...{ state: 'rejected', fileName: SET('GO'), errors: [{ code: '122', text: textOf('122', 'nl', 'x') }] },
    files: [file('FI', SET('FI', '.1')), file('FI', SET('FI', '.2')), file('GO', SET('GO'))],
  });
  const { missing, timeline, errors } = await detail();
  expect(missing).toEqual([SET('FS', '.1'), SET('FS', '.2')]);
  expect(timeline.map(({ event }) => event)).toEqual(['received', 'receipt-negative']);
  expect(errors).toEqual([{ code: '122', text: 'The signature FS is missing. Send FI and FS, then GO again. (x)' }]);
});
