import { beforeAll, expect, test } from 'vitest';
import { CertificateReader } from '../../src/pki/certificate.ts';
import { TestCa } from '../support/certificates.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
let ders: readonly Buffer[];

beforeAll(async () => {
  const names = ['One', 'Two', 'Three'];
  ders = await Promise.all(names.map(async (name) => Buffer.from((await TestCa.root(name, NOW)).certificate.der)));
});

test('a certificate that comes again is read once, and says what it said before', () => {
  const reader = new CertificateReader(2);
  const [one, two] = ders.map((der) => reader.read(der));
  expect(one?.subject.get('2.5.4.3')).toEqual(['One']);
  expect(two?.subject.get('2.5.4.3')).toEqual(['Two']);
  const third = ders[2] ?? Buffer.alloc(0);
  const read = reader.read(third);
  expect(reader.read(Buffer.from(third))).toBe(read);
});

test('one byte makes another certificate, and what is none stays none', () => {
  const reader = new CertificateReader(10);
  const [der = Buffer.alloc(0)] = ders;
  expect(reader.read(der)).toBeDefined();
  const altered = Buffer.concat([der, Buffer.of(0)]);
  expect([reader.read(altered), reader.read(altered)]).toEqual([undefined, undefined]);
  expect(reader.read(Buffer.alloc(65 * 1024, 0x30))).toBeUndefined();
  expect(reader.remembered).toBe(2);
});

test('a bounded number is remembered, those that came last', () => {
  const reader = new CertificateReader(2);
  const [one, two, three] = ders as [Buffer, Buffer, Buffer];
  const [first, second] = [reader.read(one), reader.read(two)];
  expect(reader.read(one)).toBe(first);
  reader.read(three);
  expect(reader.remembered).toBe(2);
  expect(reader.read(one)).toBe(first);
  expect(reader.read(two)).not.toBe(second);
});
