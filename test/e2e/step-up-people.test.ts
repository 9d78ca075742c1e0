import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PasswordChecker } from '../../src/access/password.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import type { NameAttribute } from '../../src/pki/issue.ts';
import { OID } from '../../src/pki/oids.ts';
import { ecKey, TestCa } from '../support/certificates.ts';
import { curlWords, runClient, urlOf } from '../support/clients.ts';
import { hasTool } from '../support/tools.ts';
import { PASSWORD, type StepUpGateway, startStepUpGateway } from './step-up-fixture.ts';

const SLUIS = join(import.meta.dirname, '../../src/sluis.js');
let at: StepUpGateway;

beforeAll(async () => {
  const strict = `  - path: /SHARED/strict
    content: reviewed
    approver: Leading official of KSZ (demo)
    level: 2
    grants:
      - partner: ksz
        rights: all
`;
  at = await startStepUpGateway({
    'flows/ADRM.yaml': (text) => `${text}level: 2\n`,
    'folders.yaml': (text) => `${text.trimEnd()}\n${strict}`,
  });
});
afterAll(() => at.close());

/** The class-3 authority of the demo, as an issuer of certificates of our own making. */
async function demoAuthority(): Promise<TestCa> {
  const pem = await readFile(join(at.gateway.certificates, 'class3-ca.pem'));
  const key = createPrivateKey(await readFile(join(at.gateway.certificates, 'private', 'class3-ca.key')));
  const certificate = parseCertificate(new X509Certificate(pem).raw);
  if (certificate === undefined) throw new Error('the demo authority can not be read');
  const oids = { C: OID.country, O: OID.organization, CN: OID.commonName } as const;
  const name = new X509Certificate(pem).subject.split('\n').map((line): NameAttribute => {
    const [short = '', value = ''] = line.split('=', 2);
    const oid = Object.entries(oids).find(([known]) => known === short)?.[1];
    if (oid === undefined) throw new Error(`the demo authority has ${line} in its name`);
    return [oid, value];
  });
  return new TestCa(name, key, certificate);
}

