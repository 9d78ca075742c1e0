import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

/** Where a server listens and with what a client shows who it is; PEM. */
export type Where = {
  readonly port: number;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
};

export type RawAnswer = {
  readonly status: number;
  readonly body: Buffer;
  /** Milliseconds from the request to the first byte of the body, and to its last. */
  readonly firstByteMs: number;
  readonly wholeMs: number;
};

const TIMEOUT_MS = 120_000;

/**
 * One HTTP/1.1 connection over TLS that costs its process as little as it can: on two cores, whatever the client
 * computes is taken from the server. It understands Content-Length and chunked bodies, and one request at a time.
 */
export class RawConnection {
  readonly #socket: TLSSocket;
  #take: ((chunk: Buffer) => void) | undefined;
  #fail: ((error: Error) => void) | undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take?.(chunk));
    socket.on('error', (error) => this.#fail?.(error));
    socket.on('close', () => this.#fail?.(new Error('the server closed the connection')));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
  }

  static async open({ port, ca, cert, key }: Where): Promise<RawConnection> {
    const where = { host: '127.0.0.1', servername: 'localhost', port, ca, cert, key };
    const socket = connect({ ...where, ALPNProtocols: ['http/1.1'], ciphers: 'TLS_AES_256_GCM_SHA384' });
    socket.setNoDelay(true);
    await once(socket, 'secureConnect');
    return new RawConnection(socket);
  }

  /** @param head request line and headers but for Host, each ended by CR LF */
  ask(head: string, body?: Buffer): Promise<RawAnswer> {
    const began = performance.now();
    const answer = new Incoming();
    let firstByteMs = 0;
    const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
    this.#fail = reject;
    this.#take = (chunk) => {
      const isWhole = answer.add(chunk);
      if (firstByteMs === 0 && answer.bodyBytes > 0) firstByteMs = performance.now() - began;
      if (!isWhole) return;
      this.#take = undefined;
      this.#fail = undefined;
      const wholeMs = performance.now() - began;
      resolve({ status: answer.status, body: answer.body(), firstByteMs, wholeMs });
    };
    const length = body === undefined ? '' : `Content-Length: ${body.length}\r\n`;
    const bytes = Buffer.from(`${head}Host: localhost\r\n${length}\r\n`, 'latin1');
    this.#socket.write(body === undefined ? bytes : Buffer.concat([bytes, body]));
    return promise;
  }

  close(): void {
    this.#fail = undefined;
    this.#socket.destroy();
  }
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n');
const END_OF_HEAD = '\r\n\r\n';

/** One answer as it comes in. */
class Incoming {
  status = 0;
  bodyBytes = 0;
  #pieces: Buffer[] = [];
  /** Bytes of the body; undefined while the head is not whole. */
  #framing: number | 'chunked' | undefined;

  /** @returns whether the answer is there to its end */
  add(chunk: Buffer): boolean {
    this.#pieces.push(chunk);
    if (this.#framing === undefined) this.#readHead();
    else this.bodyBytes += chunk.length;
    if (this.#framing === undefined) return false;
    if (this.#framing !== 'chunked') return this.bodyBytes >= this.#framing;
    const last = this.#pieces.at(-1) ?? chunk;
    const tail = last.length >= LAST_CHUNK.length ? last : Buffer.concat(this.#pieces.slice(-2));
    return tail.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK);
  }

  body(): Buffer {
    const bytes = Buffer.concat(this.#pieces);
    return this.#framing === 'chunked' ? withoutChunkHeads(bytes) : bytes;
  }

  #readHead(): void {
    const bytes = Buffer.concat(this.#pieces);
    const end = bytes.indexOf(END_OF_HEAD);
    if (end === -1) return;
    const head = bytes.toString('latin1', 0, end + 2);
    this.status = Number(head.slice(9, 12));
    const isChunked = /^transfer-encoding: chunked\r$/im.test(head);
    this.#framing = isChunked ? 'chunked' : Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
    this.#pieces = [bytes.subarray(end + END_OF_HEAD.length)];
    this.bodyBytes = this.#pieces[0]?.length ?? 0;
  }
}

/** RFC 9112 §7.1: size in hexadecimal, CR LF, that many bytes, CR LF. */
function withoutChunkHeads(framed: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < framed.length; ) {
    const end = framed.indexOf('\r\n', at);
    const size = Number.parseInt(framed.toString('latin1', at, end), 16);
    if (!(size > 0)) break;
    pieces.push(framed.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(pieces);
}
