import { expect, test } from 'vitest';
import { countedAt, LiveSessions } from '../../src/access/live-sessions.ts';
import type { PartnerId } from '../../src/domain/principal.ts';
import { session } from '../support/generation.ts';

function registerWith(maxConnectionsPerPrincipal: number, maxConnectionsPerPartner: number) {
  const limits = { value: { maxConnectionsPerPrincipal, maxConnectionsPerPartner } };
  const live = new LiveSessions({ limits, clock: { now: () => Date.UTC(2026, 0, 2) } });
  const cuts: string[] = [];
  let count = 0;
  const enter = (name: string, protocol: 'webdav' | 'sftp' = 'webdav') => {
    count += 1;
    const id = `${name} ${count}`;
    return live.enter({ value: { ...session(name, protocol), id } }, { port: 8443 }, () => cuts.push(id));
  };
  return { live, limits, cuts, enter };
}

test('the connections of a principal are counted over both protocols, those of others are not', () => {
  const { enter } = registerWith(2, 10);
  const first = enter('batch@ksz', 'webdav');
  expect(enter('batch@ksz', 'sftp')).toBeDefined();
  expect(enter('batch@ksz', 'webdav')).toBeUndefined();
  expect(enter('batch@ksz', 'sftp')).toBeUndefined();
  expect(enter('anna@ksz')).toBeDefined();
  expect(enter('batch@rva')).toBeDefined();
  first?.leave();
  first?.leave();
  expect(enter('batch@ksz')).toBeDefined();
  expect(enter('batch@ksz')).toBeUndefined();
});

test('a partner has all its principals counted together', () => {
  const { enter, limits } = registerWith(10, 2);
  enter('batch@ksz');
  enter('anna@ksz', 'sftp');
  expect(enter('batch@ksz')).toBeUndefined();
  expect(enter('batch@rva')).toBeDefined();
  limits.value = { maxConnectionsPerPrincipal: 10, maxConnectionsPerPartner: 3 };
  expect(enter('batch@ksz')).toBeDefined();
});

test('what passes is counted for its own connection, and held back as before', () => {
  const { live, enter } = registerWith(10, 10);
  const passed: string[] = [];
  const gate = {
    pass: (partner: string, direction: string, bytes: number) => {
      passed.push(`${partner} ${direction} ${bytes}`);
      return undefined;
    },
  };
  const first = countedAt(enter('batch@ksz'), gate);
  enter('anna@ksz', 'sftp');
  for (const [direction, bytes] of [
    ['in', 5],
    ['out', 70],
    ['in', 600],
  ] as const) {
    first.pass('ksz' as PartnerId, direction, bytes);
  }
  expect(live.bytes()).toEqual([
    { session: 'batch@ksz 1', bytesIn: 605, bytesOut: 70 },
    { session: 'anna@ksz 2', bytesIn: 0, bytesOut: 0 },
  ]);
  expect(passed).toEqual(['ksz in 5', 'ksz out 70', 'ksz in 600']);
});

test('the list says who is there since when, and one of them is cut', () => {
  const { live, cuts, enter } = registerWith(10, 10);
  enter('batch@ksz');
  enter('anna@ksz', 'sftp');
  expect(live.list()).toMatchObject([
    { id: 'batch@ksz 1', principal: 'batch@ksz', partner: 'ksz', protocol: 'webdav', port: 8443 },
    { id: 'anna@ksz 2', principal: 'anna@ksz', protocol: 'sftp', since: '2026-01-02T00:00:00.000Z' },
  ]);
  expect(live.cut('nobody')).toBe(false);
  expect(live.cut('anna@ksz 2')).toBe(true);
  expect(cuts).toEqual(['anna@ksz 2']);
});
