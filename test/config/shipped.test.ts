import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { type Settings, withPortOffset } from '../../src/config/settings.ts';
import { CurrentInForce, type InForce } from '../../src/gateway-in-force.ts';
import { ConfigCopy } from './config-copy.ts';

const SHIPPED = join(import.meta.dirname, '../../config');

async function settingsOf(directory: string): Promise<Settings> {
  const loaded = await loadConfiguration(directory);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.settings;
}

test('the shipped configuration is the demo', async () => {
  const { generation, ...settings } = await settingsOf(SHIPPED);
  expect(settings).toMatchObject({
    demo: true,
    health: { host: '127.0.0.1', port: 9464 },
    data: { directory: join(SHIPPED, '../var') },
    signatures: { trustedIssuers: 'all', allowedPolicyOids: 'any', signers: 'accounts', holdMinutes: 240 },
    pki: { demo: true, directory: join(SHIPPED, '../certs/demo') },
    dropFolder: { enabled: false, sweepSeconds: 5 },
    languages: ['nl', 'fr', 'de', 'en'],
    banner: 'default',
    processes: 1,
  });
  expect(
    settings.listeners.map(({ protocol, host, port, accessMethod }) => [protocol, host, port, accessMethod]),
  ).toEqual([
    ['https', '127.0.0.1', 8443, 'line'],
    ['https', '127.0.0.1', 8444, 'internet'],
    ['sftp', '127.0.0.1', 8022, 'line'],
  ]);
  expect(generation.id).toMatch(/^[0-9a-f]{64}$/);
  expect(
    generation.partners.map((partner) => [
      partner.id,
      partner.institution,
      partner.senderNumbers,
      partner.layout,
      partner.answerFormat,
      partner.sends,
      partner.receives,
    ]),
  ).toEqual([
    ['kbf', { sector: 7, type: 0 }, ['007000'], 'by-flow', 'json', [], ['WLAT']],
    ['ksz', { sector: 25, type: 0 }, ['025000'], 'by-flow', 'json', ['ADRM'], []],
    ['rjv', { sector: 10, type: 0 }, ['010000'], 'by-flow', 'json', ['ADRM'], ['ADRM']],
    ['rva', { sector: 18, type: 0 }, ['018000'], 'flat', 'rsz-xml', ['WLAT'], []],
  ]);
  expect(generation.sectors.filter((sector) => sector.anonymousMembers).map((sector) => sector.number)).toEqual([
    11, 18,
  ]);
  expect(generation.sectors).toHaveLength(19);
  expect(generation.availability).toContainEqual({ datum: 'address', source: 'ksz' });
});

test('every demo partner has anna, bram and batch, from 127.0.0.1 by line', async () => {
  const { generation } = await settingsOf(SHIPPED);
  for (const partner of generation.partners) {
    expect(partner.accessMethods).toEqual([{ method: 'line', address: '127.0.0.1', shared: false }]);
    expect(
      partner.accounts.map(({ kind, id, flows, disabled, certificates }) => ({
        kind,
        id,
        flows,
        disabled,
        certificates,
      })),
    ).toEqual([
      {
        kind: 'person',
        id: 'anna',
        flows: 'all',
        disabled: false,
        certificates: [{ kind: 'subject', email: `anna@${partner.id}.example` }],
      },
      {
        kind: 'person',
        id: 'bram',
        flows: 'all',
        disabled: false,
        certificates: [{ kind: 'subject', email: `bram@${partner.id}.example` }],
      },
      {
        kind: 'machine',
        id: 'batch',
        flows: 'all',
        disabled: false,
        certificates: [{ kind: 'machine', kbo: partner.kbo, commonName: 'batch' }],
      },
    ]);
  }
});

