import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { curlWords, type Ended, sshWords, urlOf } from './clients.ts';
import type { RunningGateway } from './gateway.ts';

/** More than sockets and buffers of both ends hold, so that a client that takes its time is not done for minutes. */
export const BIG_BYTES = 24 * 1024 * 1024;

/** Who was cut notices within this. */
const END_MS = 15_000;
/** Of these clients, a second. */
const [CURL_RATE, SFTP_KBIT] = ['60k', '480'];

/** A transfer by a client program, to which nobody tells anything but the gateway. */
export type SlowClient = {
  readonly name: string;
  /** Lets it go on as fast as it can, where that is for us to say. @returns how it ended; 0 is what must not be where it was cut */
  finish(): Promise<Ended>;
};

/** Who comes, and by which port of the gateway. */
export type Comer = {
  readonly account: string;
  readonly port?: number;
  /** Words of curl or of OpenSSH that show another proof than the demo's. */
  readonly proof?: readonly string[];
};

/** curl and OpenSSH's sftp, each so slow that what it does goes on until it is cut. */
export class SlowClients {
  readonly folder: string;
  readonly #gateway: RunningGateway;
  readonly #running = new Set<ChildProcess>();
  #count = 0;

  private constructor(gateway: RunningGateway, folder: string) {
    this.#gateway = gateway;
    this.folder = folder;
  }

  static async open(gateway: RunningGateway): Promise<SlowClients> {
    const folder = await mkdtemp(join(tmpdir(), 'sluis-slow-'));
    await writeFile(join(folder, 'big'), Buffer.alloc(BIG_BYTES, 'z'));
    return new SlowClients(gateway, folder);
  }

  curlPut(comer: Comer, path: string): SlowClient {
    return this.#curl(comer, path, ['-T', join(this.folder, 'big'), '--limit-rate', CURL_RATE]);
  }

  curlGet(comer: Comer, path: string): SlowClient {
    return this.#curl(comer, path, []);
  }

  sftpPut(comer: Comer, path: string): Promise<SlowClient> {
    return this.#sftp(comer, path, `put ${join(this.folder, 'big')} ${path}`);
  }

  sftpGet(comer: Comer, path: string): Promise<SlowClient> {
    return this.#sftp(comer, path, `get ${path} ${this.#target()}`);
  }

  /** Ends what still runs. */
  async stop(): Promise<void> {
    const ends = [...this.#running].map((child) => new Promise((resolve) => child.once('close', resolve)));
    for (const child of this.#running) child.kill('SIGKILL');
    await Promise.all(ends);
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  #target(): string {
    this.#count += 1;
    return join(this.folder, `got-${this.#count}`);
  }

  #curl({ account, port, proof }: Comer, path: string, words: readonly string[]): SlowClient {
    const who = [...curlWords(this.#gateway, proof === undefined ? account : undefined), ...(proof ?? [])];
    const how = ['--max-time', '180', '--fail'];
    return this.#run(`curl ${account} ${path}`, 'curl', [...who, ...how, ...words, urlOf(this.#gateway, path, port)]);
  }

  async #sftp({ account, port, proof }: Comer, path: string, line: string): Promise<SlowClient> {
    const batch = this.#target();
    await writeFile(batch, `${line}\n`);
    const who = proof ?? sshWords({ ...this.#gateway, sftp: port ?? this.#gateway.sftp }, account);
    // Small requests, few at once: between them it sleeps, and hears nothing.
    const words = ['-l', SFTP_KBIT, '-B', '4096', '-R', '4', '-b', batch, ...who, `${account}@127.0.0.1`];
    return this.#run(`sftp ${account} ${path}`, 'sftp', words);
  }

  #run(name: string, program: string, words: readonly string[]): SlowClient {
    const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.add(child);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#running.delete(child);
        // Whom we had to kill went on as if nothing had happened; sftp itself may end by a broken pipe.
        if (signal === 'SIGKILL') resolve({ status: 0, out: '', err: 'it went on and on' });
        else resolve({ status: code ?? -1, out: '', err });
      });
    });
    // What curl gets it writes to us; it can not go on while we do not read.
    const finish = () => {
      child.stdout.resume();
      const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
      return ended.finally(() => clearTimeout(late));
    };
    return { name, finish };
  }
}
