import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { BusySession, LiveSession } from '../../src/access/live-sessions.ts';
import type { ProcessState } from '../../src/gateway-owner.ts';
import { askGateway } from '../../src/ops/control-socket.ts';
import { eventually } from './eventually.ts';
import type { RunningGateway } from './gateway.ts';
import { SftpClient } from './partner-client.ts';
import { openTls } from './raw-sockets.ts';

const ANSWER_MS = 20_000;

export type Answer = { readonly status: number; readonly head: string; readonly body: Buffer };

export async function sessionsOf({ data }: RunningGateway): Promise<readonly BusySession[]> {
  return (await askGateway(join(data, 'control.sock'), {
    command: 'sessions',
    arguments: ['list'],
  })) as readonly BusySession[];
}

/** Process ids by the names of `sluis status`. */
export async function processesOf({ data }: RunningGateway): Promise<Readonly<Record<string, number>>> {
  const answer = await askGateway(join(data, 'control.sock'), { command: 'status', arguments: [] });
  const { processes } = answer as { readonly processes: readonly ProcessState[] };
  return Object.fromEntries(processes.map(({ name, pid }) => [name, pid]));
}

/** Waits until every process serves that did, those of `others` as other processes than they were. */
export function servingAgain(
  gateway: RunningGateway,
  before: Readonly<Record<string, number>>,
  others: readonly string[],
) {
  return eventually(`${others.join(' and ')} to be started again`, async () => {
    const now = await processesOf(gateway).catch(() => undefined);
    if (now === undefined || Object.keys(before).some((name) => now[name] === undefined)) return undefined;
    return others.every((name) => now[name] !== before[name]) ? now : undefined;
  });
}

/** One HTTPS connection of an account, served by a process that is known. */
export class Connection {
  readonly session: LiveSession;
  readonly socket: Socket;
  #received: Buffer[] = [];
  #held = 0;
  #told: () => void = () => undefined;

  constructor(socket: Socket, session: LiveSession) {
    this.socket = socket;
    this.session = session;
  }

  /** Everything received so far that no answer took. */
  listen(): this {
    this.socket.on('data', (chunk: Buffer) => {
      this.#received.push(chunk);
      this.#held += chunk.length;
      this.#told();
    });
    this.socket.on('close', () => this.#told());
    return this;
  }

  ask(method: string, path: string, headers: readonly string[] = [], body: string | Buffer = ''): Promise<Answer> {
    const length = body.length === 0 ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    this.begin(method, path, [...headers, ...length]);
    if (body.length > 0) this.socket.write(body);
    return this.answer();
  }

  /** Sends the head of a request; a path outside the API is one of the file tree. */
  begin(method: string, path: string, headers: readonly string[]): void {
    const url = path.startsWith('/api/') ? path : `/files${path}`;
    this.socket.write([`${method} ${url} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n'));
  }

  /** The next answer, whole. @throws Error where the connection is closed before, or the time is over */
  async answer(): Promise<Answer> {
    const deadline = performance.now() + ANSWER_MS;
    for (let needed = 1; ; ) {
      if (this.#held >= needed) {
        const bytes = Buffer.concat(this.#received);
        this.#keep(bytes);
        const end = bytes.indexOf('\r\n\r\n');
        const head = bytes.toString('latin1', 0, Math.max(0, end));
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        needed = end < 0 ? bytes.length + 1 : end + 4 + length;
        if (bytes.length >= needed) {
          this.#keep(bytes.subarray(needed));
          return { status: Number(head.slice(9, 12)), head, body: bytes.subarray(end + 4, needed) };
        }
      }
      if (this.socket.destroyed) throw new Error(`closed after ${this.#held} bytes`);
      if (performance.now() > deadline) throw new Error(`no answer; ${this.#held} of ${needed} bytes are here`);
      await new Promise<void>((resolve) => {
        this.#told = resolve;
      });
    }
  }

  #keep(bytes: Buffer): void {
    this.#received = [bytes];
    this.#held = bytes.length;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Opens connections until one is served by this process; each of the others is closed before the next. */
export function connectOn(gateway: RunningGateway, process: string, account: string): Promise<Connection> {
  return eventually(`a connection of ${account} to ${process}`, async () => {
    const connection = await connect(gateway, account);
    if (connection.session.process === process) return connection;
    connection.close();
    await ended(gateway, connection.session.id);
    return undefined;
  });
}

/** As `connectOn`, over SFTP. */
export function sftpOn(gateway: RunningGateway, process: string, account: string): Promise<SftpClient> {
  return eventually(`an SFTP connection of ${account} to ${process}`, async () => {
    const before = await idsOf(gateway);
    const client = await SftpClient.open(gateway, account);
    const session = (await sessionsOf(gateway)).find(({ id, principal }) => principal === account && !before.has(id));
    if (session?.process === process) return client;
    client.close();
    if (session !== undefined) await ended(gateway, session.id);
    return undefined;
  });
}

async function connect(gateway: RunningGateway, account: string): Promise<Connection> {
  const before = await idsOf(gateway);
  const socket = await openTls(gateway, account);
  const session = await eventually(`a session of ${account}`, async () => {
    if (socket.destroyed) throw new Error('closed');
    return (await sessionsOf(gateway)).find(({ id, principal }) => principal === account && !before.has(id));
  });
  return new Connection(socket, session).listen();
}

async function ended(gateway: RunningGateway, session: string): Promise<void> {
  await eventually('the end of a session', async () => ((await idsOf(gateway)).has(session) ? undefined : true));
}

async function idsOf(gateway: RunningGateway): Promise<ReadonlySet<string>> {
  return new Set((await sessionsOf(gateway)).map(({ id }) => id));
}
