import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ClientFigures, ClientPlan } from './dav-client.ts';
import { endsWithUs } from './leftovers.ts';

/** One WebDAV server of a comparison: the gateway or a peer. */
export type DavServer = {
  readonly name: string;
  readonly port: number;
  /** URL path of its folder, without a slash at the end. */
  readonly base: string;
  /** URL path of the folder that holds the folders to be listed. */
  readonly listings: string;
  /** The process, whose children count with it. */
  readonly pid: number;
  stop(): Promise<void>;
};

export type Proof = { readonly caFile: string; readonly certificate: string; readonly key: string };

/** With what every client shows who it is: the demo's machine account of KSZ. */
export function proofFrom(certificates: string, account = 'batch@ksz'): Proof {
  const file = (name: string) => join(certificates, name);
  return { caFile: file('server-ca.pem'), certificate: file(`${account}.pem`), key: file(`${account}.key`) };
}

type WithoutPlace<T> = T extends unknown ? Omit<T, 'port' | 'base' | 'listings' | keyof Proof> : never;
export type Job = WithoutPlace<ClientPlan>;

const CLIENT = fileURLToPath(new URL('./dav-client.ts', import.meta.url));
const CLIENT_MS = 180_000;

/** Runs the client once. @param whileOpen is called when the connections of an idle client stand */
export async function runClient(
  server: DavServer,
  proof: Proof,
  job: Job,
  whileOpen: () => Promise<void> = async () => undefined,
): Promise<ClientFigures> {
  const plan = { ...job, ...proof, port: server.port, base: server.base, listings: server.listings };
  const child = endsWithUs(
    spawn(process.execPath, [CLIENT, JSON.stringify(plan)], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const limit = setTimeout(() => child.kill('SIGKILL'), CLIENT_MS);
  const ended = once(child, 'exit');
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    last = line;
    if (line !== 'open') continue;
    await whileOpen();
    child.stdin.end('close\n');
  }
  const [code] = await ended;
  clearTimeout(limit);
  if (code !== 0) throw new Error(`the client of ${server.name} ended with ${code}`);
  return parseFigures(last);
}

function parseFigures(line: string): ClientFigures {
  return JSON.parse(line) as ClientFigures;
}

const CURL_SECONDS = '120';

/** curl: the same client, cipher and file for every server. @returns wall seconds */
export async function curl(server: DavServer, proof: Proof, name: string, words: readonly string[]): Promise<number> {
  const fixed = [
    ...[
      '--silent',
      '--show-error',
      '--fail',
      '--http1.1',
      '--max-time',
      CURL_SECONDS,
      '--write-out',
      '\n%{time_total}',
    ],
    ...['--cacert', proof.caFile, '--cert', proof.certificate, '--key', proof.key],
    ...['--tlsv1.3', '--tls13-ciphers', 'TLS_AES_256_GCM_SHA384', '--resolve', `localhost:${server.port}:127.0.0.1`],
  ];
  const url = `https://localhost:${server.port}${server.base}/${name}`;
  const text = await runTool('curl', [...fixed, ...words, url]);
  return Number(text.split('\n').at(-1));
}

/** @returns what it wrote @throws Error where it is not there or failed */
export async function runTool(tool: string, words: readonly string[]): Promise<string> {
  const child = spawn(tool, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  const [code] = await once(child, 'close');
  const text = async (parts: Promise<string[]> | undefined) => ((await parts) ?? []).join('');
  if (code !== 0) throw new Error(`${tool} ended with ${code}: ${await text(err)}`);
  return text(out);
}

/** The first line a tool prints about its version. */
export async function versionOf(tool: string, words: readonly string[]): Promise<string> {
  const child = spawn(tool, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  await once(child, 'close');
  return [...((await out) ?? []), ...((await err) ?? [])].join('').split('\n')[0] ?? '';
}
