import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AuditTrail } from '../support/audit-trail.ts';
import { curlWords, type Ended, runClient, urlOf } from '../support/clients.ts';
import { makeForeignCertificates } from '../support/foreign-certificates.ts';
import { type RunningGateway, removeFolder, startGateway } from '../support/gateway.ts';
import { withoutPenalties } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';

const CONTENT = 'The quick brown fox jumps over the lazy dog.\n';
let gateway: RunningGateway;
let audit: AuditTrail;
let folder: string;

beforeAll(async () => {
  gateway = await startGateway({ change: { 'gateway.yaml': withoutPenalties } });
  audit = new AuditTrail(gateway);
  folder = await mkdtemp(join(tmpdir(), 'sluis-curl-'));
  await writeFile(join(folder, 'fox.txt'), CONTENT);
});
afterAll(async () => {
  await gateway.stop();
  await removeFolder(gateway);
  await rm(folder, { recursive: true });
});

/** One request as anna@ksz. @returns the status on the last line, after body or headers */
async function ask(
  path: string,
  ...words: readonly string[]
): Promise<{ readonly status: string; readonly text: string }> {
  return told(await curl('anna@ksz', ...words, urlOf(gateway, path)));
}

function curl(account: string | undefined, ...words: readonly string[]): Promise<Ended> {
  return runClient('curl', [...curlWords(gateway, account), '--write-out', '\n%{http_code}', ...words], {
    cwd: folder,
  });
}

function told({ out, err }: Ended): { readonly status: string; readonly text: string } {
  const end = out.lastIndexOf('\n');
  return { status: out.slice(end + 1), text: out.slice(0, end) + err };
}

function destination(path: string): readonly string[] {
  return ['--header', `Destination: ${urlOf(gateway, path)}`];
}

const put = ['--upload-file', 'fox.txt'] as const;

describe.skipIf(!hasTool('curl'))('curl with a client certificate', () => {
  test('puts a file, gets the same bytes back, whole and in part', async () => {
    expect(await ask('/SHARED/work/fox.txt', ...put)).toMatchObject({ status: '201' });
    expect(await ask('/SHARED/work/fox.txt', ...put)).toMatchObject({ status: '204' });
    expect(await ask('/SHARED/work/fox.txt')).toEqual({ status: '200', text: CONTENT });
    expect(await ask('/SHARED/work/fox.txt', '--range', '4-8')).toEqual({ status: '206', text: 'quick' });
    expect(await ask('/SHARED/work/fox.txt', '--range', '-5')).toEqual({ status: '206', text: 'dog.\n' });
    expect(await ask('/SHARED/work/fox.txt', '--range', '45-')).toMatchObject({ status: '416' });
    const head = await ask('/SHARED/work/fox.txt', '--head');
    expect(head.status).toBe('200');
    expect(head.text).toMatch(/^content-length: 45\r$/im);
    expect(head.text).toMatch(/^etag: "[^"]+"\r$/im);
  });

  test('a write under If-Match happens only while the file is still the one that was read', async () => {
    await ask('/SHARED/work/match.txt', ...put);
    const { text } = await ask('/SHARED/work/match.txt', '--head');
    const etag = /^etag: ("[^"]+")/im.exec(text)?.[1] ?? '';
    const onlyIf = (tag: string) => ask('/SHARED/work/match.txt', ...put, '--header', `If-Match: ${tag}`);
    expect(await onlyIf(etag)).toMatchObject({ status: '204' });
    expect(await onlyIf(etag)).toMatchObject({ status: '412' });
    const isNew = ['--header', 'If-None-Match: *'];
    expect(await ask('/SHARED/work/match.txt', ...put, ...isNew)).toMatchObject({ status: '412' });
    expect(await ask('/SHARED/work/match-2.txt', ...put, ...isNew)).toMatchObject({ status: '201' });
  });

  test('makes, lists, copies, moves and removes folders with what is in them', async () => {
    expect(await ask('/SHARED/work/tree', '--request', 'MKCOL')).toMatchObject({ status: '201' });
    expect(await ask('/SHARED/work/tree', '--request', 'MKCOL')).toMatchObject({ status: '405' });
    expect(await ask('/SHARED/work/none/below', '--request', 'MKCOL')).toMatchObject({ status: '409' });
    expect(await ask('/SHARED/work/tree/a b.txt', ...put)).toMatchObject({ status: '201' });
    const copied = await ask('/SHARED/work/tree', '--request', 'COPY', ...destination('/SHARED/work/copy'));
    expect(copied.status).toBe('201');
    const kept = ['--header', 'Overwrite: F', ...destination('/SHARED/work/copy')];
    expect(await ask('/SHARED/work/tree', '--request', 'MOVE', ...kept)).toMatchObject({ status: '412' });
    const moved = await ask('/SHARED/work/tree', '--request', 'MOVE', ...destination('/SHARED/work/moved'));
    expect(moved.status).toBe('201');
    expect(await ask('/SHARED/work/tree')).toMatchObject({ status: '404' });
    for (const name of ['copy', 'moved'])
      expect(await ask(`/SHARED/work/${name}/a b.txt`)).toEqual({ status: '200', text: CONTENT });
    const listing = await ask('/SHARED/work/moved/', '--request', 'PROPFIND', '--header', 'Depth: 1');
    expect(listing.status).toBe('207');
    const hrefs = [...listing.text.matchAll(/<D:href>([^<]*)</g)].map(([, href]) => href);
    expect(hrefs).toEqual(['/files/SHARED/work/moved/', '/files/SHARED/work/moved/a%20b.txt']);
    expect(await ask('/SHARED/work/moved', '--request', 'DELETE')).toMatchObject({ status: '204' });
    expect(await ask('/SHARED/work/moved/a b.txt')).toMatchObject({ status: '404' });
  });

  test('the tree of a partner takes no folders, and another partner’s paths look absent', async () => {
    expect(await ask('/IN/ADRM/sub', '--request', 'MKCOL')).toMatchObject({ status: '403' });
    await audit.line({
      kind: 'makeFolder',
      outcome: 'refused',
      fields: { path: '/IN/ADRM/sub', principal: 'anna@ksz' },
    });
    const absent = await ask('/IN/NONE/file.txt');
    expect(absent.status).toBe('404');
    expect(await ask('/IN/WLAT/file.txt')).toEqual(absent);
    expect(await told(await curl('anna@rva', urlOf(gateway, '/SHARED/work/fox.txt')))).toEqual(absent);
  });
});

