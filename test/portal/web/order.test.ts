import { expect, test } from 'vitest';
import { awaitedBy, nextToStart, type Ordered, type UploadState } from '../../../src/portal/web/uploads/order.ts';
import { setMemberOf } from '../../../src/portal/web/uploads/set-names.ts';

const SET = 'DMFA.123456.20240115.00001.R.2';
const FI1 = `FI.${SET}.1`;
const FI2 = `FI.${SET}.2`;
const FS1 = `FS.${SET}.1`;
const GO = `GO.${SET}`;

function upload(name: string, state: UploadState = 'waiting', folder = '/IN'): Ordered {
  return { name, state, folder };
}

const namesOf = (items: readonly Ordered[]) => items.map(({ name }) => name);

test.each([
  ['FI.DMFA.123456.20240115.00001.R.1.1', { kind: 'FI', set: 'DMFA.123456.20240115.00001.R.1' }],
  ['FS.DMFA.123456.20240115.00001.R.1.1', { kind: 'FS', set: 'DMFA.123456.20240115.00001.R.1' }],
  ['GO.DMFA.123456.20240115.00001.R.1', { kind: 'GO', set: 'DMFA.123456.20240115.00001.R.1' }],
  ['GO.DMFA.123456.20240115.00001.R.1.1', undefined],
  ['FI.DMFA.123456.20240115.00001.R.1', undefined],
  ['1_ADRM_address_mutation.csv', undefined],
])('%s belongs to %o', (name, member) => {
  expect(setMemberOf(name)).toEqual(member);
});

test('so many at once, in the order they were given', () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => upload(name));
  expect(namesOf(nextToStart(all, 3))).toEqual(['a', 'b', 'c']);
  const busy = [upload('a', 'sending'), upload('b', 'retrying'), upload('c', 'done'), upload('d'), upload('e')];
  expect(namesOf(nextToStart(busy, 3))).toEqual(['d']);
});

test('a GO that was given first goes last', () => {
  const all = [upload(GO), upload(FI1), upload(FS1), upload(FI2), upload('x.csv')];
  expect(namesOf(nextToStart(all, 5))).toEqual([FI1, FS1, FI2, 'x.csv']);
});

test.each([
  'waiting',
  'preparing',
  'sending',
  'retrying',
  'paused',
  'exists',
  'other-held',
  'failed',
  'cancelled',
] as const)('a GO does not go while a file of its set is %s', (state) => {
  const go = upload(GO);
  const missing = upload(FS1, state);
  expect(awaitedBy(go, [go, upload(FI1, 'done'), missing])).toEqual([missing]);
  expect(nextToStart([go, upload(FI1, 'done'), missing], 9)).not.toContain(go);
});

test('a GO goes when all of its set have arrived, whatever other sets and folders do', () => {
  const go = upload(GO);
  const all = [
    go,
    ...[FI1, FI2, FS1].map((name) => upload(name, 'done')),
    upload('FI.DMFA.123456.20240115.00002.R.1.1', 'failed'),
    upload(FI1, 'sending', '/INTEST'),
    upload('GO.DMFA.123456.20240115.00001.R.3', 'failed'),
  ];
  expect(nextToStart(all, 3)).toEqual([go]);
});

test('files of a set do not wait for their GO', () => {
  expect(namesOf(nextToStart([upload(GO, 'failed'), upload(FI1)], 3))).toEqual([FI1]);
});
