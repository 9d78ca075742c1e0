import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Client, type SFTPWrapper } from 'ssh2';
import type { RunningGateway } from './gateway.ts';

/** A transfer that goes on a piece at a time, for as long as its caller wants. */
export type SlowTransfer = {
  readonly name: string;
  step(): Promise<void>;
  /** The rest. @returns SHA-256 of what went over the wire, hex. @throws Error where it was broken */
  finish(): Promise<string>;
};

export const UPLOAD_PIECE = 4096;
export const DOWNLOAD_PIECE = 65_536;

/** The bytes of piece `index` of an upload. */
export function pieceOf(index: number): Buffer {
  return Buffer.alloc(UPLOAD_PIECE, index % 251);
}

async function webdav(gateway: RunningGateway, account: string, method: string, path: string, length?: number) {
  const [ca, cert, key] = await Promise.all(
    ['server-ca.pem', `${account}.pem`, `${account}.key`].map((name) => readFile(join(gateway.certificates, name))),
  );
  const headers = length === undefined ? {} : { 'Content-Length': String(length) };
  const where = { host: '127.0.0.1', port: gateway.https, agent: false as const };
  const sent = request({ ...where, method, path: `/files${path}`, ca, cert, key, headers });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  response.catch(() => undefined); // told where it is awaited
  return { sent, response };
}

export async function webdavUpload(
  gateway: RunningGateway,
  account: string,
  path: string,
  pieces: number,
): Promise<SlowTransfer> {
  const { sent, response } = await webdav(gateway, account, 'PUT', path, pieces * UPLOAD_PIECE);
  const hash = createHash('sha256');
  let at = 0;
  const step = async () => {
    if (at >= pieces) return;
    const piece = pieceOf(at++);
    hash.update(piece);
    await new Promise<void>((resolve, reject) => sent.write(piece, (error) => (error ? reject(error) : resolve())));
  };
  const finish = async () => {
    while (at < pieces) await step();
    sent.end();
    const { statusCode } = (await response).resume();
    if (statusCode !== 201) throw new Error(`PUT ${path}: ${statusCode}`);
    return hash.digest('hex');
  };
  return { name: `PUT ${path}`, step, finish };
}

export async function webdavDownload(gateway: RunningGateway, account: string, path: string): Promise<SlowTransfer> {
  const { sent, response } = await webdav(gateway, account, 'GET', path);
  sent.end();
  const body = await response;
  if (body.statusCode !== 200) throw new Error(`GET ${path}: ${body.statusCode}`);
  const pieces = body[Symbol.asyncIterator]();
  const hash = createHash('sha256');
  const step = async () => {
    const { value } = await pieces.next();
    if (value !== undefined) hash.update(value);
  };
  const finish = async () => {
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) hash.update(next.value);
    return hash.digest('hex');
  };
  return { name: `GET ${path}`, step, finish };
}

/** One SFTP connection for many transfers. */
export async function sftpOf(gateway: RunningGateway, account: string): Promise<{ sftp: SFTPWrapper; end(): void }> {
  const privateKey = await readFile(join(gateway.certificates, `${account}.ssh`));
  const client = new Client();
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
    client.on('error', reject);
    client.on('ready', () => client.sftp((error, channel) => (error ? reject(error) : resolve(channel))));
    const sock = connect({ host: '127.0.0.1', port: gateway.sftp, noDelay: true });
    client.connect({ sock, username: account, privateKey, hostVerifier: () => true });
  });
  return { sftp, end: () => client.end() };
}

type Callback<T> = (error: Error | null | undefined, value: T) => void;

function asked<T>(start: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => start((error, value) => (error ? reject(error) : resolve(value))));
}

export async function sftpUpload(sftp: SFTPWrapper, path: string, pieces: number): Promise<SlowTransfer> {
  const handle = await asked<Buffer>((callback) => sftp.open(path, 'w', callback));
  const hash = createHash('sha256');
  let at = 0;
  const step = async () => {
    if (at >= pieces) return;
    const piece = pieceOf(at);
    hash.update(piece);
    const offset = at++ * UPLOAD_PIECE;
    await asked<void>((callback) => sftp.write(handle, piece, 0, UPLOAD_PIECE, offset, (error) => callback(error)));
  };
  const finish = async () => {
    while (at < pieces) await step();
    await asked<void>((callback) => sftp.close(handle, (error) => callback(error, undefined)));
    return hash.digest('hex');
  };
  return { name: `sftp put ${path}`, step, finish };
}

export async function sftpDownload(sftp: SFTPWrapper, path: string, bytes: number): Promise<SlowTransfer> {
  const handle = await asked<Buffer>((callback) => sftp.open(path, 'r', callback));
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(DOWNLOAD_PIECE);
  let at = 0;
  const step = async () => {
    if (at >= bytes) return;
    const want = Math.min(DOWNLOAD_PIECE, bytes - at);
    const got = await asked<number>((callback) =>
      sftp.read(handle, buffer, 0, want, at, (error, count) => callback(error, count)),
    );
    hash.update(buffer.subarray(0, got));
    at += got;
  };
  const finish = async () => {
    while (at < bytes) await step();
    await asked<void>((callback) => sftp.close(handle, (error) => callback(error, undefined)));
    return hash.digest('hex');
  };
  return { name: `sftp get ${path}`, step, finish };
}