describe.skipIf(!hasTool('curl') || !hasTool('openssl'))('a visitor without a certificate of ours', () => {
  beforeAll(() => makeForeignCertificates(folder, 'anna@ksz.example'));

  const page = ['--header', 'Accept: text/html', '--header', 'Accept-Language: en'];

  test('gets a page with a sentence, and the log a line, where he shows none', async () => {
    const answer = told(await curl(undefined, ...page, urlOf(gateway, '/SHARED/work/')));
    expect(answer.status).toBe('403');
    expect(answer.text).toContain('<p>Your program showed no certificate. Choose your personal class-3 certificate');
    await audit.line({ kind: 'login', outcome: 'refused', fields: { reason: 'no-certificate', accessMethod: 'line' } });
  });

  for (const [name, reason, sentence] of [
    ['self-signed', 'self-signed', 'This certificate vouches only for itself.'],
    ['other-ca', 'unknown-issuer', 'The issuer of this certificate is not accepted here.'],
  ] as const) {
    test(`is refused with a ${name} certificate that names a registered person`, async () => {
      const shown = ['--cert', `${name}.pem`, '--key', `${name}.key`];
      const certificate = new X509Certificate(await readFile(join(folder, `${name}.pem`)));
      const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
      const answer = told(await curl(undefined, ...shown, ...page, urlOf(gateway, '/SHARED/work/')));
      expect(answer.status).toBe('403');
      expect(answer.text).toContain(sentence);
      const fields = { reason, fingerprint };
      const line = await audit.line({ kind: 'login', outcome: 'refused', fields });
      expect(line.fields).not.toHaveProperty('principal');
    });
  }

  for (const [account, reason, sentence] of [
    ['anna@ksz', 'internet-without-exception', 'Access over the internet is closed.'],
    ['batch@ksz', 'machine-on-internet', 'An application may not come in over the internet.'],
  ] as const) {
    test(`${account} is let in over the line and not over the internet`, async () => {
      const url = urlOf(gateway, '/IN/', gateway.internet);
      const answer = told(await curl(account, ...page, url));
      expect(answer.status).toBe('403');
      expect(answer.text).toContain(sentence);
      await audit.line({
        kind: 'login',
        outcome: 'refused',
        fields: { reason, principal: account, accessMethod: 'internet' },
      });
      expect(told(await curl(account, ...page, urlOf(gateway, '/IN/'))).status).toBe('200');
      await audit.line({ kind: 'login', outcome: 'done', fields: { principal: account, accessMethod: 'line' } });
    });
  }

  test('anna@rjv consults over the internet what her exception names, and nothing beside it', async () => {
    const online = async (path: string, ...words: readonly string[]) =>
      told(await curl('anna@rjv', ...words, urlOf(gateway, path, gateway.internet)));
    const listing = await online('/', '--request', 'PROPFIND', '--header', 'Depth: 1');
    expect([...listing.text.matchAll(/<D:href>([^<]*)</g)].map(([, href]) => href)).toEqual(
      ['', 'IN/', 'INTEST/', 'INTEST-S/', 'OUT/', 'OUTTEST/'].map((name) => `/files/${name}`),
    );
    expect(await online('/IN/ADRM/')).toMatchObject({ status: '200' });
    expect(await online('/IN/ADRM/fox.txt', ...put)).toMatchObject({ status: '403' });
    const absent = await online('/SHARED/none');
    expect(absent.status).toBe('404');
    expect(await online('/SHARED/work/')).toEqual(absent);
    const fields = {
      principal: 'anna@rjv',
      accessMethod: 'internet',
      exceptions: 'adrm-consultation',
      use: 'attended',
    };
    await audit.line({ kind: 'login', outcome: 'done', fields });
    expect(await told(await curl('anna@rjv', urlOf(gateway, '/SHARED/work/'))).status).toBe('200');
  });

  test('a client that does not know the server’s authority does not go on', async () => {
    const words = ['--silent', '--cert', join(gateway.certificates, 'anna@ksz.pem')];
    const ended = await runClient('curl', [
      ...words,
      '--key',
      join(gateway.certificates, 'anna@ksz.key'),
      urlOf(gateway, '/'),
    ]);
    expect(ended.status).toBe(60); // CURLE_PEER_FAILED_VERIFICATION
    expect(await readFile(join(folder, 'fox.txt'), 'utf8')).toBe(CONTENT);
  });
});
