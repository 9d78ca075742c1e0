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
let tunnel: Awaited<ReturnType<typeof openTunnel>>;
let audit: AuditTrail;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway();
  tunnel = await openTunnel(gateway, 'anna@ksz');
  audit = new AuditTrail(gateway);
  folder = await mkdtemp(join(tmpdir(), 'sluis-cadaver-'));
  await writeFile(join(folder, 'zebra 1.txt'), CONTENT);
});
afterAll(async () => {
  tunnel.close();
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

/** Cadaver trusts no authority of a test without a terminal, so its bytes go through a tunnel that speaks TLS. */
function cadaver(path: string, ...lines: readonly string[]): Promise<Ended> {
  return runClient('cadaver', [`http://127.0.0.1:${tunnel.port}/files${path}`], {
    cwd: folder,
    environment: { HOME: folder },
    input: `${lines.join('\n')}\nquit\n`,
  });
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
});
