import { describe, expect, test } from 'vitest';
import type { Dossier, Person } from '../../src/directory/directory.ts';
import { isInsz } from '../../src/domain/insz.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import type { BatchTask } from '../../src/pipeline/batch.ts';
import { Router } from '../../src/pipeline/route.ts';
import { ADRM, ADRM_ACT, ADRM_TASK, date } from './run-batch-fixture.ts';

const [LAYOUT] = ADRM.layouts;
const DAY = { begin: date('2026-01-05'), end: date('2026-01-05') };

function line(quality: string, begin: string, end?: string, sector = 10, type = 0): Dossier {
  const period = end === undefined ? { begin: date(begin) } : { begin: date(begin), end: date(end) };
  return { institution: { sector, type }, quality, phase: 0, period };
}

function person(...dossiers: readonly Dossier[]): Person {
  const insz = '74031295170';
  if (!isInsz(insz)) throw new Error('no INSZ');
  return { insz, dossiers };
}

function router(qualities: readonly string[] = ['010', '020']): Router {
  if (LAYOUT === undefined) throw new Error('no layout');
  const receivers = ADRM_ACT.receivers.map((receiver) => ({ ...receiver, qualities }));
  return new Router(ADRM_TASK, LAYOUT, [{ ...ADRM_ACT, receivers }]);
}

describe('the line that lets a receiver have a record', () => {
  test('is the first with an allowed quality that covers the day', () => {
    const one = person(line('030', '2019-01-01'), line('020', '2019-01-01'), line('010', '2019-01-01'));
    expect(router().route(one, DAY)).toMatchObject([{ receiver: 'rjv', dossier: { quality: '020' } }]);
  });

  test('covers alone: two lines that meet are two lines', () => {
    const two = person(line('010', '2019-01-01', '2026-01-04'), line('010', '2026-01-05'));
    const week = { begin: date('2026-01-03'), end: date('2026-01-09') };
    expect(router().route(two, week)).toEqual([]);
    expect(router().route(two, DAY)).toMatchObject([{ dossier: { period: { begin: '2026-01-05' } } }]);
  });
});

describe('a member of a secondary network', () => {
  const fund = { partner: 'fund' as PartnerId, institution: { sector: 7, type: 1 } };
  const receivers = [{ institution: fund.institution, qualities: ['101'], blocks: ['key'] }];
  const known = person(line('101', '2019-01-01', undefined, 7, 1));

  function reached(network: 'primary' | 'secondary', sender = 'ksz'): readonly string[] {
    if (LAYOUT === undefined) throw new Error('no layout');
    const task: BatchTask = {
      ...ADRM_TASK,
      sender: { ...ADRM_TASK.sender, partner: sender as PartnerId },
      receivers: [...ADRM_TASK.receivers, { ...fund, network }],
    };
    return new Router(task, LAYOUT, [{ ...ADRM_ACT, receivers }]).route(known, DAY).map(({ receiver }) => receiver);
  }

  test('is reached through the institution that manages its sector', () => {
    expect(reached('secondary')).toEqual(['kbf']);
    expect(reached('primary')).toEqual(['fund']);
  });

  test('is reached directly by that institution alone', () => {
    expect(reached('secondary', 'kbf')).toEqual(['fund']);
    expect(reached('secondary', 'rva')).toEqual(['kbf']);
  });
});

describe('a cancellation', () => {
  test('takes its quality from the covering line, else from the one that ended last', () => {
    const ended = [line('010', '2010-01-01', '2012-12-31'), line('020', '2011-01-01', '2015-12-31')];
    const quality = (one: Person) => router().cancel(['rjv'], one, DAY).routes[0]?.dossier?.quality;
    expect(quality(person(...ended, line('010', '2019-01-01')))).toBe('010');
    expect(quality(person(...ended))).toBe('020');
    expect(quality(person(...ended, line('010', '2027-01-01')))).toBe('010');
    expect(quality(person())).toBeUndefined();
  });

  test('never takes it from a line of another institution, or with a quality that is not allowed', () => {
    const others = person(line('010', '2019-01-01', undefined, 11), line('999', '2019-01-01'));
    expect(router().cancel(['rjv'], others, DAY).routes[0]?.dossier).toBeUndefined();
  });

  const acts = [
    { qualities: ['010'], blocks: ['key', 'address'] },
    { qualities: ['020'], blocks: ['key', 'origin'] },
  ].map((entry, index) => ({
    ...ADRM_ACT,
    id: `act-${index + 1}`,
    receivers: [{ institution: { sector: 10, type: 0 }, ...entry }],
  }));
  const cancelled = (one: Person, of = acts) =>
    LAYOUT && new Router(ADRM_TASK, LAYOUT, of).cancel(['rjv'], one, DAY).routes[0];

  test('has, after the line ended, the blocks of the acts by which that line was open, and no others', () => {
    const ended = person(line('020', '2011-01-01', '2015-12-31'));
    expect(cancelled(ended)).toMatchObject({ acts: [{ id: 'act-2' }], filteredBlocks: ['address', 'quality'] });
  });

  test('has only what every act gives where no line is left to tell which act it was', () => {
    expect(cancelled(person())).toMatchObject({ filteredBlocks: ['address', 'origin', 'quality'] });
    expect(cancelled(person(), acts.slice(0, 1))).toMatchObject({ filteredBlocks: ['origin', 'quality'] });
  });

  test('names each act once, though several of its lines speak of the receiver', () => {
    const [act] = acts;
    const twice = act === undefined ? [] : [{ ...act, receivers: [...act.receivers, ...act.receivers] }];
    expect(cancelled(person(line('010', '2019-01-01')), twice)?.acts).toEqual([{ id: 'act-1', version: 1 }]);
    expect(cancelled(person(), twice)?.acts).toEqual([{ id: 'act-1', version: 1 }]);
  });
});

test('an act that needs no line leaves the quality to the act that knows one', () => {
  const institution = { sector: 10, type: 0 };
  const entries = [
    { institution, line: 'none' as const, qualities: [], blocks: ['key'] },
    { institution, qualities: ['010'], blocks: ['quality'] },
  ];
  const acts = entries.map((entry, index) => ({ ...ADRM_ACT, id: `act-${index + 1}`, receivers: [entry] }));
  if (LAYOUT === undefined) throw new Error('no layout');
  const one = new Router(ADRM_TASK, LAYOUT, acts);
  const acted = [{ id: 'act-1' }, { id: 'act-2' }];
  const known = person(line('010', '2019-01-01'));
  expect(one.routeTo(institution, known, DAY)).toMatchObject({ acts: acted, dossier: { quality: '010' } });
  expect(one.routeTo(institution, person(), DAY)).toMatchObject({ acts: [{ id: 'act-1' }], dossier: undefined });
});
