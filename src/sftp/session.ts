import { crashPoint } from '../domain/crash-point.ts';
import { asGatewayError, type GatewayError } from '../domain/errors.ts';
import type { Logger } from '../domain/logger.ts';
import type { Direction } from '../domain/partner.ts';
import { malformed, type Packet, PacketParser, versionPacket } from './codec.ts';
import type { Desk } from './desk.ts';
import { okPacket, refusalPacket } from './errors.ts';
import { ADVERTISED } from './extensions.ts';
import { type Request, readRequest } from './request-packets.ts';
import { answer, type Reply } from './requests.ts';

/** The one version spoken here, draft-ietf-secsh-filexfer-02. */
const VERSION = 3;

/** Of WRITEs that follow each other, so much goes to the disk at once. */
const MAX_BATCH_BYTES = 1024 * 1024;

/** What a session needs of the channel it speaks through. */
export interface Wire {
  /** Hands over the bytes that came since the last call, as soon as there are any. @returns false at the end */
  receive(take: (bytes: Uint8Array) => void): Promise<boolean>;
  /** The client may send as many bytes more: it never runs far ahead. */
  used(bytes: number): void;
  /**
   * So many bytes more, from the first that came, are dealt with.
   * @param isFree nobody holds any of them any more: their memory may be used for others
   */
  dealtWith(bytes: number, isFree: boolean): void;
  /** @param done called once its bytes are sealed or copied: nobody needs them any more. Not where the channel goes first */
  send(packet: readonly Buffer[], done?: () => void): void;
  /** Resolves when little enough waits to leave, at once where the channel is closed. */
  drained(): Promise<void>;
  /** The channel is gone or must go: nothing more is carried out. */
  readonly closed: boolean;
  /** Whether what came of open uploads is kept for the client; not where it was shown the door. */
  readonly keeps: boolean;
}

/** `ended`: the client said it is done. `cut`: the connection went away. `malformed`: nobody knows what it says. */
export type SessionEnd = 'ended' | 'cut' | 'malformed';

type Asked = Exclude<Request, { kind: 'init' }>;
type Write = Extract<Request, { kind: 'write' }>;

/** Bytes of a packet on the wire before its body: uint32 length | byte type. */
const PACKET_HEAD_BYTES = 5;

/**
 * One SFTP session: requests are carried out one after the other and answered in that order, as OpenSSH's server does and
 * clients rely on. READs do not wait for the disk, since their stream reads ahead; WRITEs that continue each other are one.
 */
export class SftpSession {
  readonly #desk: Desk;
  readonly #wire: Wire;
  readonly #logger: Logger;
  readonly #active: () => void;
  readonly #parser = new PacketParser();
  readonly #take = (bytes: Uint8Array): void => this.#parser.add(bytes);
  /** A request that was read and is not carried out yet. */
  #ahead: { readonly request: Request; readonly bytes: number } | undefined;
  #greeted = false;
  /** Bytes of a packet that has not come whole for which the client was given room again already. */
  #roomAhead = 0;

  /** @param active called for each request: the session is not idle */
  constructor(desk: Desk, wire: Wire, logger: Logger, active: () => void) {
    this.#desk = desk;
    this.#wire = wire;
    this.#logger = logger;
    this.#active = active;
  }

  /** Serves until the client ends. What is still open then is never published; what came of it is kept to go on with. */
  async run(): Promise<SessionEnd> {
    let keep = true;
    try {
      while ((await this.#wire.receive(this.#take)) && !this.#wire.closed) await this.#serveWhole();
      return this.#wire.closed ? 'cut' : 'ended';
    } catch (error) {
      if (this.#wire.closed) return 'cut';
      keep = false;
      this.#logger.warn({ error }, 'an SFTP session broke the protocol');
      return 'malformed';
    } finally {
      const errors = await this.#desk.handles.abandon(keep && this.#wire.keeps);
      for (const error of errors) this.#logger.error({ error }, 'an open SFTP handle could not be given up');
    }
  }

  /** All packets that have come whole. A function of its own: `run` waits for long, and would hold the last of them. */
  async #serveWhole(): Promise<void> {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      if (this.#wire.closed) return;
      await this.#serve(next.request, next.bytes);
    }
    this.#makeRoom();
  }

  /**
   * The beginning of a packet is held, at most one packet of it, and all before it is done: a client far away need not wait
   * for room until the packet is whole, or a quarter of a MB of its window would always lie idle.
   */
  #makeRoom(): void {
    const bytes = this.#parser.pending - this.#roomAhead;
    this.#roomAhead += bytes;
    this.#wire.used(bytes);
  }

