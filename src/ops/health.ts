import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** What `/healthz` says: 200 where every part works, else 503 with the parts that do not. */
export type Health = { readonly ok: boolean; readonly parts: Readonly<Record<string, 'ok' | string>> };

type Parts = {
  readonly host: string;
  readonly port: number;
  readonly health: () => Promise<Health>;
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
};

/** `/healthz` and `/metrics` on a loopback port; everything else is 404. */
export class HealthServer {
  readonly #parts: Parts;
  readonly #server: Server;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** @returns the port it listens on, chosen by the system where 0 was asked */
  async listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#parts.port, this.#parts.host, resolve);
    });
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#parts.port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (request.method !== 'GET') return send(response, 405, 'text/plain', 'only GET\n');
      if (request.url === '/healthz') {
        const health = await this.#parts.health();
        return send(response, health.ok ? 200 : 503, 'application/json', `${JSON.stringify(health)}\n`);
      }
      if (request.url === '/metrics') {
        await this.#parts.health(); // which measures what is only known when somebody looks
        return send(response, 200, this.#parts.metrics.contentType, await this.#parts.metrics.text());
      }
      return send(response, 404, 'text/plain', 'there is /healthz and /metrics\n');
    } catch {
      return send(response, 500, 'text/plain', 'the gateway could not answer\n');
    }
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) }).end(body);
}
