import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import { malformed, type Packet, PacketParser, versionPacket } from './codec.ts';
import type { Desk } from './desk.ts';
import { refusalPacket } from './errors.ts';
import { ADVERTISED } from './extensions.ts';
import { readRequest } from './request-packets.ts';
import { answer } from './requests.ts';

/** The one version spoken here, draft-ietf-secsh-filexfer-02. */
const VERSION = 3;

/** What a session needs of the channel it speaks through. */
export interface Wire {
  /** The bytes the client sends; taken as fast as requests are answered, so that a client never runs far ahead. */
  readonly input: AsyncIterable<unknown>;
  send(packet: Buffer): void;
  /** Resolves when little enough waits to leave, at once where the channel is closed. */
  drained(): Promise<void>;
  /** The channel is gone or must go: nothing more is carried out. */
  readonly closed: boolean;
}

/** `ended`: the client said it is done. `cut`: the connection went away. `malformed`: nobody knows what it says. */
export type SessionEnd = 'ended' | 'cut' | 'malformed';

/**
 * One SFTP session: requests are carried out one after the other and answered in that order, as OpenSSH's server does and
 * clients rely on. READs do not wait for the disk, since their stream reads ahead.
 */
export class SftpSession {
  readonly #desk: Desk;
  readonly #wire: Wire;
  readonly #logger: Logger;
  readonly #active: () => void;
  #greeted = false;

  /** @param active called for each request: the session is not idle */
  constructor(desk: Desk, wire: Wire, logger: Logger, active: () => void) {
    this.#desk = desk;
    this.#wire = wire;
    this.#logger = logger;
    this.#active = active;
  }

  /** Serves until the client ends; what is still open then is given up and never published. */
  async run(): Promise<SessionEnd> {
    try {
      const parser = new PacketParser();
      for await (const chunk of this.#wire.input) {
        if (!(chunk instanceof Uint8Array)) throw malformed('a channel carries bytes');
        parser.add(chunk);
        for (let packet = parser.next(); packet !== undefined; packet = parser.next()) {
          if (this.#wire.closed) return 'cut';
          await this.#serve(packet);
        }
      }
      return this.#wire.closed ? 'cut' : 'ended';
    } catch (error) {
      if (this.#wire.closed) return 'cut';
      this.#logger.warn({ error }, 'an SFTP session broke the protocol');
      return 'malformed';
    } finally {
      const errors = await this.#desk.handles.abandon();
      for (const error of errors) this.#logger.error({ error }, 'an open SFTP handle could not be given up');
    }
  }

  /** @throws GatewayError where the packet breaks the protocol */
  async #serve(packet: Packet): Promise<void> {
    this.#active();
    const request = readRequest(packet);
    if (request.kind === 'init') {
      if (this.#greeted) throw malformed('a session begins once');
      this.#greeted = true;
      this.#wire.send(versionPacket(VERSION, ADVERTISED));
      return;
    }
    if (!this.#greeted) throw malformed('a session begins with INIT');
    this.#wire.send(await this.#answer(request));
    if (request.kind === 'close') crashPoint('receive.after-reply');
    await this.#wire.drained();
  }

  async #answer(request: Parameters<typeof answer>[0]): Promise<Buffer> {
    try {
      return await answer(request, this.#desk);
    } catch (thrown) {
      const error = asGatewayError(thrown);
      if (error.code === 'broken') this.#logger.error({ error, request: request.kind }, 'an SFTP request failed');
      return refusalPacket(request.id, error);
    }
  }
}
