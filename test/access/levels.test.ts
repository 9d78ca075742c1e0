import { describe, expect, test } from 'vitest';
import { FolderAuthorizer } from '../../src/access/authorizer.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { Action, Decision, Level, LevelNeed } from '../../src/domain/principal.ts';
import { parseVPath } from '../../src/domain/vpath.ts';
import { account, flow, generation, partner, session } from '../support/generation.ts';

const LISTENER = 'gateway.yaml#/listeners/0/level';
const ADRM = 'flows/ADRM.yaml#/level';
const WORK = 'folders.yaml#/folders/0/level';

/** Flow ADRM and the shared folder ask for level 2; WLAT does not. */
function strict(): Generation {
  const base = generation();
  return {
    ...base,
    flows: [flow('ADRM', { level: 2 }), flow('WLAT')],
    folders: base.folders.map((folder) => ({ ...folder, level: 2 })),
  };
}

function decide(name: string, action: Action, path: string, level: Level, more: Partial<LevelNeed>, value = strict()) {
  const needs = { level: 1, rule: LISTENER, ...more } as const;
  const authorizer = new FolderAuthorizer({ value }, () => 0);
  return authorizer.decide({ ...session(name), level, needs }, action, parseVPath(path));
}

function outcome(decision: Decision): string {
  if (decision.allowed) return 'allowed';
  if ('code' in decision) return `${decision.code} ${decision.visible} ${decision.rule}`;
  return decision.visible ? 'not-allowed' : 'not-found';
}

const tooLow = (rule: string) => `level-too-low true ${rule}`;

describe('what a session of level 1 may do, and of level 2', () => {
  test.each<[string, Action, string, Level, string, string]>([
    // where the flow asks
    ['anna@ksz', 'list', '/IN/ADRM', 1, 'allowed', 'allowed'],
    ['anna@ksz', 'stat', '/IN/ADRM/a.csv', 1, 'allowed', 'allowed'],
    ['anna@ksz', 'create', '/IN/ADRM/a.csv', 1, tooLow(ADRM), 'allowed'],
    ['anna@ksz', 'read', '/OUT/ADRM/a.json', 1, tooLow(ADRM), 'allowed'],
    ['batch@ksz', 'delete', '/OUT/ADRM/a.json', 1, tooLow(ADRM), 'allowed'],
    ['anna@ksz', 'create', '/OUT/ADRM/a.csv', 1, 'not-allowed', 'not-allowed'],
    ['anna@ksz', 'create', '/IN/WLAT/a.csv', 1, 'not-found', 'not-found'],
    // where the folder asks
    ['anna@rjv', 'list', '/SHARED/work', 1, 'allowed', 'allowed'],
    ['anna@rjv', 'makeFolder', '/SHARED/work/b', 1, tooLow(WORK), 'allowed'],
    ['anna@rva', 'read', '/SHARED/work/b', 1, 'not-found', 'not-found'],
    // a flow that does not ask, in a flat folder
    ['anna@rva', 'create', '/IN/a.jsonl', 1, 'allowed', 'allowed'],
    // where the listener asks: names alone
    ['anna@rva', 'list', '/IN', 2, 'allowed', 'allowed'],
    ['anna@rva', 'create', '/IN/a.jsonl', 2, tooLow(LISTENER), 'allowed'],
    ['anna@ksz', 'read', '/OUT/ADRM/a.json', 2, tooLow(LISTENER), 'allowed'],
    ['anna@rva', 'read', '/OUT/ADRM/a.json', 2, tooLow(LISTENER), 'allowed'],
    ['carl@rva', 'read', '/OUT/a.json', 2, 'not-found', 'not-found'],
  ])('%s %s %s on a listener of level %i', (name, action, path, level, first, second) => {
    expect(outcome(decide(name, action, path, 1, { level }))).toBe(first);
    expect(outcome(decide(name, action, path, 2, { level }))).toBe(second);
  });

  test('a flat folder asks for the most that a flow in it does, of the flows the account has', () => {
    const both = { layout: 'flat', sends: ['WLAT'], receives: ['ADRM'] } as const;
    const accounts = [account('anna', 'person'), account('bram', 'person', { flows: ['WLAT'] })];
    const value = { ...strict(), partners: [partner('rva', { ...both, accounts })] };
    const ask = (name: string, action: Action, path: string) => outcome(decide(name, action, path, 1, {}, value));
    expect(ask('anna@rva', 'create', '/IN/a')).toBe('allowed');
    expect(ask('anna@rva', 'read', '/OUT/a')).toBe(tooLow(ADRM));
    expect(ask('bram@rva', 'read', '/OUT/a')).toBe('allowed');
  });
});
