import { expect, test } from 'vitest';
import {
  formatBytes,
  formatDate,
  formatDateTime,
  formatDuration,
  formatSpeed,
} from '../../../src/portal/web/i18n/format.ts';

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [1_250, '1.3 kB'],
  [999_600, '1 MB'],
  [123_456_789, '123 MB'],
  [10_000_000_000, '10 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(plain(formatBytes(bytes, 'en-GB'))).toBe(text);
});

test.each([
  [0.2, '1 sec'],
  [59, '59 secs'],
  [60, '1 min'],
  [254, '4 mins 10 secs'],
  [299, '5 mins'],
  [3_600, '1 hr'],
  [5_400, '1 hr 30 mins'],
])('%d seconds are %s', (seconds, text) => {
  expect(plain(formatDuration(seconds, 'en-GB'))).toBe(text);
});

test('numbers, days and times are those of the locale, at the time of the hub', () => {
  expect(plain(formatSpeed(1_250_000, 'fr-BE'))).toBe('1,3 Mo/s');
  expect(formatDate('2026-11-28', 'nl-BE')).toBe('28 nov 2026');
  expect(plain(formatDateTime('2026-11-28T23:30:00Z', 'de-BE'))).toBe('29.11.2026, 00:30');
});
