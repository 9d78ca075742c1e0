import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import type { RunningGateway } from './gateway.ts';

/** How a transfer ended, for the client. `done` is what must not be. */
export type Outcome = 'done' | 'refused';

/** An upload or download that has begun and goes on when it is told to. */
export type RunningTransfer = {
  /** Ends it as a client would that notices nothing. @returns what the client heard, and the bytes it got of a download */
  finish(): Promise<{ readonly outcome: Outcome; readonly bytes: number }>;
  /** Resolves when the gateway ended it, or the connection. */
  readonly ended: Promise<void>;
  close(): void;
};

const HALF = Buffer.alloc(512 * 1024, 'x');
const GRACE_MS = 5_000;

async function tlsOf({ certificates, https }: RunningGateway, account: string) {
  const names = ['server-ca.pem', `${account}.pem`, `${account}.key`];
  const [ca, cert, key] = await Promise.all(names.map((name) => readFile(join(certificates, name))));
  return { host: '127.0.0.1', port: https, ca, cert, key, agent: false as const };
}

/** PUT of which half has come. */
export async function webdavUpload(gateway: RunningGateway, account: string, path: string): Promise<RunningTransfer> {
  const headers = { 'Content-Length': HALF.length * 2, Expect: '100-continue' };
  const put = request({ ...(await tlsOf(gateway, account)), method: 'PUT', path: `/files${path}`, headers });
  const heard = new Promise<Outcome>((resolve) => {
    put.on('response', (response) => {
      response.resume();
      resolve((response.statusCode ?? 0) < 300 ? 'done' : 'refused');
    });
    put.on('error', () => resolve('refused'));
    put.on('close', () => resolve('refused'));
  });
  put.flushHeaders();
  await once(put, 'continue');
  await new Promise<void>((resolve) => put.write(HALF, () => resolve()));
  return {
    ended: heard.then(() => undefined),
    finish: async () => {
      put.end(HALF);
      return { outcome: await heard, bytes: 0 };
    },
    close: () => put.destroy(),
  };
}

/** GET of which the first bytes were read. */
export async function webdavDownload(gateway: RunningGateway, account: string, path: string): Promise<RunningTransfer> {
  const get = request({ ...(await tlsOf(gateway, account)), method: 'GET', path: `/files${path}` });
  get.on('error', () => undefined);
  get.end();
  const [response] = (await once(get, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`GET ${path}: ${response.statusCode}`);
  const total = Number(response.headers['content-length']);
  let bytes = 0;
  const ended = new Promise<void>((resolve) => {
    response.on('error', () => resolve());
    response.on('close', () => resolve());
  });
  response.pause();
  return {
    ended,
    finish: async () => {
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.resume();
      await ended;
      return { outcome: bytes === total ? 'done' : 'refused', bytes };
    },
    close: () => get.destroy(),
  };
}

/** A session of SFTP, and when its connection is gone. */
export type OpenSftp = { readonly client: Client; readonly sftp: SFTPWrapper; readonly ended: Promise<void> };

export async function openSftp({ certificates, sftp: port }: RunningGateway, account: string): Promise<OpenSftp> {
  const privateKey = await readFile(join(certificates, `${account}.ssh`));
  const client = new Client();
  const ended = new Promise<void>((resolve) => client.once('close', () => resolve()));
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
    client.on('error', reject);
    client.on('ready', () => client.sftp((error, channel) => (error ? reject(error) : resolve(channel))));
    const sock = connect({ host: '127.0.0.1', port, noDelay: true });
    client.connect({ sock, username: account, privateKey });
  });
  client.removeAllListeners('error').on('error', () => undefined);
  sftp.on('error', () => undefined);
  return { client, sftp, ended };
}

/** What the server says to one request; a connection that is gone says nothing, and that is a refusal. */
function asked<Answer>(
  ended: Promise<void>,
  ask: (callback: (error: unknown, answer: Answer) => void) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no answer')), GRACE_MS);
    void ended.then(() => reject(new Error('closed')));
    ask((error, answer) => (error ? reject(error) : resolve(answer)));
    void ended.finally(() => clearTimeout(late));
  });
}

/** A handle that was written to. */
export async function sftpUpload(gateway: RunningGateway, account: string, path: string): Promise<RunningTransfer> {
  const { client, sftp, ended } = await openSftp(gateway, account);
  const handle = await asked<Buffer>(ended, (callback) => sftp.open(path, 'w', callback));
  const write = (at: number) =>
    asked<unknown>(ended, (callback) => sftp.write(handle, HALF, 0, HALF.length, at, (error) => callback(error, 0)));
  await write(0);
  const finish = async () => {
    try {
      await write(HALF.length);
      await asked<unknown>(ended, (callback) => sftp.close(handle, (error) => callback(error, 0)));
      return { outcome: 'done' as const, bytes: 0 };
    } catch {
      return { outcome: 'refused' as const, bytes: 0 };
    }
  };
  return { ended, finish, close: () => client.destroy() };
}

/** A handle that was read from. */
export async function sftpDownload(gateway: RunningGateway, account: string, path: string): Promise<RunningTransfer> {
  const { client, sftp, ended } = await openSftp(gateway, account);
  const handle = await asked<Buffer>(ended, (callback) => sftp.open(path, 'r', callback));
  const { size } = await asked<{ size: number }>(ended, (callback) => sftp.fstat(handle, callback));
  const piece = Buffer.alloc(32 * 1024);
  let bytes = 0;
  const read = () =>
    asked<number>(ended, (callback) => sftp.read(handle, piece, 0, piece.length, bytes, callback)).then((got) => {
      bytes += got;
    });
  await read();
  const finish = async () => {
    try {
      while (bytes < size) await read();
      return { outcome: 'done' as const, bytes };
    } catch {
      return { outcome: 'refused' as const, bytes };
    }
  };
  return { ended, finish, close: () => client.destroy() };
}
