import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { certRevoke } from '../../src/commands/cert.ts';
import type { EditOptions } from '../../src/commands/editing.ts';
import { partnerDisable, partnerMandate, partnerWithdraw } from '../../src/commands/partner.ts';
import {
  personAcceptRegulation,
  personAdd,
  personDesignate,
  personDisable,
  personEnable,
} from '../../src/commands/person-edit.ts';
import { personList } from '../../src/commands/person-list.ts';
import {
  personCertificateAdd,
  personCertificateRemove,
  personKeyAdd,
  personKeyRemove,
} from '../../src/commands/person-proofs.ts';
import { GatewayError } from '../../src/domain/errors.ts';
import { ConfigCopy } from '../config/config-copy.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { hasTool } from '../support/tools.ts';

const ADMINISTRATOR = 'local.administrator@rva.example';
const RVA = 'partners/rva.yaml';
const CARL = { name: 'Carl Demo', act: 'Act 7', from: '2026-01-01', until: '2030-12-31' };

let copy: ConfigCopy;
let data: string;
beforeEach(async () => {
  copy = await ConfigCopy.make();
  data = join(copy.root, 'var');
});
afterEach(() => copy[Symbol.asyncDispose]());

function options(more: Partial<EditOptions> = {}): EditOptions {
  return { config: copy.directory, data, portOffset: 0, json: false, as: ADMINISTRATOR, ...more };
}

type Command = (options: EditOptions, out: PassThrough) => Promise<0 | 1>;

