import { readFile } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import { GatewayError } from '../domain/errors.ts';

/** What the demo does as a partner, over one of the two protocols. */
export interface DemoClient {
  readonly protocol: 'WebDAV' | 'SFTP';
  put(path: string, bytes: Uint8Array): Promise<void>;
  get(path: string): Promise<Buffer>;
  /** Names in a folder. */
  list(path: string): Promise<readonly string[]>;
  close(): void;
}

type Place = { readonly certificates: string; readonly account: string; readonly host: string; readonly port: number };

/** WebDAV with the account's demo certificate. */
export async function webdavClient({ certificates, account, host, port }: Place): Promise<DemoClient> {
  const [ca, cert, key] = await Promise.all([
    readFile(join(certificates, 'server-ca.pem')),
    readFile(join(certificates, `${account}.pem`)),
    readFile(join(certificates, `${account}.key`)),
  ]);
  const call = (method: string, path: string, body?: Uint8Array, headers: Record<string, string> = {}) => {
    const url = `/files${path.split('/').map(encodeURIComponent).join('/')}`;
    return exchange({ host, port, ca, cert, key, method, path: url, headers, agent: false }, body);
  };
  return {
    protocol: 'WebDAV',
    put: async (path, bytes) => {
      await call('PUT', path, bytes, { 'Content-Length': String(bytes.length) });
    },
    get: (path) => call('GET', path),
    list: async (path) => {
      const answer = await call('PROPFIND', `${path}/`, undefined, { Depth: '1' });
      const hrefs = [...answer.toString().matchAll(/<D:href>([^<]*)<\/D:href>/g)].map(([, href]) => href ?? '');
      return hrefs.slice(1).map((href) => decodeURIComponent(href.split('/').findLast((part) => part !== '') ?? ''));
    },
    close: () => undefined,
  };
}

/** SFTP with the account's demo key. */
export async function sftpClient({ certificates, account, host, port }: Place): Promise<DemoClient> {
  const privateKey = await readFile(join(certificates, `${account}.ssh`));
  const known = await readFile(join(certificates, 'ssh_host_ed25519.pub'), 'utf8');
  const client = new Client();
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
    client.on('error', reject);
    client.on('ready', () => client.sftp((error, channel) => (error ? reject(error) : resolve(channel))));
    const hostVerifier = (hostKey: Buffer) => hostKey.toString('base64') === known.split(' ')[1];
    // Without noDelay each small message waits for the acknowledgement of the one before.
    const sock = connect({ host, port, noDelay: true });
    client.connect({ sock, username: account, privateKey, hostVerifier });
  });
  return {
    protocol: 'SFTP',
    put: (path, bytes) => called((done) => sftp.writeFile(path, Buffer.from(bytes), (error) => done(error, undefined))),
    get: (path) => called<Buffer>((done) => sftp.readFile(path, done)),
    list: (path) =>
      called<readonly string[]>((done) => {
        sftp.readdir(path, (error, entries) =>
          done(
            error,
            entries?.map((entry) => entry.filename),
          ),
        );
      }),
    close: () => client.end(),
  };
}

async function exchange(options: RequestOptions, body: Uint8Array | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(chunks);
        const status = response.statusCode ?? 0;
        if (status < 300) resolve(answer);
        else
          reject(
            new GatewayError(
              'bad-request',
              `${options.method} ${options.path}: ${status} ${answer.toString().slice(0, 300)}`,
            ),
          );
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function called<T>(start: (done: (error: unknown, value: T | undefined) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error) reject(error instanceof Error ? error : new Error(String(error)));
      else resolve(value as T);
    });
  });
}
