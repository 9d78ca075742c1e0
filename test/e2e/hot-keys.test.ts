import { execFile } from 'node:child_process';
import { createHash, type KeyObject } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Certificate } from '../../src/pki/certificate.ts';
import { toPem } from '../../src/pki/issue.ts';
import { OID } from '../../src/pki/oids.ts';
import { ecKey, TestCa } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { adrm, ExchangePlace, goodRow, handIn, KSZ_R } from '../support/exchange-place.ts';
import { type RunningGateway, startIn } from '../support/gateway.ts';
import { opensslVerifies } from '../support/openssl.ts';
import { WebdavClient } from '../support/partner-client.ts';
import { openSftp, webdavUpload } from '../support/running-transfer.ts';
import { quickSettling } from '../support/settle.ts';
import { hasTool } from '../support/tools.ts';
import { ConfigCommands, makeRealFolder } from '../support/two-eyes.ts';

const run = promisify(execFile);
const SOON_MS = 10_000;

let place: ExchangePlace;
let gateway: RunningGateway;
let commands: ConfigCommands;
let ca: TestCa;

beforeAll(async () => {
  gateway = await startIn(await makeRealFolder({ 'gateway.yaml': quickSettling }));
  place = ExchangePlace.of(gateway);
  commands = new ConfigCommands(gateway);
  ca = await TestCa.root('Another authority', Date.now());
}, 180_000);
afterAll(() => place?.close());

/** Replaces files beside the configuration, as somebody does who renews a certificate. @returns the next line of the log that says so */
async function replaceFiles(files: Readonly<Record<string, string | Buffer>>, word: string): Promise<string> {
  const known = gateway.log.length;
  for (const [name, text] of Object.entries(files)) {
    const file = join(gateway.certificates, name);
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  return eventually(`"${word}" in the log`, () => gateway.log.slice(known).find((line) => line.includes(word)));
}

const IN_FORCE = 'a new generation of the configuration is in force';
const REFUSED = 'the old generation stays in force';

async function texts(...names: readonly string[]): Promise<Readonly<Record<string, Buffer>>> {
  const read = async (name: string) => [name, await readFile(join(gateway.certificates, name))] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}

async function issued(): Promise<{ readonly pem: string; readonly key: string; readonly certificate: Certificate }> {
  const key: KeyObject = ecKey();
  const certificate = await ca.issue(Date.now(), { key, purposes: [OID.emailProtection] });
  return {
    certificate,
    pem: toPem('CERTIFICATE', certificate.der),
    key: String(key.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/** SHA-256 of the certificate that a new connection is shown, hex. */
function shownCertificate(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: gateway.https, rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const raw = socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0);
      socket.destroy();
      resolve(createHash('sha256').update(raw).digest('hex'));
    });
  });
}

async function history() {
  return (await commands.history()).generations;
}

test('a renewed server certificate under its old name is shown to who connects next, and whoever is in goes on', async () => {
  const old = await texts('server.pem', 'server.key');
  const [shown, before] = [await shownCertificate(), (await history()).at(-1)];
  const running = await webdavUpload(gateway, 'anna@ksz', '/SHARED/work/renewal');
  const { pem, key, certificate } = await issued();
  await replaceFiles({ 'server.key': key, 'server.pem': pem }, IN_FORCE);
  expect(await shownCertificate()).toBe(certificate.fingerprint);
  expect((await history()).at(-1)).toMatchObject({ how: 'alone', parent: before?.generation, tree: before?.tree });
  expect(await running.finish()).toMatchObject({ outcome: 'done' });
  running.close();
  await replaceFiles(old, IN_FORCE);
  expect(await shownCertificate()).toBe(shown);
  expect((await history()).at(-1)?.generation).toBe(before?.generation);
});

test.each([
  [
    'server.pem',
    async (): Promise<string> => (await issued()).pem,
    'serverKey',
    'is not the key of the certificate in',
  ],
  ['server.key', async (): Promise<string> => 'no key', 'serverKey', 'is no private key that can be read'],
  [
    'signer.pem',
    async (): Promise<string> => (await issued()).pem,
    'signerKey',
    'is not the RSA or EC key of a certificate in',
  ],
  ['private/ssh_host_ed25519', async (): Promise<string> => 'no key', 'sshHostKeys', 'is no SSH host key to use'],
] as const)(
  '%s that does not fit changes nothing, and its line in gateway.yaml is named',
  async (name, make, key, fault) => {
    const old = await texts(name);
    const [shown, before] = [await shownCertificate(), (await history()).at(-1)];
    const line = await replaceFiles({ [name]: await make() }, REFUSED);
    const yaml = (await readFile(join(gateway.config, 'gateway.yaml'), 'utf8')).split('\n');
    const { first } = JSON.parse(line);
    expect(first.message).toContain(fault);
    expect(first.file).toBe('gateway.yaml');
    expect(yaml[first.line - 1]).toContain(`${key}:`);
    expect(first.column).toBeGreaterThan(5);
    await place.audit.line({ kind: 'generation', outcome: 'refused', fields: { reason: 'does-not-fit' } });
    expect(await shownCertificate()).toBe(shown);
    expect((await history()).at(-1)).toEqual(before);
    const client = await WebdavClient.open(gateway, 'anna@ksz');
    expect((await client.ask('GET', '/IN/')).status).toBe(200);
    client.close();
    await replaceFiles(old, IN_FORCE);
  },
);

