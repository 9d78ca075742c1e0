import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cancelledValue,
  DOSSIER_BYTES,
  dayNumber,
  dossiersValue,
  keyBytes,
  packDossier,
  replacedValue,
  Unpacker,
} from '../../src/directory/pack.ts';
import { isInsz } from '../../src/domain/insz.ts';
import { inszOfKey, personKey } from '../../src/domain/person-key.ts';

function insz(text: string) {
  if (!isInsz(text)) throw new Error(`${text} is no INSZ`);
  return text;
}

describe('packed dossiers', () => {
  test('a dossier takes nine bytes, in the order sector, type, quality, phase, begin, end', () => {
    const bytes = Buffer.alloc(DOSSIER_BYTES);
    const institution = { sector: 7, type: 1 };
    packDossier(bytes, 0, { institution, quality: 101, phase: 2, begin: dayNumber('1900-01-02') ?? 0, end: undefined });
    // 0000000111 0000000001 0001100101 0000000010 | 1 | open
    expect(bytes.toString('hex')).toBe('01c0119402' + '0001' + 'ffff');
  });

  test('what was packed is unpacked, over the whole range', () => {
    const part = fc.integer({ min: 0, max: 999 });
    const day = fc.integer({ min: 0, max: 0xfffe });
    const dossier = fc.record({
      sector: part,
      type: part,
      quality: part,
      phase: part,
      begin: day,
      end: fc.option(day),
    });
    const unpacker = new Unpacker();
    fc.assert(
      fc.property(fc.array(dossier, { maxLength: 12 }), (dossiers) => {
        const packed = Buffer.alloc(dossiers.length * DOSSIER_BYTES);
        for (const [index, one] of dossiers.entries()) {
          const { sector, type, quality, phase, begin, end } = one;
          const numbers = { institution: { sector, type }, quality, phase, begin, end: end ?? undefined };
          packDossier(packed, index * DOSSIER_BYTES, numbers);
        }
        const value = dossiersValue(packed);
        const found = unpacker.unpack(value, value.length);
        expect(found).toEqual({
          kind: 'dossiers',
          dossiers: dossiers.map(({ sector, type, quality, phase, begin, end }) => ({
            institution: { sector, type },
            quality: quality.toString().padStart(3, '0'),
            phase,
            period: end === null ? { begin: dayOf(begin) } : { begin: dayOf(begin), end: dayOf(end) },
          })),
        });
      }),
    );
  });

  test('keys have four bytes, and sort births from 2000 on behind those before', () => {
    const keys = ['12070496490', '74031295170', '91220892329', '00022993779', '12070496422'].map((text) =>
      keyBytes(personKey(insz(text))),
    );
    expect(keys.toSorted(Buffer.compare)).toEqual(keys);
    expect(keys.map((key) => key.length)).toEqual([4, 4, 4, 4, 4]);
    expect(keys[4]?.readUInt32BE(0)).toBe(1_120_704_964);
  });

  test('a replaced number holds the number that replaces it', () => {
    const value = replacedValue(personKey(insz('00022993779')));
    const found = new Unpacker().unpack(value, value.length);
    expect(found.kind === 'replaced' && inszOfKey(found.by)).toBe('00022993779');
  });

  test('a cancelled number holds nothing', () => {
    const value = cancelledValue();
    expect(new Unpacker().unpack(value, value.length)).toEqual({ kind: 'cancelled' });
  });

  test.each([
    ['an unknown kind', Buffer.from([9])],
    ['a dossier cut short', Buffer.from([1, 0, 0])],
    ['nothing', Buffer.alloc(0)],
  ])('%s is damage', (_title, value) => expect(() => new Unpacker().unpack(value, value.length)).toThrow(TypeError));
});

describe('days', () => {
  test.each([
    ['1900-01-01', 0],
    ['1970-01-01', 25_567],
    ['2079-06-05', 65_534],
  ])('%s is day %i', (date, day) => expect(dayNumber(date)).toBe(day));

  test.each(['1899-12-31', '2079-06-06', '2026-02-30', '', 'x'])('"%s" is none', (date) =>
    expect(dayNumber(date)).toBeUndefined(),
  );
});

function dayOf(day: number): string {
  return new Date(Date.UTC(1900, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
}
