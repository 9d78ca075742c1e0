import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakGlassApprove, breakGlassOpen, breakGlassProve, breakGlassRead } from '../../src/commands/break-glass.ts';
import type { CommonOptions } from '../../src/commands/places.ts';
import { askGateway } from '../../src/ops/control-socket.ts';
import { AuditTrail } from '../support/audit-trail.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { editConfig, takeUp } from '../support/reload.ts';
import { hasTool } from '../support/tools.ts';
import { ConfigCommands, makeRealFolder } from '../support/two-eyes.ts';

let gateway: RunningGateway;
let audit: AuditTrail;
let commands: ConfigCommands;

beforeAll(async () => {
  gateway = await startIn(await makeRealFolder());
  audit = new AuditTrail(gateway);
  commands = new ConfigCommands(gateway);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
});

const FOLDERS = 'folders.yaml';
const openToRva = (yaml: string) => `${yaml}      - partner: rva\n        rights: [list, read]\n`;

async function mayRead(account: string): Promise<boolean> {
  const client = await WebdavClient.open(gateway, account);
  const { status } = await client.ask('PROPFIND', '/SHARED/work/', { headers: { Depth: '0' } });
  client.close();
  return status === 207;
}

async function held(): Promise<unknown> {
  return eventually('an alarm', async () => {
    const path = join(gateway.data, 'control.sock');
    const { alarms } = (await askGateway(path, { command: 'status', arguments: [] })) as {
      alarms: { alarm: string }[];
    };
    return alarms.find(({ alarm }) => alarm === 'configuration-not-approved');
  });
}

async function inForce(): Promise<string> {
  const { generations } = await commands.history();
  return generations.at(-1)?.generation ?? '';
}

async function change(edit: (yaml: string) => string): Promise<void> {
  await editConfig(gateway, FOLDERS, edit);
  await held();
}

/** The generation in which RVA has no rights in the shared folder. */
async function backToTheBeginning(): Promise<void> {
  const [, , third] = (await commands.history()).generations;
  const { tree } = await commands.rollback(third?.generation ?? '', 'anna@ksz');
  await commands.approveBy(tree, 'bram@ksz');
  await commands.apply(tree);
}

const NOTES = '/rva/INTEST/notes.part';
const WANTED = { path: '/rva/INTEST', reason: 'RVA asks why its file is not read', minutes: '5' };

/** `sluis break-glass …`; what is read lies under the id of the look. */
const glass = {
  open: (signing: { key?: string } = {}, principal = 'anna@ksz') =>
    glassCommand((options, out) => breakGlassOpen({ ...WANTED, principal }, { ...options, ...signing }, out)),
  sign: (id: string, account: string) =>
    glassCommand((options, out) => breakGlassProve(id, { ...options, key: commands.keyOf(account) }, out)),
  approve: (id: string, account: string) =>
    glassCommand((options, out) => breakGlassApprove(id, { ...options, key: commands.keyOf(account) }, out)),
  read: (id: string, path: string, account = 'anna@ksz') =>
    glassCommand((options, out) =>
      breakGlassRead(id, path, join(gateway.folder, id), { ...options, key: commands.keyOf(account) }, out),
    ),
};

async function glassCommand(command: (options: CommonOptions, out: PassThrough) => Promise<0>) {
  const out = new PassThrough();
  await command({ config: gateway.config, data: gateway.data, portOffset: 0, json: true }, out);
  out.end();
  return JSON.parse(await text(out));
}