test('flows, authorizations and the shared folder say what the demo shows', async () => {
  const { generation } = await settingsOf(SHIPPED);
  const [adrm, wlat] = ['ADRM', 'WLAT'].map((code) => generation.flows.find((flow) => flow.code === code));
  const matches = (flow: typeof adrm, name: string) => new RegExp(flow?.pattern ?? '', 'u').test(name);
  for (const name of ['1_ADRM_address_mutation.csv', 'ADRM_2026.csv', 'ADRM.csv'])
    expect(matches(adrm, name), name).toBe(true);
  for (const name of ['ADRM_2026.csv.exe', 'xADRM_1.csv', '4_WLAT_a.csv'])
    expect(matches(adrm, name), name).toBe(false);
  for (const name of ['4_WLAT_unemployment_attest.jsonl', 'WLAT_1.jsonl']) expect(matches(wlat, name), name).toBe(true);
  const ofTheDemo = generation.authorizations.filter(({ flow }) => flow === 'ADRM' || flow === 'WLAT');
  expect(
    ofTheDemo.map(({ id, flow, sender, receivers, environments }) => ({
      id,
      flow,
      sender,
      receivers,
      environments,
    })),
  ).toEqual([
    {
      id: 'adrm-ksz-rjv',
      flow: 'ADRM',
      sender: { sector: 25, type: 0 },
      receivers: [{ institution: { sector: 10, type: 0 }, qualities: ['010'], blocks: ['key', 'address', 'quality'] }],
      environments: ['R', 'T', 'S'],
    },
    {
      id: 'wlat-rva-kbf',
      flow: 'WLAT',
      sender: { sector: 18, type: 0 },
      receivers: [
        {
          institution: { sector: 7, type: 1 },
          qualities: ['101', '102', '103', '104', '105', '106', '107'],
          blocks: ['key', 'context', 'attest', 'period'],
        },
      ],
      environments: ['R', 'T', 'S'],
    },
  ]);
  expect(generation.folders).toMatchObject([
    {
      path: '/SHARED/work',
      content: 'reviewed',
      approver: 'Leading official of KSZ (demo)',
      grants: [
        { partner: 'ksz', rule: 'folders.yaml#/folders/0/grants/0' },
        { partner: 'rjv', rule: 'folders.yaml#/folders/0/grants/1' },
      ],
    },
  ]);
  expect(generation.folders[0]?.grants[0]?.rights).toHaveLength(8);
});

test('limits left out are the numbers that ship', async () => {
  await using copy = await ConfigCopy.make();
  const text = await readFile(copy.path('gateway.yaml'), 'utf8');
  const written = await settingsOf(copy.directory);
  const [contact = ''] = /^contact:.*$/m.exec(text) ?? [];
  await copy.write('gateway.yaml', `${text.slice(0, text.indexOf('# Limits;'))}${contact}\nhub: ksz\n`);
  const defaults = await settingsOf(copy.directory);
  expect(defaults.generation.limits).toEqual({
    maxFileBytes: 10_000_000_000,
    quotaBytes: 100_000_000_000,
    settleSecondsWebdav: 2,
    emptySettleSeconds: 10,
    goWaitSeconds: 600,
    setWithoutGoMinutes: 1440,
    idleTimeoutSeconds: 600,
    headersTimeoutSeconds: 10,
    minBodyBytesPerSecond: 1000,
    loginGraceSeconds: 20,
    loginTries: 3,
    maxUnauthenticated: 50,
    maxConnectionsPerPrincipal: 20,
    maxConnectionsPerPartner: 200,
    penaltyFromFailures: 4,
    penaltySeconds: 15,
    maxPenaltySeconds: 600,
    maxRefusedPerNotification: 100_000,
    maxLockSeconds: 3600,
    maxLocksPerPrincipal: 1000,
    partialUploadHours: 72,
    maxPartialUploadsPerPrincipal: 100,
    workingFileHours: 72,
    stepUpHours: 4,
    simulationBytesPerHour: 200_000_000,
    receiptReadBytes: 8_388_608,
    maxDryRunBytes: 100_000_000,
  });
  expect(defaults.generation.alarms).toEqual({ unknownPersonsPerHour: 100, unknownPersonsPerDay: 500 });
  expect(defaults.generation.retention).toEqual({ endedQuestionsDays: 400 });
  expect(defaults.generation.id).toBe(written.generation.id);
});

