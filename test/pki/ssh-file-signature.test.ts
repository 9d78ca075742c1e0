import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signatureOver } from '../../src/commands/signing-options.ts';
import { verifyFileSignature } from '../../src/pki/ssh-file-signature.ts';
import { hasTool } from '../support/tools.ts';

const TEXT = 'sluis configuration\ntree 00\nafter 11\nby anna@ksz at 2026-01-01T00:00:00.000Z\n';
const NAMESPACE = 'config@sluis';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluis-sshsig-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!hasTool('ssh-keygen'))('signatures over a file', () => {
  test.each([
    ['ed25519', []],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
    ['rsa', ['-b', '3072']],
  ])('%s %s: ssh-keygen verifies ours, and we verify its', async (type, bits) => {
    const key = join(folder, `${type}${bits.join('')}`);
    execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', '', '-C', 'bram', '-f', key]);
    const [algorithm, blob = ''] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
    const ours = await signatureOver(TEXT, { key });
    await writeFile(`${key}.sig`, Buffer.from(ours.signature, 'base64'));
    await writeFile(`${key}.allowed`, `bram ${algorithm} ${blob}\n`);
    const verify = ['-Y', 'verify', '-n', NAMESPACE, '-I', 'bram', '-f', `${key}.allowed`, '-s', `${key}.sig`];
    expect(String(execFileSync('ssh-keygen', verify, { input: TEXT }))).toContain('Good "config@sluis" signature');
    const message = join(folder, `${type}${bits.join('')}.text`);
    await writeFile(message, TEXT);
    execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-n', NAMESPACE, '-f', key, message], { stdio: 'ignore' });
    const theirs = await readFile(`${message}.sig`, 'utf8');
    expect(verifyFileSignature(theirs, Buffer.from(TEXT), NAMESPACE)?.blob.toString('base64')).toBe(blob);
    expect(verifyFileSignature(theirs, Buffer.from(`${TEXT} `), NAMESPACE)).toBeUndefined();
    expect(verifyFileSignature(theirs, Buffer.from(TEXT), 'file')).toBeUndefined();
    const lines = theirs.split('\n');
    const last = lines.at(-3) ?? '';
    const altered = theirs.replace(last, `${last[0] === 'A' ? 'B' : 'A'}${last.slice(1)}`);
    expect(verifyFileSignature(altered, Buffer.from(TEXT), NAMESPACE) === undefined).toBe(true);
  });

  test('an agent signs with the key whose public half is named', async () => {
    const key = join(folder, 'of-agent');
    const socket = join(folder, 'agent.sock');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const agent = String(execFileSync('ssh-agent', ['-a', socket, '-s']));
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(agent)?.[1]);
    try {
      execFileSync('ssh-add', [key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
      const { signature } = await signatureOver(TEXT, { key: `${key}.pub`, agent: socket });
      const armored = Buffer.from(signature, 'base64').toString();
      const [, blob] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
      expect(verifyFileSignature(armored, Buffer.from(TEXT), NAMESPACE)?.blob.toString('base64')).toBe(blob);
    } finally {
      process.kill(pid);
    }
  });

  test('exactly one way to sign is named', async () => {
    await expect(signatureOver(TEXT, {})).rejects.toThrow('by one of');
    await expect(signatureOver(TEXT, { key: 'a', signature: 'b' })).rejects.toThrow('by one of');
  });
});