describe('outside demo mode', () => {
  test('the first generation is in force by nobody’s approval, and the log says so', async () => {
    const { generations } = await commands.history();
    expect(generations.map(({ how }) => how)).toEqual(['bootstrap']);
    await audit.line({ kind: 'generation-at-start', fields: { how: 'bootstrap', to: await inForce() } });
    expect(await commands.show(await inForce(), FOLDERS)).toBe(await commands.file(FOLDERS));
  });

  test('what one may change alone is taken up at once: a telephone number, and who is shut out', async () => {
    await takeUp(gateway, 'partners/rva.yaml', (yaml) =>
      yaml.replace('telephone: "+32 2 000 00 ', 'telephone: "+32 2 111 00 '),
    );
    await takeUp(gateway, 'partners/rva.yaml', (yaml) =>
      yaml.replace('  - id: bram\n', '  - id: bram\n    disabled: true\n'),
    );
    expect((await commands.history()).generations.map(({ how }) => how)).toEqual(['bootstrap', 'alone', 'alone']);
  });

  test('an ACL waits for a second person, with an alarm; then it is in force', async () => {
    const before = await inForce();
    expect(await mayRead('anna@rva')).toBe(false);
    await change(openToRva);
    expect(await mayRead('anna@rva')).toBe(false);
    const proposal = await commands.propose('anna@ksz', 'RVA works with us');
    expect(proposal).toMatchObject({ author: 'anna@ksz', authorProven: true, approvalsNeeded: 1, approvers: [] });
    expect(proposal.changes[0]).toContain('folders.yaml#/');
    await expect(commands.apply(proposal.tree)).rejects.toThrow('0 of 1 approvals');
    await expect(commands.approveBy(proposal.tree, 'anna@ksz')).rejects.toThrow('a second person approves');
    await expect(commands.approveBy(proposal.tree, 'anna@rva')).rejects.toThrow('no person of the hub');
    expect(await mayRead('anna@rva')).toBe(false);
    const approved = await commands.approveBy(proposal.tree, 'bram@ksz');
    expect(approved).toMatchObject({ state: 'in-force', approvers: ['bram@ksz'] });
    expect(await mayRead('anna@rva')).toBe(true);
    const { generations } = await commands.history();
    expect(generations.at(-1)).toMatchObject({ how: 'approved', author: 'anna@ksz', parent: before });
    const line = await audit.line({ kind: 'generation', outcome: 'done', fields: { how: 'approved' } });
    expect(line.fields).toMatchObject({ from: before, author: 'anna@ksz', approvers: 'bram@ksz', tree: proposal.tree });
    await audit.line({ kind: 'configuration-approval', outcome: 'refused', fields: { tree: proposal.tree } });
  });

  test('files that change after the approval are not those that were approved', async () => {
    const before = await inForce();
    await change((yaml) => yaml.replace('rights: [list, read]', 'rights: [list, read, create]'));
    const { tree } = await commands.propose('anna@ksz', 'RVA hands in');
    await editConfig(gateway, FOLDERS, (yaml) => yaml.replace('[list, read, create]', 'all'));
    await eventually(
      'another tree to be held',
      async () => ((await held()) as { tree: string }).tree !== tree || undefined,
    );
    expect(await commands.approveBy(tree, 'bram@ksz')).toMatchObject({ state: 'open', approvers: ['bram@ksz'] });
    expect(await inForce()).toBe(before);
    expect(await commands.apply(tree)).toMatchObject({ state: 'in-force' });
    expect(await commands.file(FOLDERS)).toContain('rights: [list, read, create]');
  });

  test('an earlier generation takes approval again, also where it was approved once', async () => {
    const { generations } = await commands.history();
    const [, , third] = generations;
    const now = await inForce();
    const proposal = await commands.rollback(third?.generation.slice(0, 12) ?? '', 'anna@ksz');
    await expect(commands.apply(proposal.tree)).rejects.toThrow('0 of 1 approvals');
    expect(await inForce()).toBe(now);
    await commands.approveBy(proposal.tree, 'bram@ksz');
    await commands.apply(proposal.tree);
    expect(await inForce()).toBe(third?.generation);
    expect(await mayRead('anna@rva')).toBe(false);
  });

  test('a change that no person asked for takes two approvals', async () => {
    await change(openToRva);
    const { tree } = await commands.propose(undefined, 'from nobody');
    expect(await commands.approveBy(tree, 'bram@ksz')).toMatchObject({ state: 'open', approvalsNeeded: 2 });
    expect(await commands.approveBy(tree, 'anna@ksz')).toMatchObject({ state: 'in-force' });
    await backToTheBeginning();
  });

  test('who names somebody else as the author and approves himself is one person', async () => {
    const before = await inForce();
    await change(openToRva);
    const { tree } = await commands.propose('anna@ksz', 'by bram in her name', false);
    expect(await commands.approveBy(tree, 'bram@ksz')).toMatchObject({ state: 'open', approvalsNeeded: 2 });
    await expect(commands.apply(tree)).rejects.toThrow('1 of 2 approvals');
    expect(await inForce()).toBe(before);
    await editConfig(gateway, FOLDERS, (yaml) => yaml.replace(openToRva(''), ''));
  });

  test('an approval is for the step from what was in force, and not from the same files once more', async () => {
    await change(openToRva);
    const early = await commands.propose('anna@ksz', 'approved and not taken up');
    await editConfig(gateway, FOLDERS, (yaml) => yaml.replace('reason: common work', 'reason: other work'));
    await commands.approveBy(early.tree, 'bram@ksz');
    const { tree } = await commands.propose('anna@ksz', 'taken up instead');
    expect(await commands.approveBy(tree, 'bram@ksz')).toMatchObject({ state: 'in-force' });
    await backToTheBeginning();
    await expect(commands.apply(tree)).rejects.toThrow('was in force already');
    const before = await inForce();
    await change(openToRva);
    expect(await inForce()).toBe(before);
    await expect(commands.apply(early.tree)).rejects.toThrow('propose it again');
    await editConfig(gateway, FOLDERS, (yaml) => yaml.replace(openToRva(''), ''));
  });

  test('the certificate of a person is as good as a key, unless he is shut out by then', async () => {
    await change(openToRva);
    const certificate = join(gateway.certificates, 'bram@ksz.p12');
    const passwordFile = join(gateway.folder, 'password');
    await writeFile(passwordFile, 'demo\n');
    const { tree } = await commands.propose('anna@ksz', 'by certificate');
    const other = join(gateway.certificates, 'anna@rjv.p12');
    await expect(commands.approve(tree, { certificate: other, passwordFile })).rejects.toThrow('no person of the hub');
    await editConfig(gateway, FOLDERS, (yaml) => yaml.replace('reason: common work', 'reason: other work'));
    await commands.approve(tree, { certificate, passwordFile });
    await editConfig(gateway, FOLDERS, (yaml) => yaml.replace('reason: other work', 'reason: common work'));
    await eventually('the approved files to be in force', async () =>
      (await commands.history()).generations.at(-1)?.tree === tree ? true : undefined,
    );
    await backToTheBeginning();
  });

  test.skipIf(!hasTool('ssh-keygen'))(
    'an approval by ssh-keygen counts, and one for another namespace does not',
    async () => {
      await change(openToRva);
      const { tree, toSign } = await commands.propose('anna@ksz', 'signed elsewhere');
      const file = join(gateway.folder, 'to-sign');
      await writeFile(file, toSign);
      execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', 'config@sluis', '-f', commands.keyOf('bram@ksz'), file]);
      const other = join(gateway.folder, 'of-another-namespace');
      await writeFile(other, toSign);
      execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', 'file', '-f', commands.keyOf('bram@ksz'), other]);
      await expect(commands.approve(tree, { signature: `${other}.sig` })).rejects.toThrow('not one over this text');
      expect(await commands.approve(tree, { signature: `${file}.sig` })).toMatchObject({ state: 'in-force' });
      const kept = JSON.parse(await readFile(join(gateway.data, 'proposals', `${tree}.json`), 'utf8'));
      expect(kept.approvals.map(({ signer }: { signer: string }) => signer)).toEqual(['bram@ksz']);
      await backToTheBeginning();
    },
  );

  test('no role reads files of partners; break-glass does, for a reason, with a second person, and is told', async () => {
    const rva = await WebdavClient.open(gateway, 'anna@rva');
    await rva.put('/INTEST/notes.part', 'content of RVA');
    const unsigned = await glass.open();
    await expect(glass.approve(unsigned.id, 'bram@ksz')).rejects.toThrow('anna@ksz did not sign what was asked');
    await expect(glass.sign(unsigned.id, 'bram@ksz')).rejects.toThrow('bram@ksz signed, and anna@ksz asked');
    await expect(glass.open({ key: commands.keyOf('bram@ksz') })).rejects.toThrow(
      'bram@ksz signed, and anna@ksz asked',
    );
    await expect(glass.read(unsigned.id, NOTES)).rejects.toThrow('not open for this');
    await glass.sign(unsigned.id, 'anna@ksz');
    await expect(glass.sign(unsigned.id, 'anna@ksz')).rejects.toThrow('signed this already');
    expect(await glass.approve(unsigned.id, 'bram@ksz')).toMatchObject({ opened: { second: 'bram@ksz' } });

    const asked = await glass.open({ key: commands.keyOf('anna@ksz') });
    await expect(glass.read(asked.id, NOTES)).rejects.toThrow('not open for this');
    await expect(glass.approve(asked.id, 'anna@ksz')).rejects.toThrow('a second person');
    await expect(glass.approve(asked.id, 'anna@rva')).rejects.toThrow('no person of the hub');
    await glass.approve(asked.id, 'bram@ksz');
    await expect(glass.read(asked.id, '/rva/INTESTS/notes.part')).rejects.toThrow('not open for this');
    expect(await glass.read(asked.id, NOTES)).toMatchObject({ size: 14 });
    expect(await readFile(join(gateway.folder, asked.id), 'utf8')).toBe('content of RVA');
    const { reason } = WANTED;
    await audit.line({ kind: 'break-glass-signed', outcome: 'refused', fields: { id: unsigned.id } });
    await audit.line({ kind: 'break-glass-signed', outcome: 'done', fields: { id: asked.id } });
    await audit.line({ kind: 'break-glass', outcome: 'done', fields: { id: asked.id, second: 'bram@ksz', reason } });
    await audit.line({
      kind: 'break-glass-read',
      outcome: 'done',
      fields: { id: asked.id, path: '/rva/INTEST/notes.part' },
    });
    await audit.line({
      kind: 'break-glass-read',
      outcome: 'refused',
      fields: { id: asked.id, path: '/rva/INTESTS/notes.part' },
    });
    expect(await readFile(join(gateway.data, 'notices/dpo', `${asked.id}.json`), 'utf8')).toContain(reason);
    const key = commands.keyOf('anna@rva');
    await expect(glass.open({ key }, 'bram@rva')).rejects.toThrow('not a person of the hub');
    rva.close();
  });

  test('who is shut out can not approve, though his key is right, and what he opened is closed', async () => {
    const ask = (account: string) => glass.open({ key: commands.keyOf(account) }, account);
    const [byAnna, byBram] = [await ask('anna@ksz'), await ask('bram@ksz')];
    const opened = [await ask('anna@ksz'), await ask('bram@ksz')];
    await glass.approve(opened[0].id, 'bram@ksz');
    await glass.approve(opened[1].id, 'anna@ksz');
    for (const { id, principal } of opened) expect(await glass.read(id, NOTES, principal)).toMatchObject({ size: 14 });
    const bram = (yaml: string) => yaml.replace('  - id: bram\n', '  - id: bram\n    disabled: true\n');
    await takeUp(gateway, 'partners/ksz.yaml', bram);
    for (const { id, principal } of opened)
      await expect(glass.read(id, NOTES, principal)).rejects.toThrow('not open for this');
    await expect(glass.approve(byAnna.id, 'bram@ksz')).rejects.toThrow('bram@ksz is not in force today');
    await expect(glass.approve(byBram.id, 'anna@ksz')).rejects.toThrow('bram@ksz is not in force today');
    await expect(ask('bram@ksz')).rejects.toThrow('bram@ksz is not in force today');
    await change(openToRva);
    const { tree } = await commands.propose('anna@ksz', 'nobody is left');
    await expect(commands.approveBy(tree, 'bram@ksz')).rejects.toThrow('bram@ksz is not in force today');
    await editConfig(gateway, FOLDERS, (yaml) => yaml.replace(/ {6}- partner: rva\n.*\n/, ''));
    const disabled = await inForce();
    // To let an approver in again is a change of who approves: it waits.
    await editConfig(gateway, 'partners/ksz.yaml', (yaml) => yaml.replace('    disabled: true\n', ''));
    await held();
    expect(await inForce()).toBe(disabled);
  });
});