test('a generation is named by what the files mean, not by how they are written', async () => {
  await using copy = await ConfigCopy.make();
  const { id } = (await settingsOf(copy.directory)).generation;
  await copy.edit('partners/ksz.yaml', 'id: ksz # the name of this file\n', '');
  await copy.edit('partners/ksz.yaml', 'language: nl', "language:   'nl'  # Dutch\n\nid: ksz");
  await copy.edit(
    'folders.yaml',
    '      - partner: rjv\n        rights: all\n',
    '      - rights: all\n        partner: rjv\n',
  );
  expect((await settingsOf(copy.directory)).generation.id).toBe(id);
  await copy.edit('partners/ksz.yaml', "'nl'", 'fr');
  expect((await settingsOf(copy.directory)).generation.id).not.toBe(id);
});

test('a person who did not accept the user regulation stays out', async () => {
  await using copy = await ConfigCopy.make();
  await copy.edit(
    'partners/ksz.yaml',
    'userRegulation:\n      version: "1"\n      accepted: 2020-01-01',
    'userRegulation: not-accepted',
  );
  const { generation } = await settingsOf(copy.directory);
  const anna = generation.partners
    .find((partner) => partner.id === 'ksz')
    ?.accounts.find((account) => account.id === 'anna');
  expect(anna).toMatchObject({ disabled: true, regulation: 'not-accepted' });
});

test('who accepted another version of the user regulation than the one in force stays out', async () => {
  await using copy = await ConfigCopy.make();
  const annas = async () => {
    const { generation } = await settingsOf(copy.directory);
    return generation.partners.map(({ accounts }) => accounts.find(({ id }) => id === 'anna')?.regulation);
  };
  expect(await annas()).toEqual([undefined, undefined, undefined, undefined]);
  await copy.edit('gateway.yaml', 'userRegulation:\n  version: "1"', 'userRegulation:\n  version: "2"');
  await copy.edit('partners/ksz.yaml', 'version: "1"', 'version: "2"');
  expect(await annas()).toEqual(['other-version', undefined, 'other-version', 'other-version']);
});

test('demo keys may be absent before the first start, and are read afterwards', async () => {
  await using copy = await ConfigCopy.make();
  const before = await settingsOf(copy.directory);
  expect(
    before.generation.partners.flatMap((partner) => partner.accounts.flatMap((account) => account.sshKeys)),
  ).toEqual([]);
  const strict = await loadConfiguration(copy.directory, { keyFiles: 'required' });
  expect(strict).toMatchObject({ ok: false, problems: { length: 12 } });
  await mkdir(join(copy.root, 'certs/demo'), { recursive: true });
  const owners = ['kbf', 'ksz', 'rjv', 'rva'].flatMap((partner) =>
    ['anna', 'bram', 'batch'].map((id) => `${id}@${partner}`),
  );
  for (const owner of owners) await writeFile(join(copy.root, `certs/demo/${owner}.ssh.pub`), newKey());
  const after = await loadConfiguration(copy.directory, { keyFiles: 'required' });
  if (!after.ok) throw new Error(JSON.stringify(after.problems));
  const { generation } = after.settings;
  const keys = generation.partners.flatMap((partner) => partner.accounts.flatMap((account) => account.sshKeys));
  expect(keys.map((key) => key.algorithm)).toEqual(Array(12).fill('ssh-ed25519'));
  expect(generation.id).not.toBe(before.generation.id);
});

test('ports move together, and 0 stays 0', async () => {
  const settings = await settingsOf(SHIPPED);
  const moved = withPortOffset(settings, 100);
  expect([...moved.listeners.map((listener) => listener.port), moved.health.port]).toEqual([8543, 8544, 8122, 9564]);
  expect(withPortOffset({ ...settings, health: { host: '::1', port: 0 } }, 5).health.port).toBe(0);
  expect(() => withPortOffset(settings, 60_000)).toThrow(RangeError);
});

test('who pinned a generation keeps it when the next one is in force', async () => {
  const settings = await settingsOf(SHIPPED);
  const of = (id: string) => ({ settings: { ...settings, generation: { ...settings.generation, id } } }) as InForce;
  const inForce = new CurrentInForce(of('first'));
  const [pinned, current] = [inForce.value, inForce.generation];
  inForce.replace(of('next'));
  expect([pinned.settings.generation.id, current.value.id]).toEqual(['first', 'next']);
});

function newKey(): string {
  const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const blob = Buffer.concat([part(Buffer.from('ssh-ed25519')), part(Buffer.from(x ?? '', 'base64url'))]);
  return `ssh-ed25519 ${blob.toString('base64')} demo\n`;
}
