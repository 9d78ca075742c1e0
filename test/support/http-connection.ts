import type { Socket } from 'node:net';
import type { RunningGateway } from './gateway.ts';
import { openTls } from './raw-sockets.ts';

const DEADLINE_MS = 20_000;

/** What came back, as it was written: the head is all lines up to the empty one. */
export type RawAnswer = { readonly status: number; readonly head: string; readonly body: Buffer };

/** Sends requests byte for byte over TLS and reads whole answers, on one connection as long as the gateway keeps it. */
export class HttpConnection {
  readonly #gateway: RunningGateway;
  readonly #account: string;
  #socket: Socket | undefined;

  constructor(gateway: RunningGateway, account: string) {
    this.#gateway = gateway;
    this.#account = account;
  }

  /** @throws Error where no whole answer came in time */
  async ask(request: Uint8Array, method: string): Promise<RawAnswer> {
    if (this.#socket === undefined || this.#socket.destroyed || this.#socket.readableEnded) {
      this.#socket = await openTls(this.#gateway, this.#account);
    }
    const answer = await whole(this.#socket, request, method);
    if (/^connection: close\r$/im.test(answer.head)) this.close();
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}

function whole(socket: Socket, request: Uint8Array, method: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const stop = (then: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onClose);
      then();
    };
    const fail = (what: string): void => stop(() => reject(new Error(`${what}; so far: ${bytes.toString('latin1')}`)));
    const timer = setTimeout(() => fail(`no whole answer within ${DEADLINE_MS} ms`), DEADLINE_MS);
    const onClose = (): void => fail('the connection was closed');
    const onData = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      const answer = parse(bytes, method);
      if (answer !== undefined) stop(() => resolve(answer));
    };
    socket.on('data', onData).on('close', onClose);
    socket.write(request);
  });
}

/** The final answer in these bytes once it is whole; interim answers (1xx) before it are passed over. */
function parse(bytes: Buffer, method: string): RawAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = bytes.subarray(0, end + 2).toString('latin1');
  const rest = bytes.subarray(end + 4);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
  if (status < 200) return parse(rest, method);
  if (method === 'HEAD' || status === 204 || status === 304) return { status, head, body: Buffer.alloc(0) };
  const length = /^content-length: (\d+)\r$/im.exec(head)?.[1];
  if (length === undefined) {
    const body = unchunk(rest);
    return body && { status, head, body };
  }
  return rest.length < Number(length) ? undefined : { status, head, body: rest.subarray(0, Number(length)) };
}

/** RFC 9112 §7.1; undefined while the last chunk has not come. */
function unchunk(bytes: Buffer): Buffer | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16);
    const end = line + 2 + size;
    if (bytes.length < end + 2) return undefined;
    if (size === 0) return Buffer.concat(pieces);
    pieces.push(bytes.subarray(line + 2, end));
    at = end + 2;
  }
}
