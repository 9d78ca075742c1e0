import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { promisify } from 'node:util';
import ssh2, { type AnyAuthMethod, type ConnectConfig } from 'ssh2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, gone, RawSftp } from './raw-client.ts';
import { type SftpFixture, startSftp } from './sftp-fixture.ts';

let fixture: SftpFixture;
let admissions: string[];
beforeAll(async () => {
  admissions = [];
  fixture = await startSftp({
    limits: { maxConnectionsPerPrincipal: 3, maxUnauthenticated: 4 },
    random: () => 0,
    wrapAdmission: (desk) => ({
      byCertificate: desk.byCertificate.bind(desk),
      byKey: (...call) => {
        admissions.push(call[0]);
        return desk.byKey(...call);
      },
    }),
  });
});
afterAll(() => fixture.close());

/** Tries to log in with these methods, one after the other. @returns how often the server refused, and what it offered */
async function tryMethods(methods: readonly AnyAuthMethod[], more: ConnectConfig = {}) {
  const client = new ssh2.Client();
  const left = [...methods];
  const offered: unknown[] = [];
  const outcome = await new Promise<string>((resolve) => {
    client.on('ready', () => resolve('ready'));
    client.on('error', (error) => resolve(error.message));
    client.on('close', () => resolve('closed'));
    client.connect({
      host: '127.0.0.1',
      port: fixture.port,
      username: 'batch@ksz',
      authHandler: (methodsLeft, _partial, next) => {
        if (methodsLeft !== null) offered.push(methodsLeft);
        next(left.shift() ?? (false as never));
      },
      ...more,
    });
  });
  client.destroy();
  return { outcome, offered, untried: left.length };
}

const username = 'batch@ksz';

test('a registered key comes in, and admission is asked exactly once', async () => {
  admissions.length = 0;
  const client = await connect(fixture);
  expect(admissions).toEqual(['batch@ksz']);
  expect(fixture.listener.sessions().map((one) => one.principal.id)).toEqual(['batch']);
  client.end();
  await expect.poll(() => fixture.listener.sessions().length).toBe(0);
});

test.each([
  ['an RSA key with SHA-512 only', 'rsa@ksz', 'rsa-sha2-512'],
  ['an RSA key with SHA-256 only', 'rsa@ksz', 'rsa-sha2-256'],
  ['a P-521 key', 'ecdsa@ksz', 'ecdsa-sha2-nistp521'],
])('%s comes in from OpenSSH', async (_, name, algorithm) => {
  await fixture.batch(name, ['pwd'], ['-o', `PubkeyAcceptedAlgorithms=${algorithm}`]);
});

test('RSA with SHA-1 stays out', async () => {
  const sha1 = fixture.batch('rsa@ksz', ['pwd'], ['-o', 'PubkeyAcceptedAlgorithms=ssh-rsa']);
  await expect(sha1).rejects.toMatchObject({ stderr: expect.stringContaining('Permission denied (publickey)') });
});

test('only publickey is offered; other methods are refused, counted and written down', async () => {
  fixture.refusals.length = 0;
  const { outcome, offered } = await tryMethods([
    { type: 'none', username },
    { type: 'password', username, password: 'x' },
    { type: 'keyboard-interactive', username, prompt: (_name, _text, _language, _prompts, done) => done([]) },
    { type: 'password', username, password: 'y' },
    { type: 'password', username, password: 'z' },
  ]);
  expect(outcome).not.toBe('ready');
  expect(offered.slice(0, 3)).toEqual([['publickey'], ['publickey'], ['publickey']]);
  expect(fixture.refusals.map((one) => one.reason)).toEqual(Array(3).fill('method-not-offered'));
});

test('after three wrong keys the right one comes too late; after two it does not', async () => {
  const wrong = (): AnyAuthMethod => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return { type: 'publickey', username, key: privateKey.export({ format: 'pem', type: 'pkcs1' }).toString() };
  };
  const right: AnyAuthMethod = { type: 'publickey', username, key: await readFile(fixture.keyFile('batch@ksz')) };
  expect((await tryMethods([wrong(), wrong(), right])).outcome).toBe('ready');
  const late = await tryMethods([wrong(), wrong(), wrong(), right]);
  expect(late.outcome).not.toBe('ready');
  expect(late.untried).toBe(1);
});

