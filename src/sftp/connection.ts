import type { Socket } from 'node:net';
import type { AuthContext, Connection, ServerChannel, Session as SshSession } from 'ssh2';
import { countedAt, type Place } from '../access/live-sessions.ts';
import type { Stranger } from '../access/waiting-room.ts';
import type { Current } from '../domain/current.ts';
import type { Session } from '../domain/principal.ts';
import { brokenProtocol } from './broken-protocol.ts';
import { ChannelWire } from './channel-wire.ts';
import type { Desk } from './desk.ts';
import { Handles } from './handles.ts';
import type { SftpListenerParts } from './listener.ts';
import { Login, type Prove } from './login.ts';
import { SftpSession } from './session.ts';
import { disconnectWith, fence, leave, opensInPlace } from './ssh2-fixes.ts';

/** What the listener keeps for all its connections. */
export type ConnectionHost = {
  /** @returns undefined where the principal or the partner has all the connections it may have */
  enter(session: Current<Session>, cut: () => void): Promise<Place | undefined>;
  closed(socket: Socket): void;
};

/** Reasons to disconnect, RFC 4253 §11.1. */
const [PROTOCOL_ERROR, BY_APPLICATION, TOO_MANY_CONNECTIONS] = [2, 11, 12] as const;
/** Who said goodbye hears nothing more. */
const NO_ANSWER = 0;
const TOO_MANY_TEXT = 'you or your institution have too many connections at once; close some of them';
const LINGER_MS = 2000;
/** A client that has ended its session leaves by itself; one that stays is shown out. */
const AFTER_SESSION_MS = 5000;
/** A peer that asks and does not read, or writes past its window, may make us hold this much and no more. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** Keys are renewed after this much, in both directions together, and after this time (RFC 4253 §9); ssh2 never does it itself. */
const REKEY = { bytes: 1024 ** 3, ms: 3_600_000 };

/** One SSH connection: a login, then exactly one SFTP session, then the end. */
export class SshConnection {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #parts: SftpListenerParts;
  readonly #host: ConnectionHost;
  readonly #visit: Stranger;
  #idle: NodeJS.Timeout | undefined;
  #rekeyTimer: NodeJS.Timeout | undefined;
  #bytesAtRekey = 0;
  #client: Connection | undefined;
  /** Who came in; the rights may change while it is open. */
  #current: { value: Session } | undefined;
  #place: Place | undefined;
  #prove: Prove | undefined;
  /** Tries were refused; `proven` is the last key that was proven in one of them. */
  #refused: { readonly proven: string | undefined } | undefined;
  #wire: ChannelWire | undefined;
  #hasChannel = false;
  #sessionOver = false;
  #ending = false;
  /** Rules changed since this connection came: what was proven before may not hold any more. */
  #isLate = false;

