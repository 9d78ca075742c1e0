import { describe, expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import { entitlementChanges, entitlementsOf } from '../../src/access/entitlements.ts';
import type { InternetException } from '../../src/domain/exception.ts';
import type { Authorization, FolderGrant } from '../../src/domain/flow.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { parseDate } from '../../src/domain/period.ts';
import { type Action, ALL_RIGHTS, type PartnerId, type Session } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import { generation, partner, session } from '../support/generation.ts';

const NOON = Date.parse('2026-03-10T12:00:00Z');
const DAY_MS = 86_400_000;
const BY_ACT = 'authorizations/act-adrm.yaml#version-1';

/** KSZ gives RJV data by `act-adrm`; both have all rights on the folder. */
function personal(act: Partial<Authorization> = {}, grant: Partial<FolderGrant> = {}): Generation {
  const { folders, authorizations, ...rest } = generation();
  const [work] = folders;
  const [first] = authorizations;
  if (work === undefined || first === undefined) throw new Error('the folder or the act is missing');
  const grants = ['ksz', 'rjv', 'rva'].map((id, index) => ({
    ...{ partner: id as PartnerId, rights: ALL_RIGHTS, authorization: 'act-adrm' },
    ...grant,
    rule: `folders.yaml#/folders/0/grants/${index}`,
  }));
  return { ...rest, folders: [{ ...work, content: 'personal', grants }], authorizations: [{ ...first, ...act }] };
}

function decide(value: Generation, who: Session, action: Action, now = NOON) {
  return new FolderAuthorizer({ value }, () => now).decide(who, action, parseVPath('/SHARED/work/a.zip'));
}

function held(value: Generation, name: string, now = NOON): readonly Action[] {
  return ALL_RIGHTS.filter((right) => decide(value, session(name), right, now).allowed);
}

const day = (text: string) => ({ until: parseDate(text) });

describe('a folder with personal data', () => {
  test('is written by the sender of its act, taken from by the receivers, and not there for others', () => {
    expect(held(personal(), 'anna@ksz')).toEqual(ALL_RIGHTS);
    expect(held(personal(), 'anna@rjv')).toEqual(['list', 'read', 'delete', 'view']);
    expect(decide(personal(), session('anna@rjv'), 'create')).toMatchObject({ allowed: false, visible: true });
    expect(decide(personal(), session('anna@rva'), 'list')).toEqual({
      ...{ allowed: false, visible: false },
      rule: 'folders.yaml#/folders/0/grants/2 authorizations/act-adrm.yaml#not-in-force',
    });
  });

  test('names grant, act and version as its rule', () => {
    const rule = `folders.yaml#/folders/0/grants/1 ${BY_ACT}`;
    expect(decide(personal(), session('anna@rjv'), 'read')).toEqual({ allowed: true, rule });
  });

  test.each<[string, Generation]>([
    ['has ended', personal(day('2026-03-09'))],
    ['has not begun', personal({ from: parseDate('2026-03-11') ?? ('' as never) })],
    ['is for tests', personal({ environments: ['T', 'S'] })],
    ['was withdrawn', { ...personal(), authorizations: [] }],
    ['is of others', personal({ sender: { sector: 7, type: 0 }, receivers: [] })],
  ])('gives nobody anything where the act %s', (_, value) => {
    for (const name of ['anna@ksz', 'anna@rjv']) {
      expect(held(value, name)).toEqual([]);
      expect(decide(value, session(name), 'stat')).toMatchObject({ allowed: false, visible: false });
    }
  });

  test('is gone the day after the act ends, by the clock alone', () => {
    const value = personal(day('2026-03-10'));
    expect(held(value, 'anna@rjv')).toContain('read');
    expect(held(value, 'anna@rjv', NOON + DAY_MS)).toEqual([]);
  });

  test('an act that names a member of a sector speaks of the institution that manages it', () => {
    const value = personal({
      receivers: [{ institution: { sector: 18, type: 7 }, qualities: [], blocks: [] }],
    });
    expect(held(value, 'anna@rva')).toEqual([]);
    const sectors = [{ number: 18, name: 'x', managingInstitution: 'rva' as PartnerId, anonymousMembers: true }];
    expect(held({ ...value, sectors }, 'anna@rva')).toContain('read');
  });

  test('without an act shows at most that a file is there', () => {
    expect(held(personal({}, { authorization: undefined }), 'anna@rjv')).toEqual(['list', 'view']);
  });
});

test('a grant on a reviewed folder that names an act ends with it, and goes both ways before', () => {
  const reviewed = (act: Partial<Authorization>) => {
    const value = personal(act);
    return { ...value, folders: value.folders.map((folder) => ({ ...folder, content: 'reviewed' as const })) };
  };
  expect(held(reviewed({}), 'anna@rjv')).toEqual(ALL_RIGHTS);
  expect(held(reviewed(day('2026-03-09')), 'anna@rjv')).toEqual([]);
});

describe('over the internet a folder with personal data', () => {
  const exception: InternetException = {
    ...{ id: 'x', state: 'active', flow: 'ADRM', persons: ['anna'], use: 'attended', act: 'consult', level: 2 },
    ...{ protocols: ['https'], addresses: [], from: parseDate('2020-01-01'), source: 'exception' },
    fileTransfer: { authorization: 'act-adrm', directions: ['download'] },
  };
  const abroad: Session = { ...session('anna@rjv', 'webdav'), accessMethod: 'internet', level: 2 };
  const by = (more: Partial<InternetException>): Generation => {
    const value = personal();
    const receiver = partner('rjv', { institution: { sector: 10, type: 0 }, exceptions: [{ ...exception, ...more }] });
    return { ...value, partners: [partner('ksz'), receiver] };
  };

  test.each<[string, Partial<InternetException>, string]>([
    ['names its act', {}, 'read true, delete false'],
    ['allows no file transfer', { fileTransfer: undefined }, 'read false, delete false'],
    [
      'names another act',
      { fileTransfer: { authorization: 'other', directions: ['download'] } },
      'read false, delete false',
    ],
    ['is for another flow', { flow: 'WLAT' }, 'read false, delete false'],
  ])('is reached where the exception %s', (_, more, outcome) => {
    const told = (['read', 'delete'] as const).map((right) => `${right} ${decide(by(more), abroad, right).allowed}`);
    expect(told.join(', ')).toBe(outcome);
    const shared = new FolderAuthorizer({ value: by(more) }, () => NOON).decide(abroad, 'list', parseVPath('/SHARED'));
    expect(shared.allowed).toBe(outcome.startsWith('read true'));
  });
});

test('what a change of an act or of an end gives and takes is told person by person', () => {
  const changes = entitlementChanges(
    entitlementsOf(personal(), NOON),
    entitlementsOf(personal({ version: 2, until: parseDate('2026-06-30') }), NOON),
  );
  expect(changes.find(({ who }) => who === 'anna@rjv')).toEqual({
    who: 'anna@rjv',
    gives: ['delete', 'list', 'list', 'read', 'view', 'view'].map(
      (right, index) =>
        `may ${right} /SHARED/work${index === 1 || index === 4 ? '' : '/*'} by act-adrm (version 2) until 2026-06-30`,
    ),
    takes: ['delete', 'list', 'list', 'read', 'view', 'view'].map(
      (right, index) => `may ${right} /SHARED/work${index === 1 || index === 4 ? '' : '/*'} by act-adrm (version 1)`,
    ),
  });
});