/** What a command prints, with its exit status. */
async function said(command: Command, more: Partial<EditOptions> = {}): Promise<string> {
  const out = new PassThrough();
  try {
    const status = await command(options(more), out);
    return `${status} ${String(out.read() ?? '')}`;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

function text(file = RVA): Promise<string> {
  return readFile(copy.path(file), 'utf8');
}

/** Lines that are in the second text and not in the first. */
function added(before: string, after: string): readonly string[] {
  const old = before.split('\n');
  return after.split('\n').filter((line) => !old.includes(line));
}

const OFFLINE = ' (no gateway runs; the log was written beside it)\n';

test('a person is designated, accepts the regulation, is disabled and enabled; comments and order of the file stay', async () => {
  const before = await text();
  const add: Command = (o, out) => personAdd('carl@rva', CARL, o, out);
  expect(await said(add)).toBe(`0 designated carl@rva; the user regulation is not accepted yet${OFFLINE}`);
  expect(added(before, await text())).toEqual([
    '  - id: carl',
    '    name: Carl Demo',
    '      act: Act 7',
    '      from: 2026-01-01',
    '      until: 2030-12-31',
    '    userRegulation: not-accepted',
  ]);
  expect((await text()).replace(/ {2}- id: carl\n(?: {4,}.*\n)*/, '')).toBe(before);
  const accept: Command = (o, out) => personAcceptRegulation('carl@rva', { on: '2026-01-02' }, o, out);
  expect(await said(accept)).toBe(`0 carl@rva accepted version 1 of the user regulation on 2026-01-02${OFFLINE}`);
  const accepted = await text();
  expect(await said((o, out) => personDisable('carl@rva', o, out))).toBe(`0 disabled carl@rva${OFFLINE}`);
  expect(added(accepted, await text())).toEqual(['    disabled: true']);
  expect(await said((o, out) => personDisable('carl@rva', o, out))).toBe('0 carl@rva: nothing to change\n');
  expect(await said((o, out) => personEnable('carl@rva', o, out))).toBe(`0 enabled carl@rva${OFFLINE}`);
  expect(await text()).toBe(accepted);
  const again: Command = (o, out) => personDesignate('carl@rva', { act: 'Act 8', from: '2026-02-01' }, o, out);
  expect(await said(again)).toBe(`0 designated carl@rva from 2026-02-01${OFFLINE}`);
  expect(await said((o, out) => personList('rva', o, out))).toContain(
    'carl@rva                person   in force                 certificates 0, keys 0  Carl Demo  from 2026-02-01\n',
  );
});

test('each change is one line of the audit log that names who, what and which bytes; what changes nothing is none', async () => {
  await said((o, out) => personDisable('anna@rva', o, out));
  await said((o, out) => personDisable('anna@rva', o, out));
  await said((o, out) => personEnable('anna@rva', o, out), { as: undefined });
  const lines = await new AuditTrail({ data }).all({ kind: 'configuration-edit', outcome: 'done' });
  const about = { subject: 'anna@rva', partner: 'rva', file: RVA };
  expect(lines.map(({ fields }) => fields)).toEqual([
    expect.objectContaining({ ...about, command: 'person disable', by: ADMINISTRATOR }),
    expect.objectContaining({ ...about, command: 'person enable', by: 'operator' }),
  ]);
  expect(lines[0]?.fields.after).toBe(lines[1]?.fields.before);
  expect(lines[0]?.fields.before).toBe(lines[1]?.fields.after);
});

describe('nothing is written where the configuration would not be sound, and every problem is told', () => {
  const CASES: readonly (readonly [string, Command, string])[] = [
    [
      'a person who is there already',
      (o, out) => personAdd('anna@rva', CARL, o, out),
      'the account "anna" stands twice: it is already one of the persons',
    ],
    [
      'an end before the beginning',
      (o, out) => personDesignate('anna@rva', { ...CARL, until: '2025-01-01' }, o, out),
      'the end, 2025-01-01, lies before the beginning, 2026-01-01',
    ],
    [
      'a flow the partner does not have',
      (o, out) => personAdd('carl@rva', { ...CARL, flows: ['ADRM'] }, o, out),
      'carl works with flow "ADRM", which rva neither sends nor receives',
    ],
    [
      'the certificate of another person',
      (o, out) => personCertificateAdd('anna@rva', { email: 'anna@ksz.example' }, o, out),
      'a certificate that fits this rule of anna@rva also fits one of anna@ksz (partners/ksz.yaml)',
    ],
    [
      'the same person as nobody',
      (o, out) => personAdd('carl@rva', { ...CARL, samePersonAs: 'carl@ksz' }, o, out),
      'ksz has no person "carl"',
    ],
  ];
  for (const [title, command, message] of CASES) {
    test(title, async () => {
      const before = await text();
      const answer = await said(command);
      expect(answer).toContain(message);
      expect(answer).toMatch(/^1 [\s\S]*nothing was changed\n$/);
      expect(JSON.parse((await said(command, { json: true })).slice(2))).toMatchObject({
        ok: false,
        problems: [{ message }],
      });
      expect(await text()).toBe(before);
      expect((await readdir(copy.path('partners'))).filter((name) => name.startsWith('.'))).toEqual([]);
    });
  }

  test('a problem elsewhere keeps every change back', async () => {
    await copy.edit('partners/ksz.yaml', 'language: nl', 'language: it');
    expect(await said((o, out) => personDisable('anna@rva', o, out))).toMatch(
      /^1 .*ksz\.yaml.*[\s\S]*nothing was changed\n$/,
    );
  });
});

describe('a local administrator manages the persons and keys of his own institution while his mandate is in force', () => {
  const disable: Command = (o, out) => personDisable('anna@rva', o, out);
  const REFUSED: readonly (readonly [string, Command, Partial<EditOptions>, string])[] = [
    ['of another institution', disable, { as: 'local.administrator@ksz.example' }, 'is no local administrator of rva'],
    ['nobody', disable, { as: 'nobody@rva.example' }, 'nobody@rva.example is no local administrator of rva'],
    ['the leading official', disable, { as: 'leading.official@rva.example' }, 'is no local administrator of rva'],
    ['what is the hub’s', (o, out) => partnerDisable('rva', o, out), {}, '"partner disable" is for the hub'],
    [
      'a mandate of his own making',
      (o, out) => partnerMandate('rva', 'Me <me@rva.example>', {}, o, out),
      {},
      '"partner mandate" is for the hub',
    ],
  ];
  for (const [title, command, more, message] of REFUSED) {
    test(`refused: ${title}`, async () => {
      const before = await text();
      const answer = await said(command, more);
      expect(answer).toMatch(/^not-allowed /);
      expect(answer).toContain(message);
      expect(await text()).toBe(before);
    });
  }

  const MANDATES: readonly (readonly [string, string, string])[] = [
    ['in force', '', '0 disabled'],
    ['until today or later', '\n        until: 2099-12-31', '0 disabled'],
    ['ended', '\n        until: 2021-12-31', 'not-allowed the mandate of'],
    ['withdrawn', '\n        until: 2099-12-31\n        withdrawn: 2021-12-31', 'not-allowed the mandate of'],
    ['withdrawn later', '\n        withdrawn: 2099-12-31', '0 disabled'],
  ];
  for (const [title, more, answer] of MANDATES) {
    test(`a mandate that is ${title}`, async () => {
      await copy.edit(RVA, 'mandate:\n        from: 2020-01-01', `mandate:\n        from: 2020-01-01${more}`);
      expect(await said(disable)).toContain(answer);
    });
  }

  test('the hub gives a mandate, and takes it away', async () => {
    const hub = { as: undefined };
    const give: Command = (o, out) =>
      partnerMandate('rva', 'Dora Demo <dora@rva.example>', { from: '2026-01-01' }, o, out);
    expect(await said(give, hub)).toContain('0 dora@rva.example is a local administrator of rva from 2026-01-01');
    expect(await said(disable, { as: 'dora@rva.example' })).toContain('0 disabled');
    const take: Command = (o, out) => partnerWithdraw('rva', 'dora@rva.example', undefined, o, out);
    expect(await said(take, hub)).toContain('0 the mandate of dora@rva.example for rva is withdrawn');
    expect(await said((o, out) => personEnable('anna@rva', o, out), { as: 'dora@rva.example' })).toMatch(
      /^not-allowed /,
    );
  });
});

test.skipIf(!hasTool('ssh-keygen'))('keys and certificates are registered and taken away again', async () => {
  const key = join(copy.root, 'carl');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'carl', '-f', key]);
  const print = execFileSync('ssh-keygen', ['-lf', `${key}.pub`], { encoding: 'utf8' }).split(' ')[1];
  const before = await text();
  const pub = `${key}.pub`;
  expect(await said((o, out) => personKeyAdd('bram@rva', pub, o, out))).toBe(
    `0 bram@rva has the key ${print}${OFFLINE}`,
  );
  expect(added(before, await text())).toEqual([`      - key: ${(await readFile(pub, 'utf8')).trim()}`]);
  expect(await said((o, out) => personKeyAdd('batch@rva', pub, o, out))).toContain(
    'this key already belongs to bram@rva',
  );
  const other: Command = (o, out) => personKeyRemove('anna@rva', pub, o, out);
  expect(await said(other)).toBe(`not-found anna@rva has no key ${print}`);
  expect(await said((o, out) => personKeyRemove('bram@rva', print ?? '', o, out))).toContain('0 bram@rva lost the key');
  expect(await text()).toBe(before);
  expect(await said((o, out) => personKeyAdd('bram@rva', key, o, out))).toMatch(/^bad-request .*is no SSH public key/);
  const sha256 = 'AB:'.repeat(31).concat('AB');
  expect(await said((o, out) => personCertificateAdd('bram@rva', { sha256 }, o, out))).toContain(
    `0 bram@rva has the certificate sha256 ${'ab'.repeat(32)}`,
  );
  expect(await said((o, out) => personCertificateRemove('bram@rva', { sha256 }, o, out))).toContain('0 bram@rva lost');
  expect(await text()).toBe(before);
  expect(await said((o, out) => personCertificateAdd('bram@rva', {}, o, out))).toMatch(/^bad-request say once which/);
});

