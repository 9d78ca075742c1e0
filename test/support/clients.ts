import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningGateway } from './gateway.ts';

const DEADLINE_MS = 120_000;
/** Where Node keeps compiled sources, if anywhere: our own commands need not strip the types of theirs anew, half of what they cost. */
const { NODE_COMPILE_CACHE } = process.env;
const COMPILED = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

/** How a client program ended and all it said. */
export type Ended = { readonly status: number; readonly out: string; readonly err: string };

export type RunOptions = {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
};

/** Runs a client program to its end; one that does not end in time is killed by its own handle. */
export async function runClient(program: string, words: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(program, words, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...COMPILED, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined); // a client may end before it has read everything
  child.stdin.end(options.input ?? '');
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const status = await exitOf(child);
  return { status, out: out(), err: err() };
}

/** Words that make curl an account of the gateway. */
export function curlWords({ certificates }: RunningGateway, account: string | undefined): readonly string[] {
  const always = ['--silent', '--show-error', '--cacert', join(certificates, 'server-ca.pem'), '--max-time', '30'];
  if (account === undefined) return always;
  return [...always, '--cert', join(certificates, `${account}.pem`), '--key', join(certificates, `${account}.key`)];
}

export function urlOf(gateway: RunningGateway, path: string, port = gateway.https): string {
  return `https://127.0.0.1:${port}/files${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Options of OpenSSH's programs that log in with the key of an account; `sftp -P` and `scp -P` take the port. */
export function sshWords({ certificates, sftp }: RunningGateway, keyOf: string): readonly string[] {
  return [
    ...['-F', 'none', '-i', join(certificates, `${keyOf}.ssh`), '-o', `Port=${sftp}`, '-o', 'LogLevel=ERROR'],
    ...['-o', `UserKnownHostsFile=${join(certificates, 'known_hosts')}`, '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'BatchMode=yes'],
  ];
}

/** One `sftp -b` session; a line with a leading `-` may fail. */
export async function sftpBatch(
  gateway: RunningGateway,
  account: string,
  lines: readonly string[],
  { cwd, keyOf = account }: { readonly cwd: string; readonly keyOf?: string },
): Promise<Ended> {
  const file = join(cwd, `.batch-${account}`);
  await writeFile(file, `${lines.join('\n')}\n`);
  return runClient('sftp', ['-b', file, ...sshWords(gateway, keyOf), `${account}@127.0.0.1`], { cwd });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

async function exitOf(child: ChildProcess): Promise<number> {
  const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? -1));
    });
  } finally {
    clearTimeout(timer);
  }
}
