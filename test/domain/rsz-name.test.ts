import { describe, expect, test } from 'vitest';
import { faultsOfRszName, looksLikeRszName, siblingOf, splitRszName } from '../../src/domain/rsz-name.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');

function split(text: string) {
  const result = splitRszName(text);
  if ('code' in result) throw new Error(`${text} gave ${result.code}`);
  return result.name;
}

test('a declaration has eight parts, GO and TD have seven', () => {
  expect(split('FI.WLAT.018000.20260301.00001.T.1.1')).toEqual({
    kind: 'FI',
    content: 'WLAT',
    senderNumber: '018000',
    date: '20260301',
    serial: '00001',
    environment: 'T',
    count: 1,
    part: 1,
  });
  expect(split('GO.WLAT.018000.20260301.00001.T.12').count).toBe(12);
});

describe('structure', () => {
  test.each([
    ['FI.WLAT.018000.20260301.00001.T.1', '131', 'a part is missing'],
    ['FI.WLAT.018000.20260301.00001.T.1.1.x', '131', 'a part too many'],
    ['FI.wlat.018000.20260301.00001.T.1.1', '131', 'the content is in lower case'],
    ['FS.WLAT.18000.20260301.00001.T.1.1', '132', 'the sender number has five digits'],
    ['GO.WLAT.018000.20260301.00001.T.1.1', '107', 'a GO carries only the number of parts'],
    ['TD.WLAT.018000', '107', 'a TD that ends early'],
    ['XX.WLAT.018000.20260301.00001.T.1.1', '129', 'an unknown prefix'],
    ['FO.WLAT.018000.20260301.00001.T', '129', 'a prefix that only answers have'],
    ['FI.WLAT.018000.20260301.00001.T.0.1', '114', 'no part at all'],
    ['FS.WLAT.018000.20260301.00001.T.x.1', '114', 'a letter for the number of parts'],
    ['GO.WLAT.018000.20260301.00001.T.01', '114', 'a zero before the number of parts'],
    ['TD.WLAT.018000.20260301.00001.T.100', '114', 'more parts than two digits can say'],
    ['FI.WLAT.018000.20260301.00001.T.1.0', '115', 'part zero'],
    ['FS.WLAT.018000.20260301.00001.T.4.', '115', 'no number of the part'],
    ['FI.WLAT.018000.20260301.00001.T.4.5', '116', 'the fifth part of four'],
  ])('%s is %s: %s', (name, code) => {
    expect(splitRszName(name)).toEqual({ code });
  });
});

describe('what the parts say', () => {
  test.each([
    ['FI.WLAT.018000.2026030x.00001.T.1.1', ['109'], 'a date that is no number'],
    ['FI.WLAT.018000.20260230.00001.T.1.1', ['110'], '30 February'],
    ['FI.WLAT.018000.20260312.00001.T.1.1', ['111'], 'the day after tomorrow'],
    ['FI.WLAT.018000.20250101.00001.T.1.1', ['126'], 'fourteen months ago'],
    ['FI.WLAT.018000.20260301.0001.T.1.1', ['112'], 'four positions of serial'],
    ['FI.WLAT.018000.20260301.0000a.T.1.1', ['367'], 'a small letter in the serial'],
    ['FI.WLAT.018000.20260301.00000.T.1.1', ['127'], 'a serial of zeros'],
    ['FI.WLAT.018000.20260301.00001.X.1.1', ['117'], 'an environment that does not exist'],
    ['FI.WLAT.018000.20260301.00001.T.2.1', [], 'two parts'],
    ['FI.WLAT.018000.20260230.00000.X.1.1', ['110', '127', '117'], 'all faults at once'],
    ['FI.WLAT.018000.20260301.0A00Z.T.1.1', [], 'a serial with letters'],
    ['FI.WLAT.018000.20260311.00001.T.1.1', [], 'tomorrow: midnight comes earlier east of Greenwich'],
  ])('%s has faults %j: %s', (name, codes) => {
    expect(faultsOfRszName(split(name), NOW)).toEqual(codes);
  });
});

test('the names of one set differ in kind and parts only', () => {
  const go = split('GO.WLAT.018000.20260301.00001.T.1');
  expect(siblingOf(go, 'FI')).toBe('FI.WLAT.018000.20260301.00001.T.1.1');
  expect(siblingOf(go, 'FS')).toBe('FS.WLAT.018000.20260301.00001.T.1.1');
  expect(siblingOf(go, 'TD')).toBe('TD.WLAT.018000.20260301.00001.T.1');
  expect(siblingOf(split('GO.WLAT.018000.20260301.00001.T.4'), 'FI', 3)).toBe('FI.WLAT.018000.20260301.00001.T.4.3');
});

test('ordinary names are not taken for members of a set', () => {
  expect(looksLikeRszName('1_ADRM_address_mutation.csv')).toBe(false);
  expect(looksLikeRszName('FISH.csv')).toBe(false);
  expect(looksLikeRszName('GO.anything')).toBe(true);
});