describe('whom the hub disabled', () => {
  const HUB = { as: undefined };
  const FROZEN = 'not-allowed the hub disabled anna@rva; only the hub changes this account';
  const disable: Command = (o, out) => personDisable('anna@rva', o, out);
  const enable: Command = (o, out) => personEnable('anna@rva', o, out);

  test('only the hub lets in again, and the file says who it was', async () => {
    const before = await text();
    expect(await said(disable, HUB)).toBe(`0 disabled anna@rva${OFFLINE}`);
    expect(added(before, await text())).toEqual(['    disabled: hub']);
    expect(await said((o, out) => personList('rva', o, out))).toContain(
      'anna@rva                person   disabled by the hub ',
    );
    expect(await said(enable)).toBe(FROZEN);
    expect(await said(disable)).toBe(FROZEN);
    expect(await said((o, out) => personDesignate('anna@rva', CARL, o, out))).toBe(FROZEN);
    expect(await said((o, out) => personCertificateAdd('anna@rva', { sha256: 'ab'.repeat(32) }, o, out))).toBe(FROZEN);
    expect(await said(enable, HUB)).toBe(`0 enabled anna@rva${OFFLINE}`);
    expect(await text()).toBe(before);
  });

  test('and whom his institution disabled before is the hub’s from then on', async () => {
    await said(disable);
    expect(await said(disable, HUB)).toBe(`0 disabled anna@rva${OFFLINE}`);
    expect(await said(enable)).toBe(FROZEN);
    expect(await said((o, out) => personDisable('bram@rva', o, out))).toBe(`0 disabled bram@rva${OFFLINE}`);
    expect(await said((o, out) => personEnable('bram@rva', o, out))).toBe(`0 enabled bram@rva${OFFLINE}`);
  });

  test('a machine account as well', async () => {
    await said((o, out) => personDisable('batch@rva', o, out), HUB);
    expect(await said((o, out) => personEnable('batch@rva', o, out))).toBe(FROZEN.replace('anna', 'batch'));
  });

  test('a key or certificate that the hub revoked is not registered again', async () => {
    const sha256 = 'cd'.repeat(32);
    await said((o, out) => certRevoke(sha256, 'found in a mail', o, out), HUB);
    const add: Command = (o, out) => personCertificateAdd('anna@rva', { sha256 }, o, out);
    expect(await said(add)).toMatch(
      /^not-allowed the hub revoked this on \d{4}-\d{2}-\d{2} \(found in a mail\); make a new one$/,
    );
    const other: Command = (o, out) => personCertificateAdd('anna@rva', { sha256: 'ce'.repeat(32) }, o, out);
    expect(await said(other)).toContain('0 anna@rva has the certificate');
  });
});
