import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { type Ended, runClient } from '../support/clients.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { openTunnel } from '../support/tls-tunnel.ts';
import { hasTool } from '../support/tools.ts';

const CONTENT = 'how vexingly quick daft zebras jump\n'.repeat(1000);
let gateway: RunningGateway;
type Account = 'anna@ksz' | 'bram@rjv';
const tunnels = new Map<Account, Awaited<ReturnType<typeof openTunnel>>>();
let audit: AuditTrail;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway();
  for (const account of ['anna@ksz', 'bram@rjv'] as const) tunnels.set(account, await openTunnel(gateway, account));
  audit = new AuditTrail(gateway);
  folder = await mkdtemp(join(tmpdir(), 'sluis-cadaver-'));
  await writeFile(join(folder, 'zebra 1.txt'), CONTENT);
  await writeFile(join(folder, 'deed.txt'), 'first line\n');
  // Cadaver looks whether the time of the file has changed, in whole seconds.
  await writeFile(join(folder, 'editor'), '#!/bin/sh\necho second line >> "$1"\ntouch -d "1 minute" "$1"\n', {
    mode: 0o755,
  });
});
afterAll(async () => {
  for (const tunnel of tunnels.values()) tunnel.close();
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

/** Cadaver trusts no authority of a test without a terminal, so its bytes go through a tunnel that speaks TLS. */
function cadaver(path: string, ...lines: readonly string[]): Promise<Ended> {
  return cadaverAs('anna@ksz', path, ...lines);
}

function cadaverAs(account: Account, path: string, ...lines: readonly string[]): Promise<Ended> {
  return runClient('cadaver', [`http://127.0.0.1:${tunnels.get(account)?.port}/files${path}`], {
    cwd: folder,
    environment: { HOME: folder, EDITOR: join(folder, 'editor') },
    input: `${lines.join('\n')}\nquit\n`,
  });
}

/** What was said after a command, up to the next one. */
function after({ out }: Ended, command: string): string {
  return out.split(/^dav:[^>]*> /m).find((part) => part.startsWith(`${command}\n`)) ?? '';
}

describe.skipIf(!hasTool('cadaver'))('cadaver', () => {
  test('puts, lists, moves, copies, gets and deletes files in collections it makes', async () => {
    const { out } = await cadaver(
      '/SHARED/work/',
      'mkcol herd',
      'put "zebra 1.txt" "herd/zebra 1.txt"',
      'move "herd/zebra 1.txt" "herd/zebra 2.txt"',
      'copy "herd/zebra 2.txt" "herd/zebra 3.txt"',
      'ls herd',
      'get "herd/zebra 3.txt" back.txt',
      'delete "herd/zebra 3.txt"',
      'rmcol herd',
      'ls',
    );
    expect(out).toMatch(/Creating `herd': succeeded\./);
    expect(out).toMatch(/Uploading zebra 1\.txt to `[^']*':[\s\S]*?succeeded\./);
    expect(out).toMatch(/Moving `[^']*zebra 1\.txt' to `[^']*zebra 2\.txt': +succeeded\./);
    expect(out).toMatch(/Copying `[^']*zebra 2\.txt' to `[^']*zebra 3\.txt': +succeeded\./);
    expect(out).toMatch(/zebra 2\.txt +36000 [\s\S]*zebra 3\.txt +36000 /);
    expect(out).toMatch(/Deleting `herd\/zebra 3\.txt': succeeded\./);
    expect(out).toMatch(/Deleting collection `herd': succeeded\./);
    expect(await readFile(join(folder, 'back.txt'), 'utf8')).toBe(CONTENT);
    expect(out.slice(out.lastIndexOf('Listing collection'))).not.toContain('herd');
    await audit.line({ kind: 'delete', outcome: 'done', fields: { path: '/SHARED/work/herd', principal: 'anna@ksz' } });
  });

  test('is told that the standard folders take no collections and can not go', async () => {
    const { out } = await cadaver('/IN/ADRM/', 'mkcol sub', 'cd ..', 'rmcol ADRM');
    expect(out).toMatch(/Creating `sub': failed:\s+403 Forbidden/);
    expect(out).toMatch(/Deleting collection `[^']*ADRM[^']*': failed:\s+403 Forbidden/);
  });

  test('locks a file, works on under its lock, shows it, and gives it back', async () => {
    const commands = ['put deed.txt', 'lock deed.txt', 'showlocks', 'discover deed.txt', 'unlock deed.txt'];
    const said = await cadaver('/SHARED/work/', ...commands, 'discover deed.txt ', 'put deed.txt ');
    expect(after(said, 'lock deed.txt')).toContain('succeeded');
    expect(after(said, 'showlocks')).toMatch(/Lock token <urn:uuid:[0-9a-f-]{36}>:\s+Depth 0 on `[^']*deed\.txt'/);
    const [token = ''] = /urn:uuid:[0-9a-f-]{36}/.exec(said.out) ?? [];
    expect(after(said, 'discover deed.txt')).toContain(`Lock token <${token}>`);
    expect(after(said, 'discover deed.txt')).toMatch(/Scope: exclusive {2}Type: write {2}Timeout: \d+ seconds/);
    expect(after(said, 'unlock deed.txt')).toContain('succeeded');
    expect(after(said, 'discover deed.txt ')).toContain('no locks found');
    expect(after(said, 'put deed.txt ')).toContain('succeeded');
  });

  test('edits a file in place, under a lock of its own', async () => {
    const said = await cadaver(
      '/SHARED/work/',
      'put deed.txt edited.txt',
      'edit edited.txt',
      'discover edited.txt',
      'cat edited.txt',
    );
    expect(after(said, 'edit edited.txt')).toMatch(
      /Locking [\s\S]*succeeded[\s\S]*Uploading [\s\S]*succeeded[\s\S]*Unlocking/,
    );
    expect(after(said, 'discover edited.txt')).toContain('no locks found');
    expect(after(said, 'cat edited.txt')).toContain('first line\nsecond line\n');
  });

  test('keeps properties of a file, which go with it and can be taken away', async () => {
    const commands = ['put deed.txt old.txt', 'propset old.txt colour "sea green"', 'move old.txt new.txt'];
    const asked = ['propget new.txt colour', 'propnames new.txt', 'propdel new.txt colour', 'propget new.txt colour '];
    const said = await cadaver('/SHARED/work/', ...commands, ...asked);
    expect(after(said, 'propget new.txt colour')).toContain('Value of colour is: sea green');
    expect(after(said, 'propnames new.txt')).toMatch(/DAV: getetag[\s\S]* colour/);
    expect(after(said, 'propdel new.txt colour')).toContain('succeeded');
    expect(after(said, 'propget new.txt colour ')).toContain('404 Not Found');
  });

  test('another account is refused while the lock stands, is shown no token, and can not steal it', async () => {
    expect(after(await cadaver('/SHARED/work/', 'put deed.txt held.txt', 'lock held.txt'), 'lock held.txt')).toContain(
      'succeeded',
    );
    const commands = ['put deed.txt held.txt', 'delete held.txt', 'lock held.txt', 'edit held.txt'];
    const other = await cadaverAs(
      'bram@rjv',
      '/SHARED/work/',
      ...commands,
      'discover held.txt',
      'steal held.txt',
      'put deed.txt held.txt ',
    );
    for (const command of [...commands, 'put deed.txt held.txt '])
      expect(after(other, command)).toContain('423 Locked');
    expect(other.out).not.toMatch(/urn:uuid:/);
    // Its owner's next session finds the token again.
    const owner = await cadaver('/SHARED/work/', 'steal held.txt', 'put deed.txt held.txt', 'unlock held.txt');
    expect(after(owner, 'put deed.txt held.txt')).toContain('succeeded');
    expect(after(owner, 'unlock held.txt')).toContain('succeeded');
    const free = await cadaverAs('bram@rjv', '/SHARED/work/', 'put deed.txt held.txt', 'delete held.txt');
    expect(after(free, 'put deed.txt held.txt')).toContain('succeeded');
    expect(after(free, 'delete held.txt')).toContain('succeeded');
  });
});
