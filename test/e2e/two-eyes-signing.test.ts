import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { runClient } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { type RunningGateway, removeFolder, startIn } from '../support/gateway.ts';
import { editConfig } from '../support/reload.ts';
import { SigningShell } from '../support/signing-shell.ts';
import { hasTool } from '../support/tools.ts';
import { ConfigCommands, makeRealFolder } from '../support/two-eyes.ts';

const TOOLS = ['ssh-agent', 'ssh-add', 'ssh-keygen', 'openssl', 'bash'];

describe.skipIf(TOOLS.some((tool) => !hasTool(tool)))('somebody whose key is not in a file here', () => {
  let gateway: RunningGateway;
  let agent: ChildProcess;
  let shell: SigningShell;
  let commands: ConfigCommands;
  let audit: AuditTrail;

  beforeAll(async () => {
    gateway = await startIn(await makeRealFolder());
    const socket = join(gateway.folder, 'agent');
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'pipe'] });
    shell = new SigningShell(gateway, socket);
    commands = new ConfigCommands(gateway);
    audit = new AuditTrail(gateway);
    const key = join(gateway.folder, 'key');
    await copyFile(commands.keyOf('anna@ksz'), key);
    await chmod(key, 0o600);
    await eventually('the agent to have the key', async () => {
      const { status } = await runClient('ssh-add', ['-q', key], { environment: { SSH_AUTH_SOCK: socket } });
      return status === 0 ? true : undefined;
    });
  });
  afterAll(async () => {
    agent.kill('SIGTERM');
    await gateway.stop();
    await removeFolder(gateway);
  });

  let edits = 0;
  async function change(): Promise<void> {
    edits += 1;
    await editConfig(gateway, 'folders.yaml', (yaml) => yaml.replace(/(reason: )\S.*/, `$1reason ${edits}`));
  }

  async function proposed(
    message = "it's RVA's work; $(date)",
  ): Promise<{ readonly out: string; readonly tree: string }> {
    await change();
    const { out, err, status } = await shell.sluis(
      `config propose --author anna@ksz --message '${message.replaceAll("'", "'\\''")}'`,
    );
    expect([status, err]).toEqual([0, '']);
    return { out, tree: /^proposal {3}([0-9a-f]{64})$/m.exec(out)?.[1] ?? '' };
  }

  test('signs what "propose" prints, with a key in an agent; a second person does with a certificate, by OpenSSL', async () => {
    const { out, tree } = await proposed();
    expect(out).toContain(
      "author     anna@ksz (not signed)\nmessage    it's RVA's work; $(date)\nstate      0 of 2 approvals\n",
    );
    const signed = await shell.follow(out, 'ssh-keygen', 'anna@ksz', 'config sign');
    expect(signed.out).toContain('author     anna@ksz (signed)\n');
    expect(signed.out).toContain('state      0 of 1 approvals\n');
    await audit.line({
      kind: 'configuration-signed',
      outcome: 'done',
      fields: { tree, author: 'anna@ksz', form: 'ssh' },
    });
    const approved = await shell.follow(signed.out, 'openssl', 'bram@ksz', 'config approve');
    expect([approved.status, approved.out]).toEqual([0, expect.stringContaining('state      in force\n')]);
    const kept = (await commands.history()).generations.at(-1);
    expect(kept).toMatchObject({ tree, how: 'approved', approvers: ['bram@ksz'] });
  });

  test('signs by OpenSSL as the author, and by an agent through sluis itself', async () => {
    const { out } = await proposed('the other way');
    const signed = await shell.follow(out, 'openssl', 'anna@ksz', 'config sign');
    expect(signed.out).toContain('author     anna@ksz (signed)\n');
    await change();
    const key = `${commands.keyOf('anna@ksz')}.pub`;
    const again = await shell.sluis(`config propose --author anna@ksz --key ${key}`);
    expect(again.out).toContain('author     anna@ksz (signed)\n');
    expect(again.out).not.toContain('config sign');
    const tree = /^proposal {3}(\w+)$/m.exec(again.out)?.[1] ?? '';
    await commands.approveBy(tree, 'bram@ksz');
  });

  test('approves first, and the author signs last: then it is in force', async () => {
    const { out, tree } = await proposed('in another order');
    expect(await commands.approveBy(tree, 'bram@ksz')).toMatchObject({ state: 'open', approvalsNeeded: 2 });
    const { out: last } = await shell.follow(out, 'ssh-keygen', 'anna@ksz', 'config sign');
    expect(last).toContain('state      in force\n');
  });

  test('signs nothing for somebody else, and nothing twice', async () => {
    const { out, tree } = await proposed('of Anna');
    const other = await shell.follow(out, 'openssl', 'bram@ksz', 'config sign');
    expect([other.status, other.err]).toEqual([1, 'sluis: bram@ksz signed, and anna@ksz is the author\n']);
    await audit.line({ kind: 'configuration-signed', outcome: 'refused', fields: { tree, author: 'anna@ksz' } });
    const { out: next } = await proposed('another one');
    const words = `config sign ${/config sign (\w+)/.exec(next)?.[1]} --signature config-${tree.slice(0, 12)}.txt.p7s`;
    expect((await shell.sluis(words)).err).toContain('the signature is not one over this text');
    const early = await shell.sluis('config propose --author anna@ksz --signature config.sig');
    expect(early.err).toBe('sluis: propose without --signature, and give it to "sluis config sign"\n');
  });

  test('reads in the history who asked, who approved, who put it in force, and why', async () => {
    await change();
    const first = await commands.propose('anna@ksz', 'told in full');
    await commands.approveBy(first.tree, 'bram@ksz');
    await change();
    const { tree } = await commands.propose('anna@ksz', 'by apply');
    await editConfig(gateway, 'folders.yaml', (yaml) => yaml.replace(/(reason: )\S.*/, '$1something else'));
    await commands.approveBy(tree, 'bram@ksz');
    await commands.apply(tree);
    await change();
    await commands.propose('bram@ksz', 'waits', false);
    const { out } = await shell.sluis('config history');
    const told = out.trimEnd().split('\n');
    const lines = [...told.filter((line) => line.includes('  approved, ')).slice(-2), told.at(-1)];
    const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
    const digests = (digest: string) => `[0-9a-f]{12}  tree ${digest.slice(0, 12)}`;
    expect(lines[0]).toMatch(
      new RegExp(
        `${digests(first.tree)}  approved, anna@ksz, approved by bram@ksz, in force by bram@ksz: told in full$`,
      ),
    );
    expect(lines[1]).toMatch(
      new RegExp(
        `${digests(tree)}  approved, anna@ksz, approved by bram@ksz, in force by system:${user} by sluis config apply: by apply$`,
      ),
    );
    expect(lines[2]).toMatch(/ {2}proposed, bram@ksz \(not signed\): waits$/);
    expect(out).toMatch(/ {2}lapsed, anna@ksz \(not signed\): another one$/m);
    const line = await audit.line({ kind: 'generation', outcome: 'done', fields: { tree: first.tree } });
    expect(line.fields).toMatchObject({ authorSigned: true, appliedBy: 'bram@ksz', message: 'told in full' });
  });

  test.each([
    ['two lines', 'two\nlines'],
    ['what moves a cursor', 'a\u001b[2Jb'],
    ['501 characters', 'x'.repeat(501)],
  ])('gives a message of one line, and not %s', async (_, message) => {
    await change();
    await expect(commands.propose('anna@ksz', message)).rejects.toThrow(
      'a message is one line of at most 500 characters',
    );
  });
});