test('a key of another account does not open this one', async () => {
  const key = await readFile(fixture.keyFile('batch@rva'));
  expect((await tryMethods([{ type: 'publickey', username, key }])).outcome).not.toBe('ready');
});

test('offering a registered key is no login: the signature must be by that key', async () => {
  admissions.length = 0;
  fixture.refusals.length = 0;
  const [ours, theirs] = await Promise.all(['batch@ksz', 'stranger'].map((name) => readFile(fixture.keyFile(name))));
  const signer = ssh2.utils.parseKey(theirs ?? '');
  const shown = ssh2.utils.parseKey(ours ?? '');
  if (signer instanceof Error || shown instanceof Error) throw new Error('no key');
  const agent = new (class extends ssh2.BaseAgent {
    override getIdentities(done: (error: undefined, keys: ssh2.ParsedKey[]) => void) {
      done(undefined, [shown]);
    }
    override sign(...call: unknown[]) {
      const done = call.find((one): one is (error: undefined, bytes: Buffer) => void => typeof one === 'function');
      done?.(undefined, signer.sign(call[1] as Buffer));
    }
  })();
  const { outcome } = await tryMethods([{ type: 'agent', username, agent } as AnyAuthMethod]);
  expect(outcome).not.toBe('ready');
  expect(fixture.refusals.map((one) => one.reason)).toContain('bad-signature');
  expect(admissions).toEqual([]);
});

test('a principal has so many connections and no more', async () => {
  const clients = await Promise.all([connect(fixture), connect(fixture), connect(fixture)]);
  await expect(connect(fixture)).rejects.toThrow();
  const anna = await connect(fixture, 'anna@ksz');
  clients[0]?.end();
  await expect.poll(() => fixture.listener.sessions().length).toBe(3);
  const again = await connect(fixture);
  for (const client of [...clients, anna, again]) client.end();
  await expect.poll(() => fixture.listener.sessions().length).toBe(0);
});

test('from the limit on the oldest who did not log in is dropped, and who comes with a key is served', async () => {
  const sftp = await RawSftp.open(fixture);
  const idle = Array.from({ length: 4 }, () => connectSocket(fixture.port, '127.0.0.1'));
  await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
  const dropped = new Promise<number>((resolve) => {
    for (const [index, socket] of idle.entries()) socket.once('close', () => resolve(index));
  });
  const honest = await connect(fixture);
  expect(await dropped).toBe(0);
  expect((await sftp.stat('/SHARED/work')).size).toBe(0);
  for (const socket of idle) socket.destroy();
  for (const client of [honest, sftp.client]) client.end();
});

test('a session is cut when the rules of today no longer let it in, and the others go on', async () => {
  const [ksz, rjv] = await Promise.all([RawSftp.open(fixture), RawSftp.open(fixture, 'batch@rjv')]);
  const upload = await ksz.handle('/SHARED/work/revoked', 2 | 8 | 16);
  await ksz.write(upload, 0, 'x');
  const before = fixture.tree.current.value;
  const partners = before.partners.map((one) => (one.id === 'ksz' ? { ...one, disabled: true } : one));
  fixture.tree.current.value = { ...before, id: 'generation-2', partners };
  const closed = gone(ksz.client);
  await fixture.listener.readmit();
  await closed;
  expect((await rjv.stat('/SHARED/work/revoked')).code).toBe(2);
  expect(fixture.listener.sessions().map((one) => one.principal.partner)).toEqual(['rjv']);
  fixture.tree.current.value = before;
  rjv.client.end();
});

test.each([
  ['exec', ['batch@ksz@127.0.0.1', 'id']],
  ['a shell', ['-tt', 'batch@ksz@127.0.0.1']],
  ['another subsystem', ['-s', 'batch@ksz@127.0.0.1', 'netconf']],
  ['a forwarding', ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:1', 'batch@ksz@127.0.0.1']],
  ['a stream to another port', ['-W', '127.0.0.1:22', 'batch@ksz@127.0.0.1']],
])('%s is refused', async (_, args) => {
  const run = promisify(execFile)('ssh', [...fixture.options('batch@ksz'), ...args], { timeout: 10_000 });
  await expect(run).rejects.toMatchObject({ code: 255, killed: false });
});
