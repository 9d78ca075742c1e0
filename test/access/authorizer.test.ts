import { describe, expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { parseDate } from '../../src/domain/period.ts';
import { type Action, ALL_RIGHTS, type PartnerId } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import { account, generation, partner, session } from '../support/generation.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');

function ask(name: string, action: Action, path: string, value: Generation = generation()) {
  const decision = new FolderAuthorizer({ value }, () => NOW).decide(session(name), action, parseVPath(path));
  return decision.allowed ? 'allowed' : decision.visible ? 'refused' : 'invisible';
}

describe('the standard tree by flow', () => {
  test.each<[string, Action, string, string]>([
    ['anna@ksz', 'list', '/', 'allowed'],
    ['anna@ksz', 'list', '/IN', 'allowed'],
    ['anna@ksz', 'create', '/IN/file.csv', 'invisible'],
    ['anna@ksz', 'create', '/IN/ADRM/file.csv', 'allowed'],
    ['anna@ksz', 'makeFolder', '/IN/ADRM/folder', 'refused'],
    ['anna@ksz', 'delete', '/IN/ADRM', 'refused'],
    ['anna@ksz', 'list', '/IN/WLAT', 'invisible'],
    ['anna@ksz', 'create', '/OUT/ADRM/file.csv', 'refused'],
    ['anna@ksz', 'read', '/OUTTEST/ADRM/file.csv', 'allowed'],
    ['anna@ksz', 'delete', '/OUT/ADRM/file.csv', 'refused'],
    ['batch@ksz', 'delete', '/OUT/ADRM/file.csv', 'allowed'],
    ['anna@rjv', 'list', '/OUT/ADRM', 'allowed'],
    ['anna@rjv', 'list', '/IN/ADRM', 'invisible'],
    ['anna@rva', 'create', '/IN/file.jsonl', 'allowed'],
    ['anna@rva', 'list', '/SHARED', 'invisible'],
    ['anna@rva', 'read', '/SHARED/work/file', 'invisible'],
    ['anna@rjv', 'makeFolder', '/SHARED/work/folder', 'allowed'],
    ['anna@rjv', 'delete', '/SHARED/work', 'refused'],
    ['anna@rjv', 'read', '/SHARED/workshop', 'invisible'],
    ['anna@nobody', 'list', '/', 'invisible'],
    ['carl@ksz', 'list', '/', 'invisible'],
  ])('%s %s %s is %s', (name, action, path, outcome) => {
    expect(ask(name, action, path)).toBe(outcome);
  });
});

test('a clerk sees only the flows that are named for him', () => {
  const clerk = partner('ksz', { sends: ['ADRM', 'WLAT'], accounts: [account('anna', 'person', { flows: ['WLAT'] })] });
  const value = generation({ partners: [clerk] });
  expect(ask('anna@ksz', 'create', '/IN/WLAT/a', value)).toBe('allowed');
  expect(ask('anna@ksz', 'create', '/IN/ADRM/a', value)).toBe('invisible');
});

test('persons delete in a mailbox that no machine account collects', () => {
  const value = generation({ partners: [partner('ksz', { accounts: [account('anna', 'person')] })] });
  expect(ask('anna@ksz', 'delete', '/OUT/ADRM/a', value)).toBe('allowed');
});

describe('what is not in force allows nothing', () => {
  test.each<[string, Generation]>([
    ['a disabled partner', generation({ partners: [partner('ksz', { disabled: true })] })],
    [
      'a disabled account',
      generation({ partners: [partner('ksz', { accounts: [account('anna', 'person', { disabled: true })] })] }),
    ],
    [
      'an account of the other kind',
      generation({ partners: [partner('ksz', { accounts: [account('anna', 'machine')] })] }),
    ],
  ])('%s', (_, value) => {
    expect(ask('anna@ksz', 'list', '/', value)).toBe('invisible');
  });
});

test('a designation allows nothing from the day after its last one, in a session that goes on', () => {
  const until = (day: string) =>
    generation({ partners: [partner('ksz', { accounts: [account('anna', 'person', { until: parseDate(day) })] })] });
  expect(ask('anna@ksz', 'create', '/IN/ADRM/a', until('2026-03-10'))).toBe('allowed');
  expect(ask('anna@ksz', 'create', '/IN/ADRM/a', until('2026-03-09'))).toBe('invisible');
});

test('a grant that has ended, is for another account, or lies in an outer folder does not count', () => {
  const [shared] = generation().folders;
  if (shared === undefined) throw new Error('the shared folder is missing');
  const until = parseDate('2026-03-09');
  const only = (grant: object) =>
    generation({
      folders: [{ ...shared, grants: [{ partner: 'ksz' as PartnerId, rights: ALL_RIGHTS, rule: 'r', ...grant }] }],
    });
  expect(ask('anna@ksz', 'create', '/SHARED/work/a', only({ until }))).toBe('invisible');
  expect(ask('anna@ksz', 'create', '/SHARED/work/a', only({ account: 'bram' }))).toBe('invisible');
  const inner = {
    ...shared,
    path: parseVPath('/SHARED/work/inner'),
    grants: [{ partner: 'rjv' as PartnerId, rights: ALL_RIGHTS, rule: 'r' }],
  };
  expect(ask('anna@ksz', 'read', '/SHARED/work/inner/a', generation({ folders: [shared, inner] }))).toBe('invisible');
});

test('a grant that rests on an authorization counts while that act is in force', () => {
  const [shared] = generation().folders;
  const [act] = generation().authorizations;
  if (shared === undefined || act === undefined) throw new Error('a folder and an act are needed');
  const grant = { partner: 'ksz' as PartnerId, rights: ALL_RIGHTS, rule: 'r', authorization: act.id };
  const during = (from: string, until = '2099-12-31') => {
    const period = { from: parseDate(from) ?? act.from, until: parseDate(until) };
    return generation({ folders: [{ ...shared, grants: [grant] }], authorizations: [{ ...act, ...period }] });
  };
  expect(ask('anna@ksz', 'create', '/SHARED/work/a', during('2020-01-01'))).toBe('allowed');
  expect(ask('anna@ksz', 'create', '/SHARED/work/a', during('2020-01-01', '2026-03-10'))).toBe('allowed');
  expect(ask('anna@ksz', 'create', '/SHARED/work/a', during('2020-01-01', '2026-03-09'))).toBe('invisible');
  expect(ask('anna@ksz', 'create', '/SHARED/work/a', during('2026-03-11'))).toBe('invisible');
  const gone = generation({ folders: [{ ...shared, grants: [grant] }], authorizations: [] });
  expect(ask('anna@ksz', 'create', '/SHARED/work/a', gone)).toBe('invisible');
});

test('the deciding line of the configuration is named', () => {
  const decision = new FolderAuthorizer({ value: generation() }, () => NOW).decide(
    session('anna@rjv'),
    'read',
    parseVPath('/SHARED/work/a'),
  );
  expect(decision).toEqual({ allowed: true, rule: 'folders.yaml#work-rjv' });
});