/** A PUT into the flow by a new certificate of anna@ksz that is right but for its policy. */
async function putWithCard(policy: string): Promise<string> {
  const key = ecKey();
  const authority = await demoAuthority();
  const subject: readonly NameAttribute[] = [[OID.email, 'anna@ksz.example']];
  const { der } = await authority.issue(Date.now(), { key, subject, policies: [policy] });
  const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
  await writeFile(join(at.folder, 'card.pem'), pem);
  await writeFile(join(at.folder, 'card.key'), key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const words = [
    ...curlWords(at.gateway, undefined),
    '--cert',
    'card.pem',
    '--key',
    'card.key',
    '--output',
    '/dev/null',
  ];
  const put = ['--upload-file', 'file.txt', urlOf(at.gateway, `/IN/ADRM/by-card-${policy}.txt`)];
  return (await runClient('curl', [...words, '--write-out', '%{http_code}', ...put], { cwd: at.folder })).out;
}

test.skipIf(!hasTool('curl'))(
  'an identity card is two factors; the same person with another certificate is one',
  async () => {
    expect(await putWithCard('2.16.56.12.1.1.2.2')).toBe('201');
    await at.audit.line({ kind: 'login', outcome: 'done', fields: { principal: 'anna@ksz', level: 2 } });
    expect(await putWithCard('2.16.56.12.1.1.2.1')).toBe('403'); // the policy of the signing certificate
    await at.audit.line({ kind: 'login', outcome: 'done', fields: { principal: 'anna@ksz', level: 1 } });
  },
);

function sluis(input: string | undefined, ...words: readonly string[]) {
  const places = ['--config', at.gateway.config, '--data', at.gateway.data];
  return runClient(process.execPath, [SLUIS, ...words, ...places], { ...(input === undefined ? {} : { input }) });
}

test('the command makes a secret of one-time codes, shows its address once, and keeps what is there', async () => {
  const made = await sluis(undefined, 'person', 'second-factor', 'bram@ksz', 'totp');
  expect(made.status).toBe(0);
  const [uri = '', ...rest] = made.out.split('\n');
  const file = join(at.gateway.data, 'second-factors', 'bram@ksz.totp');
  const secret = (await readFile(file, 'utf8')).trim();
  expect(uri).toBe(`otpauth://totp/Sluis:bram%40ksz?issuer=Sluis&secret=${secret}&algorithm=SHA1&digits=6&period=30`);
  expect(rest.join('\n')).toContain('secondFactor:\n  totp:\n    secretFile: ../var/second-factors/bram@ksz.totp\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const again = await sluis(undefined, 'person', 'second-factor', 'bram@ksz', 'totp');
  expect([again.status, again.err]).toEqual([1, expect.stringContaining('is there already')]);
  const nobody = await sluis(undefined, 'person', 'second-factor', 'carl@ksz', 'totp');
  expect([nobody.status, nobody.err]).toEqual([1, 'sluis: there is no account carl@ksz; write it as in anna@rva\n']);
  expect((await sluis(undefined, 'person', 'second-factor', 'bram@ksz', 'sms')).status).toBe(2);
});

test('the command makes the hash of a password that it reads from standard input', async () => {
  const made = await sluis('een lang wachtwoord\n', 'person', 'second-factor', 'anna@rva', 'password', '--json');
  expect(made.status).toBe(0);
  const { file, named } = JSON.parse(made.out);
  expect(named).toBe('../var/second-factors/anna@rva.password');
  expect(made.out).not.toContain('wachtwoord');
  expect(await new PasswordChecker().matches('een lang wachtwoord', (await readFile(file, 'utf8')).trim())).toBe(true);
  const short = await sluis('kort\n', 'person', 'second-factor', 'bram@rva', 'password');
  expect([short.status, short.err]).toEqual([1, 'sluis: a password has 12 characters or more\n']);
});

/** Requests of bram@ksz over one connection that stays open. */
async function openConnection() {
  const read = (name: string) => readFile(join(at.gateway.certificates, name));
  const [ca, cert, key] = await Promise.all([read('server-ca.pem'), read('bram@ksz.pem'), read('bram@ksz.key')]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, cert, key });
  const ask = async (method: string, path: string, body = '', type = 'text/plain') => {
    const outgoing = request(at.url(path), { agent, method, headers: { 'Content-Type': type } });
    outgoing.end(body);
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    if (answer === undefined) throw new Error('no answer');
    for await (const _ of answer);
    return answer.statusCode;
  };
  const stepUp = () => ask('POST', '/api/v1/step-up', JSON.stringify({ password: PASSWORD }), 'application/json');
  return { ask, stepUp, close: () => agent.destroy() };
}

test('an open connection goes up and down; who is cut by the operator has to step up again', async () => {
  const bram = await openConnection();
  try {
    const makeFolder = (name: string) => bram.ask('MKCOL', `/files/SHARED/strict/${name}`);
    expect(await makeFolder('a')).toBe(403);
    expect(await bram.stepUp()).toBe(200);
    expect(await makeFolder('b')).toBe(201);
    const sessions = async () => JSON.parse((await sluis(undefined, 'sessions', 'list', '--json')).out);
    const mine = (await sessions()).find((one: { principal: string }) => one.principal === 'bram@ksz');
    expect(mine).toMatchObject({ level: 2, address: '127.0.0.1', protocol: 'webdav' });
    expect((await sluis(undefined, 'sessions', 'end-step-up', mine.fingerprint)).status).toBe(0);
    expect(await makeFolder('c')).toBe(403);
    expect((await sessions()).filter((one: { id: string; level: number }) => one.id === mine.id)).toMatchObject([
      { level: 1 },
    ]);
    const none = await sluis(undefined, 'sessions', 'end-step-up', mine.fingerprint);
    expect([none.status, none.err]).toEqual([1, 'sluis: nobody has stepped up with this certificate\n']);
    expect(await bram.stepUp()).toBe(200);
    expect((await sluis(undefined, 'sessions', 'cut', mine.id)).status).toBe(0);
    await at.audit.line({ kind: 'step-up-ended', outcome: 'done', fields: { principal: 'bram@ksz', reason: 'cut' } });
  } finally {
    bram.close();
  }
  const again = await openConnection();
  expect(await again.ask('MKCOL', '/files/SHARED/strict/d')).toBe(403);
  again.close();
});
