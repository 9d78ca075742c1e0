import { expect, test } from 'vitest';
import { claimedSha256, reprDigest } from '../../src/http/digests.ts';

// printf abc | sha256sum, and its bytes in base64; FIPS 180-2 appendix B.1
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const ABC64 = 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';
const OTHER64 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

const CASES: readonly (readonly [Readonly<Record<string, string>>, string | undefined])[] = [
  [{}, undefined],
  [{ 'repr-digest': `sha-256=:${ABC64}:` }, ABC],
  [{ 'content-digest': `sha-512=:AAAA:, sha-256=:${ABC64}:;q=1` }, ABC],
  [{ digest: `SHA-256=${ABC64}` }, ABC],
  [{ digest: `md5=AAAA,sha-256=${ABC64}` }, ABC],
  [{ 'oc-checksum': `SHA256:${ABC.toUpperCase()}` }, ABC],
  [{ 'oc-checksum': `MD5:00 SHA256:${ABC}` }, ABC],
  [{ 'oc-checksum': 'MD5:900150983cd24fb0d6963f7d28e17f72' }, undefined],
  [{ 'repr-digest': 'sha-512=:AAAA:' }, undefined],
  [{ 'repr-digest': `sha-256=:${ABC64}:`, 'oc-checksum': `SHA256:${ABC}` }, ABC],
];

for (const [headers, expected] of CASES) {
  test(`${JSON.stringify(headers)} claims ${expected}`, () => {
    expect(claimedSha256(new Map(Object.entries(headers)))).toBe(expected);
  });
}

for (const [header, value] of [
  ['repr-digest', `sha-256=${ABC64}`],
  ['repr-digest', 'sha-256=::'],
  ['repr-digest', 'nonsense'],
  ['digest', 'sha-256=short'],
  ['oc-checksum', 'SHA256:xyz'],
] as const) {
  test(`${header}: ${value} is malformed`, () => {
    expect(() => claimedSha256(new Map([[header, value]]))).toThrowError(
      expect.objectContaining({ code: 'bad-request' }),
    );
  });
}

test('two claims that differ are refused', () => {
  const headers = new Map([
    ['repr-digest', `sha-256=:${ABC64}:`],
    ['digest', `sha-256=${OTHER64}`],
  ]);
  expect(() => claimedSha256(headers)).toThrowError(expect.objectContaining({ code: 'digest-mismatch' }));
});

test('the digest offered on GET is the base64 of the bytes, between colons', () => {
  expect(reprDigest(ABC)).toBe(`sha-256=:${ABC64}:`);
});
