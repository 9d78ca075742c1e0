import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import type { RunningGateway } from './gateway.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
};

type Extra = { readonly body?: string | Uint8Array; readonly headers?: Readonly<Record<string, string>> };

/** A partner's account over one of the protocols, on a connection that stays open. */
export interface PartnerClient {
  readonly account: string;
  /** @throws Error with the gateway's sentence where it is refused */
  put(path: string, bytes: string | Uint8Array): Promise<void>;
  get(path: string): Promise<Buffer>;
  list(path: string): Promise<readonly string[]>;
  close(): void;
}

/** WebDAV with the account's certificate; `ask` tells status and body whatever they are. */
export class WebdavClient implements PartnerClient {
  readonly account: string;
  readonly #agent: Agent;
  readonly #port: number;

  private constructor(account: string, agent: Agent, port: number) {
    this.account = account;
    this.#agent = agent;
    this.#port = port;
  }

  static async open({ certificates, https }: RunningGateway, account: string): Promise<WebdavClient> {
    const [ca, cert, key] = await Promise.all(
      ['server-ca.pem', `${account}.pem`, `${account}.key`].map((name) => readFile(join(certificates, name))),
    );
    return new WebdavClient(account, new Agent({ ca, cert, key, keepAlive: true }), https);
  }

  ask(method: string, path: string, { body, headers = {} }: Extra = {}): Promise<Answer> {
    const length: Record<string, string> = body === undefined ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` };
    const where = { host: '127.0.0.1', port: this.#port, agent: this.#agent };
    return new Promise((resolve, reject) => {
      const sent = request({ ...where, method, path: urlOf(path), headers: { ...length, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async put(path: string, bytes: string | Uint8Array): Promise<void> {
    await this.#good('PUT', path, { body: bytes });
  }

  async get(path: string): Promise<Buffer> {
    return (await this.#good('GET', path)).body;
  }

  async list(path: string): Promise<readonly string[]> {
    const { body } = await this.#good('PROPFIND', `${path}/`, { headers: { Depth: '1' } });
    const hrefs = [...body.toString().matchAll(/<D:href>([^<]*)<\/D:href>/g)].map(([, href]) => href ?? '');
    return hrefs.slice(1).map((href) => decodeURIComponent(href.split('/').findLast((part) => part !== '') ?? ''));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #good(method: string, path: string, extra: Extra = {}): Promise<Answer> {
    const answer = await this.ask(method, path, extra);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer;
  }
}

/** SFTP with the account's key. */
export class SftpClient implements PartnerClient {
  readonly account: string;
  readonly #client: Client;
  readonly #sftp: SFTPWrapper;

  private constructor(account: string, client: Client, sftp: SFTPWrapper) {
    this.account = account;
    this.#client = client;
    this.#sftp = sftp;
  }

  static async open({ certificates, sftp: port }: RunningGateway, account: string): Promise<SftpClient> {
    const privateKey = await readFile(join(certificates, `${account}.ssh`));
    const host = (await readFile(join(certificates, 'ssh_host_ed25519.pub'), 'utf8')).split(' ')[1];
    const client = new Client();
    const channel = await new Promise<SFTPWrapper>((resolve, reject) => {
      client.on('error', reject);
      client.on('ready', () => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));
      const hostVerifier = (key: Buffer) => key.toString('base64') === host;
      // Without noDelay each small message waits for the acknowledgement of the one before.
      const sock = connect({ host: '127.0.0.1', port, noDelay: true });
      client.connect({ sock, username: account, privateKey, hostVerifier });
    });
    return new SftpClient(account, client, channel);
  }

  put(path: string, bytes: string | Uint8Array): Promise<void> {
    return done((callback) => this.#sftp.writeFile(path, Buffer.from(bytes), callback));
  }

  async get(path: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#sftp.readFile(path, (error, bytes) => (error ? reject(error) : resolve(bytes)));
    });
  }

  async list(path: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#sftp.readdir(path, (error, entries) =>
        error ? reject(error) : resolve(entries.map((entry) => entry.filename)),
      );
    });
  }

  remove(path: string): Promise<void> {
    return done((callback) => this.#sftp.unlink(path, callback));
  }

  rename(from: string, to: string): Promise<void> {
    return done((callback) => this.#sftp.rename(from, to, callback));
  }

  close(): void {
    this.#client.end();
  }

  /** Ends the connection in the middle of what it does. */
  cut(): void {
    this.#client.destroy();
  }
}

function urlOf(path: string): string {
  return `/files${path.split('/').map(encodeURIComponent).join('/')}`;
}

function done(start: (callback: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
}
