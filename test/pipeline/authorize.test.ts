import { describe, expect, test } from 'vitest';
import type { Authorization } from '../../src/domain/flow.ts';
import { actsInForce, lineHolder } from '../../src/pipeline/authorize.ts';
import { ADRM_ACT, ADRM_TASK, date, SECTORS } from './run-batch-fixture.ts';

function inForce(...authorizations: readonly Authorization[]): readonly string[] {
  return actsInForce({ ...ADRM_TASK, authorizations }).map((act) => `${act.id}/${act.version}`);
}

describe('acts in force', () => {
  test('are those of the day of receipt, whatever day it is now', () => {
    const past = { ...ADRM_ACT, until: date('2026-01-20') };
    expect(inForce(past)).toEqual(['adrm-rjv/1']);
    expect(actsInForce({ ...ADRM_TASK, authorizations: [past], receivedAt: Date.UTC(2026, 0, 21) })).toEqual([]);
  });

  test('of several versions the newest in force counts', () => {
    const second = { ...ADRM_ACT, version: 2, from: date('2026-01-20') };
    const third = { ...ADRM_ACT, version: 3, from: date('2026-01-21') };
    expect(inForce(third, ADRM_ACT, second)).toEqual(['adrm-rjv/2']);
    expect(inForce(second, ADRM_ACT, third)).toEqual(['adrm-rjv/2']);
  });

  test('come by id, in whatever order the configuration has them', () => {
    const other = { ...ADRM_ACT, id: 'a-first' };
    expect(inForce(ADRM_ACT, other)).toEqual(inForce(other, ADRM_ACT));
    expect(inForce(ADRM_ACT, other)).toEqual(['a-first/1', 'adrm-rjv/1']);
  });
});

describe('whose lines are looked at', () => {
  test.each([
    ['an institution of an open sector has its own', { sector: 7, type: 1 }, { sector: 7, type: 1 }],
    [
      'a member of an anonymous sector is known by its managing institution',
      { sector: 11, type: 205 },
      { sector: 11, type: 0 },
    ],
    ['so is the managing institution', { sector: 18, type: 0 }, { sector: 18, type: 0 }],
  ])('%s', (_title, institution, holder) => expect(lineHolder(institution, SECTORS)).toEqual(holder));
});
