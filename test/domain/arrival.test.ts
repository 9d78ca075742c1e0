import { describe, expect, test } from 'vitest';
import { isWorkingName, onArrival } from '../../src/domain/arrival.ts';

const LIMITS = { settleSecondsWebdav: 2, emptySettleSeconds: 10 };
const NOW = 1_000_000;

function arrive(name: string, protocol: 'webdav' | 'sftp' | 'watcher', size = 10, takesGoFiles = true) {
  return onArrival({ name, size, protocol, takesGoFiles }, NOW, LIMITS);
}

describe('working names of clients never arrive', () => {
  test.each([
    'a.csv.filepart',
    'a.csv.part',
    'a.partial',
    'a.TMP',
    'a.crdownload',
    '._a.csv',
    '~$a.csv',
    '.hidden',
    'Thumbs.db',
  ])('%s', (name) => {
    expect(isWorkingName(name)).toBe(true);
    expect(arrive(name, 'sftp')).toEqual({ kind: 'none' });
  });
});

test('over SFTP a file is complete when it is closed, and frozen in the same commit', () => {
  expect(arrive('a.csv', 'sftp')).toEqual({ kind: 'queue', dueAt: NOW, freeze: true });
  expect(arrive('a.csv', 'watcher', 0)).toEqual({ kind: 'queue', dueAt: NOW, freeze: true });
});

test('over WebDAV a file must be quiet for the settle time, an empty one longer', () => {
  expect(arrive('a.csv', 'webdav')).toEqual({ kind: 'queue', dueAt: NOW + 2_000, freeze: false });
  expect(arrive('a.csv', 'webdav', 0)).toEqual({ kind: 'queue', dueAt: NOW + 10_000, freeze: false });
});

test('members of a set are judged together and not frozen alone', () => {
  expect(arrive('FI.WLAT.018000.20260301.00001.T.1.1', 'sftp')).toEqual({ kind: 'queue', dueAt: NOW, freeze: false });
  expect(arrive('GO.WLAT.018000.20260301.00001.T.1', 'webdav', 0)).toMatchObject({ dueAt: NOW + 2_000 });
});

test('where a flow takes no sets, the same name is a file like any other', () => {
  expect(arrive('GO.WLAT.018000.20260301.00001.T.1', 'sftp', 5, false)).toMatchObject({ freeze: true });
});
