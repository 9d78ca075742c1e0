import { expect, test } from 'vitest';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { type AlternativeName, subjectAltName } from '../../src/pki/extensions.ts';
import { withinConstraints } from '../../src/pki/name-constraints.ts';
import { OID } from '../../src/pki/oids.ts';
import { type CertificateSpec, nameConstraints, type Subtree, TestCa } from '../support/certificates.ts';

const NOW = Date.UTC(2026, 2, 2, 12);
const BE: Subtree = { kind: 'directory', value: [[OID.country, 'BE']] };
const DEEP: Subtree = {
  kind: 'directory',
  value: [
    [OID.country, 'BE'],
    [OID.organization, 'Proef  Instelling'],
  ],
};
const named = (...names: readonly AlternativeName[]): Partial<CertificateSpec> => ({
  more: [subjectAltName(...names)],
});
const ip = (...value: readonly number[]) => named({ kind: 'ip', value: Uint8Array.from(value) });

const CASES: readonly (readonly [string, Parameters<typeof nameConstraints>[0], Partial<CertificateSpec>, boolean])[] =
  [
    ['the permitted country', { permitted: [BE] }, {}, true],
    ['one of two permitted', { permitted: [{ kind: 'directory', value: [[OID.country, 'NL']] }, BE] }, {}, true],
    ['a country in another case', { permitted: [{ kind: 'directory', value: [[OID.country, 'be']] }] }, {}, true],
    ['a deeper tree that is not entered', { permitted: [DEEP] }, {}, false],
    [
      'a deeper tree, with other spaces and case',
      { permitted: [DEEP] },
      {
        subject: [
          [OID.country, 'BE'],
          [OID.organization, 'proef instelling'],
          [OID.commonName, 'Anna'],
        ],
      },
      true,
    ],
    [
      'a host of a permitted domain',
      { permitted: [{ kind: 'dns', value: 'proef.example' }] },
      named({ kind: 'dns', value: 'a.proef.example' }),
      true,
    ],
    [
      'a host that only ends alike',
      { permitted: [{ kind: 'dns', value: 'proef.example' }] },
      named({ kind: 'dns', value: 'aproef.example' }),
      false,
    ],
    ['an address inside', { permitted: [{ kind: 'ip', value: [10, 1, 0, 0, 255, 255, 0, 0] }] }, ip(10, 1, 2, 3), true],
    [
      'an address outside',
      { permitted: [{ kind: 'ip', value: [10, 1, 0, 0, 255, 255, 0, 0] }] },
      ip(10, 2, 2, 3),
      false,
    ],
    [
      'an address of the other kind',
      { permitted: [{ kind: 'ip', value: [10, 1, 0, 0, 255, 255, 0, 0] }] },
      ip(...Array<number>(16).fill(1)),
      false,
    ],
    [
      'a form of name that nothing is said of',
      { permitted: [{ kind: 'dns', value: 'proef.example' }] },
      ip(10, 1, 2, 3),
      true,
    ],
    [
      'a mail host, not its subdomain',
      { permitted: [{ kind: 'email', value: 'proef.example' }] },
      { emails: ['a@b.proef.example'] },
      false,
    ],
    [
      'a subdomain of a mail domain',
      { permitted: [{ kind: 'email', value: '.proef.example' }] },
      { emails: ['a@b.proef.example'] },
      true,
    ],
    [
      'one excluded name among permitted ones',
      {
        permitted: [{ kind: 'email', value: 'proef.example' }],
        excluded: [{ kind: 'email', value: 'x@proef.example' }],
      },
      { emails: ['a@proef.example', 'X@proef.example'] },
      false,
    ],
  ];

for (const [title, trees, spec, expected] of CASES) {
  test(`${title}: ${expected ? 'within' : 'outside'}`, async () => {
    const ca = await TestCa.root('CA', NOW, { more: [nameConstraints(trees)] });
    const { nameConstraints: constraints } = ca.certificate;
    if (constraints === undefined) throw new Error('the constraints were not read');
    expect(withinConstraints(await ca.issue(NOW, spec), constraints)).toBe(expected);
  });
}

test('constraints that cannot be read make a certificate that cannot be read', async () => {
  const ca = await TestCa.root('CA', NOW);
  const broken = { oid: OID.nameConstraints, critical: true, der: Uint8Array.from([5, 0]).buffer };
  expect(parseCertificate(await ca.issueDer(NOW, { more: [broken] }))).toBeUndefined();
});
