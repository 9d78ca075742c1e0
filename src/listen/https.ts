import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Refused } from '../access/admission.ts';
import { ProxyDoor } from '../access/proxy-door.ts';
import { Readmission } from '../access/readmission.ts';
import type { Peer, Stranger, Strangers } from '../access/waiting-room.ts';
import type { HttpAnswer } from '../domain/http.ts';
import { principalName, type Session } from '../domain/principal.ts';
import { HttpsConnection } from './connection.ts';
import { send, serve } from './exchange.ts';
import { holdFirstBytes } from './first-bytes.ts';
import type { HttpsListenerOptions } from './https-options.ts';
import { endWith, plainAnswer, refusalAnswer } from './pages.ts';
import { type ParserError, parserRefusal } from './parser-errors.ts';
import { isAttack, type TlsMaterial, tlsOptions } from './tls.ts';

/** The guard has limits of its own, and says which one was passed; the parser only knows of all together. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * HTTPS with client certificates. TLS asks for a certificate, `admission` decides, and nothing but the refusal page is
 * served to whom it refuses. Open connections are admitted anew when the generation changes, and cut if refused.
 */
export class HttpsListener {
  readonly #options: HttpsListenerOptions;
  readonly #server: Server;
  readonly #connections = new Map<Duplex, HttpsConnection>();
  readonly #sockets = new Set<Socket>();
  readonly #strangers: Strangers;
  readonly #door: ProxyDoor;
  /** By the address and port of the peer: a TLS socket and the socket it wraps have no public link. */
  readonly #visits = new Map<string, Stranger>();
  /** Connections whose bytes made no sense to the parser. */
  readonly #unreadable = new WeakSet<Duplex>();
  readonly #readmission: Readmission<HttpsConnection>;
  #tls: TlsMaterial;
  #closing = false;
  #whenEmpty: (() => void) | undefined;

