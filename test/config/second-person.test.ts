import { expect, test } from 'vitest';
import { hubPersonRefusal, secondPersonRefusal } from '../../src/config/proposals.ts';
import type { Account, Partner } from '../../src/domain/partner.ts';
import type { IsoDate } from '../../src/domain/period.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import { account, partner } from '../support/generation.ts';

const KSZ = 'ksz' as PartnerId;
const TODAY = '2026-03-02' as IsoDate;
const YESTERDAY = '2026-03-01' as IsoDate;

/** Anna edits ACLs, Bram approves. */
function hub(ofBram: Partial<Account> = {}, ofKsz: Partial<Partner> = {}) {
  const anna = account('anna', 'person', { roles: ['acl-editor'] });
  const bram = account('bram', 'person', { roles: ['approver'], ...ofBram });
  const rva = partner('rva', { accounts: [account('carl', 'person', { roles: ['approver'] })] });
  return { hub: KSZ, partners: [partner('ksz', { accounts: [anna, bram], ...ofKsz }), rva] };
}
const second = (generation: ReturnType<typeof hub>, signer = 'bram@ksz') =>
  secondPersonRefusal(generation, signer, 'anna@ksz', TODAY, ['approver']);

test('another person of the hub with the role is a second person, on the last day of his designation too', () => {
  expect(second(hub())).toBeUndefined();
  expect(second(hub({ until: TODAY }))).toBeUndefined();
});

test.each<[string, ReturnType<typeof hub>, string]>([
  ['the same person under another name', hub({ samePersonAs: { partner: KSZ, id: 'anna' } }), 'asked for it'],
  ['a disabled person', hub({ disabled: true }), 'not in force today'],
  ['a person of a disabled partner', hub({}, { disabled: true }), 'not in force today'],
  ['a person whose designation ended', hub({ until: YESTERDAY }), 'not in force today'],
  ['a person without the role', hub({ roles: ['acl-editor'] }), 'does not have the role approver'],
])('%s is no second person', (_, generation, words) => {
  expect(second(generation)).toContain(words);
});

test('the one who asked, somebody of another partner and nobody are no second person', () => {
  expect(second(hub(), 'anna@ksz')).toContain('asked for it');
  expect(second(hub(), 'carl@rva')).toContain('not a person of the hub');
  expect(second(hub(), 'dora@ksz')).toContain('nobody of the generation');
});

test('who asks has any role at the hub and is in force', () => {
  const asks = (generation: ReturnType<typeof hub>) => hubPersonRefusal(generation, 'bram@ksz', TODAY, 'any');
  expect(asks(hub({ roles: ['acl-editor'] }))).toBeUndefined();
  expect(asks(hub({ roles: [] }))).toContain('no role at the hub');
  expect(asks(hub({ until: YESTERDAY }))).toContain('not in force today');
});
