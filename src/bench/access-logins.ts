import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import ssh2 from 'ssh2';
import type { BenchGateway } from './gateway-process.ts';

const TIMEOUT_MS = 10_000;

/** One login from start to end, on a connection of its own. @throws Error where it does not come in */
export type LogIn = () => Promise<void>;

/** What became of logins at a steady rate. Times in milliseconds, from when each was due. */
export type Measured = {
  readonly tried: number;
  readonly successPercent: number;
  readonly p50: number;
  readonly p99: number;
  readonly failures: Readonly<Record<string, number>>;
};

/** A request with a client certificate: TLS handshake, admission, one listing of the top folder. */
export async function httpsLogin(
  gateway: Pick<BenchGateway, 'https' | 'sftp' | 'certificates'>,
  account: string,
  localAddress: string,
): Promise<LogIn> {
  const file = (name: string) => readFile(join(gateway.certificates, name));
  const [ca, cert, key] = await Promise.all(['server-ca.pem', `${account}.pem`, `${account}.key`].map(file));
  const where = { host: '127.0.0.1', servername: 'localhost', port: gateway.https, localAddress };
  const proof = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  return () =>
    new Promise((resolve, reject) => {
      const socket = connect({ ...where, ...proof, ALPNProtocols: ['http/1.1'] });
      const fail = (why: string) => {
        socket.destroy();
        reject(new Error(why));
      };
      socket.setTimeout(TIMEOUT_MS, () => fail('timeout'));
      socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
      socket.once('close', () => fail('closed'));
      socket.once('secureConnect', () => socket.write('GET /files/ HTTP/1.1\r\nHost: localhost\r\n\r\n'));
      socket.once('data', (chunk: Buffer) => {
        const status = chunk.toString('latin1', 9, 12);
        socket.removeAllListeners('close').destroy();
        if (status === '200') resolve();
        else reject(new Error(`status ${status}`));
      });
    });
}

/** A session with a registered key: key exchange, login, the subsystem open. */
export async function sftpLogin(
  gateway: Pick<BenchGateway, 'https' | 'sftp' | 'certificates'>,
  account: string,
  localAddress: string,
): Promise<LogIn> {
  const privateKey = await readFile(join(gateway.certificates, `${account}.ssh`));
  return () =>
    new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      const fail = (why: string) => {
        client.destroy();
        reject(new Error(why));
      };
      client.on('error', (error) => fail(error.message));
      client.once('close', () => fail('closed'));
      // As OpenSSH does; ssh2 would wait 40 ms for an acknowledgement at every step.
      client.once('connect', () => client.setNoDelay(true));
      client.once('ready', () =>
        client.subsys('sftp', (error) => {
          if (error !== undefined) return fail(error.message);
          resolve();
          client.end();
        }),
      );
      const where = { host: '127.0.0.1', port: gateway.sftp, localAddress };
      client.connect({ ...where, username: account, privateKey, readyTimeout: TIMEOUT_MS });
    });
}

/** Begins logins at a steady rate, whatever becomes of those before: a slow gateway gets no mercy. No login is repeated. */
export async function measure(logIn: LogIn, perSecond: number, seconds: number): Promise<Measured> {
  const began = performance.now();
  const times: number[] = [];
  const failures: Record<string, number> = {};
  const running: Promise<void>[] = [];
  const total = Math.round(perSecond * seconds);
  for (let index = 0; index < total; index += 1) {
    const due = began + (index * 1000) / perSecond;
    await pause(Math.max(0, due - performance.now()));
    const one = logIn().then(
      () => void times.push(performance.now() - due),
      (error: Error) => {
        failures[error.message] = (failures[error.message] ?? 0) + 1;
      },
    );
    running.push(one);
  }
  await Promise.all(running);
  times.sort((a, b) => a - b);
  const successPercent = (100 * times.length) / total;
  return { tried: total, successPercent, p50: percentile(times, 50), p99: percentile(times, 99), failures };
}

/** Nearest rank; infinite where there is none. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.POSITIVE_INFINITY;
}