  constructor(options: HttpsListenerOptions) {
    this.#options = options;
    this.#tls = options.tls.value;
    this.#strangers = options.strangers;
    this.#door = new ProxyDoor(options);
    this.#readmission = new Readmission({
      version: options.generation,
      connections: () => this.#connections.values(),
      readmit: (connection) => this.#readmit(connection),
      begins: () => this.#applyLimits(),
    });
    this.#server = createServer({
      ...tlsOptions(this.#tls),
      maxHeaderSize: MAX_HEAD_BYTES,
      requestTimeout: 0, // a slow 10 GB upload is fine; the body must keep a minimum rate instead
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false, // the guard answers this itself
      insecureHTTPParser: false,
    });
    this.#server.maxHeadersCount = 0; // the guard counts; the parser would drop the surplus silently
    this.#applyLimits();
    this.#wire();
  }

  /** Serves what `take` is given; the port is held elsewhere. */
  serve(): void {
    // What looks at the time of headers begins with this event, and nothing else does.
    this.#server.emit('listening');
    this.#readmission.start();
  }

  /** A connection that was accepted; no byte of it was read. */
  take(socket: Socket): void {
    socket.setNoDelay(true);
    if (this.#closing) return void socket.destroy();
    this.#followTls();
    this.#server.emit('connection', socket);
  }

  /** Who is connected keeps the keys of his handshake. */
  #followTls(): void {
    const { value } = this.#options.tls;
    if (value === this.#tls) return;
    this.#server.setSecureContext(tlsOptions(value));
    this.#tls = value;
  }

  /** Of those who are in. */
  sessions(): readonly Session[] {
    return [...this.#connections.values()].flatMap(({ session }) => (session === undefined ? [] : [session]));
  }

  /** Takes no new connection, lets running requests finish within the deadline, and destroys the rest. */
  async close(deadlineMs: number): Promise<void> {
    this.#closing = true;
    this.#readmission.stop();
    this.#door.close();
    // It did not accept its connections itself, and does not wait for them.
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    for (const connection of this.#connections.values()) {
      if (connection.running === 0) connection.socket.destroy();
      else void connection.idle().then(() => connection.socket.destroySoon());
    }
    const deadline = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, deadlineMs);
    await closed;
    if (this.#sockets.size > 0) await empty;
    clearTimeout(deadline);
  }

  #wire(): void {
    const server = this.#server;
    // TLS begins when it is its turn: a connection that waits or is dropped costs next to nothing.
    const begin = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      this.#opened(socket, () => {
        for (const listener of begin) Reflect.apply(listener, server, [socket]);
      });
    });
    server.on('secureConnection', (socket: TLSSocket) => this.#secured(socket));
    server.on('tlsClientError', (error, socket) => this.#tlsFailed(error, socket));
    server.on('clientError', (error, socket) => this.#unparsable(error, socket));
    server.on('request', (message, response) => this.#requested(message, response));
    // Without these two Node would answer by itself: 100 before any check, and 417.
    server.on('checkContinue', (message, response) => this.#requested(message, response));
    server.on('checkExpectation', (message, response) => this.#requested(message, response));
    server.on('connect', (_message, socket) => this.#tunnel(socket));
  }

  #opened(socket: Socket, begin: () => void): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      if (this.#sockets.size === 0) this.#whenEmpty?.();
    });
    this.#door.enter(socket, (peer) => this.#came(socket, peer, begin));
  }

  #came(socket: Socket, client: Peer, begin: () => void): void {
    const peer = peerOf(socket);
    const visit = this.#strangers.came(client);
    if (visit === undefined) return;
    socket.once('close', () => {
      this.#visits.delete(peer);
      visit.left();
    });
    this.#visits.set(peer, visit);
    holdFirstBytes(
      socket,
      (release) => visit.inTurn(() => release(begin)),
      () => this.#door.forged(socket, visit),
    );
  }

  #secured(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy());
    const visit = this.#visits.get(peerOf(socket));
    if (socket.destroyed || visit === undefined) return;
    const connection = new HttpsConnection(socket, visit, this.#options);
    this.#connections.set(socket, connection);
    socket.once('close', () => {
      this.#connections.delete(socket);
      connection.closed();
    });
    if (!connection.proves()) return;
    connection.admit().catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'nobody can be admitted now');
    });
  }

  async #readmit(connection: HttpsConnection): Promise<void> {
    const objection = this.#door.objection(connection.socket, connection.remoteAddress);
    if (objection === undefined) await connection.readmit();
    else connection.expel();
  }

  #requested(message: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(message.socket);
    if (connection === undefined) message.socket.destroy();
    else connection.enqueue(response, () => this.#answer(connection, message, response));
  }

  async #answer(connection: HttpsConnection, message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!connection.socket.writable) return; // closed, or told that it does not speak HTTP
    const { handler, logger, limits } = this.#options;
    try {
      const admitted = await connection.admit();
      if (!admitted.ok) {
        await this.#refuse(message, response, await this.#refusal(connection, admitted, message));
        return;
      }
      const traffic = connection.counting(this.#options.traffic);
      const parts = { handler, logger, traffic, minBodyBytesPerSecond: limits.value.minBodyBytesPerSecond };
      await serve(message, response, admitted.session, parts, this.#closing);
    } catch (error) {
      logger.error({ err: error }, 'nobody can be admitted now');
      await this.#refuse(
        message,
        response,
        plainAnswer(503, 'the gateway takes nobody in now; please try again later'),
      );
    }
  }

  /** Says why, and to who must wait, how long: Retry-After, RFC 9110 §10.2.3; 429, RFC 6585 §4. */
  async #refusal({ remoteAddress }: HttpsConnection, refused: Refused, message: IncomingMessage): Promise<HttpAnswer> {
    const { audit, limiter, listener, refusalText } = this.#options;
    const { reason, principal, fingerprint, reference } = refused;
    const isFull = reason === 'too-many-connections';
    if (isFull) {
      const { accessMethod, port } = listener.value;
      const who = principal && { principal: principalName(principal), partner: principal.partner };
      const fields = {
        ...who,
        protocol: 'webdav',
        accessMethod,
        port,
        address: remoteAddress,
        fingerprint,
        reason,
        reference,
      };
      audit.note({ kind: 'login', outcome: 'refused', fields });
    }
    const { accept, 'accept-language': languages } = message.headers;
    const text = { code: reason, ...refusalText(refused, languages) };
    const wants = message.url?.startsWith('/api/') ? 'application/problem+json' : accept;
    const answer = refusalAnswer(isFull ? 429 : 403, text, wants);
    const seconds =
      (await limiter.refusal({ kind: 'fingerprint', key: fingerprint })) ??
      (await limiter.refusal({ kind: 'address', key: remoteAddress }));
    return seconds === undefined ? answer : { ...answer, headers: { ...answer.headers, 'Retry-After': seconds } };
  }

  async #refuse(message: IncomingMessage, response: ServerResponse, answer: HttpAnswer): Promise<void> {
    await send(message, response, answer, true).catch(() => response.destroy());
  }

  #applyLimits(): void {
    const { headersTimeoutSeconds, idleTimeoutSeconds } = this.#options.limits.value;
    this.#server.headersTimeout = headersTimeoutSeconds * 1000;
    this.#server.keepAliveTimeout = idleTimeoutSeconds * 1000;
    this.#server.timeout = idleTimeoutSeconds * 1000;
  }

  #tlsFailed(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    const { audit, listener } = this.#options;
    const visit = this.#visits.get(peerOf(socket));
    if (visit?.turnedAway !== false) {
      socket.destroy();
      return;
    }
    if (isAttack(error)) visit.failed();
    const fields = {
      reason: `tls-failed:${error.code ?? 'unknown'}`,
      address: visit.address,
      accessMethod: listener.value.accessMethod,
      port: listener.value.port,
    };
    audit.note({ kind: 'tls', outcome: 'refused', fields });
    socket.destroy();
  }

  /** CONNECT is not offered to anybody. */
  #tunnel(socket: Duplex): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) socket.destroy();
    else connection.afterOthers(() => endWith(socket, 501, 'Not Implemented'));
  }

  /** The parser gave up (RFC 9112): answer by hand, in the order of the requests, and close. */
  #unparsable(error: ParserError, socket: Duplex): void {
    const connection = this.#connections.get(socket);
    this.#options.logger.debug({ code: error.code, address: connection?.remoteAddress }, 'a request was not HTTP');
    // The parser stumbles over each packet that follows; what the first one got must reach the client.
    if (this.#unreadable.has(socket) && error.code !== 'ECONNRESET') return;
    this.#unreadable.add(socket);
    if (connection === undefined || !socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    // What comes after a "Connection: close" is not read (§9.6).
    if (error.code === 'HPE_CLOSED_CONNECTION') return;
    const { status, reason } = parserRefusal(error);
    if (connection.isBetweenRequests) connection.afterOthers(() => endWith(socket, status, reason));
    else if (connection.isSilent) endWith(socket, status, reason);
    else socket.destroy();
  }
}

function peerOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`;
}
