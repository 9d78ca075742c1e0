import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { breakGlassApprove, breakGlassList, breakGlassOpen, breakGlassRead } from '../../src/commands/break-glass.ts';
import { certRevoke } from '../../src/commands/cert.ts';
import type { CommonOptions } from '../../src/commands/places.ts';
import type { SigningOptions } from '../../src/commands/signing-options.ts';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { SigningShell } from '../support/signing-shell.ts';
import { hasTool } from '../support/tools.ts';
import { ConfigCommands, makeRealFolder, withRoles } from '../support/two-eyes.ts';

let gateway: RunningGateway;
let audit: AuditTrail;
let commands: ConfigCommands;

const CARL = `  - id: carl
    name: Carl Demo
    roles: [helpdesk]
    designation: { act: Act 3, from: 2020-01-01 }
    userRegulation: { version: "1", accepted: 2020-01-01 }
    sshKeys:
      - file: ../certs/demo/carl.pub
`;

beforeAll(async () => {
  const folder = await makeRealFolder({
    'partners/ksz.yaml': (yaml) => withRoles(yaml).replace('\n# Programs', `${CARL}\n# Programs`),
    'partners/rva.yaml': (yaml) => yaml.replace(/ {4}sshKeys:\n {6}- file: ..\/certs\/demo\/bram@rva.ssh.pub\n/, ''),
  });
  // The key of Bram of RVA is Carl's here.
  const key = await readFile(join(folder, 'certs/demo/bram@rva.ssh.pub'), 'utf8');
  await writeFile(join(folder, 'certs/demo/carl.pub'), key);
  gateway = await startIn(folder);
  audit = new AuditTrail(gateway);
  commands = new ConfigCommands(gateway);
  const rva = await WebdavClient.open(gateway, 'anna@rva');
  await rva.put('/INTEST/notes.part', 'content of RVA');
  rva.close();
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

const NOTES = '/rva/INTEST/notes.part';
const WANTED = { path: '/rva/INTEST', reason: 'RVA asks why its file is not read', minutes: '5' };
const keyOf = (account: string): SigningOptions => ({ key: commands.keyOf(account) });
const byKeyOf = { anna: () => keyOf('anna@ksz'), bram: () => keyOf('bram@ksz'), carl: () => keyOf('bram@rva') };
let reads = 0;

async function run(command: (options: CommonOptions, out: PassThrough) => Promise<0>) {
  const out = new PassThrough();
  await command({ config: gateway.config, data: gateway.data, portOffset: 0, json: true }, out);
  out.end();
  return JSON.parse(await text(out));
}

async function opened(principal: 'anna@ksz' | 'bram@ksz', by: SigningOptions): Promise<string> {
  const { id } = await run((options, out) => breakGlassOpen({ ...WANTED, principal }, { ...options, ...by }, out));
  const second = principal === 'anna@ksz' ? byKeyOf.bram() : byKeyOf.anna();
  await run((options, out) => breakGlassApprove(id, { ...options, ...second }, out));
  return id;
}

function read(id: string, by: SigningOptions, path = NOTES) {
  reads += 1;
  const to = join(gateway.folder, `read-${reads}`);
  return run((options, out) => breakGlassRead(id, path, to, { ...options, ...by }, out));
}

const list = (by: SigningOptions) => run((options, out) => breakGlassList({ ...options, ...by }, out));

async function certificateOf(account: string): Promise<SigningOptions> {
  const passwordFile = join(gateway.folder, 'password');
  await writeFile(passwordFile, 'demo\n');
  return { certificate: join(gateway.certificates, `${account}.p12`), passwordFile };
}

/** What the gateway answers to words that no command of ours sends. */
function ask(verb: string, asked: object): Promise<unknown> {
  const path = join(gateway.data, 'control.sock');
  return askGateway(path, { command: 'break-glass', arguments: [verb, JSON.stringify(asked)] });
}

test('only the one who asked reads, with the key he asked with', async () => {
  const id = await opened('anna@ksz', byKeyOf.anna());
  expect(await read(id, byKeyOf.anna())).toMatchObject({ size: 14 });
  expect(await readFile(join(gateway.folder, `read-${reads}`), 'utf8')).toBe('content of RVA');
  await expect(read(id, byKeyOf.bram())).rejects.toThrow('bram@ksz signed, and anna@ksz asked');
  await expect(read(id, keyOf('anna@rva'))).rejects.toThrow('the key is of no person of the hub');
  await expect(read(id, await certificateOf('anna@ksz'))).rejects.toThrow('anna@ksz asked with another key');
  const why = 'bram@ksz signed, and anna@ksz asked';
  await audit.line({ kind: 'break-glass-read', outcome: 'refused', fields: { id, why } });
});

test('who asked with a certificate reads with it, and not with his key', async () => {
  const id = await opened('anna@ksz', await certificateOf('anna@ksz'));
  expect(await read(id, await certificateOf('anna@ksz'))).toMatchObject({ size: 14 });
  await expect(read(id, byKeyOf.anna())).rejects.toThrow('anna@ksz asked with another key or certificate');
});

test('a signature is for one read of one file, and none opens without', async () => {
  const id = await opened('anna@ksz', byKeyOf.anna());
  const to = join(gateway.folder, 'taken');
  await expect(ask('read', { id, path: NOTES, to })).rejects.toThrow('a signature is of form ssh or certificate');
  const other = join(gateway.folder, 'other.sig');
  const { toSign } = (await ask('challenge', { id, path: NOTES })) as { toSign: string };
  const { signatureOver } = await import('../../src/commands/signing-options.ts');
  const signature = await signatureOver(toSign, byKeyOf.anna());
  await expect(ask('read', { id, path: `${NOTES}2`, to, ...signature })).rejects.toThrow('given out in the last ten');
  expect(await ask('read', { id, path: NOTES, to, ...signature })).toMatchObject({ size: 14 });
  await expect(ask('read', { id, path: NOTES, to: other, ...signature })).rejects.toThrow('given out in the last ten');
  const asked = (await ask('asked', { id })) as { toSign: string };
  const old = await signatureOver(asked.toSign, byKeyOf.anna());
  await expect(ask('read', { id, path: NOTES, to: other, ...old })).rejects.toThrow('given out in the last ten');
});

test('the list is for persons of the hub who sign: all of it for approvers, else one’s own', async () => {
  const id = await opened('anna@ksz', byKeyOf.anna());
  await expect(ask('list', {})).rejects.toThrow('a signature is of form ssh or certificate');
  const idsOf = (all: readonly { id: string }[]) => all.map((one) => one.id);
  expect(idsOf(await list(byKeyOf.bram()))).toContain(id);
  expect(await list(byKeyOf.carl())).toEqual([]);
  await expect(list(keyOf('anna@rva'))).rejects.toThrow('the key is of no person of the hub');
  await audit.line({ kind: 'break-glass-list', outcome: 'done', fields: { principal: 'bram@ksz' } });
  await audit.line({
    kind: 'break-glass-list',
    outcome: 'refused',
    fields: { reason: 'the key is of no person of the hub' },
  });
});

test('what is written into the data folder by hand opens nothing', async () => {
  const id = await opened('anna@ksz', byKeyOf.anna());
  const file = join(gateway.data, 'break-glass', `${id}.json`);
  const grant = JSON.parse(await readFile(file, 'utf8'));
  const write = (changed: object) => writeFile(file, JSON.stringify({ ...grant, ...changed }));
  const forged = [
    { path: '/rva' },
    { principal: 'carl@ksz' },
    { opened: { ...grant.opened, second: 'carl@ksz' } },
    { minutes: 480 },
    { signed: undefined },
    { askedAt: '2020-01-01T00:00:00.000Z', opened: { ...grant.opened, until: '2099-01-01T00:00:00.000Z' } },
  ];
  for (const one of forged) {
    await write(one);
    await expect(read(id, 'principal' in one ? byKeyOf.carl() : byKeyOf.anna())).rejects.toThrow('not open for this');
  }
  await write({});
  expect(await read(id, byKeyOf.anna())).toMatchObject({ size: 14 });
});

test.skipIf(!hasTool('ssh-keygen') || !hasTool('openssl'))('reader and list are signed elsewhere as well', async () => {
  const id = await opened('anna@ksz', byKeyOf.anna());
  const shell = new SigningShell(gateway);
  const words = `break-glass read ${id} ${NOTES} "it's read"`;
  const printed = await shell.sluis(words);
  expect(printed.out).toContain('a signature is needed\n');
  await shell.type(
    `cp ${commands.keyOf('anna@ksz')} own && cp ${commands.keyOf('anna@ksz')}.pub own.pub && chmod 600 own`,
  );
  const mine = printed.out.replace('KEY.pub', 'own');
  const done = await shell.follow(mine, 'ssh-keygen', 'anna@ksz', 'break-glass read');
  expect(done.out).toMatch(/it's read: 14 bytes, SHA-256 [0-9a-f]{64}\n$/);
  const { out } = await shell.sluis('break-glass list');
  const listed = await shell.follow(out, 'openssl', 'bram@ksz', 'break-glass list');
  expect(listed.out).toContain(id);
});

test('a key that is revoked reads nothing any more, nor does what it opened as the second', async () => {
  const [byAnna, byBram] = [await opened('anna@ksz', byKeyOf.anna()), await opened('bram@ksz', byKeyOf.bram())];
  expect(await read(byBram, byKeyOf.bram())).toMatchObject({ size: 14 });
  const pub = `${commands.keyOf('anna@ksz')}.pub`;
  await run((options, out) => certRevoke(pub, 'lost', options, out));
  await expect(read(byAnna, byKeyOf.anna())).rejects.toThrow('the key is revoked');
  await expect(read(byBram, byKeyOf.bram())).rejects.toThrow('not open for this');
  await expect(list(byKeyOf.anna())).rejects.toThrow('the key is revoked');
});
