import { describe, expect, test } from 'vitest';
import { approvalsNeeded } from '../../src/config/proposals.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import { ProposalPlace } from '../support/proposal-place.ts';

type Cause = readonly [title: string, happens: (place: ProposalPlace) => Promise<void> | void, words: string];

/** What may happen to somebody between his signature and the moment the change is to come in force. */
const causes = (person: string): readonly Cause[] => [
  ['was disabled', (place) => place.change(person, { disabled: true }), 'not in force today'],
  ['lost the role', (place) => place.change(person, { roles: [] }), 'does not have the role'],
  ['has another role now', (place) => place.change(person, { roles: ['auditor'] }), 'does not have the role'],
  ['has another key now', (place) => place.change(person, { sshKeys: [] }), 'the key is of no person of the hub'],
  ['lost the key', (place) => place.revoke(person), 'the key is revoked'],
  ['is designated no more', (place) => place.laterByDays(30), 'not in force today'],
  [
    'is designated from later on',
    (place) => place.change(person, { from: '2026-03-03' as IsoDate }),
    'not in force today',
  ],
];

describe('an author who signed and', () => {
  for (const [title, happens, words] of causes('anna')) {
    test(`${title} counts no more: then it takes two others`, async () => {
      await using place = await ProposalPlace.open();
      const proposal = await place.proposal();
      const before = await place.desk.standingOf(proposal);
      expect(before).toEqual({ authorProven: true, authorRefusal: undefined, approvers: ['bram@ksz'] });
      expect(approvalsNeeded(before)).toBe(1);
      await happens(place);
      const after = await place.desk.standingOf(proposal);
      expect(after.authorProven).toBe(false);
      expect(after.authorRefusal).toContain(words);
      expect(approvalsNeeded(after)).toBe(2);
    });
  }
});

describe('an approver who signed and', () => {
  for (const [title, happens] of causes('bram')) {
    test(`${title} counts no more; another one does`, async () => {
      await using place = await ProposalPlace.open();
      const proposal = await place.proposal({}, 'anna', ['bram', 'carl']);
      expect((await place.desk.standingOf(proposal)).approvers).toEqual(['bram@ksz', 'carl@ksz']);
      await happens(place);
      expect((await place.desk.standingOf(proposal)).approvers).toEqual(['carl@ksz']);
    });
  }
});

test('a disabled hub has neither author nor approver', async () => {
  await using place = await ProposalPlace.open();
  const proposal = await place.proposal();
  place.change('anna', {}, { disabled: true });
  expect(await place.desk.standingOf(proposal)).toMatchObject({ authorProven: false, approvers: [] });
});

test('whoever was let in by one person, without a role, is nobody’s author: he could be the approver himself', async () => {
  await using place = await ProposalPlace.open();
  place.change('anna', { roles: [] });
  const standing = await place.desk.standingOf(await place.proposal());
  expect(standing.authorRefusal).toContain(
    'does not have the role operator or acl-editor or approver or security-officer',
  );
  place.change('anna', { roles: ['operator'] });
  expect(await place.desk.standingOf(await place.proposal())).toMatchObject({ authorProven: true });
});

test('somebody with two names is one approver', async () => {
  await using place = await ProposalPlace.open();
  const proposal = await place.proposal({}, 'anna', ['bram', 'carl']);
  place.change('carl', { samePersonAs: { partner: 'ksz' as PartnerId, id: 'bram' } });
  expect((await place.desk.standingOf(proposal)).approvers).toHaveLength(1);
});

describe('what lies in the data folder opens nothing by itself:', () => {
  test.each([
    ['the author’s signature under another message', { message: 'other' }],
    ['under another tree', { tree: 'c'.repeat(64) }],
    ['under another author', { author: 'carl@ksz' }],
  ])('signatures %s', async (_, forged) => {
    await using place = await ProposalPlace.open();
    const proposal = await place.proposal();
    expect((await place.desk.standingOf({ ...proposal, ...forged })).approvers).toEqual([]);
    expect((await place.desk.standingOf({ ...proposal, ...forged })).authorProven).toBe(false);
  });

  test('a word that the author signed, without his signature', async () => {
    await using place = await ProposalPlace.open();
    const written = { ...(await place.proposal()), proof: undefined, authorProven: true };
    expect(await place.desk.standingOf(written)).toMatchObject({ authorProven: false, approvers: ['bram@ksz'] });
  });

  test.each([
    ['from other files', { base: 'd'.repeat(64) }],
    ['made before these were in force', { at: '2026-03-02T09:59:59.999Z' }],
    ['dated ahead, for a time when they are in force again', { at: '2026-03-02T10:00:00.001Z' }],
  ])('a signed step %s', async (_, facts) => {
    await using place = await ProposalPlace.open();
    expect(await place.desk.standingOf(await place.proposal(facts))).toEqual({ authorProven: false, approvers: [] });
  });
});