test.skipIf(!hasTool('openssl'))(
  'answers are signed with the new key from then on; what the old one signed verifies still',
  async () => {
    const old = await texts('signer.pem', 'private/signer.key', 'signer-ca.pem');
    const answerOf = async (name: string) => {
      const mailbox = await handIn(place, KSZ_R, { [name]: adrm(goodRow(1)) });
      const names = async () =>
        (await mailbox.list()).find((one) => one.startsWith(name) && one.endsWith('receipt.json'));
      const receipt = await eventually(`the receipt of ${name}`, names);
      return { content: await mailbox.get(receipt), signature: await mailbox.get(`${receipt}.p7s`) };
    };
    const [oldCa, newCa] = [join(gateway.folder, 'old-ca.pem'), join(gateway.folder, 'new-ca.pem')];
    await writeFile(oldCa, old['signer-ca.pem'] ?? '');
    await writeFile(newCa, toPem('CERTIFICATE', ca.certificate.der));
    const verifies = (answer: { content: Buffer; signature: Buffer }, by: string) =>
      opensslVerifies(answer.content, answer.signature, by);
    const first = await answerOf('ADRM by the old.csv');
    const { pem, key } = await issued();
    const both = `${old['signer-ca.pem']}${toPem('CERTIFICATE', ca.certificate.der)}`;
    await replaceFiles({ 'signer-ca.pem': both, 'private/signer.key': key, 'signer.pem': pem }, IN_FORCE);
    const second = await answerOf('ADRM by the new.csv');
    expect([await verifies(first, oldCa), await verifies(first, newCa)]).toEqual([true, false]);
    expect([await verifies(second, oldCa), await verifies(second, newCa)]).toEqual([false, true]);
    const sluis = join(import.meta.dirname, '../../src/sluis.js');
    const places = ['--config', gateway.config, '--data', gateway.data];
    expect((await run(process.execPath, [sluis, 'audit', 'verify', ...places])).stdout).toContain('unaltered');
    await replaceFiles(old, IN_FORCE);
  },
);

describe.skipIf(!hasTool('ssh-keygen') || !hasTool('ssh-keyscan'))('host keys of SFTP', () => {
  async function shownHostKey(): Promise<string> {
    const { stdout } = await run('ssh-keyscan', ['-t', 'ed25519', '-p', `${gateway.sftp}`, '127.0.0.1']);
    return stdout.trim().split(' ').slice(1).join(' ');
  }

  test('a new one is shown to who connects next; a session that is open goes on', async () => {
    const name = 'private/ssh_host_ed25519';
    const old = await texts(name);
    const before = await shownHostKey();
    const session = await openSftp(gateway, 'batch@ksz');
    await run('ssh-keygen', ['-q', '-N', '', '-t', 'ed25519', '-f', join(gateway.folder, 'next')]);
    const [key, pub] = [
      await readFile(join(gateway.folder, 'next')),
      await readFile(join(gateway.folder, 'next.pub'), 'utf8'),
    ];
    await replaceFiles({ [name]: key }, IN_FORCE);
    expect(await shownHostKey()).toBe(pub.split(' ').slice(0, 2).join(' '));
    const listed = await new Promise((resolve, reject) =>
      session.sftp.readdir('/IN', (error, list) => (error ? reject(error) : resolve(list))),
    );
    expect(listed).toMatchObject([{ filename: 'ADRM' }]);
    session.client.end();
    await replaceFiles(old, IN_FORCE);
    expect(await shownHostKey()).toBe(before);
  });
});

test('another trusted authority takes a second person; then who was let in by the old one is cut and stays out', async () => {
  const old = await texts('class3-ca.pem');
  const anna = await WebdavClient.open(gateway, 'anna@ksz');
  expect((await anna.ask('GET', '/IN/')).status).toBe(200);
  await replaceFiles({ 'class3-ca.pem': toPem('CERTIFICATE', ca.certificate.der) }, 'nobody approved it');
  expect((await anna.ask('GET', '/IN/')).status).toBe(200);
  const proposal = await commands.propose('anna@ksz', 'another authority');
  expect(proposal.changes).toEqual(['gateway.yaml#/issuers/../certs/demo/class3-ca.pem']);
  await commands.approveBy(proposal.tree, 'bram@ksz');
  const status = () =>
    anna.ask('GET', '/IN/').then(
      (answer) => answer.status,
      () => undefined,
    );
  await eventually('a refusal', async () => ((await status()) === 403 ? true : undefined), SOON_MS);
  const fields = { principal: 'anna@ksz', reason: 'unknown-issuer' };
  await place.audit.line({ kind: 'login', outcome: 'refused', fields });
  await replaceFiles(old, 'nobody approved it');
  const back = await commands.propose('anna@ksz', 'the old authority again');
  await commands.approveBy(back.tree, 'bram@ksz');
  await eventually('anna is in again', async () => ((await status()) === 200 ? true : undefined), SOON_MS);
  anna.close();
});