test('a restart begins with what was in force, whatever lies on the disk', async () => {
  const folder = await makeRealFolder();
  const place = await startIn(folder);
  const known = new ConfigCommands(place);
  const first = (await known.history()).generations.at(-1)?.generation;
  await editConfig(place, FOLDERS, openToRva);
  await place.stop();
  const again = await startIn(folder);
  expect(again.log.join('\n')).toContain('changes that nobody approved');
  const ready = again.log.find((line) => line.includes('"the gateway is ready"')) ?? '';
  expect(JSON.parse(ready).generation).toBe(first);
  await eventually('the alarm', () =>
    again.log.some((line) => line.includes('nobody approved it; the old generation stays')) ? true : undefined,
  );
  await again.stop();
  await editConfig(place, FOLDERS, (yaml) => `${yaml}colour: blue\n`);
  const third = await startIn(folder);
  expect(third.log.join('\n')).toContain('unknown key "colour"');
  expect(third.log.some((line) => line.includes('"the gateway is ready"') && line.includes(first ?? 'none'))).toBe(
    true,
  );
  await third.stop();
  // Demo mode would be a way around two pairs of eyes: it is a change like others.
  await editConfig(place, FOLDERS, (yaml) => yaml.replace('colour: blue\n', ''));
  await editConfig(place, 'gateway.yaml', (yaml) =>
    yaml.replace('demo: false', 'demo: true').replace(/\n {2}files:[\s\S]*?\n\n/, '\n  directory: ../certs/demo\n\n'),
  );
  const demo = await startIn(folder);
  expect(demo.log.join('\n')).toContain('gateway.yaml#/demo');
  expect((await known.history()).generations.map(({ how }) => how)).toEqual(['bootstrap']);
  await demo.stop();
  await removeFolder(place);
});