  constructor(socket: Socket, visit: Stranger, parts: SftpListenerParts, host: ConnectionHost) {
    this.#socket = socket;
    this.#visit = visit;
    this.remoteAddress = visit.address;
    this.#parts = parts;
    this.#host = host;
    socket.once('close', () => this.#closed());
  }

  get session(): Session | undefined {
    return this.#current?.value;
  }

  /** Whether what is read of the socket may be overwritten once it was passed on. */
  get keepsNoInput(): boolean {
    return this.#client !== undefined && opensInPlace(this.#client);
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
        keyRefusal: this.#parts.keyRefusal,
        refusalText: this.#parts.refusalText,
        banner: this.#parts.banner,
        maxTries: this.#parts.limits.value.loginTries,
        secondFactors: this.#parts.secondFactors,
      },
      {
        admit: (session, prove) => this.#admit(session, prove),
        tooManyTries: () => this.end('too many tries'),
        refused: (proven) => this.#wasRefused(proven),
      },
    );
    fence(client, {
      loggedIn: () => this.#current !== undefined,
      ended: () => this.#ending,
      broke: (what) => this.#broke(what),
    });
    client.on('error', (error) => this.#failed(error));
    client.on('authentication', (context) => this.#decide(login, context));
    client.on('ready', () => this.#ready(client));
    client.on('session', (accept, reject) => this.#openChannel(accept, reject));
    this.#socket.on('data', () => {
      this.#limitHeld();
      this.#rekeyByBytes();
    });
  }

  /** Asks once more whether this session may be here, by the rules of today; one that may not is cut. */
  async readmit(): Promise<void> {
    const current = this.#current;
    this.#isLate = true;
    if (current === undefined || this.#prove === undefined || this.#ending) return;
    const admitted = await this.#prove(current.value);
    if (!admitted.ok) return this.expel(`refused: ${admitted.reason}`);
    if (admitted.session.id !== current.value.id) return this.expel('the key now means somebody else');
    current.value = admitted.session;
    this.#parts.running.renewed(admitted.session);
  }

  /** Says goodbye and closes; what the session has open is given up. */
  end(why: string, reason: number = BY_APPLICATION): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#parts.logger.debug({ why, remoteAddress: this.remoteAddress }, 'an SFTP connection ends');
    this.#wire?.cut();
    try {
      if (this.#client === undefined || reason === NO_ANSWER) this.#socket.end();
      else leave(this.#client, reason);
    } catch (error) {
      this.#parts.logger.debug({ error }, 'an SFTP connection was gone before it was ended');
    }
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  /** Ends it as above for somebody who may not be here any more: nothing is kept of uploads that run. */
  expel(why: string): void {
    if (this.#ending) return;
    if (this.#current !== undefined) this.#parts.running.expel(this.#current.value.id);
    this.#wire?.expel();
    this.end(why);
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

  async #admit(session: Session, prove: Prove): Promise<boolean> {
    if (this.#ending || this.#socket.destroyed) return false;
    const current = { value: session };
    const place = await this.#host.enter(current, () => this.expel('cut by an operator'));
    if (place === undefined) {
      this.#sayFull();
      return false;
    }
    if (this.#ending || this.#socket.destroyed) {
      place.leave();
      return false;
    }
    this.#place = place;
    this.#current = current;
    this.#prove = prove;
    this.#visit.admitted(session.fingerprint);
    if (this.#isLate) this.readmit().catch(() => this.end('not admitted anew'));
    return true;
  }

  /** A key that must wait gets no second try. What it did counts when the connection ends: the next key may be the right one. */
  async #wasRefused(proven: string | undefined): Promise<void> {
    this.#refused = { proven: proven ?? this.#refused?.proven };
    if (proven === undefined) return;
    const seconds = await this.#parts.limiter.refusal({ kind: 'fingerprint', key: proven });
    if (seconds !== undefined) this.end('the key must wait');
  }

  #broke(what: string): void {
    if (this.#ending) return;
    if (this.#current === undefined) this.#visit.failed(this.#refused?.proven);
    this.#noteBroken(what);
    this.end(what, PROTOCOL_ERROR);
  }

  #noteBroken(what: string): void {
    if (this.#ending || this.#visit.turnedAway) return;
    const where = { listener: this.#parts.listener.value, address: this.remoteAddress, session: this.session };
    this.#parts.audit.note(brokenProtocol(where, what));
  }

  #sayFull(): void {
    if (this.#client !== undefined) disconnectWith(this.#client, TOO_MANY_CONNECTIONS, TOO_MANY_TEXT);
    this.end('too many connections');
  }

  #ready(client: Connection): void {
    this.#parts.hostKeys.value.announceTo(client);
    const idleMs = this.#parts.limits.value.idleTimeoutSeconds * 1000;
    this.#idle = setTimeout(() => this.end('idle'), idleMs);
    this.#rekeyTimer = setInterval(() => this.#rekey(), (this.#parts.rekey ?? REKEY).ms).unref();
  }

  /** SSH_MSG_CHANNEL_OPEN "session", RFC 4254 §6.1: the first is taken, every other is refused. */
  #openChannel(accept: () => SshSession, reject: () => void): void {
    const [current, client] = [this.#current, this.#client];
    if (this.#hasChannel || this.#ending || current === undefined || client === undefined) {
      reject();
      return;
    }
    this.#hasChannel = true;
    const channel = accept();
    // Without listeners ssh2 refuses everything else: shell, exec, pty, env, agent, X11, other subsystems.
    channel.on('subsystem', (acceptSubsystem, rejectSubsystem, { name }) => {
      if (name === 'sftp' && this.#wire === undefined) this.#serve(client, acceptSubsystem(), current);
      else rejectSubsystem?.();
    });
    channel.on('close', () => {
      if (this.#wire === undefined) this.end('the channel was closed before it was used');
    });
  }

  #serve(client: Connection, channel: ServerChannel, session: Current<Session>): void {
    const wire = new ChannelWire(client, channel);
    this.#wire = wire;
    const traffic = countedAt(this.#place, this.#parts.traffic);
    const language = this.#parts.languageOf(session.value.principal.partner) ?? 'en';
    const desk: Desk = { ...this.#parts, traffic, session, language, handles: new Handles() };
    new SftpSession(desk, wire, this.#parts.logger, () => this.#idle?.refresh()).run().then(
      (end) => {
        this.#sessionOver = true;
        if (end === 'malformed') this.#noteBroken('the packets of SFTP can not be understood');
        wire.finish(end === 'ended' ? 0 : 1);
        if (end !== 'ended') this.end(`the session was ${end}`);
        setTimeout(() => this.end('the session is over'), AFTER_SESSION_MS).unref();
      },
      (error: unknown) => {
        this.#parts.logger.error({ error }, 'an SFTP session failed');
        this.end('session failed');
      },
    );
  }

  #limitHeld(): void {
    if (this.#socket.writableLength + (this.#wire?.held ?? 0) <= MAX_HELD_BYTES) return;
    this.#parts.logger.warn({ remoteAddress: this.remoteAddress }, 'an SFTP client does not read what it asks for');
    this.destroy();
  }

  #rekeyByBytes(): void {
    const { bytesRead, bytesWritten } = this.#socket;
    if (this.#rekeyTimer === undefined) return;
    if (bytesRead + bytesWritten - this.#bytesAtRekey >= (this.#parts.rekey ?? REKEY).bytes) this.#rekey();
  }

  #rekey(): void {
    if (this.#ending || this.#socket.destroyed) return;
    this.#bytesAtRekey = this.#socket.bytesRead + this.#socket.bytesWritten;
    this.#rekeyTimer?.refresh();
    this.#client?.rekey();
  }

  #failed(error: Error): void {
    this.#parts.logger.debug({ error, remoteAddress: this.remoteAddress }, 'an SSH connection failed');
    const level = 'level' in error ? error.level : undefined;
    // ssh2 makes an error of a goodbye (SSH_MSG_DISCONNECT) for another reason than that the client is done.
    if ('code' in error && typeof error.code === 'number') this.end('the client said goodbye', NO_ANSWER);
    else if (level === 'socket' || level === 'client-timeout') this.end('the connection was lost');
    else this.#broke(error.message);
  }

  #closed(): void {
    if (this.#current === undefined && this.#refused !== undefined) this.#visit.failed(this.#refused.proven);
    if (this.#client === undefined && !this.#visit.isSilent) this.#noteBroken('no identification of SSH came');
    this.#visit.left();
    this.#place?.leave();
    clearTimeout(this.#idle);
    clearInterval(this.#rekeyTimer);
    this.#wire?.cut();
    this.#host.closed(this.#socket);
  }
}
