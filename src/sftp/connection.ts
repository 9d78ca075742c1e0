import type { Socket } from 'node:net';
import type { AuthContext, Connection, ServerChannel, Session as SshSession } from 'ssh2';
import type { Current } from '../domain/current.ts';
import type { Session } from '../domain/principal.ts';
import { ChannelWire } from './channel-wire.ts';
import type { Desk } from './desk.ts';
import { Handles } from './handles.ts';
import type { SftpListenerParts } from './listener.ts';
import { Login, type Prove } from './login.ts';
import { SftpSession } from './session.ts';
import { fence } from './ssh2-fixes.ts';

/** What the listener keeps for all its connections. */
export type ConnectionHost = {
  /** @returns false where the principal or the partner has all the connections it may have */
  admit(connection: SshConnection, session: Session): boolean;
  closed(connection: SshConnection, socket: Socket): void;
};

const LINGER_MS = 2000;
/** A client that has ended its session leaves by itself; one that stays is shown out. */
const AFTER_SESSION_MS = 5000;
/** A peer that asks and does not read, or writes past its window, may make us hold this much and no more. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** One SSH connection: a login, then exactly one SFTP session, then the end. */
export class SshConnection {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #parts: SftpListenerParts;
  readonly #host: ConnectionHost;
  readonly #grace: NodeJS.Timeout;
  #idle: NodeJS.Timeout | undefined;
  #client: Connection | undefined;
  /** Who came in; the rights may change while it is open. */
  #current: { value: Session } | undefined;
  #prove: Prove | undefined;
  #wire: ChannelWire | undefined;
  #hasChannel = false;
  #sessionOver = false;
  #ending = false;

  constructor(socket: Socket, remoteAddress: string, parts: SftpListenerParts, host: ConnectionHost) {
    this.#socket = socket;
    this.remoteAddress = remoteAddress;
    this.#parts = parts;
    this.#host = host;
    this.#grace = setTimeout(() => this.#expire(), parts.limits.value.loginGraceSeconds * 1000);
    socket.on('error', () => {});
    socket.once('close', () => this.#closed());
  }

  get session(): Session | undefined {
    return this.#current?.value;
  }

  /** ssh2 has read the client's identification: from here on it speaks SSH. */
  attach(client: Connection): void {
    this.#client = client;
    const login = new Login(
      {
        admission: this.#parts.admission,
        listener: this.#parts.listener,
        remoteAddress: this.remoteAddress,
        logger: this.#parts.logger,
        onRefusal: this.#parts.onRefusal,
        knowsKey: this.#parts.knowsKey,
        maxTries: this.#parts.limits.value.loginTries,
      },
      { admit: (session, prove) => this.#admit(session, prove), tooManyTries: () => this.end('too many tries') },
    );
    fence(client, { loggedIn: () => this.#current !== undefined, broke: (what) => this.end(what) });
    client.on('error', (error) => this.#failed(error));
    client.on('authentication', (context) => this.#decide(login, context));
    client.on('ready', () => this.#ready());
    client.on('session', (accept, reject) => this.#openChannel(accept, reject));
    this.#socket.on('data', () => this.#limitHeld());
  }

  /** Asks once more whether this session may be here, by the rules of today; one that may not is cut. */
  async readmit(): Promise<void> {
    const current = this.#current;
    if (current === undefined || this.#prove === undefined || this.#ending) return;
    const admitted = await this.#prove(current.value);
    if (!admitted.ok) this.end(`refused: ${admitted.reason}`);
    else if (admitted.session.id !== current.value.id) this.end('the key now means somebody else');
    else current.value = admitted.session;
  }

  /** Says goodbye and closes; what the session has open is given up. */
  end(why: string): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#parts.logger.debug({ why, remoteAddress: this.remoteAddress }, 'an SFTP connection ends');
    this.#wire?.cut();
    try {
      if (this.#client === undefined) this.#socket.end();
      else this.#client.end();
    } catch (error) {
      this.#parts.logger.debug({ error }, 'an SFTP connection was gone before it was ended');
    }
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  /** Lets the request in hand be answered, then ends. */
  shutDown(): void {
    if (this.#wire === undefined || this.#sessionOver) this.end('shutting down');
    else this.#wire.stop();
  }

  destroy(): void {
    this.#wire?.cut();
    this.#socket.destroy();
  }

  #decide(login: Login, context: AuthContext): void {
    login.decide(context).catch((error: unknown) => {
      this.#parts.logger.error({ error }, 'an SFTP login could not be decided');
      this.end('login failed');
    });
  }

  #admit(session: Session, prove: Prove): boolean {
    if (this.#ending || this.#socket.destroyed || !this.#host.admit(this, session)) return false;
    this.#current = { value: session };
    this.#prove = prove;
    clearTimeout(this.#grace);
    return true;
  }

  #ready(): void {
    const idleMs = this.#parts.limits.value.idleTimeoutSeconds * 1000;
    this.#idle = setTimeout(() => this.end('idle'), idleMs);
  }

  /** SSH_MSG_CHANNEL_OPEN "session", RFC 4254 §6.1: the first is taken, every other is refused. */
  #openChannel(accept: () => SshSession, reject: () => void): void {
    const current = this.#current;
    if (this.#hasChannel || this.#ending || current === undefined) {
      reject();
      return;
    }
    this.#hasChannel = true;
    const channel = accept();
    // Without listeners ssh2 refuses everything else: shell, exec, pty, env, agent, X11, other subsystems.
    channel.on('subsystem', (acceptSubsystem, rejectSubsystem, { name }) => {
      if (name === 'sftp' && this.#wire === undefined) this.#serve(acceptSubsystem(), current);
      else rejectSubsystem?.();
    });
  }

  #serve(channel: ServerChannel, session: Current<Session>): void {
    const wire = new ChannelWire(channel, this.#socket);
    this.#wire = wire;
    const { files, uploads, limits, logger, clock } = this.#parts;
    const desk: Desk = { session, files, uploads, limits, clock, handles: new Handles() };
    new SftpSession(desk, wire, logger, () => this.#idle?.refresh()).run().then(
      (end) => {
        this.#sessionOver = true;
        wire.finish(end === 'ended' ? 0 : 1);
        if (end !== 'ended') this.end(`the session was ${end}`);
        setTimeout(() => this.end('the session is over'), AFTER_SESSION_MS).unref();
      },
      (error: unknown) => {
        logger.error({ error }, 'an SFTP session failed');
        this.end('session failed');
      },
    );
  }

  #limitHeld(): void {
    if (this.#socket.writableLength + (this.#wire?.held ?? 0) <= MAX_HELD_BYTES) return;
    this.#parts.logger.warn({ remoteAddress: this.remoteAddress }, 'an SFTP client does not read what it asks for');
    this.destroy();
  }

  #failed(error: Error): void {
    this.#parts.logger.debug({ error, remoteAddress: this.remoteAddress }, 'an SSH connection failed');
    this.end('protocol error');
  }

  #expire(): void {
    this.#parts.logger.info({ remoteAddress: this.remoteAddress }, 'nobody logged in within the grace time');
    this.destroy();
  }

  #closed(): void {
    clearTimeout(this.#grace);
    clearTimeout(this.#idle);
    this.#wire?.cut();
    this.#host.closed(this, this.#socket);
  }
}
