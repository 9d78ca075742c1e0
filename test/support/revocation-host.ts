import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Asked, readRequest } from './ocsp-answer.ts';

/** What a host does with one request; `hang` never answers, `reset` cuts the connection. */
export type Reply =
  | { readonly status?: number; readonly body: Uint8Array; readonly headers?: Readonly<Record<string, string>> }
  | 'hang'
  | 'reset';

/** A host on loopback that answers OCSP requests by serial number, and lists by path. */
export class RevocationHost {
  readonly #server: Server;
  readonly #answers = new Map<string, (asked: Asked) => Reply>();
  readonly #lists = new Map<string, () => Reply>();
  #others: (asked: Asked) => Reply = () => ({ status: 404, body: Buffer.alloc(0) });
  /** Requests so far: the serial number asked about, or the path. */
  readonly asked: string[] = [];
  url = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async open(): Promise<RevocationHost> {
    const host = new RevocationHost();
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve));
    const address = host.#server.address();
    host.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    return host;
  }

  answer(serial: string, reply: (asked: Asked) => Reply): void {
    this.#answers.set(serial, reply);
  }

  /** About every certificate that has no answer of its own. */
  answerOthers(reply: (asked: Asked) => Reply): void {
    this.#others = reply;
  }

  /** @returns the address of this list */
  list(path: string, reply: () => Reply): string {
    this.#lists.set(path, reply);
    return this.url + path;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = request.method === 'POST' ? await this.#ocsp(request) : this.#list(request.url ?? '');
    if (reply === 'hang') return;
    if (reply === 'reset') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, reply.headers);
    response.end(reply.body);
  }

  async #ocsp(request: IncomingMessage): Promise<Reply> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
    const asked = readRequest(Buffer.concat(chunks));
    this.asked.push(asked.serial);
    return (this.#answers.get(asked.serial) ?? this.#others)(asked);
  }

  #list(path: string): Reply {
    this.asked.push(path);
    return this.#lists.get(path)?.() ?? { status: 404, body: Buffer.alloc(0) };
  }
}
