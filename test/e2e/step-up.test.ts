import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curlWords, urlOf } from '../support/clients.ts';
import { eventually } from '../support/eventually.ts';
import { hasTool } from '../support/tools.ts';
import { PASSWORD, type StepUpGateway, startStepUpGateway } from './step-up-fixture.ts';

const run = promisify(execFile);
const JSON_BODY = ['--header', 'Content-Type: application/json', '--data'] as const;
let at: StepUpGateway;

beforeAll(async () => {
  at = await startStepUpGateway({
    'flows/ADRM.yaml': (text) => `${text}level: 2\n`,
    'folders.yaml': (text) => text.replace('content: reviewed\n', 'content: reviewed\n    level: 2\n'),
  });
});
afterAll(() => at.close());

function api(account: string, body: unknown, ...words: readonly string[]) {
  return at.curl(account, ...JSON_BODY, JSON.stringify(body), ...words, at.url('/api/v1/step-up'));
}

/** Changes a file of the configuration of the running gateway. */
async function change(file: string, edit: (text: string) => string): Promise<void> {
  const path = join(at.gateway.config, file);
  await writeFile(path, edit(await readFile(path, 'utf8')));
}

/** Ends what a certificate holds, by the command. */
async function endStepUp(account: string): Promise<void> {
  const line = await at.audit.line({
    kind: 'login',
    outcome: 'done',
    fields: { principal: account, protocol: 'webdav' },
  });
  const sluis = join(import.meta.dirname, '../../src/sluis.js');
  const places = ['--config', at.gateway.config, '--data', at.gateway.data];
  await run(process.execPath, [sluis, 'sessions', 'end-step-up', String(line.fields.fingerprint), ...places]);
}