  /** What came was carried out: as many bytes may come, less those that may already. */
  #used(bytes: number, isFree = true): void {
    this.#wire.dealtWith(bytes, isFree);
    const ahead = Math.min(bytes, this.#roomAhead);
    this.#roomAhead -= ahead;
    this.#wire.used(bytes - ahead);
  }

  /** @throws GatewayError where the packet breaks the protocol */
  #next(): { readonly request: Request; readonly bytes: number } | undefined {
    const ahead = this.#ahead;
    if (ahead !== undefined) {
      this.#ahead = undefined;
      return ahead;
    }
    const packet = this.#parser.next();
    return packet && { request: readRequest(packet), bytes: bytesOf(packet) };
  }

  /** @throws GatewayError where the packet breaks the protocol */
  async #serve(request: Request, bytes: number): Promise<void> {
    this.#active();
    if (request.kind === 'init') {
      if (this.#greeted) throw malformed('a session begins once');
      if (request.version < VERSION) throw malformed('a version that is not spoken here');
      this.#greeted = true;
      this.#wire.send([versionPacket(VERSION, ADVERTISED)]);
    } else {
      if (!this.#greeted) throw malformed('a session begins with INIT');
      if (request.kind === 'write') return this.#write(request, bytes);
      const reply = await this.#answer(request);
      const { packet, done = undefined } = Buffer.isBuffer(reply) ? { packet: [reply] } : reply;
      const leaving = this.#pass('out', lengthOf(packet));
      if (leaving !== undefined) await leaving;
      this.#wire.send(packet, done);
      if (request.kind === 'close') crashPoint('receive.after-reply');
    }
    const passing = this.#pass('in', bytes);
    if (passing !== undefined) await passing;
    this.#used(bytes);
    await this.#wire.drained();
  }

  /** What came is paid for before the client may send more, what goes before it leaves. */
  #pass(direction: Direction, bytes: number): Promise<void> | undefined {
    return this.#desk.traffic.pass(this.#desk.session.value.principal.partner, direction, bytes);
  }

  /** One write of all WRITEs that have come and go on where the one before ended. Each is answered. */
  async #write(first: Write, firstBytes: number): Promise<void> {
    const data = [...first.data];
    const ids = [first.id];
    let [bytes, end] = [firstBytes, first.offset + lengthOf(first.data)];
    while (bytes < MAX_BATCH_BYTES) {
      const next = this.#next();
      if (next === undefined) break;
      const { request } = next;
      if (request.kind !== 'write' || request.handle !== first.handle || request.offset !== end) {
        this.#ahead = next;
        break;
      }
      for (const piece of request.data) data.push(piece);
      ids.push(request.id);
      bytes += next.bytes;
      end += lengthOf(request.data);
    }
    const refusal = await this.#written({ ...first, data });
    this.#wire.send(
      ids.map((id) => (refusal === undefined ? okPacket(id) : refusalPacket(id, refusal, this.#desk.language))),
    );
    const passing = this.#pass('in', bytes);
    if (passing !== undefined) await passing;
    // After an error the disk may still be at work on some of it.
    this.#used(bytes, refusal === undefined);
    await this.#wire.drained();
  }

  async #written(request: Write): Promise<GatewayError | undefined> {
    try {
      const { handles, clock } = this.#desk;
      await handles.upload(request.handle).write(request.offset, request.data, clock.now());
      return undefined;
    } catch (error) {
      return this.#refusal(request, error);
    }
  }

  async #answer(request: Exclude<Asked, Write>): Promise<Reply> {
    try {
      return await answer(request, this.#desk);
    } catch (error) {
      return refusalPacket(request.id, this.#refusal(request, error), this.#desk.language);
    }
  }

  #refusal(request: Asked, thrown: unknown): GatewayError {
    const error = asGatewayError(thrown);
    if (error.code === 'broken') this.#logger.error({ error, request: request.kind }, 'an SFTP request failed');
    return error;
  }
}

function bytesOf({ body, more = [] }: Packet): number {
  return PACKET_HEAD_BYTES + body.length + lengthOf(more);
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
