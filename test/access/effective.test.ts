import { expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import { effectiveAt, effectiveTree, principalOf, rightsText } from '../../src/access/effective.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { AccessMethod, PartnerId } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import { account, flow, generation, partner } from '../support/generation.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');

function of(value: Generation, name: string, accessMethod?: AccessMethod) {
  const principal = principalOf(value, name);
  if (principal === undefined) throw new Error(`${name} is nobody`);
  const parts = { generation: value, authorizer: new FolderAuthorizer({ value }, () => NOW) };
  return { parts, asked: { principal, accessMethod } };
}

function tree(value: Generation, name: string, accessMethod?: AccessMethod): readonly string[] {
  const { parts, asked } = of(value, name, accessMethod);
  return effectiveTree(parts, asked).map(rightsText);
}

test('the whole tree of a receiver is told, folder by folder, with what may be done to names in it', () => {
  expect(tree(generation(), 'anna@rjv')).toEqual([
    '/: list, view',
    '/IN: list, view',
    '/INTEST: list, view',
    '/INTEST-S: list, view',
    '/OUT: list, view',
    '/OUT/ADRM: list, view',
    '/OUT/ADRM/*: list, read, view',
    '/OUTTEST: list, view',
    '/OUTTEST/ADRM: list, view',
    '/OUTTEST/ADRM/*: list, read, view',
    '/SHARED: list, view',
    '/SHARED/work: list, view',
    '/SHARED/work/*: list, read, create, overwrite, delete, move, makeFolder, view',
  ]);
});

test('each right names the grant that holds it, and no other', () => {
  const [work] = generation().folders;
  if (work === undefined) throw new Error('the shared folder is missing');
  const grants = [
    { partner: 'rjv' as PartnerId, rights: ['list', 'read'] as const, rule: 'folders.yaml#/folders/0/grants/0' },
    {
      partner: 'rjv' as PartnerId,
      account: 'anna',
      rights: ['create', 'read'] as const,
      rule: 'folders.yaml#/folders/0/grants/1',
    },
  ];
  const { parts, asked } = of(generation({ folders: [{ ...work, grants }] }), 'anna@rjv');
  const place = effectiveAt(parts, asked, parseVPath('/SHARED/work/a.txt'));
  expect(place.rights.map(({ right, allowed, rule }) => `${right} ${allowed} ${rule}`)).toEqual([
    'list true folders.yaml#/folders/0/grants/0',
    'read true folders.yaml#/folders/0/grants/0 folders.yaml#/folders/0/grants/1',
    'create true folders.yaml#/folders/0/grants/1',
    'overwrite false folders.yaml#/folders/0/grants/0 folders.yaml#/folders/0/grants/1',
    'delete false folders.yaml#/folders/0/grants/0 folders.yaml#/folders/0/grants/1',
    'move false folders.yaml#/folders/0/grants/0 folders.yaml#/folders/0/grants/1',
    'makeFolder false folders.yaml#/folders/0/grants/0 folders.yaml#/folders/0/grants/1',
    'view false folders.yaml#/folders/0/grants/0 folders.yaml#/folders/0/grants/1',
  ]);
});

test('a right that a second factor opens tells the level and the line that asks for it', () => {
  const value = generation({ flows: [flow('ADRM', { level: 2 })] });
  const { parts, asked } = of(value, 'anna@ksz');
  const { visible, rights } = effectiveAt(parts, asked, parseVPath('/IN/ADRM/a.csv'));
  expect(visible).toBe(true);
  expect(rights.find(({ right }) => right === 'list')).toMatchObject({ allowed: true, level: 1 });
  expect(rights.find(({ right }) => right === 'create')).toEqual({
    ...{ right: 'create', allowed: true, visible: true, level: 2 },
    ...{ rule: 'standard-tree#intake', levelRule: 'flows/ADRM.yaml#/level' },
  });
});

test('another partner’s folders and absent ones look alike, and a disabled account has nothing', () => {
  const { parts, asked } = of(generation(), 'anna@rva');
  const foreign = effectiveAt(parts, asked, parseVPath('/SHARED/work'));
  const absent = effectiveAt(parts, asked, parseVPath('/nowhere'));
  expect(foreign.visible).toBe(false);
  expect(foreign.rights.map(({ allowed, visible }) => [allowed, visible])).toEqual(
    absent.rights.map(({ allowed, visible }) => [allowed, visible]),
  );
  const value = generation({
    partners: [partner('ksz', { accounts: [account('anna', 'person', { disabled: true })] })],
  });
  expect(tree(value, 'anna@ksz')).toEqual(['/: nothing']);
});

test('the helpdesk of the hub looks at the folders of every partner, and does nothing else there', () => {
  const value = generation({
    partners: [
      partner('ksz', { accounts: [account('anna', 'person', { roles: ['helpdesk'] })] }),
      partner('rjv', { institution: { sector: 10, type: 0 }, receives: ['ADRM'], sends: [] }),
      partner('nic', { institution: { sector: 11, type: 0 }, layout: 'flat' }),
      partner('union', { institution: { sector: 11, type: 107 } }),
    ],
    sectors: [{ number: 11, name: 'x', anonymousMembers: true }],
  });
  expect(tree(value, 'anna@ksz')).toContain('/PARTNERS: list, view');
  expect(tree(value, 'anna@ksz', 'internet').join()).not.toContain('PARTNERS');
  const at = (path: string, method?: AccessMethod) => {
    const { parts, asked } = of(value, 'anna@ksz', method);
    const place = effectiveAt(parts, asked, parseVPath(path));
    return place.visible ? rightsText(place) : 'absent';
  };
  for (const path of ['', '/rjv', '/rjv/OUT', '/rjv/OUT/ADRM', '/rjv/OUT/ADRM/a.csv', '/nic/IN/a.csv'])
    expect(at(`/PARTNERS${path}`)).toBe(`/PARTNERS${path}: list, view`);
  for (const path of ['/union', '/union/IN/a.csv', '/nobody', '/rjv/IN/ADRM/a.csv', '/rjv/SHARED', '/rjv/PARTNERS'])
    expect([path, at(`/PARTNERS${path}`)]).toEqual([path, 'absent']);
  expect(at('/PARTNERS/rjv/OUT/ADRM/a.csv', 'internet')).toBe('absent');
});