describe.skipIf(!hasTool('curl'))('a flow and a folder that ask for a second factor', () => {
  test('show their names, and refuse the rest with a sentence that says how to step up', async () => {
    const listing = await at.curl(
      'anna@ksz',
      '--request',
      'PROPFIND',
      '--header',
      'Depth: 1',
      urlOf(at.gateway, '/IN'),
    );
    expect([listing.status, listing.text.includes('/files/IN/ADRM/')]).toEqual(['207', true]);
    const refused = await at.curl('anna@ksz', '--upload-file', 'file.txt', urlOf(at.gateway, '/IN/ADRM/file.txt'));
    expect(refused).toEqual({
      status: '403',
      text: `This needs a second factor. Give your code or password on the page /step-up of this address, or log in to SFTP with a one-time code. (${at.url('/step-up')})\n`,
    });
    const rule = { path: '/IN/ADRM/file.txt', code: 'level-too-low', rule: 'flows/ADRM.yaml#/level' };
    await at.audit.line({ outcome: 'refused', kind: 'create', fields: rule });
    const french = ['--header', 'Accept-Language: fr-BE'];
    const shared = await at.curl(
      'anna@ksz',
      ...french,
      '--upload-file',
      'file.txt',
      urlOf(at.gateway, '/SHARED/work/f'),
    );
    expect([shared.status, shared.text.slice(0, 31)]).toEqual(['403', 'Ceci exige un second facteur. D']);
    const fields = { path: '/SHARED/work/f', code: 'level-too-low', rule: 'folders.yaml#/folders/0/level' };
    await at.audit.line({ outcome: 'refused', kind: 'create', fields });
    expect(await at.put('anna@ksz', '/IN/NONE/f')).toBe('404');
    expect(await at.put('anna@rva', '/IN/f')).toBe('201'); // another flow, and no level
  });

  test('open with a one-time code, on the same connection, for that certificate at that address alone', async () => {
    const code = await at.authenticator.next();
    const file = urlOf(at.gateway, '/SHARED/work/a.txt');
    const portal = async (path: string, ...words: readonly string[]) =>
      (await at.curl('anna@ksz', '--header', 'X-Sluis-Request: 1', ...words, at.url(`/api/v1${path}`))).status;
    const head = () => portal('/content?path=/SHARED/work/b.txt', '--head');
    const archive = () => portal('/archive', ...JSON_BODY, '{"paths":["/SHARED/work/b.txt"]}');
    const told = ['--write-out', '\n%{http_code} on %{num_connects} new connection\n'];
    const next = ['--next', ...told, ...curlWords(at.gateway, 'anna@ksz')];
    const post = [...JSON_BODY, JSON.stringify({ totp: code }), at.url('/api/v1/step-up')];
    const { text } = await at.curl(
      'anna@ksz',
      ...told,
      '--request',
      'MKCOL',
      file,
      ...next,
      ...post,
      ...next,
      '--upload-file',
      'file.txt',
      file,
    );
    expect([...text.matchAll(/^(\d{3}) on (\d)/gm)].map(([line]) => line)).toEqual([
      '403 on 1',
      '200 on 0',
      '201 on 0',
    ]);
    const answer = JSON.parse(/^\{.*\}$/m.exec(text)?.[0] ?? '{}');
    expect(answer).toEqual({ level: 2, until: expect.stringMatching(/^\d{4}-.*Z$/), offers: ['totp'] });
    expect(Math.round((Date.parse(answer.until) - Date.now()) / 60_000)).toBe(240);
    await at.audit.line({ kind: 'step-up', outcome: 'done', fields: { principal: 'anna@ksz', factor: 'totp' } });
    expect(await at.put('anna@ksz', '/SHARED/work/b.txt')).toBe('201');
    expect([await head(), await archive()]).toEqual(['200', '201']);
    expect(await at.put('anna@ksz', '/SHARED/work/c.txt', '--interface', '127.0.0.2')).toBe('403');
    expect(await at.put('bram@ksz', '/SHARED/work/d.txt')).toBe('403');
    expect(await api('anna@ksz', { totp: code }, '--interface', '127.0.0.2')).toMatchObject({ status: '403' });
    await at.audit.line({ kind: 'second-factor', outcome: 'refused', fields: { reason: 'second-factor-used' } });
    await endStepUp('anna@ksz');
    expect(await at.put('anna@ksz', '/SHARED/work/e.txt')).toBe('403');
    expect([await head(), await archive()]).toEqual(['403', '403']); // a page asks before it lets the browser fetch
    await at.audit.line({
      kind: 'step-up-ended',
      outcome: 'done',
      fields: { principal: 'anna@ksz', reason: 'operator' },
    });
  });

  test('errors of the API are problem details in the language that is asked for', async () => {
    const german = ['--header', 'Accept-Language: de', '--include'];
    const wrong = await api('anna@ksz', { totp: '000000' }, ...german);
    expect(wrong.status).toBe('403');
    expect(wrong.text).toMatch(/^content-type: application\/problem\+json\r$/im);
    expect(JSON.parse(wrong.text.slice(wrong.text.indexOf('{')))).toEqual({
      type: 'urn:sluis:problem:second-factor-wrong',
      title: 'Zweiter Faktor nicht angenommen',
      status: 403,
      code: 'second-factor-wrong',
      detail: 'Code oder Passwort ist falsch. Warten Sie auf den nächsten Code und prüfen Sie die Uhr Ihres Geräts.',
    });
    await at.audit.line({ kind: 'second-factor', outcome: 'refused', fields: { reason: 'second-factor-wrong' } });
    for (const [body, status] of [
      [{ totp: 123456 }, '400'],
      [{ totp: '12345' }, '400'],
      [{ totp: '123456', password: 'x' }, '400'],
      [{}, '400'],
      [null, '400'],
      [{ password: 'x'.repeat(5000) }, '413'],
      [{ password: 'a password that is not hers' }, '403'],
    ] as const) {
      expect([body, (await api('anna@ksz', body)).status]).toEqual([body, status]);
    }
    const url = at.url('/api/v1/step-up');
    expect((await at.curl('anna@ksz', '--data', '{"totp":"123456"}', url)).status).toBe('415');
    expect((await at.curl('anna@ksz', '--request', 'PUT', url)).status).toBe('405');
    expect((await api('anna@ksz', { totp: '123456' }, '--header', 'Sec-Fetch-Site: cross-site')).status).toBe('403');
  });

  test('the page opens them with a password, runs nothing, and takes no form of another site', async () => {
    const english = ['--header', 'Accept-Language: en'];
    const page = await at.curl('bram@ksz', ...english, '--include', at.url('/step-up'));
    expect(page.status).toBe('200');
    expect(page.text).toMatch(/^content-security-policy: default-src 'none'; form-action 'self';/im);
    expect(page.text).toContain('<html lang="en">');
    expect(page.text).not.toMatch(/<script|name="totp"/);
    const token = /name="token" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const form = (...words: readonly string[]) =>
      at.curl('bram@ksz', ...english, '--data-urlencode', `password=${PASSWORD}`, ...words, at.url('/step-up'));
    for (const words of [
      [],
      ['--data', 'token=x'],
      ['--data', `token=${token}`, '--header', 'Sec-Fetch-Site: same-site'],
    ]) {
      const refused = await form(...words);
      expect([words, refused.status, refused.text.includes('This request came from another page.')]).toEqual([
        words,
        '403',
        true,
      ]);
    }
    const foreign = await at.curl(
      'anna@ksz',
      '--data-urlencode',
      `password=${PASSWORD}`,
      '--data',
      `token=${token}`,
      at.url('/step-up'),
    );
    expect(foreign.status).toBe('403');
    expect(await at.put('bram@ksz', '/SHARED/work/f.txt')).toBe('403');
    const opened = await form('--data', `token=${token}`);
    expect([opened.status, opened.text.includes('WebDAV is open for this certificate')]).toEqual(['200', true]);
    expect(await at.put('bram@ksz', '/SHARED/work/f.txt')).toBe('201');
    const dutch = await at.curl('batch@ksz', at.url('/step-up'));
    expect(dutch.text).toContain('Voor u is deze tweede factor niet geregistreerd.');
  });

  test('close again when the person is disabled, and stay closed when he comes back', async () => {
    expect(await at.put('bram@ksz', '/SHARED/work/g.txt')).toBe('201');
    const disabled = '  - id: bram\n    disabled: true\n';
    await change('partners/ksz.yaml', (text) => text.replace('  - id: bram\n', disabled));
    await at.audit.line({
      kind: 'step-up-ended',
      outcome: 'done',
      fields: { principal: 'bram@ksz', reason: 'configuration' },
    });
    const look = async () =>
      (await at.curl('bram@ksz', '--request', 'PROPFIND', '--header', 'Depth: 0', urlOf(at.gateway, '/IN'))).status;
    expect(await look()).toBe('403');
    await change('partners/ksz.yaml', (text) => text.replace(disabled, '  - id: bram\n'));
    await eventually('bram comes in again', async () => ((await look()) === '207' ? true : undefined));
    expect(await at.put('bram@ksz', '/SHARED/work/h.txt')).toBe('403');
  });

  test('close again when the time is up', async () => {
    await change('gateway.yaml', (text) => text.replace(/stepUpHours: 4/, 'stepUpHours: 0.001')); // 3.6 s
    await at.audit.line({ kind: 'generation', outcome: 'done' });
    const until = await eventually('the new limit is in force', async () => {
      const { text, status } = await api('bram@ksz', { password: PASSWORD });
      expect(status).toBe('200');
      const end = Date.parse(JSON.parse(text).until);
      return end - Date.now() < 10_000 ? end : undefined;
    });
    expect(await at.put('bram@ksz', '/SHARED/work/i.txt')).toBe('201');
    await eventually('level 2 ends', async () =>
      (await at.put('bram@ksz', '/SHARED/work/i.txt')) === '403' ? true : undefined,
    );
    expect(Date.now()).toBeGreaterThanOrEqual(until);
  });

  test('count wrong codes: who gives too many must wait, and is told how long', async () => {
    const guess = () => api('anna@ksz', { totp: '000000' }, '--interface', '127.0.0.9', '--include');
    const waits = await eventually('the wait begins', async () => {
      const answer = await guess();
      expect(['403', '429']).toContain(answer.status);
      return answer.status === '429' ? answer : undefined;
    });
    expect(Number(/^retry-after: (\d+)/im.exec(waits.text)?.[1])).toBeLessThanOrEqual(15);
    expect(waits.text).toContain('"type":"urn:sluis:problem:second-factor-wait"');
    const wrong = { kind: 'second-factor', fields: { reason: 'second-factor-wrong', address: '127.0.0.9' } } as const;
    await at.audit.line({ kind: 'second-factor', outcome: 'refused', fields: { reason: 'second-factor-wait' } });
    expect((await at.audit.all(wrong)).length).toBeLessThanOrEqual(4);
    const right = await api('anna@ksz', { totp: await at.authenticator.next() }); // from elsewhere, and not in time either
    expect(right.status).toBe('429');
    expect((await api('bram@ksz', { password: PASSWORD })).status).toBe('200');
  });
});
