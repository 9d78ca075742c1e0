import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/domain/errors.ts';
import { childOf, isWithin, movedTo, nameOf, parentOf, parseVPath, partsOf, ROOT } from '../../src/domain/vpath.ts';

describe('paths a gateway can trust', () => {
  test.each([
    ['/', '/'],
    ['/IN', '/IN'],
    ['/IN/', '/IN'],
    ['//IN///ADRM', '/IN/ADRM'],
    ['/IN/./ADRM', '/IN/ADRM'],
    ['/IN/caf\u0065\u0301', '/IN/caf\u00e9'],
    ['/IN/...', '/IN/...'],
    ['/IN/a b;c', '/IN/a b;c'],
  ])('%j becomes %j', (raw, path) => expect(parseVPath(raw)).toBe(path));

  test.each([
    ['relative', 'IN/ADRM'],
    ['empty', ''],
    ['two dots', '/IN/../OUT'],
    ['two dots at the end', '/IN/..'],
    ['NUL', '/IN/a\u0000b'],
    ['a line end', '/IN/a\nb'],
    ['a C1 control character', '/IN/a\u0085b'],
    ['a lone surrogate', '/IN/a\ud800b'],
    ['a part of 256 bytes', `/${'a'.repeat(256)}`],
    ['a part of 256 bytes in few characters', `/${'é'.repeat(128)}`],
    ['a path over 4096 bytes', `/${'a'.repeat(200)}`.repeat(21)],
  ])('%s is refused', (_title, raw) => expect(() => parseVPath(raw)).toThrow(GatewayError));

  test('parsing what was parsed changes nothing, and no part is a dot', () => {
    const raw = fc.array(fc.constantFrom('/', '.', 'a', 'é', 'e\u0301', ' ', 'IN'), { maxLength: 20 });
    fc.assert(
      fc.property(raw, (pieces) => {
        let path: string;
        try {
          path = parseVPath(`/${pieces.join('')}`);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          return;
        }
        const parsed = parseVPath(path);
        expect(parsed).toBe(path);
        for (const part of partsOf(parsed)) expect(['', '.', '..']).not.toContain(part);
      }),
    );
  });
});

describe('the parts of a path', () => {
  const path = parseVPath('/IN/ADRM/file.csv');

  test('name, parent and parts', () => {
    expect([nameOf(path), parentOf(path), partsOf(path)]).toEqual(['file.csv', '/IN/ADRM', ['IN', 'ADRM', 'file.csv']]);
    expect([nameOf(ROOT), parentOf(ROOT), partsOf(ROOT)]).toEqual(['', '/', []]);
  });

  test('a child is one part', () => {
    expect(childOf(ROOT, 'IN')).toBe('/IN');
    expect(childOf(path, 'x')).toBe('/IN/ADRM/file.csv/x');
    expect(() => childOf(ROOT, 'a/b')).toThrow(GatewayError);
    expect(() => childOf(ROOT, '..')).toThrow(GatewayError);
  });

  test('below another root a path has that in front, and is no longer than any', () => {
    const root = parseVPath('/partners/ksz');
    expect([movedTo(root, path), movedTo(root, ROOT), movedTo(ROOT, path)]).toEqual([
      '/partners/ksz/IN/ADRM/file.csv',
      '/partners/ksz',
      '/IN/ADRM/file.csv',
    ]);
    const long = parseVPath(`${`/${'a'.repeat(255)}`.repeat(15)}/${'b'.repeat(242)}`);
    expect(movedTo(root, long).length).toBe(4096);
    expect(() => movedTo(root, parseVPath(`${long}b`))).toThrow(GatewayError);
  });

  test('a folder holds what lies below it, not what begins alike', () => {
    const within = (one: string, folder: string) => isWithin(parseVPath(one), parseVPath(folder));
    expect(within('/in/a/b', '/in/a')).toBe(true);
    expect(within('/in/a', '/in/a')).toBe(true);
    expect(within('/in/ab', '/in/a')).toBe(false);
    expect(within('/in', '/in/a')).toBe(false);
    expect(within('/in', '/')).toBe(true);
  });
});
