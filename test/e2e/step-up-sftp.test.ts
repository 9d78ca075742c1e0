import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runClient, sshWords, urlOf } from '../support/clients.ts';
import { hasTool } from '../support/tools.ts';
import { PASSWORD, type StepUpGateway, startStepUpGateway } from './step-up-fixture.ts';

const JSON_BODY = ['--header', 'Content-Type: application/json', '--data'] as const;
const WRONG = '000000';

describe.skipIf(!hasTool('sftp'))('OpenSSH where a flow asks for a second factor', () => {
  let at: StepUpGateway;
  beforeAll(async () => {
    at = await startStepUpGateway({ 'flows/ADRM.yaml': (text) => `${text}level: 2\n` });
  });
  afterAll(() => at.close());

  test('a person with one-time codes is asked for one after the key, and may use the flow', async () => {
    const code = await at.authenticator.next();
    const ended = await at.sftp('anna@ksz', ['put file.txt /IN/ADRM/by-anna.txt', 'ls -1 /IN/ADRM'], code);
    expect(ended).toMatchObject({ status: 0, out: expect.stringContaining('/IN/ADRM/by-anna.txt') });
    const both = { principal: 'anna@ksz', protocol: 'sftp' };
    await at.audit.line({ kind: 'login-first-factor', outcome: 'done', fields: { ...both, level: 1 } });
    await at.audit.line({ kind: 'login', outcome: 'done', fields: { ...both, factor: 'totp', level: 2 } });
  });

  test('a wrong code, one that was used, and none at all let nobody in; the next right one does', async () => {
    const refused = (reason: string) => ({ kind: 'second-factor', outcome: 'refused', fields: { reason } }) as const;
    const wrong = await at.sftp('anna@ksz', ['ls'], WRONG);
    expect([wrong.status, wrong.err]).toEqual([
      255,
      expect.stringMatching(/Permission denied \(keyboard-interactive\)/),
    ]);
    await at.audit.line(refused('second-factor-wrong'));
    const batch = await runClient('sftp', [
      '-b',
      '/dev/null',
      ...sshWords(at.gateway, 'anna@ksz'),
      'anna@ksz@127.0.0.1',
    ]);
    expect(batch.status).toBe(255);
    expect((await at.sftp('anna@ksz', ['ls'], WRONG, await at.authenticator.next())).status).toBe(0);
    expect((await at.sftp('anna@ksz', ['ls'], at.authenticator.again())).status).toBe(255);
    await at.audit.line(refused('second-factor-used'));
  });

  test('who has none is let in, sees the names, and is refused in the flow with a sentence', async () => {
    const ended = await at.sftp('batch@ksz', [
      'ls -1 /IN',
      '-put file.txt /IN/ADRM/by-batch.txt',
      'put file.txt /SHARED/work/by-batch.txt',
    ]);
    expect([ended.status, ended.out, ended.err]).toEqual([
      0,
      expect.stringContaining('/IN/ADRM'),
      expect.stringMatching(/by-batch\.txt.*permission denied/i),
    ]);
    const fields = { path: '/IN/ADRM/by-batch.txt', code: 'level-too-low', rule: 'flows/ADRM.yaml#/level' };
    await at.audit.line({ outcome: 'refused', fields: { ...fields, principal: 'batch@ksz' }, kind: 'create' });
  });

  test('the sentence is in the answer of the protocol', async () => {
    const privateKey = await readFile(join(at.gateway.certificates, 'batch@ksz.ssh'));
    const client = new ssh2.Client();
    try {
      const message = await new Promise<string>((resolve, reject) => {
        client.on('error', reject).on('ready', () => {
          client.sftp((error, sftp) => {
            if (error !== undefined) reject(error);
            else sftp.open('/IN/ADRM/x', 'w', (refused) => resolve(refused?.message ?? 'opened'));
          });
        });
        client.connect({ host: '127.0.0.1', port: at.gateway.sftp, username: 'batch@ksz', privateKey });
      });
      expect(message).toBe(
        'Dit vraagt een tweede factor. Geef uw code of wachtwoord op /step-up van dit adres, of meld u over SFTP aan met een eenmalige code.',
      );
    } finally {
      client.end();
    }
  });

  test('a code given over HTTPS opens no session over SSH', async () => {
    const body = JSON.stringify({ totp: await at.authenticator.next() });
    const opened = await at.curl('anna@ksz', ...JSON_BODY, body, at.url('/api/v1/step-up'));
    expect(opened.status).toBe('200');
    expect((await at.sftp('anna@ksz', ['ls'], at.authenticator.again())).status).toBe(255);
  });
});

describe.skipIf(!hasTool('sftp') || !hasTool('curl'))('listeners that ask for a second factor', () => {
  let at: StepUpGateway;
  beforeAll(async () => {
    const everywhere = (text: string) => text.replaceAll(/accessMethod: line\n/g, 'accessMethod: line\n    level: 2\n');
    at = await startStepUpGateway({ 'gateway.yaml': everywhere });
  });
  afterAll(() => at.close());

  for (const account of ['batch@ksz', 'bram@ksz']) {
    test(`${account}, who has no one-time codes, does not come in over SSH and is told why`, async () => {
      const words = ['-o', 'LogLevel=INFO', ...sshWords(at.gateway, account)];
      const ended = await runClient('sftp', ['-b', '/dev/null', ...words, `${account}@127.0.0.1`]);
      expect([ended.status, ended.err]).toEqual([
        255,
        expect.stringContaining('This second factor is not registered for you.'),
      ]);
      await at.audit.line({
        kind: 'login',
        outcome: 'refused',
        fields: { principal: account, reason: 'no-second-factor' },
      });
    });
  }

  test('with a code everything is as it was', async () => {
    const ended = await at.sftp('anna@ksz', ['put file.txt /SHARED/work/by-anna.txt'], await at.authenticator.next());
    expect(ended.status).toBe(0);
  });

  test('over HTTPS names are shown and nothing else, until a second factor is given', async () => {
    const get = () => at.curl('bram@ksz', urlOf(at.gateway, '/SHARED/work/by-anna.txt'));
    const refused = await get();
    expect([refused.status, refused.text.includes(at.url('/step-up'))]).toEqual(['403', true]);
    const fields = { code: 'level-too-low', rule: 'gateway.yaml#/listeners/0/level', principal: 'bram@ksz' };
    await at.audit.line({ kind: 'read', outcome: 'refused', fields });
    const list = ['--request', 'PROPFIND', '--header', 'Depth: 1', urlOf(at.gateway, '/SHARED/work')];
    expect(await at.curl('bram@ksz', ...list)).toMatchObject({
      status: '207',
      text: expect.stringContaining('by-anna.txt'),
    });
    const opened = await at.curl(
      'bram@ksz',
      ...JSON_BODY,
      JSON.stringify({ password: PASSWORD }),
      at.url('/api/v1/step-up'),
    );
    expect(opened.status).toBe('200');
    expect(await get()).toEqual({ status: '200', text: 'a file\n' });
  });
});
