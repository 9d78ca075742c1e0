import { readFile } from 'node:fs/promises';
import { connect as connectPlain, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { RunningGateway } from './gateway.ts';

const DEADLINE_MS = 15_000;

/** A TLS connection with an account's certificate, for bytes that no client program would send. */
export async function openTls({ certificates, https }: RunningGateway, account: string): Promise<Socket> {
  const names = ['server-ca.pem', `${account}.pem`, `${account}.key`];
  const [ca, cert, key] = await Promise.all(names.map((name) => readFile(join(certificates, name))));
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port: https, ca, cert, key });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

/** A plain connection to a port of the gateway. */
export function openPlain(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectPlain(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
  });
}

/** Writes bytes and reads until the other side closes. @throws Error where it does not within the deadline */
export function untilClosed(socket: Socket, bytes: string | Uint8Array, deadlineMs = DEADLINE_MS): Promise<string> {
  return reading(socket, bytes, () => false, deadlineMs);
}

/** Writes bytes and reads until the head of an answer is there, or the other side closes; then leaves. */
export function untilHead(socket: Socket, bytes: string | Uint8Array): Promise<string> {
  return reading(socket, bytes, (text) => text.includes('\r\n\r\n'));
}

function reading(
  socket: Socket,
  bytes: string | Uint8Array,
  isEnough: (text: string) => boolean,
  deadlineMs = DEADLINE_MS,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`still open after ${deadlineMs} ms; so far: ${text}`));
    }, deadlineMs);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (isEnough(text)) socket.destroy();
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.write(bytes);
  });
}
