import type { Socket } from 'node:net';
import ssh2, { type Connection } from 'ssh2';
import type { Admission } from '../access/admission.ts';
import type { Traffic } from '../access/bandwidth.ts';
import type { FollowsSessions, Place, Places } from '../access/live-sessions.ts';
import type { Penalties } from '../access/login-limiter.ts';
import { ProxyDoor } from '../access/proxy-door.ts';
import { Readmission } from '../access/readmission.ts';
import type { Peer, Strangers, WaitingRoomParts } from '../access/waiting-room.ts';
import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Limits, Listener } from '../domain/generation.ts';
import type { Logger } from '../domain/logger.ts';
import type { Language } from '../domain/partner.ts';
import type { Session } from '../domain/principal.ts';
import type { Files, Quota, Uploads } from '../vfs/files.ts';
import { mutableAlgorithms } from './algorithms.ts';
import { type ConnectionHost, SshConnection } from './connection.ts';
import type { HostKeys } from './host-keys.ts';
import type { LoginParts } from './login.ts';
import { SocketBuffer } from './socket-buffer.ts';
import { joinIdentification } from './ssh2-fixes.ts';
import { socketOf, withoutSlabs } from './ssh2-inside.ts';

export type SftpListenerParts = Pick<
  LoginParts,
  'keyRefusal' | 'refusalText' | 'banner' | 'onRefusal' | 'secondFactors'
> & {
  readonly listener: Current<Listener>;
  /** What the next connection is shown. */
  readonly hostKeys: Current<HostKeys>;
  readonly admission: Admission;
  readonly files: Files;
  readonly uploads: Uploads;
  readonly quota: Quota;
  readonly limits: Current<Limits>;
  /** Its id must change with everything that may change an admission. */
  readonly version: Current<{ readonly id: string }>;
  /** Shared by all listeners, as is `live`. */
  readonly limiter: Penalties;
  readonly live: Places;
  readonly running: FollowsSessions;
  readonly traffic: Pick<Traffic, 'pass'>;
  /** Of this listener alone. */
  readonly strangers: Strangers;
  readonly audit: WaitingRoomParts['audit'];
  readonly logger: Logger;
  readonly clock: Clock;
  /** Undefined for who is no partner. */
  readonly languageOf: (partner: string) => Language | undefined;
  /** When keys are renewed; tests want it earlier. */
  readonly rekey?: { readonly bytes: number; readonly ms: number } | undefined;
};

/** What the client is told; says nothing of versions. */
const IDENTIFICATION = 'Sluis';
const CLOSE_DEADLINE_MS = 10_000;

/** The SSH socket of one listener: who may try, who came in, and the end of all of them. */
export class SftpListener implements ConnectionHost {
  readonly #parts: SftpListenerParts;
  #ssh: ssh2.Server;
  #hostKeys: HostKeys;
  readonly #door: ProxyDoor;
  readonly #readmission: Readmission<[Socket, SshConnection]>;
  readonly #bySocket = new Map<Socket, SshConnection>();
  readonly #buffer = new SocketBuffer();
  #whenEmpty: (() => void) | undefined;

  /** @throws Error where a host key can not be read */
  constructor(parts: SftpListenerParts) {
    this.#parts = parts;
    this.#door = new ProxyDoor(parts);
    this.#readmission = new Readmission({
      version: parts.version,
      connections: () => this.#bySocket,
      readmit: ([socket, connection]) => this.#readmitOne(socket, connection),
    });
    this.#hostKeys = parts.hostKeys.value;
    this.#ssh = this.#serverWith(this.#hostKeys);
  }

  #serverWith({ shown }: HostKeys): ssh2.Server {
    const server = new ssh2.Server({ hostKeys: [...shown], algorithms: mutableAlgorithms(), ident: IDENTIFICATION });
    server.on('connection', (client) => this.#attach(client));
    server.on('error', (error: unknown) => this.#parts.logger.error({ error }, 'the SSH server failed'));
    return server;
  }

  /** Who is connected goes on with the keys he was shown. */
  #followHostKeys(): void {
    const { value } = this.#parts.hostKeys;
    if (value === this.#hostKeys) return;
    this.#ssh = this.#serverWith(value);
    this.#hostKeys = value;
  }

  /** The port is held elsewhere; `take` brings its connections. */
  serve(): void {
    this.#readmission.start();
  }

  /** A connection that was accepted; no byte of it was read. */
  take(socket: Socket): void {
    socket.setNoDelay(true);
    if (this.#whenEmpty === undefined) this.#came(socket);
    else socket.destroy();
  }

  /** Sessions that are logged in now. */
  sessions(): readonly Session[] {
    return [...this.#bySocket.values()].flatMap(({ session }) => (session === undefined ? [] : [session]));
  }

  /** Cuts one session; what it has open is given up. @returns whether there was one */
  cut(sessionId: string): boolean {
    const connection = [...this.#bySocket.values()].find(({ session }) => session?.id === sessionId);
    connection?.expel('cut by an operator');
    return connection !== undefined;
  }

  /** Every open session is admitted anew by the rules of today, or cut. */
  async readmit(): Promise<void> {
    await this.#readmission.run();
  }

  /** Takes nobody in any more, lets each session finish the request it is at, and is done within the deadline. */
  async close(deadlineMs: number = CLOSE_DEADLINE_MS): Promise<void> {
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    this.#door.close();
    this.#readmission.stop();
    for (const connection of this.#bySocket.values()) connection.shutDown();
    const deadline = setTimeout(() => {
      for (const connection of this.#bySocket.values()) connection.destroy();
    }, deadlineMs);
    if (this.#bySocket.size > 0) await empty;
    clearTimeout(deadline);
  }

  /** As ConnectionHost. */
  async enter(session: Current<Session>, cut: () => void): Promise<Place | undefined> {
    return this.#parts.live.enter(session, this.#parts.listener.value, cut);
  }

  closed(socket: Socket): void {
    this.#bySocket.delete(socket);
    if (this.#bySocket.size === 0) this.#whenEmpty?.();
  }

  #came(socket: Socket): void {
    // Before anything else: a socket that is ended may still have an error to tell.
    socket.on('error', () => {});
    this.#door.enter(socket, (peer) => this.#admit(socket, peer));
  }

  #admit(socket: Socket, peer: Peer): void {
    const visit = this.#parts.strangers.came(peer);
    if (visit === undefined) return;
    const connection = new SshConnection(socket, visit, this.#parts, this);
    this.#bySocket.set(socket, connection);
    this.#buffer.readInto(socket, () => connection.keepsNoInput);
    joinIdentification(
      socket,
      (begin) => visit.inTurn(begin),
      () => {
        connection.end('a header of a proxy');
        this.#door.forged(socket, visit);
      },
    );
    this.#followHostKeys();
    withoutSlabs(() => this.#ssh.injectSocket(socket));
  }

  async #readmitOne(socket: Socket, connection: SshConnection): Promise<void> {
    const objection = this.#door.objection(socket, connection.remoteAddress);
    if (objection !== undefined) return connection.expel(objection);
    try {
      await connection.readmit();
    } catch (error) {
      this.#parts.logger.error({ error }, 'an SFTP session could not be admitted anew');
      connection.expel('not admitted anew');
    }
  }

  #attach(client: Connection): void {
    const connection = this.#bySocket.get(socketOf(client));
    if (connection === undefined) client.end();
    else connection.attach(client);
  }
}
